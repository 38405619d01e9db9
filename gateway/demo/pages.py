"""`/demo`: a page per person, on which a visitor reads and writes their mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.demo.mailboxes import Kept
from gateway.demo.people import Person
from gateway.demo.program import Draft, MailProgram, SendError, reply
from gateway.demo.shown import frame_heights, lines, sheet
from templates import render

#: Letters bring their own style, inside a sandboxed frame that inherits this policy.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; form-action 'self'; "
    "frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class DemoPages:
    """The mailboxes as pages."""

    program: MailProgram

    def routes(self) -> list[BaseRoute]:
        """Give what stands under `/demo`."""
        return [
            Route("/demo", self.overview, methods=["GET"]),
            Route("/demo/static/demo.css", _style, methods=["GET"]),
            Route("/demo/as", self.somebody, methods=["GET"]),
            Route("/demo/{who}", self.mailbox, methods=["GET"]),
            Route("/demo/{who}/write", self.write, methods=["GET"]),
            Route("/demo/{who}/send", self.send, methods=["POST"]),
            Route("/demo/{who}/{number:int}", self.letter, methods=["GET"]),
        ]

    def overview(self, _: Request) -> Response:
        """Show who is there and what came last."""
        newest = {
            person.slug: self.program.mailboxes.of(person.address)[:1]
            for person in self._everybody()
        }
        return self._page("demo_overview", None, newest=newest)

    def somebody(self, request: Request) -> Response:
        """Open the mailbox of an address that somebody typed."""
        person = self.program.story.find(
            request.query_params.get("address", "").strip()
        )
        return RedirectResponse(_path(person) if person else "/demo", 303)

    def mailbox(self, request: Request) -> Response:
        """Show one person's mails, newest first."""
        person = self._person(request)
        was_sent = request.query_params.get("sent") == "1"
        return self._page("demo_mailbox", person, was_sent=was_sent)

    def letter(self, request: Request) -> Response:
        """Show one mail as a mail program would."""
        person = self._person(request)
        kept = self._kept(person, request.path_params["number"])
        if kept is None:
            raise HTTPException(404)
        return self._letter(person, kept, as_text="text" in request.query_params)

    def write(self, request: Request) -> Response:
        """Show the form for a new mail, filled in as a mailto link asks."""
        given = request.query_params
        draft = Draft(
            to=given.get("to", self.program.desk),
            cc=given.get("cc", ""),
            subject=given.get("subject", ""),
            text=given.get("body", ""),
        )
        return self._page("demo_write", self._person(request), draft=draft, refused="")

    async def send(self, request: Request) -> Response:
        """Hand a mail over by SMTP; a refusal is shown above the form."""
        person = self._person(request)
        async with request.form(max_files=0, max_fields=20) as form:
            fields = _texts(form)
        kept = self._kept(person, _number(fields.get("answers", "")))
        draft = _draft(fields, kept)
        try:
            await run_in_threadpool(self.program.send, person, draft)
        except SendError as error:
            if kept is not None:
                return self._letter(person, kept, draft=draft, refused=str(error))
            return self._page("demo_write", person, draft=draft, refused=str(error))
        return RedirectResponse(f"{_path(person)}?sent=1", 303)

    def _letter(
        self,
        person: Person,
        kept: Kept,
        *,
        draft: Draft | None = None,
        refused: str = "",
        as_text: bool = False,
    ) -> Response:
        write = f"{_path(person)}/write"
        wide, narrow = frame_heights(kept.mail.html)
        return self._page(
            "demo_letter",
            person,
            kept=kept,
            as_text=as_text or not kept.mail.html,
            document=sheet(kept.mail.html, write),
            text=lines(kept.mail.text, write),
            wide=wide,
            narrow=narrow,
            draft=draft,
            refused=refused,
        )

    def _page(self, name: str, person: Person | None, **values: Any) -> Response:
        common: dict[str, Any] = {
            "people": self._everybody(),
            "person": person,
            "desk": self.program.desk,
            "counts": {one.slug: self._count(one) for one in self._everybody()},
            "mails": self.program.mailboxes.of(person.address) if person else (),
        }
        return HTMLResponse(
            render.page(name, **common, **values),
            headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY},
        )

    def _everybody(self) -> tuple[Person, ...]:
        """Give the cast, then whoever else got or wrote a mail."""
        found = (
            self.program.story.find(address)
            for address in self.program.mailboxes.addresses()
        )
        others = (person for person in found if person is not None)
        return tuple(dict.fromkeys([*self.program.story.people, *others]))

    def _count(self, person: Person) -> int:
        return sum(
            not kept.is_own for kept in self.program.mailboxes.of(person.address)
        )

    def _person(self, request: Request) -> Person:
        person = self.program.story.find(request.path_params["who"])
        if person is None:
            raise HTTPException(404)
        return person

    def _kept(self, person: Person, number: int) -> Kept | None:
        return self.program.mailboxes.get(person.address, number)


def _path(person: Person) -> str:
    return f"/demo/{quote(person.slug, safe='@')}"


def _texts(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _number(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() else 0


def _draft(fields: Mapping[str, str], kept: Kept | None) -> Draft:
    is_proved = fields.get("proved") == "yes"
    text = fields.get("text", "")
    if kept is not None:
        return reply(kept.mail, text, is_proved=is_proved)
    return Draft(
        to=fields.get("to", ""),
        cc=fields.get("cc", ""),
        subject=fields.get("subject", ""),
        text=text,
        is_proved=is_proved,
    )


async def _style(_: Request) -> Response:
    style = resources.files("templates").joinpath("web/static/demo.css")
    return Response(style.read_bytes(), media_type="text/css")
