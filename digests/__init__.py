"""All that happens because time passed (house: digests remind)."""
