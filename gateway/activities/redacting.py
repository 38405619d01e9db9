"""The text of a post is taken back: by `/redact`, after a look at it (decision 45)."""

from collections.abc import Iterable, Sequence

from gateway.activities import questions
from gateway.activities.commands import answer_now
from gateway.activities.fanout import author_name
from gateway.activities.floor import Floor
from gateway.activities.letterbox import Letterbox
from gateway.activities.letters import addressee
from gateway.activities.place import By, Place
from gateway.activities.questions import Matter
from gateway.activities.receipts import states_of
from gateway.routing.asking import YES, Asking
from gateway.routing.decision import Post
from gateway.routing.receipt import Got
from parsers.overlap import RUN, letters
from parsers.veiled import marks_of, quoted
from storage import activity as activities
from storage import event as events
from storage import journal, taking_back
from storage.activity import Lane, Membership, Participant
from storage.event import Event, Kind
from storage.people import Person
from storage.question import Question
from storage.roster import display_name, roster, seated
from templates import mime
from templates.render import Reader
from templates.taken_back import TakeBack, blotted, in_place_of
from templates.understood import Understood

_COMMAND = "/redact"
_LEFT_OUT = "…"
_MOST_POSTS = 1000
_IN_A_MAILBOX = frozenset({Got.SENT})


def follow(box: Letterbox, decision: Post) -> None:
    """Show what the mail answers, and ask whether it shall be taken back."""
    if not any(each.word == "redact" for each in decision.commands):
        return
    place = box.place(decision.activity)
    asker = _seat_of(place, box.facts.writer.person)
    if asker is None or not asker.is_staff:
        return
    number = box.facts.answers_post
    post = place.session.get(Event, number) if number else None
    if post is None:
        _say(box, place, asker, Understood(command=_COMMAND, outcome="redact_what"))
    elif post.is_taken_back:
        _say(box, place, asker, _before(place, post))
    else:
        _ask(box, place, asker, post)


def _seat_of(place: Place, person: int | None) -> Participant | None:
    if person is None:
        return None
    return activities.participant_of(place.session, place.activity.id, person)


def _before(place: Place, post: Event) -> Understood:
    name = display_name(place.session, post.values["taken_back"]["by"])
    return Understood(command=_COMMAND, outcome="redacted_before", names=(name,))


def _say(box: Letterbox, place: Place, to: Participant, said: Understood) -> None:
    person = place.session.get_one(Person, to.person_id)
    floor = Floor(place=place, participant=to, by=box.by(person, box.facts.proof))
    answer_now(floor, [said], posted=box.facts.has_text)


def _ask(box: Letterbox, place: Place, asker: Participant, post: Event) -> None:
    session = place.session
    seats = roster(session, place.activity.id)
    seat = seated(seats, asker.person_id)
    is_own = post.actor_id == asker.person_id
    values = TakeBack(
        subject=place.activity.subject,
        text=post.text,
        author="" if is_own else author_name(session, seats, post) or place.desk.name,
        is_note=post.lane is Lane.TEAM,
        files=tuple(post.values.get("attachments", ())),
        sent_to=_has_it(place, [post]),
    )
    sheet = questions.sheet_of(place, seat, box.offered.received_at)
    asked_by = {"by": box.offered.inbound}
    matter = Matter(asking=Asking.REDACT, event=post.id, values=asked_by)
    questions.ask(session, place.house, sheet, matter, values, [addressee(seat)])


def _has_it(place: Place, posts: Sequence[Event]) -> tuple[str, ...]:
    """Give in whose mailboxes some posts are."""
    states = states_of(place.session, posts)
    persons = {
        person: None
        for states_of_one in states.values()
        for person, state in states_of_one.items()
        if state.got in _IN_A_MAILBOX
    }
    return tuple(display_name(place.session, each) for each in persons)


def settle(box: Letterbox, question: Question, answer: str) -> None:
    """Take the text back that was shown, if the answer is yes.

    Raises LookupError when the activity is gone.
    """
    if answer != YES or question.activity_id is None or question.event_id is None:
        return
    place = box.place(question.activity_id)
    asker = _seat_of(place, question.person_id)
    post = place.session.get(Event, question.event_id)
    takes_part = {Membership.JOINED, Membership.TOLD}
    if asker is None or not asker.is_staff or asker.membership not in takes_part:
        return
    if post is None or post.is_taken_back:
        if post is not None:
            _say(box, place, asker, _before(place, post))
        return
    person = place.session.get_one(Person, asker.person_id)
    by = box.by(person, box.facts.proof)
    names = redact(place, by, post)
    # Whoever answers a letter mostly quotes it.
    _blot_mails(place, [question.values.get("by"), by.inbound], post.text)
    said = Understood(command=_COMMAND, outcome="redacted", names=names)
    _say(box, place, asker, said)


