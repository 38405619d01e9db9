"""`/demo/letters`: every letter as its reader sees it, in any language, for anybody."""

import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.demo.cast import read_casts
from gateway.demo.frame import frame_heights
from gateway.demo.shell import Shell
from gateway.demo.shown import Shown, show
from gateway.demo.specimens import SPECIMENS, letter
from templates import catalogue

_HREF = re.compile(r'href="[^"]*"')


@dataclass(frozen=True, slots=True)
class Picture:
    """One letter of the gallery."""

    name: str
    title: str
    mail: Shown
    wide: int
    narrow: int

    @property
    def document(self) -> str:
        """The HTML twin; its links lead nowhere, for there is no such case."""
        return _HREF.sub('href="#"', self.mail.html)


@dataclass(frozen=True, slots=True)
class Gallery:
    """The page with all letters."""

    shell: Shell

    def routes(self) -> list[BaseRoute]:
        """Give the one path."""
        return [Route("/demo/letters", self.show, methods=["GET"])]

    def show(self, request: Request) -> Response:
        """Show all letters in a language, between people of one cast."""
        casts = read_casts()
        language = request.query_params.get("language", "")
        people = request.query_params.get("people", "")
        language = language if language in catalogue.spoken() else catalogue.ENGLISH
        people = people if people in casts else "plain"
        return self.shell.page(
            "demo_letters",
            pictures=[picture(name, people, language) for name in SPECIMENS],
            languages=sorted(catalogue.spoken()),
            chosen=language,
            casts=tuple(casts),
            cast=people,
        )


def picture(name: str, people: str, language: str) -> Picture:
    """Give a letter of the gallery by its name and that of a cast."""
    composed = letter(name, read_casts()[people], language)
    mail = show(composed.raw)
    wide, narrow = frame_heights(mail.html)
    return Picture(name, SPECIMENS[name].title, mail, wide, narrow)
