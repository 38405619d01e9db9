"""A certificate authority for tests, made by the openssl command."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

_CA = """
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
"""
_LEAF = """
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = {names}
"""
_ALONE = "basicConstraints = critical, CA:FALSE\nsubjectAltName = {names}\n"


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    certificate: Path
    key: Path


class Authority:
    """Signs certificates that nobody outside the test believes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.root = self._made("root", "Test CA", _CA, "-x509", "-days", "2")
        self.certificate = self.root.certificate

    def sign(self, name: str, names: str, *, days: int = 2) -> Pair:
        """Make a certificate for names such as "DNS:localhost,IP:127.0.0.1"."""
        request = self._made(name, name, "")
        signed = self._folder / f"{name}.signed.pem"
        extensions = self._written(f"{name}.ext", _LEAF.format(names=names))
        _openssl(
            *("x509", "-req", "-in", request.certificate, "-days", str(days)),
            *("-CA", self.root.certificate, "-CAkey", self.root.key),
            *("-CAcreateserial", "-extfile", extensions, "-out", signed),
        )
        return Pair(signed, request.key)

    def alone(self, name: str, names: str) -> Pair:
        """Make a certificate that signs itself."""
        return self._made(name, name, _ALONE.format(names=names), "-x509")

    def _made(self, name: str, subject: str, extensions: str, *how: str) -> Pair:
        written = f"[req]\ndistinguished_name = dn\n[dn]\n[ext]\n{extensions}"
        pair = Pair(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        _openssl(
            *("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-subj", f"/CN={subject}", "-keyout", pair.key),
            *("-out", pair.certificate, "-config", self._written(name, written)),
            *(("-extensions", "ext") if how else ()),
            *how,
        )
        return pair

    def _written(self, name: str, text: str) -> Path:
        path = self._folder / f"{name}.cnf"
        path.write_text(text)
        return path


def _openssl(*words: object) -> None:
    done = subprocess.run(
        ["openssl", *map(str, words)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
