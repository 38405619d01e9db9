"""A name and addresses, taken out of texts and of the octets of letters."""

from parsers.pseudonym import Pseudonym


def test_one_word_is_a_name_only_as_it_is_written():
    may = Pseudonym("May", ["may@y.example"], "former participant 00a", 10)
    assert may.of_all("may I? Ask May.") == "may I? Ask former participant 00a."
    letter = (
        b"Date: 3 May 2026\r\nFrom: May via Acme <d@acme.example>\r\n\r\nM=\r\nay, Maya"
    )
    assert may.of_octets(letter) == (
        b"Date: 3 May 2026\r\nFrom: former participant 00a via Acme"
        b" <d@acme.example>\r\n\r\nformer participant 00a, Maya"
    )
    assert may.of_octets(b"<xmay@y.example>") == b"<xmay@y.example>"
    zoe = Pseudonym("Zoë Ünal", ["z@y.example"], "P", 10)
    assert b"Zo" not in zoe.of_octets(
        b"\r\n\r\nZo=C3=AB=\r\n =C3=9Cnal".replace(b"=\r\n ", b" ")
    )
    link = b"\r\n\r\n%20Zo%C3%AB%20=\r\n%C3%9Cnal%3F"
    assert zoe.of_octets(link) == b"\r\n\r\n%20former participant 00a%3F"
    assert zoe.of_all("Ünal, Zoë <z@y.example> <az@y.example>") == (
        "P <former-00a@forgotten.invalid> <az@y.example>"
    )
