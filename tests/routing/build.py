"""Facts to decide upon: a plain first mail, and what a test changes of it."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.routing.decide import decide
from gateway.routing.desk import Desk
from gateway.routing.facts import Bearer, Facts, Standing, Thread, Writer
from gateway.routing.limits import Limits
from gateway.routing.proof import Proof
from parsers.address import Mailbox
from parsers.mail import Automatic, Bounce, Command
from parsers.reply_address import Purpose, ReplyAddress

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)

# People of the case that most rows are about.
CARLA, ANA, BO, GUS, DORA = 1, 2, 3, 4, 5
CASE, OTHER_CASE = 70, 80

ROBOT = Automatic(is_=True, kind="reply", reason="Auto-Submitted: auto-replied")
PERSON = Automatic(is_=False, kind="", reason="")
REPORT = Bounce(is_=True, recipients=())
NO_REPORT = Bounce(is_=False, recipients=())


def desk(**changes):
    plain = {
        "name": "Acme Support",
        "address": "support@acme.example",
        "reply": ReplyAddress("support+{token}@acme.example"),
        "team": (
            Mailbox("Ana Ruiz", "ana@acme.example"),
            Mailbox("Bo Lind", "bo@acme.example"),
        ),
    }
    return Desk(**plain | changes)


def writer(person=None, standing=Standing.NOBODY, **changes):
    plain = {
        "person": person,
        "standing": standing,
        "participant": person and standing is not Standing.NOBODY and person * 10,
        "is_staff": False,
        "in_team_lane": False,
        "is_customer": False,
    }
    return Writer(**plain | changes)


def bearer(person, standing=Standing.JOINED, **changes):
    """Whom a token names."""
    plain = {
        "person": person,
        "participant": person and person * 10,
        "sealed": person and person * 10,
        "standing": standing,
        "in_team_lane": False,
        "is_current": True,
    }
    return Bearer(**plain | changes)


def thread(**changes):
    plain = {
        "activity": CASE,
        "is_resolved": False,
        "resolved_at": None,
        "customer": CARLA,
        "owner": ANA,
    }
    return Thread(**plain | changes)


def resolved(days):
    return thread(is_resolved=True, resolved_at=NOW - timedelta(days=days))


def command(line):
    word, _, argument = line.removeprefix("/").partition(" ")
    return Command(word=word.lower(), argument=argument, line=line)


def commands(*lines):
    return tuple(command(line) for line in lines)


def facts(**changes):
    """A first mail of somebody unknown to a desk, with nothing that speaks for it."""
    plain = {
        "now": NOW,
        "limits": Limits(),
        "desk": desk(),
        "sender": Mailbox("Somebody", "somebody@example.com"),
        "proof": Proof.UNPROVED,
        "null_sender": False,
        "automatic": PERSON,
        "bounce": NO_REPORT,
        "hops": 3,
        "commands": (),
        "stray_commands": (),
        "prose": "Our order did not arrive.",
        "has_attachments": False,
        "forwards": None,
        "opens_for": None,
        "answer": "",
        "readable": True,
        "oversize": None,
        "marked": "",
        "is_blind": False,
        "is_probe": False,
        "is_own_letter": False,
        "from_own_address": False,
        "is_form": False,
        "maybe_form": False,
        "sender_is_role": False,
        "is_blocked": False,
        "spam_mark": "",
        "loop_hops": 0,
        "by_hand": False,
        "reached_customer": False,
        "to_us": True,
        "to_token": False,
        "purpose": None,
        "to_operator": False,
        "delivery": None,
        "question": None,
        "asking": None,
        "answers": frozenset(),
        "question_settled": False,
        "thread": None,
        "bearer": None,
        "answers_own_id": False,
        "answers_by_hand": False,
        "team_lane": False,
        "other_threads": 0,
        "also": (),
        "elsewhere": None,
        "answers_no_case": False,
        "other_subject": False,
        "other_desks": (),
        "writer": writer(),
        "vouched_by": None,
        "may_ask": True,
        "may_confirm": True,
        "duplicate_of": None,
        "held_twin": None,
        "waits_in_case": False,
        "similar_openings": 0,
        "similar_activity": None,
        "looping_activity": None,
        "same_body_activity": None,
        "repeat_activity": None,
        "team_text": (),
        "answers_post": None,
        "newer_answers": (),
        "greets_customer": False,
        "released": "",
        "passed": frozenset(),
        "as_note": False,
        "refused_here": False,
    }
    return Facts(**plain | changes)


CARLA_WRITES = writer(CARLA, Standing.JOINED, is_customer=True)
GUS_WRITES = writer(GUS, Standing.JOINED)
DORA_WRITES = writer(DORA, Standing.INVITED)
ANA_WRITES = writer(ANA, Standing.JOINED, is_staff=True, in_team_lane=True)
BO_WRITES = writer(BO, Standing.TOLD, is_staff=True, in_team_lane=True)


def by_token(who, **changes):
    """An answer to the reply address of the writer's own copy."""
    plain = {
        "writer": who,
        "bearer": bearer(who.person, who.standing, in_team_lane=who.in_team_lane),
        "thread": thread(),
        "purpose": Purpose.EVERYONE,
        "proof": Proof.BEARER,
    }
    return facts(**plain | changes)


def by_team_token(who, **changes):
    """The same to the address of the team lane."""
    return by_token(who, **{"purpose": Purpose.TEAM, "team_lane": True} | changes)


def by_id(who, **changes):
    """An answer to the plain address that bears an id of ours."""
    plain = {
        "writer": who,
        "thread": thread(),
        "answers_own_id": True,
        "proof": Proof.BEARER if who.standing.takes_part else Proof.UNPROVED,
    }
    return facts(**plain | changes)


def by_foreign_id(who, **changes):
    """An answer to the plain address that bears the author's own id alone."""
    return by_id(who, **{"answers_own_id": False, "proof": Proof.UNPROVED} | changes)


def at_desk(who, **changes):
    """A fresh mail of somebody we know."""
    return facts(writer=who, **changes)


def rows(table):
    """Parametrize by (name, facts, rule, type of the decision, fields of it)."""
    return pytest.mark.parametrize(
        ("given", "rule", "kind", "fields"),
        [pytest.param(*row[1:], id=row[0]) for row in table],
    )


def outcome(given, fields):
    """Give the rule that decides, the type of the decision, and these fields of it."""
    rule, decision = decide(given)
    return rule, type(decision), {name: getattr(decision, name) for name in fields}
