"""The faults that `make mutants` plants: one text of one file becomes another."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: in which file which text becomes which other."""

    name: str
    file: str
    find: str
    put: str

    def plant(self, tree: Path) -> None:
        """Put the fault into a copy of the tree; ValueError when its place is gone."""
        path = tree / self.file
        path.write_text(self.planted(path.read_text("utf-8")), "utf-8")

    def planted(self, text: str) -> str:
        """Give the file with the fault; ValueError unless its place is there once."""
        if text.count(self.find) != 1:
            raise ValueError(f"{self.name}: {text.count(self.find)} such places")
        return text.replace(self.find, self.put)


_HEARING = "gateway/routing/hearing.py"
_THREADS = "gateway/routing/threads.py"
_GUARDS = "gateway/routing/guards.py"
_INVITING = "gateway/activities/inviting.py"
_MEMBERSHIP = "gateway/activities/membership.py"
_POSTING = "gateway/activities/posting.py"
_PROCESS = "gateway/activities/process.py"
_LANES = "gateway/routing/lanes.py"
_ACTS = "gateway/routing/acts.py"
_ADMISSION = "gateway/activities/admission.py"
_GATHER = "gateway/activities/gather.py"

MUTANTS = (
    Mutant(
        "a note goes to everyone",
        _HEARING,
        "if post.team_lane and not reader.in_team_lane:",
        "if False:",
    ),
    Mutant(
        "a copy to the author",
        _HEARING,
        "if reader.person == post.author:",
        "if False:",
    ),
    Mutant(
        "a person is told after leaving",
        _HEARING,
        "in {Standing.LEFT, Standing.DECLINED}:",
        "in {Standing.DECLINED}:",
    ),
    Mutant(
        "the invited are told before they join",
        _HEARING,
        "if reader.standing is Standing.INVITED:",
        "if False:",
    ),
    Mutant(
        "who muted is told",
        _HEARING,
        'if reader.wants == "muted" and not must_hear:',
        "if False:",
    ),
    Mutant(
        "an owner who muted misses the customer",
        _HEARING,
        "must_hear = _hears_customer(reader, post)",
        "must_hear = False",
    ),
    Mutant(
        "whoever stood in Cc gets a second copy",
        _HEARING,
        "if reader.got_it_directly and not post.opens:",
        "if False:",
    ),
    Mutant(
        "the team hears nothing until a case is taken",
        _HEARING,
        "if post.taken and not (post.takes or post.all_follow):",
        "if not (post.takes or post.all_follow):",
    ),
    Mutant(
        "a token is accepted from a stranger",
        _THREADS,
        "        or _in_other_hands(facts, bearer)\n",
        "        or post(facts, thread, author=None)\n",
    ),
    Mutant(
        "a revoked token is accepted",
        _THREADS,
        "    if counts or facts.released == _LET_IN:\n",
        "    if True:\n",
    ),
    Mutant(
        "an unproved From posts",
        _THREADS,
        "return Proof.UNPROVED if by_customer or facts.listens else Proof.BEARER",
        "return Proof.UNPROVED",
    ),
    Mutant(
        "who left still speaks",
        _THREADS,
        "    if stands is Standing.LEFT and (facts.bearer or facts.answers_own_id):\n",
        "    if False:\n",
    ),
    Mutant(
        "a forged From is believed",
        _GUARDS,
        "if facts.proof is Proof.FAILED and not facts.released:",
        "if False:",
    ),
    Mutant(
        "the same mail is taken twice",
        _GUARDS,
        "if facts.duplicate_of is not None:",
        "if False:",
    ),
    Mutant(
        "machine mail is fanned out",
        _GUARDS,
        "    if not facts.by_machine or facts.released or not facts.thread:\n",
        "    if True:\n",
    ),
    Mutant(
        "a held mail is told to nobody",
        "gateway/activities/holding.py",
        "        told = _is_told_now(box, place, decision)\n",
        "        told = False\n",
    ),
    Mutant(
        "a failed mail is told to nobody",
        _PROCESS,
        "holding.tell_broken(session, house, offered_of(row), now)",
        "pass",
    ),
    Mutant(
        "a mail that broke once is forgotten",
        _PROCESS,
        "pending.give_back(session, row.id, node=row.leased_by, reason=reason)",
        "journal.settle(session, row.id, State.DONE, reason=reason, by='', now=now)",
    ),
    Mutant(
        "an invitation quotes the team",
        _INVITING,
        "opening = events.first_post(session, activity.id, Lane.EVERYONE)",
        "opening = events.first_post(session, activity.id, Lane.TEAM)",
    ),
    Mutant(
        "any inviter shows how the case began",
        _INVITING,
        "        _letter(place, participant, by.at, reason, staff=staff),\n",
        "        _letter(place, participant, by.at, reason, staff=True),\n",
    ),
    Mutant(
        "whoever joins catches up on notes",
        _MEMBERSHIP,
        "        {Lane.EVERYONE},\n        after=",
        "        {Lane.EVERYONE, Lane.TEAM},\n        after=",
    ),
    Mutant(
        "a guest sees what was said before",
        _MEMBERSHIP,
        "participant.since_event_id = events.newest(place.session, place.activity.id)",
        "pass",
    ),
    Mutant(
        "Cc strangers are joined, not invited",
        _INVITING,
        "            membership=Membership.INVITED,\n            changed_at=by.at,\n",
        "            membership=Membership.JOINED,\n            changed_at=by.at,\n",
    ),
    Mutant(
        "never again is forgotten",
        _INVITING,
        "if person.never_invite and not _is_here(participant):",
        "if False:",
    ),
    Mutant(
        "unproved mail invites its Cc",
        _POSTING,
        'may = place.desk.cc == "auto" and box.facts.proof >= Proof.BEARER',
        'may = place.desk.cc == "auto"',
    ),
    Mutant(
        "a leaked token stays good",
        _POSTING,
        "leaked.generation = (leaked.generation + 1) % 16",
        "pass",
    ),
    Mutant(
        "a forged report switches somebody off",
        "gateway/activities/returned.py",
        "if ReplyAddress(each.return_path).is_plain]",
        "if ReplyAddress(each.return_path)]",
    ),
    Mutant(
        "the customer's letter refers to notes",
        "gateway/activities/references.py",
        "place.session, place.activity.family, lane, before, _ANCESTORS",
        "place.session, place.activity.family, Lane.TEAM, before, _ANCESTORS",
    ),
    Mutant(
        "an answer to a note goes to everybody",
        _THREADS,
        "team_lane = facts.team_lane or facts.writer.is_consulted",
        "team_lane = facts.writer.is_consulted",
    ),
    Mutant(
        "all readers answer at one address",
        "gateway/activities/letters.py",
        "token=number(seat.participant.id, seat.participant.generation),",
        "token=number(1, 0),",
    ),
    Mutant(
        "the unproved are quoted to themselves",
        "gateway/routing/openings.py",
        "return Acknowledge.FULL if proved else Acknowledge.NEUTRAL",
        "return Acknowledge.FULL",
    ),
    Mutant(
        "a misspelt /note goes out",
        "gateway/routing/instructions.py",
        "        if each.word not in FOR_THE_TEAM:\n",
        "        if False:\n",
    ),
    Mutant(
        "the team's addresses are shown",
        "storage/roster.py",
        '        return self.person.name or self.address.partition("@")[0]',
        "        return self.address",
    ),
    Mutant(
        "a question answered by the wrong person is obeyed",
        "gateway/activities/writers.py",
        "if question is None or question.person_id != writer.person:",
        "if question is None:",
    ),
    Mutant(
        "a forged answer to a question is obeyed",
        _ACTS,
        "if facts.proof is Proof.FAILED or facts.question is None or",
        "if facts.question is None or",
    ),
    Mutant(
        "a machine answers a question",
        _ACTS,
        "    if facts.by_machine:\n"
        '        return Discard(reason="a machine answered a question")\n',
        "",
    ),
    Mutant(
        "a late answer acts again",
        _ACTS,
        "    if facts.question_settled:\n",
        "    if False:\n",
    ),
    Mutant(
        "a refused stranger is let in",
        _ADMISSION,
        "        door.refuse(place, by, all_, block=answer == SPAM)\n",
        "        door.admit(place, by, all_)\n",
    ),
    Mutant(
        "whoever is let in once takes part",
        _ADMISSION,
        "        door.admit_once(place, by, asked)\n",
        "        door.admit(place, by, [asked])\n",
    ),
    Mutant(
        "a yes to an address lets in what is forged from it",
        "gateway/activities/doubts.py",
        '            and event.values.get("cause") != "failed_proof"\n',
        "",
    ),
    Mutant(
        "the gate is off",
        _LANES,
        "if post.team_lane or not facts.team_text or facts.listens:",
        "if True:",
    ),
    Mutant(
        "the gate tells a stranger what matched",
        _LANES,
        "of_writer=facts.writer.is_staff and facts.proof >= Proof.BEARER,",
        "of_writer=True,",
    ),
    Mutant(
        "the collision hold is off",
        _LANES,
        "if post.team_lane or not facts.newer_answers or not facts.has_text:",
        "if True:",
    ),
    Mutant(
        "what shall stay a note goes to everyone",
        _LANES,
        "    if facts.as_note and not post.team_lane:\n",
        "    if False:\n",
    ),
    Mutant(
        "a note is published unseen",
        "gateway/activities/publishing.py",
        "        _preview(box, place, asker, note, as_note=False)\n",
        "        _record(place, note, box.by(place.session.get_one("
        "Person, asker.person_id), box.facts.proof), asker.person_id)\n",
    ),
    Mutant(
        "a forward is a case of the forwarder, unasked",
        "gateway/routing/for_customer.py",
        "    return AskForward()\n",
        "    return None\n",
    ),
    Mutant(
        "a blind copy of the team goes to everyone",
        _THREADS,
        "    quiet = _files_quietly(facts)\n",
        "    quiet = False\n",
    ),
    Mutant(
        "what was signed for others proves its sender here",
        _GATHER,
        "    if is_blind:\n        said =",
        "    if False:\n        said =",
    ),
)
