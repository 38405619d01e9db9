"""Remembers: the nouns, their tables, their transactions; the only user of SQLAlchemy."""
