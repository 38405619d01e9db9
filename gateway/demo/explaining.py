"""`/demo/explain`: a visitor's own mail, and what Parlour would do with it."""

import re
from dataclasses import dataclass
from importlib import resources

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.app.explaining import Explanation, NoDeskError, explain_octets
from gateway.demo.program import vouched
from gateway.demo.shell import Shell
from parsers.mail import read

SAMPLES = {
    "customer": "A new customer with a colleague in Cc",
    "vacation": "A vacation note",
    "forged": "Somebody who pretends to be Ana",
}
_CITED = re.compile(r"\s*\([^()]*\b[A-Z]{1,2}\d+[^()]*\)")


@dataclass(frozen=True, slots=True)
class ExplainPage:
    """The form, and below it the rules in the order in which they were asked."""

    shell: Shell

    def routes(self) -> list[BaseRoute]:
        """Give the one path."""
        return [
            Route("/demo/explain", self.ask, methods=["GET"]),
            Route("/demo/explain", self.answer, methods=["POST"]),
        ]

    def ask(self, request: Request) -> Response:
        """Show the form; `sample` fills it with one of ours."""
        name = request.query_params.get("sample", "")
        return self._page(_sample(name) if name in SAMPLES else "")

    async def answer(self, request: Request) -> Response:
        """Follow the mail through the rules; nothing is kept or sent."""
        async with request.form(max_files=1, max_fields=20) as form:
            file, pasted = form.get("file"), form.get("mail", "")
            octets = await file.read() if isinstance(file, UploadFile) else b""
            is_proved = form.get("proved") == "yes"
        text = pasted if isinstance(pasted, str) else ""
        if not octets:
            # What a browser sends back has CRLF line ends, and no octets of its own.
            octets = text.encode("utf-8", "replace")
        if not octets.strip():
            return self._page("", proved=is_proved, refused="There is no mail yet.")
        found = await run_in_threadpool(self._explain, octets, is_proved=is_proved)
        return self._page(text, proved=is_proved, found=found)

    def _explain(self, octets: bytes, *, is_proved: bool) -> Explanation:
        if is_proved:
            octets = _proved(octets)
        house, at = self.shell.house, self.shell.machine.clock()
        try:
            return explain_octets(house, octets, at=at)
        except NoDeskError:
            # A visitor's own mail went to somebody else: as if it had come to us.
            desk = self.shell.program.desk
            return explain_octets(house, octets, at=at, recipients=(desk,))

    def _page(
        self,
        text: str,
        *,
        proved: bool = False,
        found: Explanation | None = None,
        refused: str = "",
    ) -> Response:
        return self.shell.page(
            "demo_explain",
            samples=SAMPLES,
            text=text,
            proved=proved,
            found=found,
            refused=refused,
            plain=plain,
            purpose=purpose,
        )


def plain(says: str) -> str:
    """Give a rule's sentence without the numbers of the pages that it follows."""
    return _CITED.sub("", says)


def purpose(decision: object) -> str:
    """Give what a decision means, in a sentence."""
    return plain((type(decision).__doc__ or "").strip().partition("\n")[0])


def _proved(octets: bytes) -> bytes:
    """Put the finding of the desk's mail server in front of what it is said of."""
    writer = read(octets).sender.address
    return vouched(writer, octets, is_proved=True) if writer else octets


def _sample(name: str) -> str:
    mails = resources.files("gateway.demo").joinpath("story/mails")
    return mails.joinpath(f"{name}.eml").read_text("utf-8")
