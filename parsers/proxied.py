"""What a proxy wrote of the requests it hands on: by which hops each of them came.

RFC 7239 for Forwarded; X-Forwarded-For is a list of addresses with commas between. Each
proxy adds at the end what it saw itself, so that what stands before is hearsay.
"""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

Address = IPv4Address | IPv6Address

#: More than these nobody's request has passed; the nearest are kept.
_MOST_HOPS = 20
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_ELEMENT = re.compile(rf"(?:{_QUOTED}|[^,\"])+")
_FOR = re.compile(rf'(?:^|;)\s*for\s*=\s*({_QUOTED}|[^;\s"]+)', re.IGNORECASE)
_BRACKETED = re.compile(r"\[([^\]]*)\](?::\d+)?")
_WITH_PORT = re.compile(r"(\d+(?:\.\d+){3}):\d+")


def hops(values: Sequence[str], *, is_forwarded: bool) -> list[Address | None]:
    """Give whom a request came from hop by hop, the nearest first.

    `values` are those of all header lines in their order; `is_forwarded` says that they
    are of Forwarded. None is a hop that hides itself, or was not understood.
    """
    written = ",".join(values)
    if is_forwarded:
        said = [_named_in(each) for each in _ELEMENT.findall(written)]
    else:
        said = written.split(",")
    return [_address(each.strip()) for each in reversed(said[-_MOST_HOPS:])]


def plain(host: str) -> Address | None:
    """Read an address; one of IPv4 that is written as IPv6 (::ffff:…) is IPv4."""
    try:
        found = ip_address(host)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _named_in(element: str) -> str:
    found = _FOR.search(element)
    if found is None:
        return ""
    node = found[1]
    return re.sub(r"\\(.)", r"\1", node[1:-1]) if node.startswith('"') else node


def _address(node: str) -> Address | None:
    if found := _BRACKETED.fullmatch(node) or _WITH_PORT.fullmatch(node):
        node = found[1]
    return plain(node)
