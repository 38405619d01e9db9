"""A batch of old mails finds its cases: threads by ids, then by subject and customer.

Nothing is written here. Whatever order the mails come in, a thread becomes what its ids
connect: mails that come before the one they answer leave its id behind, and when it
comes and shows that two cases are one, they are merged.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.activities.house import House
from gateway.activities.old_mail import Fate, OldMail
from gateway.activities.routes import by_own_id
from gateway.routing import past
from gateway.routing.past import Post, Side, Sides, Who
from parsers.address import Mailbox, key
from storage import old_mail
from storage.activity import Lane
from storage.database import Session
from storage.event import DOOR_OF_OLD_MAIL, Kind
from storage.old_mail import KnownCase, KnownEvent, KnownPerson

_ANSWER_DAYS = timedelta(days=30)
_AGAIN_HOURS = timedelta(hours=72)
# Subjects that say nothing: two mails under one of them are two matters.
_GENERIC = frozenset({"", "help", "question", "hello", "hi", "problem", "support"})


@dataclass(slots=True, eq=False)
class Entry:
    """One mail of a case: one that is here already, or one that comes now."""

    post: Post
    event: int | None = None
    lane: Lane | None = None
    mail: OldMail | None = None


@dataclass(slots=True, eq=False)
class Case:
    """A case with all of its mails, old and new."""

    known: KnownCase | None = None
    """As it is stored; None for one that begins now."""
    number: int = 0
    is_live: bool = False
    """More happened in it than imports: it is added to, and else left alone."""
    entries: list[Entry] = field(default_factory=list)
    machine: list[OldMail] = field(default_factory=list)
    subjects: list[tuple[datetime, str]] = field(default_factory=list)
    """Of the mails that may be its first."""
    link: "Case | None" = None
    """Whose mail its first one answered, without having taken part there."""
    merged: "Case | None" = None
    """What it became part of."""

    @property
    def posts(self) -> list[Post]:
        """Its mails in the order of time."""
        return past.in_order(entry.post for entry in self.entries)

    @property
    def customer(self) -> Who | None:
        """Whose case it is, as far as one can tell now."""
        if self.known is not None and self.is_live:
            return self.known.customer
        return past.customer_of(self.posts) if self.entries else None

    @property
    def subject(self) -> str:
        """The subject of its first mail."""
        return min(self.subjects)[1]

    @property
    def opened_at(self) -> datetime:
        """When its first mail came."""
        return min(entry.post.at for entry in self.entries)

    def add(self, post: Post, mail: OldMail) -> None:
        """Add a mail that comes now."""
        self.entries.append(Entry(post, mail=mail))
        self.subjects.append((mail.at, mail.subject))


class Batch:
    """Mails that are taken in together, and the cases that they lead to."""

    def __init__(
        self, session: Session, house: House, sides: Sides, desk_id: int
    ) -> None:
        """Look things up in `session`, for the desk with this row."""
        self._session = session
        self._house = house
        self._sides = sides
        self._desk_id = desk_id
        self._by_number: dict[int, Case] = {}
        self._by_id: dict[str, Case] = {}
        self._by_subject: defaultdict[tuple[Who, str], list[Case]] = defaultdict(list)
        self.people: dict[str, KnownPerson] = {}
        self.boxes: dict[str, Mailbox] = {}
        """Everybody who writes or is written to now, by key."""
        self.cases: list[Case] = []
        """The cases that are touched, each once."""
        self.awaited: dict[str, Case] = {}
        """Ids that a case refers to and that are not here."""
        self.was_awaited: set[str] = set()
        """Those of them that were stored."""
        self.merged: list[tuple[Case, Case]] = []
        """Stored cases that became part of others."""
        self.fates: list[tuple[OldMail, Fate, str]] = []
        """What became of each mail that is no post, with the reason."""

    def sort(self, mails: Sequence[OldMail]) -> None:
        """Find the case of each mail."""
        left = self._without_repeats(mails)
        posts = [mail for mail in left if mail.fate is Fate.POST]
        for mail in left:
            if mail.fate not in {Fate.POST, Fate.MACHINE}:
                self.fates.append((mail, mail.fate, mail.reason))
        self._look_up(posts, left)
        for mail in left:
            if mail.fate is Fate.POST:
                self._place(mail)
            elif mail.fate is Fate.MACHINE:
                self._keep(mail)
        self._drop_internal()

    def _without_repeats(self, mails: Sequence[OldMail]) -> list[OldMail]:
        """Set aside what is here: by id, sender and text, or octet by octet."""
        ids = {mail.message_id for mail in mails if mail.message_id}
        seen = {
            (post.message_id, post.sender, post.body_hash)
            for post in old_mail.posts(self._session, ids)
        }
        kept = old_mail.kept(self._session, {mail.digest for mail in mails} - {""})
        left = []
        for mail in mails:
            name = (mail.message_id, key(mail.sender.address), mail.body_hash)
            if (mail.message_id and name in seen) or (mail.row and mail.digest in kept):
                self.fates.append((mail, Fate.REPEAT, ""))
                continue
            seen.add(name)
            kept.add(mail.digest)
            left.append(mail)
        return left

    # What is known.

    def _look_up(self, posts: Sequence[OldMail], mails: Sequence[OldMail]) -> None:
        boxes = (box for mail in posts for box in (mail.sender, *mail.recipients))
        for box in boxes:
            known = self.boxes.setdefault(key(box.address), box)
            if box.name and not known.name:
                self.boxes[key(box.address)] = box
        self.people = old_mail.people(self._session, self.boxes)
        by_id, awaited = self._named(mails)
        alike = self._alike(posts)
        self._load({*by_id.values(), *awaited.values(), *(each.id for each in alike)})
        for name, number in by_id.items():
            if number in self._by_number:
                self._by_id[name] = self._by_number[number]
        for name, number in awaited.items():
            self.awaited[name] = self._by_number[number]
        self.was_awaited = set(awaited)
        for each in alike:
            self._note_subject(self._by_number[each.id], each.subject)

    def _named(self, mails: Sequence[OldMail]) -> tuple[dict[str, int], dict[str, int]]:
        """Give the cases behind the ids that mails bear and name."""
        session = self._session
        ids = {name for mail in mails for name in (mail.message_id, *mail.named)}
        ids.discard("")
        found = {
            post.message_id: post.activity for post in old_mail.posts(session, ids)
        }
        for name in ids - found.keys():
            if own := by_own_id(session, self._house, name):
                found[name] = own.activity
        return found, old_mail.referred_to(session, ids - found.keys())

    def _alike(self, posts: Sequence[OldMail]) -> list[KnownCase]:
        """Give the cases of the customers that may be meant by a subject alone."""
        if not posts:
            return []
        customers = {
            who
            for mail in posts
            if isinstance(who := past.customer_of([self._post_of(mail)]), int)
        }
        times = [mail.at for mail in posts]
        subjects = {_folded(mail.subject) for mail in posts} - _GENERIC
        found = old_mail.opened_by(
            self._session,
            self._desk_id,
            customers,
            min(times) - _ANSWER_DAYS,
            max(times) + _ANSWER_DAYS,
        )
        return [each for each in found if _folded(each.subject) in subjects]

    def _load(self, numbers: set[int]) -> None:
        """Bring cases here with all that happened in them."""
        found = old_mail.cases(self._session, numbers)
        where = {number: _last(self._session, found, number) for number in tuple(found)}
        cases = {number: self._case(found[number]) for number in set(where.values())}
        happened = old_mail.events(self._session, cases)
        self._meet(happened)
        for event in happened:
            self._recall(cases[event.activity], event)
        for number, last in where.items():
            self._by_number[number] = cases[last]

    def _case(self, known: KnownCase) -> Case:
        is_elsewhere = known.desk_id != self._desk_id
        case = Case(known, known.id, is_live=is_elsewhere)
        case.subjects.append((known.opened_at, known.subject))
        return case

    def _meet(self, happened: Iterable[KnownEvent]) -> None:
        """Learn who stands behind the addresses of mails that are here."""
        wanted = {
            key(address)
            for event in happened
            for address in (event.sender, *(event.recipients or ()))
            if address
        }
        self.people |= old_mail.people(self._session, wanted - self.people.keys())

    def _recall(self, case: Case, event: KnownEvent) -> None:
        if event.door != DOOR_OF_OLD_MAIL:
            case.is_live = True
        if event.kind is not Kind.POST:
            return
        post = self._post(
            event.at,
            event.digest or str(event.id),
            event.actor,
            event.sender or "",
            event.recipients or (),
        )
        case.entries.append(Entry(post, event.id, event.lane))

    # Who is who.

    def who(self, address: str) -> Who:
        """Give a person by their number, or by their address while they have none."""
        person = self.people.get(key(address))
        return person.id if person else key(address)

    def _post_of(self, mail: OldMail) -> Post:
        author = self._sides.author(mail.sender)
        return self._post(
            mail.at,
            mail.digest,
            self.who(author.address) if author else None,
            author.address if author else mail.sender.address,
            [box.address for box in mail.recipients],
        )

    def _post(
        self,
        at: datetime,
        name: str,
        writer: Who | None,
        sender: str,
        recipients: Iterable[str],
    ) -> Post:
        to = [each for each in recipients if not self._sides.is_own(each)]
        side = self._side(sender)
        others = [each for each in to if self._side(each) is Side.OTHER]
        return Post(
            at=at,
            name=name,
            writer=writer,
            side=side,
            to=tuple(map(self.who, to)),
            outsiders=tuple(map(self.who, others)),
        )

    def _side(self, address: str) -> Side:
        side = self._sides.of(address)
        person = self.people.get(key(address))
        return Side.OURS if side is Side.OTHER and person and person.is_staff else side

    # Where a mail goes.

    def _place(self, mail: OldMail) -> None:
        post = self._post_of(mail)
        parents = self._parents(mail)
        awaits = self._of(self.awaited, mail.message_id)
        near = [*parents, awaits] if awaits else parents
        case = next((each for each in near if past.knows(each.posts, post)), None)
        case = case or self._by_its_subject(mail, post)
        if case is None:
            case = Case(link=parents[0] if parents else None)
        for other in near:
            case = self._merge(case, other)
        case.add(post, mail)
        self._touch(case)
        self._note_subject(case, mail.subject)
        self._note_ids(case, mail)

    def _parents(self, mail: OldMail) -> list[Case]:
        """Give the cases that the ids it answers name, the nearest first."""
        found = [self._of(self._by_id, name) for name in mail.named]
        found += [self._of(self.awaited, name) for name in mail.named]
        return list(dict.fromkeys(each for each in found if each is not None))

    @staticmethod
    def _of(cases: dict[str, Case], name: str) -> Case | None:
        case = cases.get(name)
        while case is not None and case.merged is not None:
            case = case.merged
        return case

    def _by_its_subject(self, mail: OldMail, post: Post) -> Case | None:
        """Find the case of the same customer and subject that is nearest in time."""
        subject, customer = _folded(mail.subject), past.customer_of([post])
        if subject in _GENERIC or customer is None:
            return None
        span = _ANSWER_DAYS if mail.is_answer else _AGAIN_HOURS
        near = [
            (abs(case.opened_at - post.at), case)
            for case in self._by_subject[customer, subject]
            if case.merged is None and case.entries
        ]
        near = [(apart, case) for apart, case in near if apart <= span]
        return min(near, key=lambda found: found[0])[1] if near else None

    def _note_subject(self, case: Case, subject: str) -> None:
        customer = case.customer
        if customer is not None:
            found = self._by_subject[customer, _folded(subject)]
            if case not in found:
                found.append(case)

    def _note_ids(self, case: Case, mail: OldMail) -> None:
        if mail.message_id:
            self._by_id[mail.message_id] = case
            self.awaited.pop(mail.message_id, None)
        for name in mail.named:
            if name not in self._by_id:
                self.awaited.setdefault(name, case)

    def _merge(self, case: Case, other: Case) -> Case:
        """Make two cases of one customer one, which a mail shows to be one thread."""
        if case is other or not case.entries or not other.entries:
            return case
        if case.is_live or other.is_live or case.customer != other.customer:
            return case
        # The older one stays, and one that is stored before one that is not.
        first, second = sorted(
            (case, other), key=lambda each: (not each.number, each.number)
        )
        first.entries += second.entries
        first.machine += second.machine
        first.subjects += second.subjects
        second.entries, second.machine, second.merged = [], [], first
        self._touch(first)
        if second.number:
            self.merged.append((second, first))
        return first

    def _keep(self, mail: OldMail) -> None:
        """Keep mail of a machine with the case that it names (decisions C25)."""
        parents = self._parents(mail)
        if not parents:
            self.fates.append((mail, Fate.MACHINE, mail.reason))
            return
        parents[0].machine.append(mail)
        self._touch(parents[0])
        if mail.message_id:
            self._by_id.setdefault(mail.message_id, parents[0])

    def _touch(self, case: Case) -> None:
        if case not in self.cases:
            self.cases.append(case)

    def _drop_internal(self) -> None:
        """Set aside new cases in which there is nobody but the desk itself."""
        self.cases = [case for case in self.cases if case.merged is None]
        nobody = [case for case in self.cases if case.customer is None]
        for case in nobody:
            for mail in (*(entry.mail for entry in case.entries), *case.machine):
                if mail is not None:
                    why = "from the desk to itself"
                    self.fates.append((mail, Fate.INTERNAL, why))
        self.cases = [case for case in self.cases if case not in nobody]
        self.awaited = {
            name: found
            for name in self.awaited
            if (found := self._of(self.awaited, name)) and found not in nobody
        }


def _last(session: Session, found: dict[int, KnownCase], number: int) -> int:
    """Follow a case to the one that it was merged into, and load what is missing."""
    while (redirect := found[number].redirect) is not None:
        number = redirect
        if number not in found:
            found |= old_mail.cases(session, [number])
    return number


def _folded(subject: str) -> str:
    return subject.strip().casefold()
