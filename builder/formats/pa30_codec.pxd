# C types of pa30_codec.py, for its compiled form; nothing here runs.

cimport cython

from builder.formats.pa30_bits cimport BitReader
from builder.formats.pa30_huffman cimport HuffmanTable

cdef int _SHORT, _MATCHES
cdef int _FIRST_FAR, _FIRST_ALIGNED
cdef const int[::1] _BASES, _WIDTHS
cdef Py_ssize_t _GROWTH


cdef class _Codec:
    cdef HuffmanTable main, lengths, aligned
    cdef list blocks
    cdef bytearray buffer
    cdef Py_ssize_t pos, end, next_block, rift_at
    cdef BitReader reader
    cdef long long recent0, recent1, recent2
    cdef const long long[::1] rift_offsets, rift_starts

    cpdef int run(self) except -1

    @cython.locals(at=cython.Py_ssize_t)
    cdef Py_ssize_t enter_block(self) except -1

    @cython.locals(
        ahead="const unsigned long long[::1]", main="const int[::1]",
        lengths="const int[::1]", aligned="const int[::1]", bases="const int[::1]",
        widths="const int[::1]", one=cython.ulonglong, main_mask=cython.ulonglong,
        lengths_mask=cython.ulonglong, aligned_mask=cython.ulonglong,
        recent0=cython.longlong, recent1=cython.longlong, recent2=cython.longlong,
        out="unsigned char[::1]", pos=cython.size_t, room=cython.size_t,
        limit=cython.size_t, short=cython.size_t, bit=cython.size_t,
        end=cython.size_t, window=cython.ulonglong, entry=cython.int,
        at=cython.size_t, slot=cython.int, length=cython.size_t, width=cython.int,
        distance=cython.longlong, start=cython.size_t, index=cython.size_t,
    )
    cdef void decode_symbols(self, size_t stop) except *

    @cython.locals(symbol=cython.int)
    cdef void decode_symbol(self) except *

    @cython.locals(room=cython.Py_ssize_t, wanted=cython.Py_ssize_t)
    cdef int grow(self, Py_ssize_t size) except -1

    @cython.locals(slot=cython.int, distance=cython.longlong, length=cython.longlong)
    cdef void match(self, int symbol) except *

    @cython.locals(width=cython.int, value=cython.longlong)
    cdef long long near(self, int slot) except? 0

    @cython.locals(
        reader=BitReader, number=cython.int, width=cython.int, top=cython.longlong,
        high=cython.longlong,
    )
    cdef long long far(self, int slot) except? 0

    @cython.locals(
        reader=BitReader, symbol=cython.int, width=cython.int, length=cython.longlong
    )
    cdef long long match_length(self, int small) except? 0

    @cython.locals(starts="const long long[::1]", at=cython.Py_ssize_t)
    cdef long long rift_offset(self) except? 0

    @cython.locals(
        first=cython.longlong, offset=cython.longlong, piece=cython.longlong,
        at=cython.Py_ssize_t,
    )
    cdef int follow(self, long long length) except -1

    cdef void remember(self, long long distance) except *

    @cython.locals(
        pos=cython.Py_ssize_t, buffer=bytearray, start=cython.Py_ssize_t,
        at=cython.Py_ssize_t, piece=cython.Py_ssize_t, pattern=bytearray,
    )
    cdef int copy(self, long long distance, long long length) except -1
