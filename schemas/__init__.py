"""The schemas that ship with the builder, as package data."""
