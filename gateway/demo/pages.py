"""`/demo`: a page per person, on which a visitor reads and writes their mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.demo.clock import jumps
from gateway.demo.dare import Dare
from gateway.demo.explaining import ExplainPage
from gateway.demo.frame import frame_heights
from gateway.demo.gallery import Gallery
from gateway.demo.mailboxes import Kept
from gateway.demo.people import Person
from gateway.demo.program import Draft, SendError, forward, reply, reply_all
from gateway.demo.shell import Shell, number, path_of, see_other, texts
from gateway.demo.shown import lines, sheet
from gateway.demo.why import post_of


@dataclass(frozen=True, slots=True)
class DemoPages:
    """The mailboxes as pages, and the clock over them."""

    shell: Shell

    def routes(self) -> list[BaseRoute]:
        """Give what stands under `/demo`."""
        return [
            Route("/demo", self.overview, methods=["GET"]),
            Route("/demo/static/demo.css", _style, methods=["GET"]),
            Route("/demo/as", self.somebody, methods=["GET"]),
            Route("/demo/clock", self.time_passes, methods=["POST"]),
            *ExplainPage(self.shell).routes(),
            *Dare(self.shell).routes(),
            *Gallery(self.shell).routes(),
            Route("/demo/{who}", self.mailbox, methods=["GET"]),
            Route("/demo/{who}/write", self.write, methods=["GET"]),
            Route("/demo/{who}/send", self.send, methods=["POST"]),
            Route("/demo/{who}/{number:int}", self.letter, methods=["GET"]),
        ]

    def overview(self, request: Request) -> Response:
        """Show who is there, what came last, and what time has brought."""
        mailboxes = self.shell.program.mailboxes
        newest = {
            person.slug: mailboxes.of(person.address)[:1]
            for person in self.shell.everybody()
        }
        since = request.query_params.get("since", "")
        brought = [
            (self.shell.program.story.find(address), kept)
            for address, kept in (mailboxes.since(number(since)) if since else ())
        ]
        return self.shell.page(
            "demo_overview", newest=newest, has_passed=bool(since), brought=brought
        )

    async def time_passes(self, request: Request) -> Response:
        """Move the clock, and show what came of it."""
        async with request.form(max_files=0, max_fields=20) as form:
            wanted = texts(form).get("to", "")
        offered = {jump.name: jump for jump in jumps(self._now(), self.shell.zone)}
        if wanted not in offered:
            return see_other("/demo")
        before = self.shell.program.mailboxes.count()
        await run_in_threadpool(self.shell.machine.go, offered[wanted].at)
        return see_other(f"/demo?since={before}")

    def somebody(self, request: Request) -> Response:
        """Open the mailbox of an address that somebody typed."""
        person = self.shell.program.story.find(
            request.query_params.get("address", "").strip()
        )
        return RedirectResponse(path_of(person) if person else "/demo", 303)

    def mailbox(self, request: Request) -> Response:
        """Show one person's mails, newest first."""
        person = self.shell.person(request)
        was_sent = request.query_params.get("sent") == "1"
        return self.shell.page("demo_mailbox", person, was_sent=was_sent)

    def letter(self, request: Request) -> Response:
        """Show one mail as a mail program would."""
        person = self.shell.person(request)
        kept = self.shell.kept(person, request.path_params["number"])
        if kept is None:
            raise HTTPException(404)
        return self._letter(person, kept, as_text="text" in request.query_params)

    def write(self, request: Request) -> Response:
        """Show the form for a mail, filled in as a mailto link or a button asks."""
        person, given = self.shell.person(request), request.query_params
        draft = Draft(
            to=given.get("to", self.shell.program.desk),
            cc=given.get("cc", ""),
            subject=given.get("subject", ""),
            text=given.get("body", ""),
        )
        answers = self.shell.kept(person, number(given.get("all", "")))
        passed_on = self.shell.kept(person, number(given.get("forward", "")))
        if answers is not None:
            draft = reply_all(answers.mail)
        elif passed_on is not None:
            draft = forward(passed_on.mail)
        return self._write(person, draft, answers)

    def _write(
        self, person: Person, draft: Draft, answers: Kept | None, refused: str = ""
    ) -> Response:
        return self.shell.page(
            "demo_write", person, draft=draft, answers=answers, refused=refused
        )

    async def send(self, request: Request) -> Response:
        """Hand a mail over by SMTP; a refusal is shown above the form."""
        person = self.shell.person(request)
        async with request.form(max_files=0, max_fields=20) as form:
            fields = texts(form)
        kept = self.shell.kept(person, number(fields.get("answers", "")))
        draft = _draft(fields, kept)
        try:
            await run_in_threadpool(self.shell.program.send, person, draft)
        except SendError as error:
            if kept is not None and "to" not in fields:
                return await run_in_threadpool(
                    self._letter, person, kept, draft=draft, refused=str(error)
                )
            return self._write(person, draft, kept, str(error))
        return see_other(f"{path_of(person)}?sent=1")

    def _letter(
        self,
        person: Person,
        kept: Kept,
        *,
        draft: Draft | None = None,
        refused: str = "",
        as_text: bool = False,
    ) -> Response:
        write = f"{path_of(person)}/write"
        wide, narrow = frame_heights(kept.mail.html)
        return self.shell.page(
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
            post=None if kept.is_own else post_of(self.shell.house, kept.mail),
        )

    def _now(self) -> datetime:
        return self.shell.machine.clock()


def _draft(fields: Mapping[str, str], kept: Kept | None) -> Draft:
    is_proved = fields.get("proved") == "yes"
    text = fields.get("text", "")
    if kept is not None and "to" not in fields:
        return reply(kept.mail, text, is_proved=is_proved)
    return Draft(
        to=fields.get("to", ""),
        cc=fields.get("cc", ""),
        subject=fields.get("subject", ""),
        text=text,
        answers=kept.mail if kept else None,
        is_proved=is_proved,
    )


async def _style(_: Request) -> Response:
    style = resources.files("templates").joinpath("web/static/demo.css")
    return Response(style.read_bytes(), media_type="text/css")
