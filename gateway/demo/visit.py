"""Runs the demo from its start to Ctrl-C."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from starlette.routing import BaseRoute

from gateway.activities.house import House
from gateway.app import DOORS, WORK, clock, serve
from gateway.demo.clock import Machine
from gateway.demo.mailboxes import Mailboxes
from gateway.demo.pages import DemoPages
from gateway.demo.people import read_story
from gateway.demo.place import (
    HOST,
    DemoError,
    Ports,
    choose_ports,
    logging_into,
    make_folder,
    write_settings,
)
from gateway.demo.play import StoryError, play
from gateway.demo.program import MailProgram, SendError
from gateway.demo.shell import Shell
from gateway.demo.sink import Sink

__all__ = ["DemoError", "run"]

DESK = "support@acme.example"
READY = "ready"
"""What `serve` says when every door is open."""


def run(
    folder: Path = Path(".demo"),
    *,
    smtp: int = 8025,
    web: int = 8080,
    say: Callable[[str], None],
) -> None:
    """Serve the demo until SIGTERM or Ctrl-C.

    `folder` is wiped first; the ports are on the loopback, 0 takes any that is free.
    `say` gets the lines for the visitor.
    Raises DemoError, or what `gateway.app.serve` raises, when it cannot start.
    """
    ports = choose_ports(smtp, web)
    make_folder(folder)
    mailboxes = Mailboxes()
    sink = Sink(mailboxes, clock)
    settings = write_settings(folder, ports, sink.start())
    program = MailProgram(
        story=read_story(),
        mailboxes=mailboxes,
        desk=DESK,
        parlour=(HOST, ports.smtp),
        sink=(HOST, sink.port),
        clock=clock,
    )

    def routes(house: House) -> list[BaseRoute]:
        return DemoPages(Shell(program, house, Machine(house, clock))).routes()

    visit = _Visit(program, ports, folder, say)
    try:
        with logging_into(folder / "parlour.log"):
            # One process for all roles, so that they share the clock that is moved.
            serve(settings, DOORS | WORK, say=visit.hear, extra_routes=routes)
    finally:
        visit.end()
        sink.stop()


class _Visit:
    """What the visitor reads on the terminal, and the story that is played to them."""

    def __init__(
        self,
        program: MailProgram,
        ports: Ports,
        folder: Path,
        say: Callable[[str], None],
    ) -> None:
        self._program = program
        self._ports = ports
        self._folder = folder
        self._say = say
        self._is_over = Event()
        self._playing = Thread(target=self._play, name="demo-story", daemon=True)

    def hear(self, line: str) -> None:
        """Begin when `serve` says that it is ready."""
        if line == READY and not self._playing.is_alive():
            self._say("Parlour demo: playing a short story into it ...")
            self._playing.start()

    def end(self) -> None:
        """Play no further."""
        self._is_over.set()
        if self._playing.is_alive():
            self._playing.join()

    def _play(self) -> None:
        try:
            play(self._program, tell=self._tell, is_over=self._is_over.is_set)
        except (StoryError, SendError) as error:
            self._say(f"The story stopped: {error}; see {self._folder}/parlour.log")
        if not self._is_over.is_set():
            self._point()

    def _tell(self, line: str) -> None:
        self._say(f"  {line}")

    def _point(self) -> None:
        """Say where to look."""
        url = self._ports.base_url
        self._say("")
        self._say(f"Mailboxes    {url}/demo")
        for person in self._program.story.people:
            self._say(f"             {url}/demo/{person.slug}  {person.who}")
        self._say(f"Mail in      {HOST}:{self._ports.smtp} (SMTP), write to {DESK}")
        self._say(f"Settings     {self._folder}/parlour.toml")
        self._say("Ctrl-C ends it; the next start begins afresh.")
