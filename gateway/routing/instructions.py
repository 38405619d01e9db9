"""Which commands a writer may give, and what happens to the others."""

from gateway.routing.asking import Asking
from gateway.routing.decision import Ask, Hold, Told
from gateway.routing.facts import Facts
from gateway.routing.proof import Proof
from parsers.answer import asks_who_got_it
from parsers.command import nearest
from parsers.mail import Command
from parsers.oneself import read_said

# What touches nobody but the writer; a desk may demand more proof for the rest.
_WISHES = frozenset({"digest", "each", "hear", "ignore", "mute", "pause", "unmute"})
_ON_ONESELF = _WISHES | {"deputy", "help", "join", "leave", "me", "who"}

FOR_EVERYONE = _WISHES | {"help", "invite", "join", "leave", "me", "who"}
FOR_THE_TEAM = FOR_EVERYONE | {
    "admit",
    "ask",
    "assign",
    "consult",
    "deputy",
    "door",
    "drop",
    "followup",
    "merge",
    "move",
    "note",
    "promise",
    "publish",
    "redact",
    "refuse",
    "reopen",
    "resolve",
    "spam",
    "split",
    "tag",
    "take",
    "untag",
    "urgent",
    "wait",
}

# What stands beside these is for the team alone: the customer gets no letter (E50).
PRIVATE = frozenset({"drop", "note", "spam"})

# A command that promises privacy: from somebody who may not give it, the text must
# not go out either (decisions B16).
_SECRET = frozenset({"note"})

# What stands above no text of its own.
_ALONE = frozenset({"followup", "move", "publish", "redact"})

_MEANT_AS_TEXT = "post"
_CONFIRMED = "yes"


def taken_apart(
    commands: tuple[Command, ...],
    prose: str,
    *,
    may_all: bool,
    in_activity: bool,
) -> tuple[tuple[Command, ...], str]:
    """Divide what stands on top of a mail into commands and text.

    From customers and guests an unknown command is prose (decisions E39): its line
    goes back above the text.
    """
    if may_all:
        if in_activity and not commands and asks_who_got_it(prose):
            # The customer could not answer it (complaints 3.4).
            return (Command(word="who", argument="", line=prose.strip()),), ""
        return commands, prose
    meant = tuple(
        each
        for each in commands
        if each.word in FOR_EVERYONE | _SECRET and not _is_said(each)
    )
    lines = [each.line for each in commands if each not in meant]
    return meant, "\n".join([*lines, prose]) if lines else prose


def _is_said(command: Command) -> bool:
    """Whether it is a way to talk, as "/me too" is."""
    return command.word == "me" and read_said(command.argument) is None


def instructions(facts: Facts) -> tuple[Command, ...] | Ask | Hold:
    """Give the commands of a mail to be carried out, or the question to ask.

    From staff an unknown or misspelt command, or a known one standing alone further
    down, stops the whole mail. From customers and guests only `/note` does, which
    promises a privacy that they do not have; what else they may not give is prose.
    """
    if facts.released == _MEANT_AS_TEXT or _is_text_alone(facts):
        return ()
    if not facts.writer.is_staff:
        refused = [each for each in facts.commands if each.word in _SECRET]
        # What the consulted write is for the team anyway.
        if refused and not facts.writer.is_consulted:
            return Ask(word=refused[0].line, nearest="", refused=True)
        return tuple(each for each in facts.commands if each.word in FOR_EVERYONE)
    for each in (*facts.commands, *facts.stray_commands):
        if each.word not in FOR_THE_TEAM:
            return Ask(
                word=f"/{each.word}",
                nearest=_near(each.word),
                refused=False,
            )
    if facts.stray_commands:
        word = facts.stray_commands[0].word
        return Ask(word=f"/{word}", nearest=f"/{word}", refused=False)
    return (
        _alone(facts)
        or needs_more_proof(facts)
        or _needs_a_yes(facts)
        or facts.commands
    )


def _is_text_alone(facts: Facts) -> bool:
    """At a desk that only listens: outsiders, and whatever the customer has got."""
    return facts.listens and (not facts.writer.is_staff or facts.reached_customer)


def _alone(facts: Facts) -> Ask | None:
    """Stop a `/publish` above a text: it is the note that shall go out (E47).

    And a `/redact`: what goes is the text that is answered, not that of the mail. Above
    `/followup` and `/move` it is not clear which case the text is for.
    """
    found = [each for each in facts.commands if each.word in _ALONE]
    if facts.has_text and found:
        return Ask(word=f"/{found[0].word}", nearest="", refused=True)
    return None


def needs_more_proof(facts: Facts) -> Ask | None:
    """Refuse the first command on the activity that `staff_proof` does not allow."""
    wants = facts.desk.staff_proof if facts.desk else ""
    if wants != "verified" or facts.proof is Proof.VERIFIED:
        return None
    for each in facts.commands:
        if each.word not in _ON_ONESELF | _SECRET:
            return Ask(word=f"/{each.word}", nearest="", refused=True)
    return None


def _needs_a_yes(facts: Facts) -> Hold | None:
    """Ask first about what acts on others, where only a shared id speaks for it.

    Everybody in the case knows that id, and could write with a colleague's From.
    """
    if not facts.by_shared_id or facts.released == _CONFIRMED:
        return None
    acting = [each for each in facts.commands if each.word not in _ON_ONESELF | _SECRET]
    return confirm(facts, acting[0]) if acting else None


def confirm(facts: Facts, command: Command) -> Hold:
    """Hold a mail of one of the team until they say that its command is theirs (B18).

    They are asked at the address that we know, which whoever forges a From cannot
    read. Asked too often, the house is told instead.
    """
    return Hold(
        cause="unproved_command",
        reason=f"/{command.word} by an address of the team; nothing proves it",
        told=Told.NOBODY if facts.may_confirm else Told.OWNER,
        asks=Asking.CONFIRM_COMMAND if facts.may_confirm else None,
    )


def _near(word: str) -> str:
    found = nearest(word, FOR_THE_TEAM)
    return f"/{found}" if found else ""
