"""The story: it is sound as data, and says so when a letter does not come."""

import pytest

from gateway.demo.people import read_story
from gateway.demo.play import StoryError, play

STORY = read_story()


def test_everybody_in_the_story_is_of_the_cast():
    cast = {person.slug for person in STORY.people}
    for step in STORY.steps:
        assert {step.by, *step.brings} <= cast
        assert step.answers or (step.to and step.subject)


def test_the_desk_is_nobody_of_the_cast():
    assert STORY.is_desk("Support+r-x@acme.example", "support@acme.example")
    assert not STORY.is_desk("ANA@acme.example", "support@acme.example")
    assert not STORY.is_desk("max@elsewhere.example", "support@acme.example")


def test_a_letter_that_does_not_come_stops_the_story(program, mailboxes):
    # The desk of this test is a mailbox: nobody answers.
    with pytest.raises(StoryError, match="no acknowledgement came to Carla Gomez"):
        play(program, tell=print, is_over=lambda: False, seconds=1)
    [asked] = mailboxes.of("support@acme.example")
    assert asked.mail.subject == STORY.steps[0].subject


def test_a_visitor_who_leaves_ends_the_story(program, mailboxes):
    play(program, tell=print, is_over=lambda: True)
    assert mailboxes.count() == 0


def test_a_visitor_who_leaves_while_a_letter_is_awaited(program, mailboxes):
    told = []
    play(program, tell=told.append, is_over=lambda: mailboxes.count() > 0)
    assert told == []
