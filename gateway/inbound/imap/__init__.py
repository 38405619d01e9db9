"""The IMAP door: mailboxes of a provider, watched; each mail ends in the journal."""
