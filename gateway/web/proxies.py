"""Whose request it is, where a proxy in front hands it on."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_network

from starlette.requests import Request

from parsers.proxied import Address, hops, plain

FORWARDED = "Forwarded"
X_FORWARDED_FOR = "X-Forwarded-For"


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies that are believed, and the header in which they say who asks.

    One header alone: whatever stands in the other may come from the visitor.
    """

    trusted: Sequence[str] = ()
    """Addresses or networks."""
    header: str = X_FORWARDED_FOR

    def client(self, request: Request) -> str:
        """Give the address of who asks: the nearest that is no trusted proxy's."""
        peer = request.client.host if request.client else ""
        found = plain(peer)
        if found is None or not self._is_trusted(found):
            return peer
        said = request.headers.getlist(self.header)
        if not said:
            return str(found)
        for hop in hops(said, is_forwarded=self.header == FORWARDED):
            if hop is None:
                break
            found = hop
            if not self._is_trusted(hop):
                break
        return str(found)

    def _is_trusted(self, place: Address) -> bool:
        return any(place in ip_network(each) for each in self.trusted)
