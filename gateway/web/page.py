"""What every page needs: the house, the clock, a rendered answer, a form's field."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from gateway.activities.house import House
from gateway.web.proxies import Proxies
from templates import catalogue, render

Clock = Callable[[], datetime]
_MOST_TAGS = 10
_DIGITS = 16
"""More are no number of a row, and databases take none that are much longer."""


@dataclass(frozen=True, slots=True)
class Front:
    """What each page is handed."""

    house: House
    clock: Clock
    proxies: Proxies


def page(
    request: Request,
    name: str,
    status: int = 200,
    *,
    language: str = "",
    **values: Any,
) -> HTMLResponse:
    """Give `templates/web/NAME.html`, filled with `values`.

    It speaks the language of the reader, where one is known that we have words for;
    else that of the browser. `zone` and `now` among the values say how times are
    written.
    """
    is_known = bool(language) and catalogue.speaks(language)
    spoken = language if is_known else _spoken(request)
    html = render.page(name, language=spoken, **values)
    return HTMLResponse(html, status_code=status)


def calm(request: Request, status: int) -> HTMLResponse:
    """Give the page for an error: what to do, and no hint what went wrong."""
    name = {403: "refused", 404: "nothing", 405: "nothing"}.get(status, "fault")
    return page(request, name, status)


async def field(request: Request, name: str) -> str:
    """Give one field of a posted form; empty when it is missing or a file."""
    async with request.form(max_files=0, max_fields=20) as form:
        value = form.get(name, "")
    return value if isinstance(value, str) else ""


def row(written: str) -> int:
    """Read a number from an address; 0, which no row has, for anything else."""
    is_number = written.isascii() and written.isdigit() and len(written) < _DIGITS
    return int(written) if is_number else 0


def _spoken(request: Request) -> str:
    """Give the first of the browser's languages that we have words for."""
    accepted = request.headers.get("accept-language", "")[:500].split(",")
    for entry in accepted[:_MOST_TAGS]:
        tag = entry.partition(";")[0].strip()
        if catalogue.speaks(tag):
            return tag
    return catalogue.ENGLISH
