"""Finds out whether `parlour serve` runs, so that mail to ourselves can arrive."""

import contextlib
import http.client
import socket

from gateway.settings import Listen, Settings

SECONDS = 2.0
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104


def is_served(settings: Settings) -> bool:
    """Say whether a page or a door of this site answers.

    The pages are asked first: they know whether mail can be kept. A site without pages
    greets at its SMTP or LMTP door.
    """
    doors = [settings.smtp.listen]
    if settings.lmtp is not None:
        doors.append(settings.lmtp.listen)
    return _is_ready(settings.web.listen) or any(map(_greets, doors))


def _is_ready(listen: Listen) -> bool:
    host = _ANY.get(listen.host, listen.host)
    pages = http.client.HTTPConnection(host, listen.port, timeout=SECONDS)
    with contextlib.closing(pages):
        try:
            pages.request("GET", "/readyz")
            return pages.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False


def _greets(listen: Listen) -> bool:
    try:
        with _connected(listen) as door:
            return door.recv(4) == b"220 "
    except OSError:
        return False


def _connected(listen: Listen) -> socket.socket:
    if listen.path is None:
        host = _ANY.get(listen.host, listen.host)
        return socket.create_connection((host, listen.port), timeout=SECONDS)
    door = socket.socket(socket.AF_UNIX)
    door.settimeout(SECONDS)
    try:
        door.connect(str(listen.path))
    except OSError:
        door.close()
        raise
    return door
