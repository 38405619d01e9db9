"""A sorted batch of old mails becomes rows: people, cases, journal, events, seats."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from gateway.activities import cases
from gateway.activities.house import House
from gateway.activities.old_cases import Case, Entry
from gateway.activities.old_mail import Fate, OldMail
from gateway.activities.old_threads import Batch
from gateway.routing import past
from gateway.routing.past import Post, Side, Story, Who
from gateway.routing.proof import Proof
from parsers.address import Mailbox, key
from storage import old_mail, old_rows
from storage.activity import Lane, Membership, Role, Turn
from storage.database import Session
from storage.event import Kind
from storage.journal import State
from storage.old_rows import Row


class Rows:
    """Writes what a batch came to; `counts` says what was made."""

    def __init__(
        self,
        session: Session,
        house: House,
        desk_id: int,
        team: Iterable[int],
        now: datetime,
    ) -> None:
        """Write in `session`, for a desk whose team are these people."""
        self._session = session
        self._house = house
        self._desk_id = desk_id
        self._team = tuple(team)
        self._now = now
        self._quiet = timedelta(days=house.limits.follow_up_days)
        self._numbers: dict[Who, int] = {}
        self.counts: Counter[str] = Counter()

    def write(self, batch: Batch) -> None:
        """Write all of a batch."""
        for second, first in batch.merged:
            old_rows.merge(self._session, second.number, first.number)
        live = [case for case in batch.cases if case.is_live]
        stories = {case: self._story(case) for case in batch.cases if not case.is_live}
        new = [case for case in stories if not case.number]
        stored = [case for case in stories if case.number]
        self._people(batch, stories)
        self._begin(new, stories)
        self._change(stored, stories)
        for case in live:
            self._touch_live(case)
        merged = {first for _, first in batch.merged}
        changed = [case for case in stored if case in merged or self._moved(case)]
        old_rows.drop_seats(self._session, [case.number for case in changed])
        seats = [
            seat
            for case in (*new, *changed)
            for seat in self._seats(case, stories[case])
        ]
        old_rows.add_seats(self._session, seats)
        self._mails(batch)
        self._references(batch)
        self.counts["merged"] += len(batch.merged)

    def _story(self, case: Case) -> Story:
        story = past.story(case.posts, now=self._now, quiet=self._quiet)
        if story is None:
            raise AssertionError("a case without anybody is none")
        return story

    # People.

    def _people(self, batch: Batch, stories: dict[Case, Story]) -> None:
        """Make whoever writes or is a customer, and give names to those without."""
        wanted = {
            entry.post.writer
            for case in batch.cases
            for entry in case.entries
            if entry.mail
        }
        wanted |= {story.customer for story in stories.values()}
        wanted |= {story.owner for story in stories.values()}
        wanted |= {who for story in stories.values() for who in story.team}
        wanted.discard(None)
        known = {person.first_key: person for person in batch.people.values()}
        missing = {who for who in wanted if who and who not in known}
        for person in old_mail.people(self._session, missing).values():
            known[person.first_key] = person
        new = sorted(who for who in missing if who not in known)
        made = old_rows.add_people(
            self._session, [self._person(batch, who) for who in new]
        )
        self._numbers = {who: person.id for who, person in known.items()}
        self._numbers |= zip(new, made, strict=True)
        self.counts["people"] += len(made)
        nameless = {
            person.id: batch.boxes[person.key].name
            for person in batch.people.values()
            if not person.name
            and person.first_key in wanted
            and person.key in batch.boxes
        }
        named = {number: name for number, name in nameless.items() if name}
        old_rows.name_people(self._session, named)

    def _person(self, batch: Batch, who: str) -> tuple[Row, Row]:
        box = batch.boxes.get(who, Mailbox("", who))
        address = {"key": who, "written": box.address, "added_at": self._now}
        return {"name": box.name}, address

    def _id(self, who: Who | None) -> int | None:
        return None if who is None else self._numbers[who]

    # Cases.

    def _begin(self, new: list[Case], stories: dict[Case, Story]) -> None:
        numbers = old_rows.add_cases(
            self._session,
            [
                {
                    "public_id": cases.new_public_id(self._house),
                    "desk_id": self._desk_id,
                    **self._state(case, stories[case]),
                }
                for case in new
            ],
        )
        for case, number in zip(new, numbers, strict=True):
            case.number = number
        self.counts["cases"] += len(new)
        links = ((case, case.link.last()) for case in new if case.link is not None)
        old_rows.change_cases(
            self._session,
            [
                {"number": case.number, "linked_id": link.number}
                for case, link in links
                if link.number and link is not case
            ],
        )

    def _change(self, stored: list[Case], stories: dict[Case, Story]) -> None:
        """Bring stored cases and who sees their mails in step with their stories."""
        old_rows.change_cases(
            self._session,
            [
                {"number": case.number, **self._state(case, stories[case])}
                for case in stored
            ],
        )
        for lane in Lane:
            moved = [
                entry
                for case in stored
                for entry in case.entries
                if entry.event is not None
                and entry.lane is not lane
                and _lane(stories[case].customer, entry) is lane
            ]
            numbers = [entry.event for entry in moved if entry.event is not None]
            old_rows.move_to_lane(self._session, numbers, lane)
            for entry in moved:
                entry.lane = lane

    def _state(self, case: Case, story: Story) -> Row:
        return {
            "subject": case.subject,
            "customer_id": self._id(story.customer),
            "opened_at": story.opened_at,
            "turn": _turn(story),
            "owner_id": self._id(story.owner),
            "taken_at": story.taken_at,
            "resolved_at": story.resolved_at,
            "waiting_since": story.waiting_since,
            "repeats": story.repeats,
        }

    def _touch_live(self, case: Case) -> None:
        """Let old mail change the state of a living case only by its last word."""
        newest = max(case.entries, key=lambda entry: (entry.post.at, entry.post.name))
        known, post = case.known, newest.post
        if known is None or newest.mail is None or not past.saw(known.customer, post):
            return
        row: Row = {"number": case.number}
        if post.writer == known.customer:
            if known.waiting_since or self._now - post.at > self._quiet:
                return
            row |= {"waiting_since": post.at, "resolved_at": None, "turn": Turn.OURS}
        elif post.side is not Side.OTHER:
            row |= {"waiting_since": None, "promised_at": None, "repeats": 0}
        old_rows.change_cases(self._session, [row] if len(row) > 1 else [])

    def _moved(self, case: Case) -> bool:
        """Say whether the new mails of a case change who sits in it."""
        posts = [entry.post for entry in case.entries if entry.mail is None]
        before, now = self._told(posts), self._told(case.posts)
        return before != now

    def _told(self, posts: list[Post]) -> tuple[Who, frozenset[Who]] | None:
        story = past.story(past.in_order(posts), now=self._now, quiet=self._quiet)
        return (story.customer, story.team) if story else None

    def _seats(self, case: Case, story: Story) -> Iterator[Row]:
        """Seat the customer and the team; others who wrote take no part any more."""
        customer = self._id(story.customer)
        common = {"activity_id": case.number, "changed_at": story.opened_at}
        yield common | {
            "person_id": customer,
            "role": Role.CUSTOMER,
            "membership": Membership.JOINED,
            "in_team_lane": False,
        }
        wrote = {self._id(who) for who in story.team}
        for member in self._team:
            if member != customer:
                yield common | {
                    "person_id": member,
                    "role": Role.TEAM,
                    "membership": Membership.JOINED
                    if member in wrote
                    else Membership.TOLD,
                    "in_team_lane": True,
                }

    # Mails.

    def _mails(self, batch: Batch) -> None:
        """Write the journal's rows, the events of those with a case, and their ids."""
        placed = [
            (entry.mail, case, entry)
            for case in batch.cases
            for entry in case.entries
            if entry.mail is not None
        ]
        machine = [(mail, case, None) for case in batch.cases for mail in case.machine]
        told = sorted((*placed, *machine), key=lambda one: one[0].position)
        rows = [self._journal(mail, _done(case, entry)) for mail, case, entry in told]
        aside = [
            self._journal(mail, _discarded(mail, fate, reason))
            for mail, fate, reason in batch.fates
            if mail.row and fate is not Fate.REPEAT
        ]
        inbound = old_rows.add_mails(self._session, rows + aside)[: len(told)]
        events = [
            self._event(batch, *one, number)
            for one, number in zip(told, inbound, strict=True)
        ]
        numbers = old_rows.add_events(self._session, events)
        for (_, case, entry), number, event in zip(told, numbers, events, strict=True):
            case.mark = (max(case.mark[0], number), case.mark[1] + 1)
            if entry is not None:
                entry.event, entry.lane = number, event["lane"]
        old_rows.add_aliases(
            self._session,
            [
                {
                    "message_id": mail.message_id,
                    "activity_id": case.number,
                    "event_id": number,
                    "lane": event["lane"],
                    "sender": key(mail.sender.address),
                    "body_hash": mail.body_hash,
                }
                for (mail, case, _), number, event in zip(
                    told, numbers, events, strict=True
                )
                if mail.message_id
            ],
        )
        self.counts[Fate.POST] += len(placed)
        self.counts[Fate.MACHINE] += len(machine)
        self.counts.update(str(fate) for _, fate, _ in batch.fates)

    def _journal(self, mail: OldMail, settled: Row) -> Row:
        return mail.row | settled | {"settled_at": self._now}

    def _event(
        self, batch: Batch, mail: OldMail, case: Case, entry: Entry | None, inbound: int
    ) -> Row:
        common = {
            "activity_id": case.number,
            "proof": Proof.UNPROVED.label,
            "received_at": mail.at,
            "written_at": mail.written_at,
            "inbound_id": inbound,
            "text": mail.text,
        }
        if entry is None:
            person = batch.people.get(key(mail.sender.address))
            return common | {
                "kind": Kind.MACHINE,
                "lane": Lane.TEAM,
                "actor_id": person.id if person else None,
                "values": {"reason": mail.reason},
            }
        customer = case.customer
        return common | {
            "kind": Kind.POST,
            "lane": _lane(customer, entry),
            "actor_id": self._id(entry.post.writer),
            "values": {"attachments": list(mail.files)} if mail.files else {},
        }

    def _references(self, batch: Batch) -> None:
        came = batch.was_awaited - batch.awaited.keys()
        old_rows.drop_references(self._session, came)
        old_rows.add_references(
            self._session,
            {
                name: case.number
                for name, case in batch.awaited.items()
                if name not in batch.was_awaited and case.number
            },
        )


def _done(case: Case, entry: Entry | None) -> Row:
    fate = Fate.POST if entry else Fate.MACHINE
    return {
        "state": State.DONE,
        "settled_by": f"import: {fate}",
        "thread_key": f"a:{case.number}",
    }


def _discarded(mail: OldMail, fate: Fate, reason: str) -> Row:
    return {
        "state": State.DISCARDED,
        "reason": reason or str(fate),
        "settled_by": f"import: {fate}",
        "thread_key": f"s:{key(mail.sender.address)}",
    }


def _lane(customer: Who | None, entry: Entry) -> Lane:
    """Show the customer only what they wrote or got then."""
    everyone = customer is not None and past.saw(customer, entry.post)
    return Lane.EVERYONE if everyone else Lane.TEAM


def _turn(story: Story) -> Turn:
    if story.resolved_at is not None:
        return Turn.RESOLVED
    if story.waiting_since is None:
        return Turn.CUSTOMERS
    return Turn.OURS if story.answered else Turn.NEW
