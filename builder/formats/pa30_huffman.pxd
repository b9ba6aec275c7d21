# C types of pa30_huffman.py, for its compiled form; nothing here runs.

cimport cython

cdef bint _COMPILED
cdef int _LONGEST


cdef class HuffmanTable:
    cdef const int[::1] entries
    cdef int root


@cython.locals(
    counts="int[::1]", length=cython.int, used=cython.int, filled=cython.int,
)
cdef object _count(bytes lengths, Py_ssize_t offset)

@cython.locals(
    places="int[::1]", ordered="int[::1]", place=cython.int, length=cython.int,
    symbol=cython.int,
)
cdef object _sort(bytes lengths, int[::1] counts)

cdef void _fill(int[::1] entries, int first, int last, int step, int value) except *

@cython.locals(
    counts="int[::1]", ordered="int[::1]", entries="int[::1]", used=cython.int,
    root=cython.int, size=cython.int, code=cython.int, index=cython.int,
    symbol=cython.int, length=cython.int, bit=cython.int,
)
cpdef HuffmanTable build_table(bytes lengths, Py_ssize_t offset)
