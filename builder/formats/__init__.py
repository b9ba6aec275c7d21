"""Bytes to value and value to bytes: pure, without I/O and without a clock."""
