"""Each post reaches each reader in exactly one mail, read from their mails alone (R7).

Whatever people write, choose and travel, whichever run dies at whichever statement,
however many run at once: once the clock passed two slots, all is told, once.
"""

import os
import re
import shutil
from collections import Counter
from datetime import timedelta
from email.utils import parseaddr

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from digests import digest
from storage.activity import Hearing, participant_of
from storage.people import by_address
from tests.activities.people import ANA, CARLA, taken_case
from tests.digests.test_digest import MEI
from tests.model.world import Death, Fault, Kills
from tests.town import Town, gist

STORIES = int(os.environ.get("PARLOUR_STORIES") or 0)
READERS = ("mei@acme.example", "bo@acme.example", "carla@gomez.example")
ZONES = ("Europe/Madrid", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Apia", "")
WORD = re.compile(r"\bw\d{3}w\b")
MORE = re.compile(r"(\d+) more messages?\.")
STEPS = st.one_of(
    st.tuples(st.just("says"), st.sampled_from([CARLA, ANA])),
    st.tuples(st.just("chooses"), st.sampled_from([Hearing.EACH, Hearing.DIGEST])),
    st.tuples(st.just("travels"), st.sampled_from(ZONES)),
    st.tuples(st.just("passes"), st.sampled_from([1, 5, 11, 26, -25])),
    st.tuples(st.just("dies"), st.integers(1, 40)),
    st.tuples(st.just("twice"), st.just(0)),
)


class Story:
    """What happens in one town, and what was said there to whom."""

    def __init__(self, town):
        """Let Mei and Bo be there, who read the digest or each mail."""
        self.town, self.said, self.kills = town, [], Kills()
        taken_case(town)
        town.reply(
            ANA,
            "/invite mei@acme.example",
            to=town.last("ana@acme.example", "message"),
        )
        town.reply(MEI, "yes", to=town.last("mei@acme.example", "invitation"))
        self.kills.watch(town.database)

    def says(self, who):
        """Somebody writes a word that nobody wrote before, and quotes nothing."""
        word = f"w{len(self.said):03}w"
        self.said.append((word, parseaddr(who)[1]))
        kept = self.town.last(parseaddr(who)[1], "message")
        own = parseaddr(str(kept.mail["Reply-To"]))[1]
        self.town.write(who, own, "Re: Import fails", word, recipients=[own])

    def chooses(self, hearing):
        """Mei chooses how she hears of the case."""
        with self.town.database.transaction() as session:
            person = by_address(session, "mei@acme.example")
            participant_of(session, 1, person.id).hearing = hearing

    def travels(self, zone):
        """Mei lives by another clock from now on."""
        with self.town.database.transaction() as session:
            by_address(session, "mei@acme.example").zone = zone

    def passes(self, hours):
        """Time passes, or a clock is set back; then there is a run."""
        self.town.now += timedelta(hours=hours)
        self.run()

    def dies(self, statement):
        """A day later a run dies at its nth statement or commit."""
        self.town.now += timedelta(hours=24)
        self.kills.plan[:] = [(statement, Death if statement % 2 else Fault)]
        try:
            with self.kills.at_work():
                self.run()
        except (Death, Fault) as death:
            note(f"died: {death!r}")
        self.kills.plan.clear()

    def twice(self, _):
        """Another scheduler is at work."""
        self.run()

    def run(self):
        """What the schedule does."""
        digest.run(self.town.house, self.town.now)

    def check(self):
        """Two slots later nothing is missing and nothing there twice."""
        for _ in range(12):
            self.town.now += timedelta(hours=12)
            self.run()
        self.town.settle()
        for reader in READERS:
            got, counted = Counter(), 0
            for letter in self.town.letters:
                if letter.to == reader and letter.kind in {"message", "digest"}:
                    got.update(WORD.findall(letter.text))
                    counted += sum(map(int, MORE.findall(letter.text)))
            due = {word for word, writer in self.said if writer != reader}
            assert set(got) <= due, f"{reader} was told {set(got) - due}"
            assert all(count == 1 for count in got.values()), f"{reader}: {got}"
            assert len(got) + counted == len(due), f"{reader}: {due - set(got)}"


@settings(
    max_examples=STORIES or 2,
    derandomize=not STORIES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(steps=st.lists(STEPS, min_size=6, max_size=14))
def test_each_post_reaches_each_reader_in_exactly_one_mail(
    steps, sqlite_template, tmp_path_factory, reader
):
    folder = tmp_path_factory.mktemp("story")
    shutil.copy(sqlite_template, folder / "parlour.db")
    with Town(f"sqlite:///{folder / 'parlour.db'}", folder, reader) as town:
        story = Story(town)
        for name, value in steps:
            note(f"{name} {value}")
            getattr(story, name)(value)
        story.check()


def test_a_run_that_dies_at_any_statement_is_made_good(sqlite, tmp_path, reader):
    """At each of them in turn: all of it, or nothing and then all of it."""
    with Town(f"sqlite:///{tmp_path / 'parlour.db'}", tmp_path, reader) as town:
        story = Story(town)
        story.chooses(Hearing.DIGEST)
        statement = 0
        died = True
        while died:
            statement += 1
            story.says(CARLA)
            before = len(town.letters)
            town.now += timedelta(days=1 if town.now.weekday() < 4 else 3)
            story.kills.plan[:] = [(statement, Death)]
            died = False
            try:
                with story.kills.at_work():
                    story.run()
            except Death:
                died = True
            story.kills.plan.clear()
            story.run()
            story.run()
            town.settle()
            came = gist(town.letters[before:])
            assert came.count(("digest", "mei@acme.example")) == 1, statement
            assert came.count(("digest", "bo@acme.example")) == 1, statement
        assert statement > 10
        story.check()
