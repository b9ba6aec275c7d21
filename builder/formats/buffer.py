"""What parsers read from: contiguous bytes that somebody else holds."""

from mmap import mmap

Buffer = bytes | bytearray | memoryview | mmap
"""Any bytes-like object of unsigned bytes, such as a memory map."""
