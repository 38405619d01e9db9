"""The command line: `parlour`, one click command per deed.

Heavy parts are imported inside the commands, so that `parlour version` is quick.
"""

import click

from gateway.cli.check import check
from gateway.cli.command import Group, config_option
from gateway.cli.demo import demo
from gateway.cli.digest import digest
from gateway.cli.import_ import import_
from gateway.cli.inbound import inbound
from gateway.cli.init import init
from gateway.cli.look import look
from gateway.cli.mail import explain, parse
from gateway.cli.outbox import outbox
from gateway.cli.people import people, person
from gateway.cli.schedule import schedule
from gateway.cli.site import migrate, serve, version

__all__ = ["main", "parlour"]


@click.group(
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 done, 1 failed, 2 wrong usage or wrong settings.",
)
@config_option
def parlour() -> None:
    """Parlour: support from everybody's own inbox."""


for _command in (
    init,
    serve,
    demo,
    check,
    migrate,
    parse,
    explain,
    look,
    import_,
    inbound,
    outbox,
    people,
    person,
    schedule,
    digest,
    version,
):
    parlour.add_command(_command)


def main() -> None:
    """Run the command line of this process."""
    parlour(prog_name="parlour")
