"""The words of posts, to be found; posts whose text was taken back."""

import sqlalchemy as sa
from alembic import op

from storage import search

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BATCH = 1000

_EVENT = sa.table(
    "event",
    sa.column("id", sa.BigInteger),
    sa.column("kind", sa.String),
    sa.column("text", sa.String),
    sa.column("values", sa.JSON),
)
_ACTIVITY = sa.table(
    "activity", sa.column("id", sa.BigInteger), sa.column("subject", sa.String)
)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        # The words are made by us: to this tokenizer what is no ASCII is part of one.
        op.execute("CREATE VIRTUAL TABLE word USING fts5(words, tokenize='ascii')")
    else:
        op.execute(
            "CREATE TABLE word (number BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX ix_word_words ON word USING gin (words)")
    _keep_posts(connection)
    _keep_subjects(connection)


def downgrade() -> None:
    op.execute("DROP TABLE word")


def _keep_posts(connection: sa.Connection) -> None:
    last = 0
    while rows := connection.execute(
        sa.select(_EVENT.c.id, _EVENT.c.text, _EVENT.c["values"])
        .where(_EVENT.c.id > last, _EVENT.c.kind == "post")
        .order_by(_EVENT.c.id)
        .limit(_BATCH)
    ).all():
        search.keep(
            connection,
            [
                (search.post_number(number), search.text_of(said, values))
                for number, said, values in rows
            ],
        )
        last = rows[-1][0]


def _keep_subjects(connection: sa.Connection) -> None:
    last = 0
    while rows := connection.execute(
        sa.select(_ACTIVITY.c.id, _ACTIVITY.c.subject)
        .where(_ACTIVITY.c.id > last)
        .order_by(_ACTIVITY.c.id)
        .limit(_BATCH)
    ).all():
        search.keep(
            connection,
            [(search.subject_number(number), subject) for number, subject in rows],
        )
        last = rows[-1][0]
