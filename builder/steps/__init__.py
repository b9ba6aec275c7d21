"""Pure composition, one verb per file."""
