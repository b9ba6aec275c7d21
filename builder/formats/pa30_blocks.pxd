# C types of pa30_blocks.py, for its compiled form; nothing here runs.

cimport cython

from builder.formats.pa30_bits cimport BitReader
from builder.formats.pa30_huffman cimport HuffmanTable

cdef int _ALL


cdef int _run_length(BitReader reader, int index) except -1

@cython.locals(
    lengths=bytearray, symbol=cython.int, value=cython.int, at=cython.int,
    count=cython.int,
)
cdef bytes _parse_lengths(BitReader reader, HuffmanTable pre_code, bytes previous)
