"""Who vouches for a mail that was forwarded: ARC, as far as our own server checked it.

No signature is computed here. Our server did so and wrote `arc=pass`; what is read is
who sealed last, and what that sealer had seen of the sender (RFC 8617 4.1 and 5.2).
"""

import re
from collections.abc import Sequence

from parsers import authentication
from parsers.address import domain

_TAG = re.compile(r"(?:^|;)\s*([a-z]+)\s*=\s*([^;\s]{1,255})")
_MOST_SETS = 50
"""RFC 8617 section 4.2.1: no chain is longer."""


def is_vouched(
    results: Sequence[str],
    seals: Sequence[str],
    sealed: Sequence[str],
    from_domain: str,
    trusted: Sequence[str],
    sealers: Sequence[str],
) -> bool:
    """Say whether a listed sealer saw a proof of the From before the mail was changed.

    `results`, `seals`, `sealed`: raw Authentication-Results, ARC-Seal and
    ARC-Authentication-Results, topmost first; `trusted`: authserv-ids of our own
    servers; `sealers`: domains that the settings list. Only the newest seal speaks:
    whoever sealed later may have changed what was said before.
    """
    if not sealers or not authentication.says(tuple(results), tuple(trusted), "arc"):
        return False
    chain = {
        number: tags.get("d", "")
        for seal in seals[:_MOST_SETS]
        if (tags := _tags(seal)) and (number := _number(tags)) is not None
    }
    if not chain:
        return False
    newest = max(chain)
    sealer = domain(f"x@{chain[newest]}")
    if sealer not in {domain(f"x@{one}") for one in sealers}:
        return False
    for said in sealed[:_MOST_SETS]:
        instance, _, rest = said.partition(";")
        if _number(_tags(instance)) == newest:
            host = rest.partition(";")[0].split()
            ids = (host[0],) if host else ()
            verdict = authentication.verdict((rest,), from_domain, ids)
            return verdict is authentication.Verdict.PASS
    return False


def _tags(value: str) -> dict[str, str]:
    return {found[1]: found[2] for found in _TAG.finditer(value[:2000])}


def _number(tags: dict[str, str]) -> int | None:
    written = tags.get("i", "")
    return int(written) if written.isdecimal() and len(written) < 4 else None
