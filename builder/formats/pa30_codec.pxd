# C types of pa30_codec.py, for its compiled form; nothing here runs.

cimport cython

from builder.formats.pa30_bits cimport BitReader
from builder.formats.pa30_huffman cimport HuffmanTable

cdef int _MAIN, _LENGTHS, _ALIGNED, _ALL, _PRE_CODE, _SHORT
cdef Py_ssize_t _GROWTH


@cython.locals(symbol=cython.int, value=cython.int, at=cython.int, count=cython.int)
cdef bytes _parse_lengths(BitReader reader, HuffmanTable pre_code, bytes previous)


cdef class _Codec:
    cdef HuffmanTable aligned, lengths
    cdef const int[::1] main, main_longer
    cdef int main_root
    cdef list blocks
    cdef bytearray buffer
    cdef Py_ssize_t pos, end, next_block, rift_at
    cdef BitReader reader
    cdef long long recent0, recent1, recent2
    cdef const long long[::1] rift_offsets, rift_starts

    cpdef int run(self) except -1

    @cython.locals(at=cython.Py_ssize_t)
    cdef Py_ssize_t enter_block(self) except -1

    @cython.locals(main=HuffmanTable)
    cdef object use(self, object block)

    @cython.locals(
        table="const int[::1]", longer="const int[::1]", words="const unsigned int[::1]", root=cython.int,
        reader=BitReader, buffer=bytearray, pos=cython.Py_ssize_t,
        word=cython.Py_ssize_t, acc=cython.ulonglong, count=cython.int,
        mask=cython.ulonglong, room=cython.Py_ssize_t, last=cython.Py_ssize_t,
        symbol=cython.int, entry=cython.int, start=cython.int,
        ahead=cython.ulonglong,
    )
    cdef int literals(self, Py_ssize_t stop) except? -1

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
        i=cython.Py_ssize_t, at=cython.Py_ssize_t, piece=cython.Py_ssize_t,
        pattern=bytearray,
    )
    cdef int copy(self, long long distance, long long length) except -1
