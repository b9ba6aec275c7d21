"""Report to text; one file per style."""
