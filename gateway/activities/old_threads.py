"""A batch of old mails finds its cases: threads by ids, then by subject and customer.

Nothing is written here. Whatever order the mails come in, a thread becomes what its ids
connect: mails that come before the one they answer leave its id behind, and when it
comes and shows that two cases are one, they are merged.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.activities.house import House
from gateway.activities.named import by_own_id
from gateway.activities.old_cases import Case, Entry, Minded
from gateway.activities.old_mail import Fate, OldMail
from gateway.routing import past
from gateway.routing.past import Post, Side, Sides, Who
from parsers.address import Mailbox, key
from storage import old_mail
from storage.database import Session
from storage.event import DOOR_OF_OLD_MAIL, Kind
from storage.old_mail import KnownCase, KnownEvent, KnownPerson, KnownPost

_ANSWER_DAYS = timedelta(days=30)
_AGAIN_HOURS = timedelta(hours=72)
# Subjects that say nothing: two mails under one of them are two matters.
_GENERIC = frozenset({"", "help", "question", "hello", "hi", "problem", "support"})


class Batch:
    """Mails that are taken in together, and the cases that they lead to."""

    def __init__(
        self,
        session: Session,
        house: House,
        sides: Sides,
        desk_id: int,
        minded: Minded,
    ) -> None:
        """Look things up in `session`, for the desk with this row."""
        self._session = session
        self._minded = minded
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
        ids = {name for mail in mails for name in (mail.message_id, *mail.named)}
        known = old_mail.posts(self._session, ids - {""})
        left = self._without_repeats(mails, known)
        posts = [mail for mail in left if mail.fate is Fate.POST]
        for mail in left:
            if mail.fate not in {Fate.POST, Fate.MACHINE}:
                self.fates.append((mail, mail.fate, mail.reason))
        self._look_up(posts, left, {post.message_id: post.activity for post in known})
        for mail in left:
            if mail.fate is Fate.POST:
                self._place(mail)
            elif mail.fate is Fate.MACHINE:
                self._keep(mail)
        self._drop_internal()

    def _without_repeats(
        self, mails: Sequence[OldMail], known: Iterable[KnownPost]
    ) -> list[OldMail]:
        """Set aside what is here: by id, sender and text, or octet by octet."""
        seen = {(post.message_id, post.sender, post.body_hash) for post in known}
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

    def _look_up(
        self,
        posts: Sequence[OldMail],
        mails: Sequence[OldMail],
        by_id: dict[str, int],
    ) -> None:
        boxes = (box for mail in posts for box in (mail.sender, *mail.recipients))
        for box in boxes:
            known = self.boxes.setdefault(key(box.address), box)
            if box.name and not known.name:
                self.boxes[key(box.address)] = box
        self.people = old_mail.people(self._session, self.boxes)
        awaited = self._named(mails, by_id)
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

    def _named(self, mails: Sequence[OldMail], by_id: dict[str, int]) -> dict[str, int]:
        """Find what is behind the ids of mails that are no post; add our own ids."""
        ids = {name for mail in mails for name in (mail.message_id, *mail.named)}
        unknown = ids - by_id.keys() - {""}
        for name in unknown:
            if own := by_own_id(self._session, self._house, name):
                by_id[name] = own.activity
        return old_mail.referred_to(self._session, unknown - by_id.keys())

    def _alike(self, posts: Sequence[OldMail]) -> list[KnownCase]:
        """Give the cases of the customers that may be meant by a subject alone."""
        if not posts:
            return []
        customers = {
            person.id
            for mail in posts
            if (who := past.customer_of([self._post_of(mail)]))
            and (person := self.people.get(who))
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
        marks = old_mail.newest(self._session, where.values())
        cases: dict[int, Case] = {}
        unread: dict[int, Case] = {}
        for number in set(where.values()):
            case = self._minded.get(number, marks.get(number))
            if case is None:
                case = unread[number] = self._case(found[number])
                case.mark = marks.get(number, (0, 0))
            cases[number] = case
        happened = old_mail.events(self._session, unread)
        self._meet(happened)
        for event in happened:
            self._recall(unread[event.activity], event)
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
        if (event.values or {}).get("sent"):
            post = _ours(post)
        case.add(Entry(post, event.id, event.lane))

    # Who is who.

    def who(self, address_key: str) -> Who:
        """Give who has an address, whichever of their addresses it is."""
        person = self.people.get(address_key)
        return person.first_key if person else address_key

    def _post_of(self, mail: OldMail) -> Post:
        author = self._sides.author(mail.sender)
        post = self._post(
            mail.at,
            mail.digest,
            self.who(key(author.address)) if author else None,
            author.address if author else mail.sender.address,
            [box.address for box in mail.recipients],
        )
        return _ours(post) if mail.is_sent else post

    def _post(
        self,
        at: datetime,
        name: str,
        writer: Who | None,
        sender: str,
        recipients: Iterable[str],
    ) -> Post:
        to = [key(each) for each in recipients if not self._sides.is_own(each)]
        others = [each for each in to if self._side(each) is Side.OTHER]
        return Post(
            at=at,
            name=name,
            writer=writer,
            side=self._side(key(sender)),
            to=tuple(map(self.who, to)),
            outsiders=tuple(map(self.who, others)),
        )

    def _side(self, address_key: str) -> Side:
        side = self._sides.of(address_key)
        person = self.people.get(address_key)
        return Side.OURS if side is Side.OTHER and person and person.is_staff else side

    # Where a mail goes.

    def _place(self, mail: OldMail) -> None:
        post = self._post_of(mail)
        parents = self._parents(mail)
        awaits = self._of(self.awaited, mail.message_id)
        near = [*parents, awaits] if awaits else parents
        case = next((each for each in near if past.knows(each.outsiders, post)), None)
        case = case or self._by_its_subject(mail, post)
        if case is None:
            case = Case(link=parents[0] if parents else None)
        case.add(Entry(post, mail=mail))
        # Only now: this mail may show whose case it is.
        for other in near:
            case = self._merge(case, other)
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
        return case.last() if case is not None else None

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
        first.take_over(second)
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


def _ours(post: Post) -> Post:
    return replace(post, side=Side.OURS) if post.side is Side.OTHER else post


def _folded(subject: str) -> str:
    return subject.strip().casefold()
