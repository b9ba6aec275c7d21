# C types of pa30_rift.py, for its compiled form; nothing here runs.

cimport cython

from builder.formats.pa30_bits cimport BitReader
from builder.formats.pa30_huffman cimport HuffmanTable


cdef bint _COMPILED
cdef int _MAGNITUDES


cdef class Lookup:
    cdef const long long[::1] starts, offsets

    @cython.locals(low=cython.Py_ssize_t, high=cython.Py_ssize_t, middle=cython.Py_ssize_t)
    cpdef long long map(self, long long position) except? -1


cdef class IntegerFormat:
    cdef HuffmanTable table

    @cython.locals(symbol=cython.int, magnitude=cython.longlong, width=cython.int)
    cpdef long long read(self, BitReader reader) except? -1


@cython.locals(
    source=cython.longlong, shift=cython.longlong, largest=cython.longlong,
    pieces=list,
)
cpdef object parse_rift_body(
    BitReader reader, IntegerFormat sources, IntegerFormat targets
)

@cython.locals(
    lengths=bytearray, symbol=cython.int, positive=cython.int, negative=cython.int,
    regular=cython.int, rest=cython.int, usual=cython.int, gap=cython.int,
)
cpdef IntegerFormat parse_integer_format(BitReader reader)
