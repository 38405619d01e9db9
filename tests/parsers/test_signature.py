"""Who somebody is by what they sign with, in five languages; prose is never a role."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.address import Mailbox
from parsers.mail import read
from parsers.quoting import Folded
from parsers.signature import Signature, read_signature

CARLA = ("Carla Gomez", "carla@gomez-logistics.example")
SIGNED = [
    (
        CARLA,
        (
            "Carla Gomez\nHead of Logistics\nGomez Logistics\n"
            "Tel. +34 91 123 45 67\nCalle Mayor 1, 28013 Madrid\nwww.gomez.example"
        ),
        ("Head of Logistics", "Gomez Logistics", "+34 91 123 45 67"),
    ),
    (
        ("Tom Reed", "tom@reed.example"),
        "Tom Reed, IT Manager at Reed & Sons Ltd\nM: 020 7946 0018 | F: 020 7946 0019",
        ("IT Manager", "Reed & Sons Ltd", "020 7946 0018"),
    ),
    (
        ("Jane Doe", "jane@widgets.example"),
        "Jane Doe | Senior Software Engineer | Widgets Inc.\n(555) 010-4477",
        ("Senior Software Engineer", "Widgets Inc.", "(555) 010-4477"),
    ),
    (
        ("Dr. Uwe Müller", "u.mueller@maschinen.example"),
        (
            "Dr. Uwe Müller\nLeiter Einkauf\n\nMüller Maschinenbau GmbH & Co. KG\n"
            "Telefon: 089 / 1234-567\nTelefax: 089 / 1234-568\n"
            "Geschäftsführer: Max Müller, Amtsgericht München HRB 12345"
        ),
        ("Leiter Einkauf", "Müller Maschinenbau GmbH & Co. KG", "089 / 1234-567"),
    ),
    (
        ("Sabine Kurz", "kurz@spedition.example"),
        "Sabine Kurz\nDisponentin bei Spedition Kurz AG\nDurchwahl 030 901820-12",
        ("Disponentin", "Spedition Kurz AG", "030 901820-12"),
    ),
    (
        ("Élodie Martin", "elodie.martin@transports.example"),
        (
            "Élodie MARTIN\nResponsable des achats\nTransports Martin SARL\n"
            "Tél. : 01 23 45 67 89\nPortable : 06 12 34 56 78"
        ),
        ("Responsable des achats", "Transports Martin SARL", "01 23 45 67 89"),
    ),
    (
        ("Toro Díaz", "toro@toro.example"),
        "Toro Díaz \u2013 Jefe de ventas\nTalleres Toro S.L.\nMóvil 600 123 456",
        ("Jefe de ventas", "Talleres Toro S.L.", "600 123 456"),
    ),
    (
        ("山田 太郎", "yamada@kaisha.example"),
        "株式会社サンプル\n営業部 課長\n山田 太郎\nTEL: 03-1234-5678",
        ("", "", ""),  # The company comes first: nobody is named, nothing is read.
    ),
    (
        ("山田 太郎", "yamada@kaisha.example"),
        "山田 太郎\n営業部 課長\n株式会社サンプル\n電話 03-1234-5678",
        ("営業部 課長", "株式会社サンプル", "03-1234-5678"),
    ),
]
NOT_SAID = [
    "Carla Gomez\nI am the manager of this now, so ask me.",
    'Carla Gomez\n"A manager who listens is a leader"',
    "Carla Gomez\nPlease support our team on Sunday",
    "Carla Gomez\nmanager of the month, three times",
    "Carla Gomez\nWe develop. You lead. Sales follow.",
    "Carla Gomez\n\n\nMadrid\nSpain\nEurope\nHead of nothing at all",
    "Sent from my iPhone\nHead of Logistics",
    "Somebody Else\nHead of Logistics\nElse Ltd\n+34 91 123 45 67",
    "Head of Logistics\nGomez Logistics",
    "Carla\nwww.head-of-logistics.example\nmailto:manager@gomez.example",
    "",
]


def folded(text):
    return (Folded("quote", "Bo Berg\nHead of Support"), Folded("signature", text))


@pytest.mark.parametrize(("who", "text", "said"), SIGNED)
def test_signatures(who, text, said):
    found = read_signature(folded(f"-- \n{text}"), Mailbox(*who))
    assert (found.role, found.organisation, found.telephone) == said
    assert bool(found.name) == any(said)


@pytest.mark.parametrize("text", NOT_SAID)
def test_what_is_no_title_is_none(text):
    found = read_signature(folded(text), Mailbox(*CARLA))
    assert (found.role, found.organisation, found.telephone) == ("", "", "")


def test_only_what_a_mail_folds_is_read():
    head = b"From: Carla Gomez <carla@gomez.example>\nSubject: x\nMessage-ID: <a@b>\n\n"
    plain = b"Hello, Ana.\n\nCarla Gomez\nHead of Logistics\n"
    signed = b"Hello, Ana.\n\n-- \nCarla Gomez\nHead of Logistics\n"
    sender = Mailbox("Carla Gomez", "carla@gomez.example")
    assert read_signature(read(head + plain).folded, sender) == Signature()
    assert read_signature(read(head + signed).folded, sender) == Signature(
        name="Carla Gomez", role="Head of Logistics"
    )


SAID = """
I am the manager you should please lead our support head of sales , . ! ? you're
wir sind Leiter ist der Chef nous avons directeur somos jefe +34 91 123 45 67 担当です
Gomez Ltd Carla | - @
"""
WORDS = st.sampled_from([*SAID.split(), "\n"])


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=40).map(" ".join)))
def test_any_text_reads_and_prose_is_no_role(text):
    found = read_signature(folded(f"Carla Gomez\n{text}"), Mailbox(*CARLA))
    assert len(found.role) <= 60
    assert len(found.telephone) <= 30
    assert found.role in " ".join(f"Carla Gomez\n{text}".split()) or "\t" in text
    talk = {"i", "am", "you", "wir", "sind", "ist", "nous", "somos", "please", "our"}
    assert not talk & set(found.role.casefold().replace(",", " ").split())
    assert not found.role.endswith((".", "!", "?"))
