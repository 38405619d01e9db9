"""IDLE (RFC 2177): the server tells when something happened, nobody has to ask."""

import socket

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError


class Idle:
    """IDLE on a connection whose folder is selected."""

    def __init__(self, client: IMAPClient) -> None:
        """Take a connection that is logged in."""
        self._client = client
        self._library = client._imap  # noqa: SLF001 (see has_news)
        self.is_offered: bool = client.has_capability("IDLE")
        self._has_news = False

    @property
    def socket(self) -> socket.socket:
        """What becomes readable when the server speaks."""
        found: socket.socket = self._client.socket()
        return found

    def begin(self) -> None:
        """Ask the server to tell; raises what a broken connection raises.

        A server that refuses does not offer it after all.
        """
        # What came in the middle of an answer the library keeps to itself, and the
        # server does not repeat it: one EXISTS is of the selection, a second is news.
        told = self._library.untagged_responses.get("EXISTS", ())
        self._has_news = len(told) > 1
        try:
            self._client.idle()
        except IMAPClientError as error:
            if not str(error).startswith("Unexpected IDLE response"):
                raise
            # News came before the server's word that it idles (RFC 3501 section 7).
            self._has_news = True
            while not (refused := self._is_refused()):
                if self._library._get_response() is None:  # noqa: SLF001
                    break
            self.is_offered = not refused

    def _is_refused(self) -> bool:
        tag = self._client._idle_tag  # noqa: SLF001
        return self._library.tagged_commands.pop(tag, None) is not None

    def has_news(self) -> bool:
        """Say whether the server has spoken already.

        What came together with its last answer lies in a buffer of ours, and the
        socket would never become readable for it.
        """
        if self._has_news:
            return True
        file = getattr(self._library, "_file", None) or self._library.file
        connection = self.socket
        patience = connection.gettimeout()
        connection.settimeout(0)
        try:
            return bool(file.peek(1))
        except OSError:
            # Nothing is there, which a secured connection says in this way.
            return False
        finally:
            connection.settimeout(patience)

    def end(self) -> None:
        """Go back to asking; raises what a broken connection raises."""
        self._client.idle_done()
