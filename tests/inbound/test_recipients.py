"""Who may be written to: desks, tokens that we sealed, and the postmaster."""

import dataclasses

import pytest

from gateway.inbound.recipients import Recipients
from gateway.inbound.replies import BadRecipient, DeskGone, UnknownRecipient
from gateway.routing.desk import Desks
from parsers.reply_address import Purpose, ReplyAddress, Sealer, number


@pytest.fixture
def other_desk(desk):
    return dataclasses.replace(
        desk,
        address="billing@acme.example",
        aliases=(),
        reply=ReplyAddress("{token}@reply.acme.example"),
    )


@pytest.fixture
def recipients(desk, other_desk, sealer):
    return Recipients(Desks([desk, other_desk]), sealer, gone=["Old@acme.example"])


@pytest.mark.parametrize(
    "address",
    [
        "support@acme.example",
        "SUPPORT@Acme.Example",
        "help@acme.example",
        "billing@acme.example",
        "postmaster",
        "Postmaster",
        "postmaster@acme.example",
        "ABUSE@reply.acme.example",
    ],
)
def test_desks_aliases_and_roles_are_taken(recipients, address):
    assert recipients(address) is None


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("generation", [0, 15])
def test_every_token_of_ours_is_taken_even_a_revoked_one(
    recipients, desk, other_desk, sealer, purpose, generation
):
    token = sealer.seal(purpose, number(7, generation))
    for one in (desk, other_desk):
        assert recipients(one.reply.write(token)) is None
        assert recipients(one.reply.write(token).upper()) is None


@pytest.mark.parametrize(
    "form",
    [
        "support-{}@acme.example",
        "help+{}@acme.example",
        "billing-{}@acme.example",
        "billing+{}@acme.example",
        "{}@acme.example",
        "{}@reply.acme.example",
    ],
)
def test_a_token_is_taken_in_any_form_that_it_may_have_had(recipients, sealer, form):
    token = sealer.seal(Purpose.EVERYONE, 7)
    assert recipients(form.format(token)) is None
    assert recipients(form.format(token).upper()) is None
    other = Sealer("another secret of 32 characters!").seal(Purpose.EVERYONE, 7)
    assert isinstance(recipients(form.format(other)), UnknownRecipient)


def test_a_token_of_somebody_else_is_unknown(recipients, desk):
    token = Sealer("another secret of 32 characters!").seal(Purpose.EVERYONE, 7)
    assert isinstance(recipients(desk.reply.write(token)), UnknownRecipient)


def test_a_token_with_one_letter_changed_is_unknown(recipients, desk, sealer):
    token = sealer.seal(Purpose.EVERYONE, 7)
    for place in range(2, len(token)):
        letter = "a" if token[place] != "a" else "b"
        changed = token[:place] + letter + token[place + 1 :]
        assert isinstance(recipients(desk.reply.write(changed)), UnknownRecipient)


@pytest.mark.parametrize(
    "address",
    [
        "nobody@acme.example",
        "support@other.example",
        "postmaster@other.example",
        "support+x@acme.example",
        "root@localhost.example",
    ],
)
def test_anybody_else_is_unknown(recipients, address):
    refusal = recipients(address)
    assert isinstance(refusal, UnknownRecipient)
    assert refusal.public.startswith("550 5.1.1")


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b@acme.example", "a b@acme.example"]
)
def test_what_is_no_address_is_bad(recipients, address):
    assert isinstance(recipients(address), BadRecipient)


def test_a_desk_that_is_gone_from_the_settings_is_temporary(recipients):
    refusal = recipients("old@acme.example")
    assert isinstance(refusal, DeskGone)
    assert refusal.public.startswith("451")


def test_a_reply_to_a_letter_of_a_former_desk_is_temporary(recipients, sealer):
    token = sealer.seal(Purpose.EVERYONE, 7)
    assert isinstance(recipients(f"old+{token}@acme.example"), DeskGone)
    assert isinstance(recipients(f"old+{token[:-1]}@acme.example"), UnknownRecipient)
