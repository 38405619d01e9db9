"""Numbers that are never given twice, on SQLite too.

A table that was built anew to be altered lost its AUTOINCREMENT, so that the number of
a row that is gone could come back into a token.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TABLES = ("person", "activity", "participant", "question", "digest")


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in _TABLES:
        with op.batch_alter_table(
            name, recreate="always", table_kwargs={"sqlite_autoincrement": True}
        ):
            pass


def downgrade() -> None:
    pass
