"""A Dovecot that takes tokens, and the provider who gives them."""

import pytest

from gateway.inbound.imap.grant import OAuthValues
from gateway.inbound.imap.login import OAuth
from gateway.inbound.imap.renewal import Renewals
from tests.imapserver import imap_server
from tests.inbound.imap.login.tokens import CLIENT, FIRST, SECRET, Provider

#: Dovecot asks the provider whose a token is (RFC 7662).
INTROSPECTION = """
introspection_mode = post
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
"""
#: Without the penalty, which lets those wait who were refused before.
OAUTH2 = """
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {file}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


@pytest.fixture(scope="module")
def asked():
    """The provider that Dovecot asks, for the whole file."""
    with Provider() as found:
        yield found


@pytest.fixture(scope="module")
def server(asked, tmp_path_factory):
    folder = tmp_path_factory.mktemp("oauth2")
    folder.chmod(0o755)
    file = folder / "dovecot-oauth2.conf.ext"
    file.write_text(INTROSPECTION.format(url=asked.introspection))
    with imap_server(extra=OAUTH2.format(file=file)) as found:
        yield found


@pytest.fixture
def provider(asked, server):
    """The same provider on a good day, with a user who has a mailbox."""
    asked.user = server.account().name
    asked.active.clear()
    asked.forms.clear()
    asked.answers.clear()
    asked.renews, asked.expires_in, asked.takes = False, 3600, FIRST
    return asked


@pytest.fixture
def login(provider, tmp_path):
    """A function that makes a way into the user's mailbox."""

    def make(mechanism="xoauth2", user=None, **other):
        values = {
            "token_url": provider.url,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "refresh_token": FIRST,
            "mechanism": mechanism,
        }
        renewals = Renewals(tmp_path / "oauth2", seconds=2)
        given = OAuthValues(**(values | other))
        return OAuth(user or provider.user, given, renewals.fetch)

    return make
