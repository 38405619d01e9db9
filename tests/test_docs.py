"""The documents name every setting, every limit and every command."""

import re
from dataclasses import fields
from pathlib import Path

import click
import pytest

from gateway.app.roles import Role
from gateway.cli import parlour
from gateway.demo.specimens import SPECIMENS
from gateway.routing.desk import Desk
from gateway.routing.limits import Limits
from gateway.settings import SECTIONS
from gateway.settings.mailbox import MailboxSection, OAuth2
from gateway.settings.sections import Main

TREE = Path(__file__).resolve().parent.parent
DOCS = TREE / "docs"


def document(name):
    return (DOCS / name).read_text("utf-8")


def section(name):
    """Give the text below a heading that begins with `name`, up to the next one."""
    after = document("settings.md").partition(f"# {name}")[2]
    return re.split(r"(?m)^##", after, maxsplit=1)[0]


def rows(text):
    """Give what stands in the first two columns of a table, by key."""
    found = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        for name in re.findall(r"`(\w+)`", cells[0]):
            found[name] = cells[1]
    return found


SETTINGS = {
    "Above all sections": Main,
    "`[[desk]]`": Desk,
    "`[[desk.mailbox]]`": MailboxSection,
    "`[desk.mailbox.oauth2]`": OAuth2,
} | {f"`[{name}]`": kind for name, kind in SECTIONS.items()}


@pytest.mark.parametrize("heading", SETTINGS)
def test_every_setting_is_documented(heading):
    named = rows(section(heading)).keys()
    assert named == {field.name for field in fields(SETTINGS[heading])}


@pytest.mark.parametrize("limit", fields(Limits), ids=lambda limit: limit.name)
def test_every_limit_is_documented_with_its_default(limit):
    assert rows(section("`[limits]`"))[limit.name] == str(limit.default)


def commands(group, path="parlour"):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


@pytest.mark.parametrize(("path", "command"), list(commands(parlour)))
def test_every_command_is_documented(path, command):
    assert re.search(rf"`{path}(?: [^`]+)?`", document("commands.md"))
    assert command.help


@pytest.mark.parametrize(("path", "command"), list(commands(parlour)))
def test_every_command_takes_config(path, command):
    assert "--config" in [name for each in command.params for name in each.opts]


def test_no_command_is_documented_that_is_not_there():
    there = dict(list(commands(parlour)))
    named = re.findall(
        r"\| `(parlour [a-z ]+?)(?: [A-Z\[][^`]*)?` \|", document("commands.md")
    )
    assert set(named) == set(there)


@pytest.mark.parametrize("place", ["docs", "templates/mail"])
def test_every_option_that_is_named_is_there(place):
    known = {
        path: [name for each in command.params for name in each.opts]
        for path, command in commands(parlour)
    }
    words = re.compile(r"[`\"](parlour(?: [a-z]+)+)([^`\n]*)")
    files = [file for file in (TREE / place).rglob("*.*") if file.suffix != ".png"]
    for file in files:
        for path, rest in words.findall(file.read_text("utf-8")):
            names = next((names for each, names in known.items() if path == each), [])
            for option in re.findall(r"(?<!\S)--[a-z-]+", rest):
                assert option in names, f"{file.name}: {path} {option}"


def test_the_roles_are_documented():
    (named,) = re.findall(r"--only ([a-z,]+)`", document("commands.md"))
    assert set(named.split(",")) == set(Role)


def test_each_letter_of_the_gallery_can_be_looked_at():
    shown = document("letters.md")
    for name in SPECIMENS:
        picture = f"pictures/letter-{name}.png"
        assert f"]({picture})" in shown, "draw it: python -m tests.pictures docs"
        assert (DOCS / picture).is_file()
