"""Who hears a post at once, in the digest, or not (decisions D32, D35, D43)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.routing.facts import Standing
from gateway.routing.hearing import (
    ASSIGNED,
    BY_NAME,
    IGNORED,
    PAUSED,
    QUIET,
    THANKS,
    Heard,
    Reader,
    Spoken,
    hear,
    hears,
)
from gateway.routing.pace import Pace

ANA, BO, CARLA, GUS = 2, 3, 1, 4


def reader(person, **changes):
    plain = {
        "person": person,
        "standing": Standing.JOINED,
        "in_team_lane": False,
        "on_team": False,
        "is_customer": False,
        "is_owner": False,
        "wants": "each",
        "reachable": True,
        "got_it_directly": False,
        "may_be_written": True,
    }
    return Reader(**plain | changes)


def post(author, **changes):
    plain = {
        "author": author,
        "team_lane": False,
        "opens": False,
        "takes": False,
        "taken": True,
        "by_customer": author == CARLA,
        "all_follow": False,
        "by_hand": False,
    }
    return Spoken(**plain | changes)


carla = reader(CARLA, is_customer=True)
gus = reader(GUS)
ana = reader(ANA, in_team_lane=True, on_team=True, is_owner=True)
bo = reader(BO, in_team_lane=True, on_team=True, standing=Standing.TOLD)
NOTE = post(ANA, team_lane=True)


@pytest.mark.parametrize(
    ("who", "what", "outcome", "reason"),
    [
        (carla, post(ANA), Heard.COPY, "customer"),
        (gus, post(ANA), Heard.COPY, "participant"),
        (ana, post(CARLA), Heard.COPY, "owner"),
        (carla, post(CARLA), Heard.AUTHOR, "wrote it"),
        (ana, NOTE, Heard.AUTHOR, "wrote it"),
        (carla, post(ANA, by_hand=True), Heard.DIGEST, "sent by hand"),
        (gus, post(ANA, by_hand=True), Heard.DIGEST, "sent by hand"),
        (
            replace(carla, got_it_directly=True),
            post(ANA, by_hand=True),
            Heard.DIRECT,
            "had it already",
        ),
        (bo, post(ANA, by_hand=True, takes=True), Heard.COPY, "team"),
        (ana, post(CARLA, pace=Pace.BURST), Heard.DIGEST, "burst"),
        (gus, post(CARLA, pace=Pace.BUSY), Heard.DIGEST, "busy"),
        (carla, post(GUS, pace=Pace.BURST), Heard.DIGEST, "burst"),
        (carla, post(ANA, pace=Pace.BURST, by_team=True), Heard.COPY, "customer"),
        (gus, post(ANA, pace=Pace.BURST, by_team=True), Heard.DIGEST, "burst"),
        (gus, post(ANA, pace=Pace.BURST, takes=True), Heard.COPY, "participant"),
        (ana, post(CARLA, pace=Pace.BURST, opens=True), Heard.COPY, "owner"),
        (
            replace(gus, wants="muted"),
            post(CARLA, pace=Pace.BURST),
            Heard.MUTED,
            "muted this activity",
        ),
        (
            replace(carla, may_be_written=False),
            post(ANA),
            Heard.LISTEN,
            "the desk only listens",
        ),
        (
            replace(carla, may_be_written=False),
            post(CARLA),
            Heard.AUTHOR,
            "wrote it",
        ),
        # Mail of nobody we know (let in once) reaches all.
        (carla, post(None), Heard.COPY, "customer"),
        # Invited, not conscripted.
        (
            replace(gus, standing=Standing.INVITED),
            post(ANA),
            Heard.INVITED,
            "has not joined",
        ),
        (replace(gus, standing=Standing.DECLINED), post(ANA), Heard.GONE, "declined"),
        (replace(gus, standing=Standing.LEFT), post(ANA), Heard.GONE, "left"),
        (replace(ana, standing=Standing.LEFT), post(CARLA), Heard.GONE, "left"),
        # The team lane.
        (carla, NOTE, Heard.LANE, "team lane"),
        (gus, NOTE, Heard.LANE, "team lane"),
        (replace(gus, standing=Standing.INVITED), NOTE, Heard.LANE, "team lane"),
        (replace(bo, standing=Standing.JOINED), NOTE, Heard.COPY, "team"),
        # The team until the case is taken, and the answer that takes it.
        (bo, post(CARLA, opens=True, taken=False), Heard.COPY, "team"),
        (bo, post(CARLA, taken=False), Heard.COPY, "team"),
        (bo, post(ANA, takes=True), Heard.COPY, "team"),
        (bo, post(CARLA), Heard.DIGEST, "the case is taken"),
        (bo, NOTE, Heard.DIGEST, "the case is taken"),
        (bo, post(CARLA, all_follow=True), Heard.COPY, "team"),
        (replace(bo, standing=Standing.JOINED), post(CARLA), Heard.COPY, "team"),
        (replace(bo, is_owner=True), post(GUS), Heard.COPY, "owner"),
        # What they chose; but nobody mutes the customer of their own case.
        (replace(gus, wants="muted"), post(ANA), Heard.MUTED, "muted this activity"),
        (replace(gus, wants="digest"), post(ANA), Heard.DIGEST, "reads the digest"),
        (replace(ana, wants="muted"), post(CARLA), Heard.COPY, "owner"),
        (replace(ana, wants="digest"), post(CARLA), Heard.COPY, "owner"),
        (replace(ana, wants="muted"), post(BO), Heard.MUTED, "muted this activity"),
        # Only what needs them; what waits says why, and what is never told is muted.
        (replace(gus, wants="urgent"), post(ANA), Heard.MUTED, "only what is urgent"),
        (replace(gus, paused=True), post(ANA), Heard.DIGEST, PAUSED),
        (replace(gus, ignores_author=True), post(ANA), Heard.DIGEST, IGNORED),
        (
            replace(gus, wants="muted", paused=True, ignores_author=True),
            post(ANA),
            Heard.MUTED,
            "muted this activity",
        ),
        # Asked by name, or given the case: at once for who reads digests (D33).
        (replace(gus, called=True), post(ANA), Heard.COPY, BY_NAME),
        (replace(gus, called=True, wants="digest"), post(ANA), Heard.COPY, BY_NAME),
        (replace(gus, called=True, wants="urgent"), post(ANA), Heard.COPY, BY_NAME),
        (
            replace(gus, called=True, wants="muted"),
            post(ANA),
            Heard.MUTED,
            "muted this activity",
        ),
        (replace(gus, called=True, paused=True), post(ANA), Heard.DIGEST, PAUSED),
        (
            replace(gus, called=True, ignores_author=True),
            post(ANA),
            Heard.DIGEST,
            IGNORED,
        ),
        (replace(bo, called=True), post(CARLA), Heard.COPY, BY_NAME),
        (
            replace(ana, wants="digest"),
            post(BO, assigns=True),
            Heard.COPY,
            ASSIGNED,
        ),
        # In quiet hours nothing interrupts who does not get each post anyway.
        (
            replace(gus, called=True, wants="digest", in_quiet_hours=True),
            post(ANA),
            Heard.DIGEST,
            QUIET,
        ),
        (
            replace(ana, wants="digest", in_quiet_hours=True),
            post(CARLA),
            Heard.DIGEST,
            QUIET,
        ),
        (
            replace(ana, wants="digest", in_quiet_hours=True),
            post(CARLA, is_urgent=True),
            Heard.COPY,
            "owner",
        ),
        # Nobody ignores the customer of their own case; who is away has a deputy, else
        # the team hears (D35).
        (replace(ana, ignores_author=True), post(CARLA), Heard.COPY, "owner"),
        (replace(ana, wants="urgent"), post(CARLA), Heard.COPY, "owner"),
        (replace(ana, paused=True), post(CARLA), Heard.DIGEST, PAUSED),
        (
            replace(bo, stands_in=True, wants="muted"),
            post(CARLA, owner_away=True),
            Heard.COPY,
            "deputy",
        ),
        (replace(bo, stands_in=True), post(GUS), Heard.COPY, "team"),
        (bo, post(CARLA, owner_away=True, taken=False), Heard.COPY, "owner away"),
        # New cases go to who is on duty (D32).
        (
            replace(bo, on_duty=False),
            post(CARLA, opens=True, taken=False),
            Heard.DIGEST,
            "not on duty",
        ),
        (replace(bo, on_duty=False), post(ANA, takes=True), Heard.COPY, "team"),
        # Thanks go to the one thanked, and wait for the others (E44).
        (gus, post(CARLA, is_thanks=True, thanks=GUS), Heard.COPY, THANKS),
        (gus, post(CARLA, is_thanks=True, thanks=ANA), Heard.DIGEST, THANKS),
        (gus, post(CARLA, is_thanks=True), Heard.DIGEST, THANKS),
        (carla, post(ANA, is_thanks=True), Heard.COPY, "customer"),
        (bo, post(ANA, is_thanks=True, thanks=CARLA, takes=True), Heard.COPY, "team"),
        (
            replace(gus, wants="digest"),
            post(CARLA, is_thanks=True, thanks=GUS),
            Heard.COPY,
            THANKS,
        ),
        (
            replace(gus, wants="muted"),
            post(CARLA, is_thanks=True, thanks=GUS),
            Heard.MUTED,
            "muted this activity",
        ),
        # A copy that the author sent themselves.
        (
            replace(gus, got_it_directly=True),
            post(ANA),
            Heard.DIRECT,
            "stood in To or Cc",
        ),
        (
            replace(bo, got_it_directly=True),
            post(CARLA, opens=True, taken=False),
            Heard.COPY,
            "team",
        ),
        # Mail to them comes back: a customer is still tried (mail-rules B2).
        (
            replace(gus, reachable=False),
            post(ANA),
            Heard.UNREACHABLE,
            "mail to them comes back",
        ),
        (replace(carla, reachable=False), post(ANA), Heard.COPY, "customer"),
    ],
)
def test_hearing(who, what, outcome, reason):
    assert hears(who, what) == (outcome, reason)


members = st.sampled_from([each for each in Standing if each is not Standing.NOBODY])
flag = st.booleans()
readers = st.builds(
    Reader,
    person=st.integers(1, 4),
    standing=members,
    in_team_lane=flag,
    on_team=flag,
    is_customer=flag,
    is_owner=flag,
    wants=st.sampled_from(["each", "digest", "muted"]),
    reachable=flag,
    got_it_directly=flag,
    may_be_written=flag,
)
posts = st.builds(
    Spoken,
    author=st.none() | st.integers(1, 4),
    team_lane=flag,
    opens=flag,
    takes=flag,
    taken=flag,
    by_customer=flag,
    all_follow=flag,
    by_hand=flag,
)


@given(readers, posts)
def test_everyone_gets_exactly_one_outcome(who, what):
    outcome, reason = hears(who, what)
    assert outcome in Heard
    assert reason


@given(readers, posts)
def test_nobody_hears_what_is_not_for_them(who, what):
    outcome, _ = hears(who, what)
    told = outcome in {Heard.COPY, Heard.DIGEST, Heard.MUTED, Heard.DIRECT}
    if who.person == what.author:
        assert outcome is Heard.AUTHOR
    elif who.standing not in {Standing.TOLD, Standing.JOINED}:
        assert not told
    elif what.team_lane and not who.in_team_lane:
        assert outcome is Heard.LANE


@given(readers, posts)
def test_the_owner_hears_the_customer_of_their_own_case(who, what):
    owner = replace(
        who,
        standing=Standing.JOINED,
        is_owner=True,
        in_team_lane=True,
        reachable=True,
        may_be_written=True,
    )
    said = replace(what, by_customer=True)
    if owner.person != said.author and not owner.got_it_directly:
        assert hears(owner, said)[0] is Heard.COPY


@given(readers, posts)
def test_a_digest_or_silence_is_chosen_or_the_case_is_taken(who, what):
    outcome, _ = hears(who, what)
    if outcome is Heard.MUTED:
        assert who.wants == "muted"
    if outcome is Heard.DIGEST:
        by_hand = what.by_hand and not who.in_team_lane
        assert who.wants == "digest" or (who.on_team and what.taken) or by_hand


@given(readers, posts)
def test_what_was_sent_by_hand_is_mailed_to_nobody_outside_the_team(who, what):
    outcome, _ = hears(who, replace(what, by_hand=True))
    assert who.in_team_lane or outcome is not Heard.COPY


@given(readers, posts)
def test_nobody_hears_of_a_desk_that_may_not_write_to_them(who, what):
    outcome, _ = hears(replace(who, may_be_written=False), what)
    assert outcome not in {Heard.COPY, Heard.DIGEST, Heard.MUTED, Heard.UNREACHABLE}


@given(readers, posts)
def test_a_team_reader_hears_whatever_opens_or_takes_a_case(who, what):
    member = replace(
        who,
        standing=Standing.TOLD,
        on_team=True,
        in_team_lane=True,
        wants="each",
        reachable=True,
        got_it_directly=False,
        may_be_written=True,
    )
    for said in (replace(what, taken=False), replace(what, takes=True)):
        if member.person != said.author:
            assert hears(member, said)[0] is Heard.COPY


def of_team(person, **changes):
    return reader(person, **({"in_team_lane": True, "on_team": True} | changes))


BY_CARLA = post(CARLA, by_customer=True)


@pytest.mark.parametrize("wants", ["muted", "digest"])
def test_the_only_notice_of_a_text_is_never_suppressed(wants):
    """R16: with nobody else to hear the customer, those who are there do."""
    heard = hear([of_team(ANA, wants=wants), of_team(BO, reachable=False)], BY_CARLA)
    assert heard[ANA] == (Heard.COPY, "nobody else hears")
    assert heard[BO][0] is Heard.UNREACHABLE


@pytest.mark.parametrize(
    ("others", "what"),
    [
        ([of_team(BO)], BY_CARLA),
        ([of_team(BO, got_it_directly=True)], BY_CARLA),
        ([], post(CARLA, by_customer=False)),
        ([], post(BO)),
    ],
)
def test_a_wish_for_silence_holds_while_somebody_hears(others, what):
    heard = hear([of_team(ANA, wants="muted"), *others], what)
    assert heard[ANA][0] is Heard.MUTED


def test_who_is_outside_the_team_is_not_woken_for_it():
    assert hear([reader(GUS, wants="muted")], BY_CARLA)[GUS][0] is Heard.MUTED
