"""Remembers: nouns, tables and transactions; the only user of SQLAlchemy."""
