"""Build and prove Windows servicing packages."""
