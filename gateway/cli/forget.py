"""`parlour person forget`: what would go is printed first, then it goes for good."""

from typing import TYPE_CHECKING

import click

from gateway.cli.command import FAILED, Mistake, config_option, open_house
from gateway.cli.table import plain

if TYPE_CHECKING:
    from gateway.activities.forgetting import Preview


@click.command()
@config_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("address", metavar="ADDRESS")
@click.pass_context
def forget(context: click.Context, /, address: str, *, yes: bool) -> None:
    """Forget a person: their cases stay, they become a pseudonym. No way back.

    Prints what goes and what stays, and asks. Who is of a desk's team in the settings
    is to be taken out there first.
    """
    from gateway.activities import forgetting
    from gateway.app import clock
    from storage import people

    with open_house() as house:
        with house.database.reading() as session:
            person = people.by_address(session, address)
            if person is None:
                click.echo(plain(f"nobody has the address {address}; nothing to do"))
                return
            try:
                found = forgetting.preview(session, house, person)
            except forgetting.OfTheTeamError as error:
                raise Mistake(
                    f"{address} is of the team of {error}; take it out of the settings"
                    " first"
                ) from error
        _show(found)
        if not yes and not _is_sure():
            click.echo("nothing was changed; --yes does it without asking", err=True)
            context.exit(FAILED)
        forgetting.forget(house, found.person, clock())
    click.echo(plain(f"forgotten; they are {found.pseudonym!r} now"))


def _is_sure() -> bool:
    try:
        return click.confirm("There is no way back. Forget them?", default=False)
    except click.Abort:
        return False


def _show(found: "Preview") -> None:
    lines = [
        f"who      {found.name or '(no name)'}, {', '.join(found.addresses)}",
        f"becomes  {found.pseudonym!r} in {found.cases} cases",
        "goes     profile, addresses, times of digests, links and reply addresses;",
        f"         {found.mails} mails of theirs as they came;",
        f"         {found.waiting} letters not sent yet, {found.sessions} signed in;",
        "         the name in these cases, the addresses everywhere, also in letters",
        f"stays    the text of {found.posts} posts with its files, not the signatures;",
        "         mails of others as they came, parts of the name that others wrote",
    ]
    if found.open_cases:
        cases = ", ".join(found.open_cases)
        lines.append(f"open     {cases}: no answer will reach their customer")
    for line in lines:
        click.echo(plain(line))
