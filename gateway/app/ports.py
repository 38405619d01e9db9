"""Takes ports, and says in a line why one cannot be had."""

import errno
import socket

from gateway.app.build import SiteError
from gateway.settings import Listen


def bind(section: str, listen: Listen) -> socket.socket:
    """Take a port; raise SiteError that says why it cannot be had."""
    try:
        family, kind, number, _, address = socket.getaddrinfo(
            listen.host, listen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, number)
    except OSError as error:
        raise cannot_listen(section, listen, error) from error
    try:
        # A restart need not wait for the old connections to be forgotten.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(socket.SOMAXCONN)
    except OSError as error:
        bound.close()
        raise cannot_listen(section, listen, error) from error
    return bound


def cannot_listen(section: str, listen: Listen, error: OSError) -> SiteError:
    """Say why a door cannot open and what to do."""
    match error.errno:
        case errno.EADDRINUSE:
            why = "the port is in use; stop the other program or choose another port"
        case errno.EACCES:
            why = "no permission; choose a port above 1023 or allow this one"
        case errno.EADDRNOTAVAIL:
            why = "this machine has no such address; choose one of its own"
        case _:
            why = error.strerror or str(error)
    return SiteError(f"{section}.listen: cannot listen on {listen}: {why}")
