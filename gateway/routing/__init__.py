"""Decides: facts in, decision out; pure."""
