"""The schemas that ship with the builder."""

from importlib.resources import files


def schema(name: str) -> bytes:
    """Return a schema by its file name, such as "mum.xsd"."""
    return files("builder.schemas").joinpath(name).read_bytes()
