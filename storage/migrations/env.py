"""Runs the migrations on the connection that storage.schema hands over."""

from alembic import context

from storage.search import is_mapped

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    # SQLite alters a table by building it anew.
    render_as_batch=connection.dialect.name == "sqlite",
    include_name=is_mapped,
)
with context.begin_transaction():
    context.run_migrations()
