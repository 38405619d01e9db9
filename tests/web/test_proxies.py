"""Behind a proxy each visitor is themselves, and nobody can be another one."""

import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from gateway.routing.limits import Limits
from gateway.web.app import build
from gateway.web.proxies import FORWARDED, X_FORWARDED_FOR, Proxies
from tests.web.conftest import NOW

PROXY = "10.0.0.7"
TRUSTED = ("10.0.0.0/8", "2001:db8:1::/64", "127.0.0.0/8")


def client(peer, header, *values, trusted=TRUSTED):
    raw = [(header.lower().encode(), value.encode()) for value in values]
    scope = {"type": "http", "headers": raw, "client": (peer, 1) if peer else None}
    return Proxies(trusted, header).client(Request(scope))


@pytest.mark.parametrize(
    ("peer", "values", "wanted"),
    [
        (PROXY, ["192.0.2.1"], "192.0.2.1"),
        (PROXY, ["192.0.2.1:4711"], "192.0.2.1"),
        (PROXY, ["[2001:db8::9]:4711"], "2001:db8::9"),
        (f"::ffff:{PROXY}", ["::ffff:192.0.2.1"], "192.0.2.1"),
        # What the visitor wrote stands before what the proxy saw.
        (PROXY, ["198.51.100.1, 192.0.2.1"], "192.0.2.1"),
        (PROXY, ["198.51.100.1", "192.0.2.1"], "192.0.2.1"),
        (PROXY, ["127.0.0.1, 192.0.2.1"], "192.0.2.1"),
        # Two proxies, both ours.
        (PROXY, ["198.51.100.1, 192.0.2.1, 10.1.1.1"], "192.0.2.1"),
        # All of our own house: the farthest that is known.
        (PROXY, ["10.9.9.9, 10.1.1.1"], "10.9.9.9"),
        # Nonsense ends what is believed.
        (PROXY, ["192.0.2.1, unknown"], PROXY),
        (PROXY, ["x" * 9000], PROXY),
        (PROXY, [",".join(["10.1.1.1"] * 9000)], "10.1.1.1"),
        (PROXY, [""], PROXY),
        (PROXY, [], PROXY),
        # Nobody else is believed.
        ("192.0.2.8", ["198.51.100.1"], "192.0.2.8"),
        ("", ["198.51.100.1"], ""),
        ("testclient", ["198.51.100.1"], "testclient"),
    ],
)
def test_who_asks(peer, values, wanted):
    assert client(peer, X_FORWARDED_FOR, *values) == wanted


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (["for=192.0.2.43"], "192.0.2.43"),
        (['For="[2001:db8:cafe::17]:4711"'], "2001:db8:cafe::17"),
        (["for=192.0.2.60;proto=http;by=203.0.113.43"], "192.0.2.60"),
        (["proto=https; for=192.0.2.60"], "192.0.2.60"),
        (["for=198.51.100.17, for=192.0.2.43"], "192.0.2.43"),
        (["for=198.51.100.17", "for=192.0.2.43,for=10.1.1.1"], "192.0.2.43"),
        # A comma in a quoted text parts nothing, nor is a for in it one.
        (['for=192.0.2.43;host="a,for=198.51.100.17"'], "192.0.2.43"),
        (['for="_hidden", for=unknown'], PROXY),
        (["by=203.0.113.43"], PROXY),
        (['for="192.0.2.43'], PROXY),
    ],
)
def test_who_asks_by_rfc_7239(values, wanted):
    assert client(PROXY, FORWARDED, *values) == wanted


def test_the_header_that_nobody_named_is_not_read():
    raw = [(b"forwarded", b"for=198.51.100.1"), (b"x-forwarded-for", b"192.0.2.1")]
    scope = {"type": "http", "headers": raw, "client": (PROXY, 1)}
    assert Proxies(TRUSTED).client(Request(scope)) == "192.0.2.1"
    assert Proxies(TRUSTED, FORWARDED).client(Request(scope)) == "198.51.100.1"
    assert Proxies(()).client(Request(scope)) == PROXY


def test_each_behind_the_proxy_has_the_limits_of_their_own(house, case):
    object.__setattr__(house, "limits", Limits(sign_in_links_per_network_hour=1))
    pages = build(house, clock=lambda: NOW, proxies=Proxies(TRUSTED))

    def ask(peer, who):
        client = TestClient(pages, client=(peer, 1))
        headers = {"X-Forwarded-For": who, "Sec-Fetch-Site": "same-origin"}
        answer = client.post(
            "/sign-in", data={"address": "a@b.example"}, headers=headers
        )
        return answer.status_code

    assert [ask(PROXY, f"192.0.2.{each}") for each in range(3)] == [200] * 3
    assert ask(PROXY, "192.0.2.1") == 429
    assert ask(PROXY, "203.0.113.9, 192.0.2.1") == 429
    # From outside nobody is somebody else.
    assert [ask("192.0.2.99", f"198.51.100.{each}") for each in (1, 2)] == [200, 429]
