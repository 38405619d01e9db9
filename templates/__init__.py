"""Says: every word a person reads; the only user of Jinja."""
