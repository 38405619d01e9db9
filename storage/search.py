"""The words of posts and of subjects, to be found (decision 0044).

The words are made in Python (parsers.words), so that both databases find the same by
them: SQLite by FTS5, PostgreSQL by a tsvector with a GIN index. No trigger keeps them;
whatever writes a post or a subject calls `keep`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from parsers.words import Sought, words_of

TABLE = "word"
"""Unmapped: the two databases have nothing but its name in common."""

_MATCHED = {
    "sqlite": "SELECT {at} AS word, rowid AS number FROM word WHERE word MATCH :q{at}",
    "postgresql": "SELECT {at} AS word, number FROM word"
    " WHERE words @@ CAST(:q{at} AS tsquery)",
}
_KEEP = {
    "sqlite": "INSERT OR REPLACE INTO word (rowid, words) VALUES (?, ?)",
    "postgresql": "INSERT INTO word (number, words) VALUES (%s, %s::tsvector)"
    " ON CONFLICT (number) DO UPDATE SET words = excluded.words",
}
_FORGET = {
    "sqlite": "DELETE FROM word WHERE rowid = ?",
    "postgresql": "DELETE FROM word WHERE number = %s",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One thing looked for, and by what else than words it is found."""

    sought: Sought
    people: Collection[int] = ()
    """Whose name or address it is: found in a case in which they are."""
    tags: Collection[str] = ()
    span: tuple[datetime, datetime] | None = None
    """From and before when something was said, if it is a date."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that was found."""

    activity: int
    post: int | None
    """Its post that holds the most of what is looked for; None where only the subject
    or the people are what was looked for."""


def is_mapped(name: str | None, kind: str, _parents: object = None) -> bool:
    """Say whether a name of the schema is one that the modules of storage map.

    For alembic, which would else take the words and what FTS5 makes of them for
    tables that nobody wants.
    """
    parts = ("data", "idx", "content", "docsize", "config")
    names = {TABLE, *(f"{TABLE}_{part}" for part in parts)}
    return kind != "table" or name not in names


def post_number(event_id: int) -> int:
    """Give the number under which the words of a post are kept."""
    return event_id


def subject_number(activity_id: int) -> int:
    """Give the number under which the words of a subject are kept."""
    return -activity_id


def text_of(said: str, values: dict[str, Any]) -> str:
    """Give what a post is found by: its text, what stands below, its files' names."""
    below = [part["text"] for part in values.get("below", ())]
    return "\n".join([said, *below, *values.get("attachments", ())])


def keep(connection: Connection, texts: Iterable[tuple[int, str]]) -> None:
    """Keep the words of some texts by their numbers, in place of what was kept."""
    dialect = connection.dialect.name
    rows = [(number, _kept(dialect, said)) for number, said in texts]
    if rows := [row for row in rows if row[1]]:
        connection.exec_driver_sql(_KEEP[dialect], rows)


def forget(connection: Connection, number: int) -> None:
    """Forget the words of a text that is taken back."""
    connection.exec_driver_sql(_FORGET[connection.dialect.name], (number,))


def find(
    session: Session, desk: str, wanted: Sequence[Wanted], *, most: int, asker: int = 0
) -> tuple[list[Hit], int]:
    """Give the cases of a desk in which all is found, the best first, and their count.

    `desk` is the matching key of its address. Left out are the cases of which `asker`
    is customer or guest, and the private questions about those: notes are searched.

    What is found need not stand in one post; where it does, the case comes before the
    others. Then come those with more of it in the subject, the tags or the people, then
    the latest.
    """
    if not wanted:
        return [], 0
    dialect = session.get_bind().dialect.name
    matched, beside = [], []
    named: dict[str, Any] = {"desk": desk, "count": len(wanted), "most": most}
    named |= {"asker": asker}
    for at, one in enumerate(wanted):
        if one.sought.words:
            matched.append(_MATCHED[dialect].format(at=at))
            named[f"q{at}"] = _query(dialect, one.sought)
        if one.span:
            matched.append(_SPAN.format(at=at))
            first, after = (_plain(dialect, each) for each in one.span)
            named |= {f"from{at}": first, f"until{at}": after}
        if one.people:
            numbers = ", ".join(str(int(each)) for each in one.people)
            beside.append(_PEOPLE.format(at=at, numbers=numbers))
        if words := {f"t{at}_{which}": word for which, word in enumerate(one.tags)}:
            marks = ", ".join(f":{name}" for name in words)
            beside.append(_TAGGED.format(at=at, words=marks))
            named |= words
    statement = _FIND.format(
        matched=" UNION ALL ".join(matched)
        or "SELECT 0 AS word, 0 AS number WHERE 1=0",
        people="".join(f" UNION ALL {each}" for each in beside),
    )
    rows = session.execute(text(statement), named).all()
    return [Hit(row[0], row[1]) for row in rows], (rows[0][2] if rows else 0)


