"""What the pages of the demo share: who is there, what time it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from gateway.activities.house import House
from gateway.demo.clock import Machine, jumps
from gateway.demo.mailboxes import Kept
from gateway.demo.people import Person
from gateway.demo.program import MailProgram
from templates import render

#: Letters bring their own style, inside a sandboxed frame that inherits this policy.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; form-action 'self'; "
    "frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Shell:
    """The parts that the demo's pages work with."""

    program: MailProgram
    house: House
    machine: Machine

    @property
    def zone(self) -> str:
        """Where the desk is; all times in the demo are of that place."""
        return self.house.desks.all[0].zone

    def page(
        self, name: str, person: Person | None = None, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """Give `templates/web/NAME.html`, with what all of them show."""
        now = self.machine.clock()
        everybody = self.everybody()
        common: dict[str, Any] = {
            "people": everybody,
            "person": person,
            "desk": self.program.desk,
            "counts": {one.slug: self._count(one) for one in everybody},
            "mails": self.program.mailboxes.of(person.address) if person else (),
            "it_is": now.astimezone(ZoneInfo(self.zone)).strftime("%A %-d %B, %H:%M"),
            "jumps": jumps(now, self.zone),
            "newest_number": self.program.mailboxes.count(),
            "stamp": lambda at: stamp(at, now, self.zone),
        }
        return HTMLResponse(
            render.page(name, zone=self.zone, now=now, **common, **values),
            status_code=status,
            headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY},
        )

    def everybody(self) -> tuple[Person, ...]:
        """Give the cast, then whoever else got or wrote a mail."""
        found = (
            self.program.story.find(address)
            for address in self.program.mailboxes.addresses()
        )
        others = (person for person in found if person is not None)
        return tuple(dict.fromkeys([*self.program.story.people, *others]))

    def person(self, request: Request) -> Person:
        """Give whom the path names; 404 for nobody."""
        person = self.program.story.find(request.path_params["who"])
        if person is None:
            raise HTTPException(404)
        return person

    def kept(self, person: Person, number: int) -> Kept | None:
        """Give one mail of a person."""
        return self.program.mailboxes.get(person.address, number)

    def _count(self, person: Person) -> int:
        return sum(
            not kept.is_own for kept in self.program.mailboxes.of(person.address)
        )


def stamp(at: datetime, now: datetime, zone: str) -> str:
    """Say when a mail came, as short as a list of mails does."""
    place = ZoneInfo(zone)
    then, today = at.astimezone(place), now.astimezone(place).date()
    if then.date() == today:
        return then.strftime("%H:%M")
    if today - then.date() < timedelta(days=6):
        return then.strftime("%a %H:%M")
    return then.strftime("%-d %b %H:%M")


def path_of(person: Person) -> str:
    """Give the address of a person's mailbox."""
    return f"/demo/{quote(person.slug, safe='@')}"


def texts(form: FormData) -> Mapping[str, str]:
    """Give the fields of a form that are texts."""
    return {name: value for name, value in form.items() if isinstance(value, str)}


def number(written: str) -> int:
    """Read a number of a mail; 0 for anything else."""
    return int(written) if written.isascii() and written.isdigit() else 0


def see_other(path: str) -> RedirectResponse:
    """Send the browser on after a form."""
    return RedirectResponse(path, 303)
