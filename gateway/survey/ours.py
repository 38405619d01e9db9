"""Who of all the people in a mailbox is ours: told, seen in sent mail, or guessed."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from gateway.routing.desk import Hours
from gateway.survey.record import People, Record
from parsers.address import domain
from parsers.provider import is_shared


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDesk:
    """A desk that we were told of."""

    addresses: tuple[str, ...]
    """The desk's own address first, then its aliases."""
    hours: Hours | None = None
    zone: str = "UTC"
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What we were told before the first mail."""

    desks: tuple[KnownDesk, ...] = ()
    team: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """Who is ours, by number, and how we know."""

    desks: tuple[str, ...]
    domains: tuple[str, ...] = ()
    """Whoever writes from these is ours; a guess."""
    guessed_desk: bool = False
    sent: int = 0
    """How many became ours because their mail lies in a folder for sent mail."""
    people: frozenset[int] = field(default=frozenset(), repr=False)

    def wrote(self, record: Record) -> bool:
        """Say whether one of us wrote a mail; what a form sent for another did not."""
        if record.is_sent:
            return True
        return record.writer in self.people and not self.is_form(record)

    def is_form(self, record: Record) -> bool:
        """Say whether a form on our pages wrote for somebody else (decisions C22)."""
        return (
            record.writer in self.people
            and not record.is_sent
            and not record.is_answer
            and record.reply_to >= 0
            and record.reply_to not in self.people
            and self.people.issuperset(record.to)
        )

    def outsiders(self, record: Record) -> tuple[int, ...]:
        """Give those of a mail's people who are not ours, its writer first."""
        writer = record.reply_to if self.is_form(record) else record.writer
        named = dict.fromkeys((writer, *record.to))
        return tuple(person for person in named if person not in self.people)


def recognise(known: Known, records: Sequence[Record], people: People) -> Ours:
    """Say who is ours.

    The desks' addresses and the team, as told; who wrote more of the sent mail than of
    the rest. Where no desk was told, or nobody who was told is in here, the address
    that most mails were sent to is a desk. Without a team, whoever writes from a desk's
    domain is ours, if that is not a provider's.
    """
    told = [
        address
        for desk in known.desks
        for address in desk.addresses
        if people.find(address) is not None
    ]
    is_known = told or (known.desks and _any_of(known.team, people))
    desks = told if is_known else _most_written_to(records, people)
    sent = _in_sent_mail(records)
    ours = {
        number
        for address in (*desks, *known.team)
        if (number := people.find(address)) is not None
    } | sent
    domains: list[str] = []
    if not known.team:
        domains = sorted({domain(one) for one in desks} - {""})
        domains = [name for name in domains if not is_shared(name)]
        ours |= _of_domains(people, frozenset(domains))
    return Ours(
        desks=tuple(desks),
        domains=tuple(domains),
        guessed_desk=bool(desks) and not told,
        sent=len(sent),
        people=frozenset(ours),
    )


def _any_of(addresses: Sequence[str], people: People) -> bool:
    return any(people.find(address) is not None for address in addresses)


def _most_written_to(records: Sequence[Record], people: People) -> list[str]:
    """Guess the desk: mails that were sent from here name many others, each seldom."""
    counted = Counter(
        person for record in records if not record.is_sent for person in record.to
    )
    if not counted:
        return []
    # The smaller number was seen first: the same mailbox gives the same answer.
    best = min(counted, key=lambda person: (-counted[person], person))
    return [people.mailbox(best).address]


def _in_sent_mail(records: Sequence[Record]) -> set[int]:
    """Find the writers of sent mail; a redirected mail there has a stranger's name."""
    balance = Counter[int]()
    for record in records:
        balance[record.writer] += 1 if record.is_sent else -1
    return {person for person, lead in balance.items() if lead > 0}


def _of_domains(people: People, domains: Collection[str]) -> set[int]:
    return {
        number
        for number in range(len(people))
        if domain(people.mailbox(number).address) in domains
    }
