# C types of pa30_rift.py, for its compiled form; nothing here runs.

cimport cython

from builder.formats.pa30_bits cimport BitReader
from builder.formats.pa30_huffman cimport HuffmanTable


cdef bint _COMPILED
cdef int _MAGNITUDES
cdef Py_ssize_t _MOST_ENTRIES
cdef long long LOWEST, HIGHEST, _LARGEST, _FARTHEST, _MOST_MOVES


cdef class Lookup:
    cdef const long long[::1] starts, offsets
    cdef long long _low, _high, _offset

    cpdef long long map(self, long long position) except? -1

    @cython.locals(at=cython.Py_ssize_t)
    cdef void find(self, long long position) except *

    @cython.locals(low=cython.size_t, high=cython.size_t, middle=cython.size_t)
    cdef Py_ssize_t place(self, long long position) except -1


cdef class _Covered:
    cdef list lows, highs
    cdef readonly list pieces
    cdef long long _moves

    @cython.locals(
        low=cython.longlong, high=cython.longlong, at=cython.longlong, lows=list,
        highs=list, index=cython.Py_ssize_t, stop=cython.Py_ssize_t,
    )
    cdef void add(self, long long start, long long end, long long offset) except *


cdef class IntegerFormat:
    cdef HuffmanTable table

    @cython.locals(symbol=cython.int, magnitude=cython.longlong, width=cython.int)
    cpdef long long read(self, BitReader reader) except? -1


cdef long long _near(long long value) noexcept

@cython.locals(
    source=cython.longlong, shift=cython.longlong, last=cython.longlong,
    in_order=cython.bint, starts=list, shifts=list,
)
cpdef object parse_rift_body(
    BitReader reader, IntegerFormat sources, IntegerFormat targets
)

@cython.locals(
    lengths=bytearray, symbol=cython.int, positive=cython.int, negative=cython.int,
    regular=cython.int, rest=cython.int, usual=cython.int, gap=cython.int,
)
cpdef IntegerFormat parse_integer_format(BitReader reader)

@cython.locals(
    outer="const long long[::1]", offsets="const long long[::1]",
    inner="const long long[::1]", shifts="const long long[::1]", follower=Lookup,
    starts=list, sums=list, place=cython.Py_ssize_t, index=cython.Py_ssize_t, start=cython.longlong,
    end=cython.longlong, offset=cython.longlong, low=cython.longlong,
    high=cython.longlong, following=cython.longlong, at=cython.longlong,
)
cpdef object compose(object first, object second)

@cython.locals(
    starts="const long long[::1]", offsets="const long long[::1]",
    covered=_Covered, is_negative=cython.bint, place=cython.Py_ssize_t,
    start=cython.longlong, end=cython.longlong,
)
cpdef object invert(object rift)
