"""One mail in hand, and the transaction that works on it."""

from dataclasses import dataclass

from gateway.activities import health
from gateway.activities.house import House
from gateway.activities.offered import Offered
from gateway.activities.place import By, Place
from gateway.routing.desk import Desk
from gateway.routing.facts import Facts
from gateway.routing.proof import Proof
from parsers.mail import ParsedMail
from storage import activity as activities
from storage.database import Session
from storage.people import Person
from templates import catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterbox:
    """One mail in hand: the row, what was read, the desk it is for."""

    session: Session
    house: House
    desk: Desk
    offered: Offered
    mail: ParsedMail
    facts: Facts

    def place(self, activity_id: int) -> Place:
        """Enter an activity, alone until the transaction ends.

        Raises LookupError when it is gone.
        """
        activity = activities.find(self.session, activity_id, lock=True)
        if activity is None:
            raise LookupError(f"activity {activity_id} is gone")
        return Place(self.session, self.house, self.desk, activity)

    def by(self, person: Person, proof: Proof) -> By:
        """Give who acts by this mail."""
        return By(
            person=person,
            door=self.offered.door,
            proof=proof.label,
            at=self.offered.received_at,
            inbound=self.offered.inbound,
        )

    def hears_language(self, person: Person) -> None:
        """Remember the language of somebody's own mail, if none of theirs is known.

        The desk's is what they get anyway, with its own dates. Nobody but they set it
        for somebody whom we know: a mail that nothing proves says nothing of them.
        """
        spoken = self.mail.language
        desks = self.desk.language.partition("-")[0].lower()
        is_new = person.id != self.facts.writer.person
        if (
            not person.language
            and spoken != desks
            and spoken
            and catalogue.speaks(spoken)
            and (is_new or self.facts.proof >= Proof.BEARER)
        ):
            person.language = spoken

    def heard_from(self, *, asks: bool = False) -> None:
        """Note that there is somebody behind the sender's address (mail-rules B2).

        Who `asks`, in a case of their own, wants the answers again that they may have
        complained of; nobody else can know that but they.
        """
        address, proof = self.facts.sender.address, self.facts.proof
        at, proved = self.offered.received_at, proof >= Proof.BEARER
        wants = _ANSWERS if asks and proved else ()
        health.heard(self.session, self.house, address, at, proved=proved, wants=wants)


_ANSWERS = ("message", "acknowledgement", "confirmation", "notice")
"""Kinds of letters that an asker gets."""
