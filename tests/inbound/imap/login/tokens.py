"""A token endpoint on loopback, which also tells Dovecot whose a token is.

It plays the provider: it gives tokens, renews refresh tokens, and has bad days.
"""

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs

CLIENT, SECRET = "parlour-client", "a client secret / with + odd = letters"
FIRST = "refresh-0"


@dataclass
class Provider:
    """The endpoint; a context manager. What it answers can be changed at any time."""

    user: str = "nobody@acme.example"
    """Whose mailbox its tokens open."""
    expires_in: object = 3600
    renews: bool = False
    """Each refresh token serves once, and a new one comes with the answer."""
    takes: str = FIRST
    """The refresh token that is good now."""
    answers: list = field(default_factory=list)
    """What it answers first: (status, body), or a function of the handler."""
    forms: list = field(default_factory=list)
    """Every form that was posted for a token."""
    active: dict = field(default_factory=dict)
    """The tokens that open a mailbox, and whose."""

    def __enter__(self) -> Self:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"] or 0)
                form = parse_qs(self.rfile.read(length).decode())
                plain = {name: values[0] for name, values in form.items()}
                with suppress(OSError):
                    if self.path == "/introspect":
                        provider._introspect(self, plain)
                    else:
                        provider._give(self, plain)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.ends = threading.Event()
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/token"
        self.introspection = f"http://127.0.0.1:{self.port}/introspect"
        # Asked often whether it is over: the tests end many of them.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ends.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _give(self, handler: BaseHTTPRequestHandler, form: dict) -> None:
        self.forms.append(form)
        if self.answers:
            answer = self.answers.pop(0)
            if callable(answer):
                answer(handler)
            else:
                say(handler, *answer)
            return
        say(handler, *self._usual(form))

    def _usual(self, form: dict) -> tuple[int, object]:
        if form.get("client_id") != CLIENT or form.get("client_secret") != SECRET:
            return 401, {"error": "invalid_client"}
        token = f"token-{len(self.forms)}"
        answer = {"access_token": token, "token_type": "Bearer"}
        if self.expires_in is not None:
            answer["expires_in"] = self.expires_in
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] != self.takes:
                return 400, {
                    "error": "invalid_grant",
                    "error_description": "Token has been expired or revoked.",
                }
            if self.renews:
                self.takes = answer["refresh_token"] = f"refresh-{len(self.forms)}"
        self.active[token] = self.user
        return 200, answer

    def _introspect(self, handler: BaseHTTPRequestHandler, form: dict) -> None:
        user = self.active.get(form.get("token"))
        say(handler, 200, {"active": user is not None, "username": user or "nobody"})


def say(handler: BaseHTTPRequestHandler, status: int, body: object) -> None:
    """Answer; what is no octets becomes JSON."""
    octets = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(octets)))
    handler.end_headers()
    handler.wfile.write(octets)


def drips(provider: Provider):
    """Make an answer that never ends, a letter at a time."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not provider.ends.wait(0.02):
            handler.wfile.write(b"a")

    return answer


def hangs(provider: Provider):
    """Make an answer that does not come."""
    return lambda _: provider.ends.wait()


def slow(seconds: float, status: int, body: object):
    """Make an answer that takes its time."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        say(handler, status, body)

    return answer
