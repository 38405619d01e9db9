"""Who is greeted in the first line of a note (E41)."""

import pytest

from parsers.courtesy import farewells, greets


@pytest.mark.parametrize(
    "text",
    [
        "Hello Carla,\n\non Monday.",
        "hi carla",
        "Dear Ms Gomez,\nthank you",
        "Dear Carla Gomez, it works",
        "Good morning Carla!",
        "\n\nHallo Carla,\n\nam Montag.",
        "Sehr geehrte Frau Gomez,",
        "Liebe Carla, gern.",
        "Bonjour Carla,",
        "Chère Madame Gomez,",
        "Hola Carla:",
        "Buenos días, Carla".replace(",", ""),
        "Gomez 様\n\nお世話になっております。",
        "carlaさん、こんにちは",
    ],
)
def test_the_customer_is_greeted(text):
    assert greets(text, "Carla Gomez")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Carla called again.",
        "Hello Bo,\n\nCarla called.",
        "Hello, I told Carla that it works.",
        "Hi all, Carla waits",
        "The dear Carla wants a discount.",
        "Hello Carlos,",
        "She said hello Carla",
    ],
)
def test_somebody_else_is_meant(text):
    assert not greets(text, "Carla Gomez")


def test_somebody_without_a_name_is_greeted_by_nothing():
    assert not greets("Hello Carla,", "")


def test_ways_to_end_a_letter():
    ways = farewells(("Ana Ruiz", "Acme Support"))
    assert "kind regards Ana Ruiz Acme Support" in ways
    assert "viele grüße Ana Ruiz" in ways
    assert farewells(("", "")) == ()
