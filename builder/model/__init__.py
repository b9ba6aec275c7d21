"""Frozen values; nothing here imports more than `builder.errors`."""