def open_cases_with(
    session: Session, desk: int, wanted: Sequence[Sought], *, most: int
) -> list[tuple[int, tuple[int, int, str]]]:
    """Give the open cases of a desk whose customers wrote some things, in one query.

    `desk` is the number of its row. Of each thing the newest posts that hold it are
    looked at, `most` of them: what is common costs no more. Gives which of `wanted` it
    is, with the case, its customer and its subject.
    """
    looked_for = [(at, one) for at, one in enumerate(wanted) if one.words]
    if not looked_for:
        return []
    dialect = session.get_bind().dialect.name
    matched = " UNION ALL ".join(
        _NEWEST.format(at=at, matched=_MATCHED[dialect].format(at=at))
        for at, _ in looked_for
    )
    named: dict[str, Any] = {f"q{at}": _query(dialect, one) for at, one in looked_for}
    rows = session.execute(
        text(_OPEN_WITH.format(matched=matched)), {**named, "desk": desk, "most": most}
    )
    return [(row[0], (row[1], row[2], row[3])) for row in rows]


_NEWEST = "SELECT * FROM ({matched} ORDER BY number DESC LIMIT :most) AS m{at}"
_OPEN_WITH = """
WITH hit AS ({matched})
SELECT DISTINCT hit.word, c.id, c.customer_id, c.subject
FROM hit JOIN event e ON e.id = hit.number
 JOIN activity a ON a.id = e.activity_id
 JOIN activity c ON c.id = coalesce(a.redirect_id, a.id)
WHERE c.desk_id = :desk AND c.turn <> 'resolved' AND c.redirect_id IS NULL
 AND e.kind = 'post' AND e.lane = 'everyone' AND e.actor_id = c.customer_id
"""


_SPAN = (
    "SELECT {at} AS word, id AS number FROM event WHERE kind = 'post'"
    " AND received_at >= :from{at} AND received_at < :until{at}"
)
_PEOPLE = (
    "SELECT {at}, c.id, NULL FROM participant p"
    " JOIN activity a ON a.id = p.activity_id"
    " JOIN activity c ON c.id = coalesce(a.redirect_id, a.id)"
    " JOIN here ON here.id = c.desk_id WHERE p.person_id IN ({numbers})"
)
_TAGGED = (
    "SELECT {at}, c.id, NULL FROM tag t JOIN activity a ON a.id = t.activity_id"
    " JOIN activity c ON c.id = coalesce(a.redirect_id, a.id)"
    " JOIN here ON here.id = c.desk_id WHERE t.word IN ({words})"
)
_FIND = """
WITH here AS (SELECT id FROM desk WHERE address = :desk),
kept AS (
 SELECT id FROM activity WHERE customer_id = :asker
 UNION SELECT activity_id FROM participant WHERE person_id = :asker
  AND NOT in_team_lane AND membership IN ('joined', 'told')
),
hidden AS (
 SELECT id FROM kept
 UNION SELECT q.id FROM activity q JOIN kept ON kept.id = q.linked_id
  JOIN event e ON e.activity_id = q.id AND e.kind = 'asked'
),
hit AS ({matched}),
found (word, activity, post) AS (
 SELECT hit.word, c.id, e.id FROM hit JOIN event e ON e.id = hit.number
  JOIN activity a ON a.id = e.activity_id
  JOIN activity c ON c.id = coalesce(a.redirect_id, a.id)
  JOIN here ON here.id = c.desk_id
 UNION ALL
 SELECT hit.word, c.id, NULL FROM hit JOIN activity a ON a.id = -hit.number
  JOIN activity c ON c.id = coalesce(a.redirect_id, a.id)
  JOIN here ON here.id = c.desk_id{people}
),
post AS (
 SELECT activity, post, count(DISTINCT word) AS words,
  row_number() OVER (PARTITION BY activity
   ORDER BY count(DISTINCT word) DESC, post DESC) AS place
 FROM found WHERE post IS NOT NULL GROUP BY activity, post
),
chosen AS (
 SELECT activity, count(DISTINCT CASE WHEN post IS NULL THEN word END) AS around
 FROM found WHERE activity NOT IN (SELECT id FROM hidden)
 GROUP BY activity HAVING count(DISTINCT word) = :count
)
SELECT chosen.activity, post.post, count(*) OVER ()
FROM chosen LEFT JOIN post ON post.activity = chosen.activity AND post.place = 1
ORDER BY coalesce(post.words, 0) DESC, chosen.around DESC,
 coalesce(post.post, 0) DESC, chosen.activity DESC
LIMIT :most
"""


def _kept(dialect: str, said: str) -> str:
    """Give the words of a text as a database takes them; none of them has a quote."""
    words = words_of(said)
    if dialect == "sqlite":
        return " ".join(words)
    return " ".join(f"'{word}':{at}" for at, word in enumerate(words, 1))


def _query(dialect: str, one: Sought) -> str:
    if dialect == "sqlite":
        return f'"{" ".join(one.words)}"{" *" if one.begins else ""}'
    row = " <-> ".join(f"'{word}'" for word in one.words)
    return f"{row}:*" if one.begins else row


def _plain(dialect: str, instant: datetime) -> object:
    """Give an instant as the column has it (storage.base.Moment)."""
    if dialect != "sqlite":
        return instant
    return instant.replace(tzinfo=None).isoformat(" ", "microseconds")
