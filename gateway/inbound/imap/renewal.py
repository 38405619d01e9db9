"""Keeps refresh tokens that a provider renewed, so that a restart does not lose them.

Some providers change the refresh token at each use and take the old one back (RFC 6749
section 6). The settings then name one that is spent; the newest lies in a file for our
user's eyes alone. docs/decisions/0017 says why in a file and not in the database.
"""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import structlog

from gateway.inbound.imap import grant
from gateway.inbound.imap.grant import OAuthValues, Token, TokenRefused

_log = structlog.get_logger()


class Renewals:
    """The newest refresh token of each account, in a folder of its own."""

    def __init__(self, folder: Path, seconds: float = grant.SECONDS) -> None:
        """Take the folder, made when it is first needed, and the time for a fetch."""
        self._folder = folder
        self._seconds = seconds
        self._unkept: dict[str, str] = {}

    def fetch(self, values: OAuthValues) -> Token:
        """Fetch an access token with the newest refresh token, and keep a newer one.

        Processes and threads that share the folder take turns: whoever comes second
        finds what the first was given. A kept token that is no longer taken makes room
        for that of the settings, where the operator may have written a new one. Raises
        TokenRefused and TokenUnavailable.
        """
        if not values.refresh_token:
            return grant.fetch(values, "", self._seconds)
        name = _name(values)
        with self._turn(name):
            kept = self._unkept.get(name) or self._read(name)
            try:
                return self._fetch(name, values, kept or values.refresh_token)
            except TokenRefused as refused:
                if refused.code != "invalid_grant" or not kept:
                    raise
            return self._fetch(name, values, values.refresh_token)

    def _fetch(self, name: str, values: OAuthValues, refresh_token: str) -> Token:
        token = grant.fetch(values, refresh_token, self._seconds)
        if token.refresh_token and token.refresh_token != refresh_token:
            self._keep(name, token.refresh_token)
        return token

    @contextlib.contextmanager
    def _turn(self, name: str) -> Iterator[None]:
        """Wait for our turn with this account; without the folder there are no turns.

        A fetch is bounded in time, so the wait is too.
        """
        with contextlib.ExitStack() as stack:
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._give(self._folder)
                lock = stack.enter_context((self._folder / f"{name}.lock").open("a"))
                self._give(Path(lock.name))
                fcntl.flock(lock, fcntl.LOCK_EX)
            except OSError as error:
                _log.warning("refresh tokens take no turns", reason=error.strerror)
            yield

    def _read(self, name: str) -> str:
        try:
            return (self._folder / name).read_text("ascii").strip()
        except (OSError, ValueError):
            return ""

    def _keep(self, name: str, refresh_token: str) -> None:
        """Write it beside the old one, then put it in its place: never half a token."""
        new = self._folder / f"{name}.new"
        try:
            new.unlink(missing_ok=True)
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(refresh_token)
                file.flush()
                os.fsync(file.fileno())
            self._give(new)
            new.replace(self._folder / name)
        except OSError as error:
            # It serves as long as we run; the operator must know what a restart costs.
            self._unkept[name] = refresh_token
            _log.error("renewed refresh token not kept", reason=error.strerror)
        else:
            self._unkept.pop(name, None)

    def _give(self, path: Path) -> None:
        """Let the user of the data folder read it, when root runs `parlour check`."""
        if os.geteuid() == 0:
            owner = self._folder.parent.stat()
            os.chown(path, owner.st_uid, owner.st_gid)


def _name(values: OAuthValues) -> str:
    """Name the file: another account, client or token in the settings has its own."""
    parts = (values.token_url, values.client_id, values.refresh_token)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
