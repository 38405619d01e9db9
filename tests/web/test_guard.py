"""What stands before every page: headers, cross-site checks, a line without tokens."""

import pytest
from starlette.requests import Request

from gateway.web.guard import is_cross_site

BASE = "https://support.acme.example"


def asked(**headers):
    raw = [(n.replace("_", "-").encode(), v.encode()) for n, v in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw})


@pytest.mark.parametrize(
    ("headers", "is_refused"),
    [
        # Browsers of today say it themselves.
        ({"sec_fetch_site": "same-origin"}, False),
        ({"sec_fetch_site": "none"}, False),
        ({"sec_fetch_site": "same-site"}, True),
        ({"sec_fetch_site": "cross-site"}, True),
        ({"sec_fetch_site": "cross-site", "origin": BASE}, True),
        ({"sec_fetch_site": "same-origin", "origin": "null"}, False),
        # Older ones, and all over plain http: Origin.
        ({"origin": BASE}, False),
        ({"origin": "http://127.0.0.1:8080", "host": "127.0.0.1:8080"}, False),
        ({"origin": "https://evil.example", "host": "support.acme.example"}, True),
        ({"origin": "https://support.acme.example.evil.example"}, True),
        ({"origin": ""}, True),
        # A page of ours sends no referrer, hence "null".
        ({"origin": "null"}, False),
        # Programs: they hold the token, and there is no cookie to ride on.
        ({}, False),
    ],
)
def test_who_may_press_a_button(headers, is_refused):
    assert is_cross_site(asked(**headers), BASE) is is_refused
    # Where a cookie counts it could ride on what another site's frame sends.
    is_known = "sec_fetch_site" in headers or headers.get("origin", "null") != "null"
    refused = is_cross_site(asked(**headers), BASE, by_cookie=True)
    assert refused is (is_refused or not is_known)
