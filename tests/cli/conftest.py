"""What several tests of the command line need."""

import dns.resolver
import pytest


@pytest.fixture
def no_dns(tmp_path, monkeypatch):
    """A machine whose name server does not answer."""
    silent = tmp_path / "resolv.conf"
    silent.write_text("nameserver 127.0.0.1\noptions timeout:1\n")
    made = dns.resolver.Resolver.__init__

    def start(self, *_, **__):
        made(self, filename=str(silent), configure=True)
        self.port = 9

    monkeypatch.setattr(dns.resolver.Resolver, "__init__", start)
    monkeypatch.setattr("gateway.cli.doctor.names.SECONDS", 0.3)