def redact(place: Place, by: By, post: Event) -> tuple[str, ...]:
    """Take the text and the files of a post back, wherever they are kept.

    Gives the names of those in whose mailboxes it stays.
    """
    session = place.session
    posts = taking_back.copies(session, post, place.activity.family)
    names = _has_it(place, [each for each in posts if each.kind is Kind.POST])
    texts = [each.text for each in posts]
    texts += [part for each in posts for part in each.below]
    marks = sorted(
        {mark for text in texts for mark in marks_of(text, place.house.sealer.veil)}
    )
    filed = taking_back.filed(session, posts)
    digests = [
        linked["digest"]
        for each in (*posts, *filed)
        for linked in each.values.get("linked", ())
    ]
    language, zone = place.desk.language, place.desk.zone
    name = display_name(session, by.person.id)
    said = in_place_of(name, Reader(language, zone, by.at))
    who: dict[str, object] = {"by": by.person.id, "at": by.at.isoformat()}
    for each in (*posts, *filed):
        taking_back.take_back(session, each, said if each in posts else "", who)
    _record(place, by, posts, said, marks)
    _blot_quotes(place, posts, marks)
    _blot_letters(place, posts, marks, said)
    _blot_mails(place, [each.inbound_id for each in posts], said)
    for digest in dict.fromkeys(digests):
        taking_back.drop_file(session, place.house.blobs, digest)
    return names


def _record(
    place: Place, by: By, posts: list[Event], said: str, marks: list[str]
) -> None:
    """Note it in each activity, with the marks by which a quote of it is known."""
    for activity in sorted({each.activity_id for each in posts}):
        events.record(
            place.session,
            Event(
                activity_id=activity,
                lane=Lane.TEAM,
                kind=Kind.TAKEN_BACK,
                actor_id=by.person.id,
                door=by.door,
                proof=by.proof,
                received_at=by.at,
                inbound_id=by.inbound,
                # With a text it is read with all others of the team's lane.
                text=said,
                values={
                    "posts": [
                        each.id for each in posts if each.activity_id == activity
                    ],
                    "marks": marks,
                },
            ),
        )


def _blot_quotes(place: Place, posts: list[Event], marks: list[str]) -> None:
    """Take out of later posts what they quote; a line of their own stays."""
    session, veil = place.session, place.house.sealer.veil
    family = taking_back.family_of(session, posts)
    numbers, first = {each.id for each in posts}, min(each.id for each in posts)
    all_posts = events.posts(session, sorted(family), set(Lane), most=_MOST_POSTS)
    earlier = [each.text for each in all_posts if each.id < first]
    for each in all_posts:
        if each.id < first or each.id in numbers:
            continue
        is_back = quoted(each.text, marks, veil, lambda: earlier)
        below = [
            part
            for part in each.values.get("below", ())
            if not any(quoted(part["text"], marks, veil, lambda: earlier))
        ]
        lines = each.text.split("\n")
        lines = [
            _LEFT_OUT if is_quoted and _is_a_quote(line) else line
            for line, is_quoted in zip(lines, is_back, strict=False)
        ] + lines[len(is_back) :]
        taking_back.leave_out(session, each, "\n".join(lines), below)


def _is_a_quote(line: str) -> bool:
    """Say whether a line that is like one of a text can be that line, not "Thanks"."""
    return line.lstrip().startswith(">") or len(letters(line)) >= RUN


def _blot_letters(
    place: Place, posts: list[Event], marks: list[str], said: str
) -> None:
    """Let what waits in the outbox go without the text, and keep none that is sent."""
    session = place.session
    numbers = {each.id for each in posts}
    family = taking_back.family_of(session, posts)
    since = min(each.received_at for each in posts)
    veil = place.house.sealer.veil
    for letter in taking_back.letters(session, numbers, family, since):
        text = mime.text_of(letter.raw)
        carries = letter.event_id in numbers
        if carries or any(quoted(text, marks, veil, tuple)):
            taking_back.replace_letter(session, letter, blotted(letter.raw, said))


def _blot_mails(place: Place, mails: Iterable[int | None], said: str) -> None:
    """Keep of some mails of the journal nothing but their headers."""
    session, blobs = place.session, place.house.blobs
    known = {each for each in mails if each is not None}
    for row in taking_back.journal_rows(session, known) if known else ():
        octets = blotted(journal.original(row, blobs), said)
        taking_back.blot(session, blobs, row, octets)
