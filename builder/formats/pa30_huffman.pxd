# C types of pa30_huffman.py, for its compiled form; nothing here runs.

cimport cython

cdef bint _COMPILED
cdef int _LONGEST, _ROOT


cdef class HuffmanTable:
    cdef const int[::1] entries, longer
    cdef int root


@cython.locals(
    counts="int[::1]", first="int[::1]", length=cython.int, used=cython.int,
    filled=cython.int, code=cython.int,
)
cdef object _first_codes(bytes lengths, Py_ssize_t offset)

@cython.locals(turned=cython.uint)
cdef unsigned int _reverse(unsigned int code, int length) except? 0

cdef void _fill(int[::1] entries, int first, int last, int step, int value) except *

@cython.locals(
    length=cython.int, root=cython.int, symbol=cython.int, turned=cython.uint,
    code=cython.uint, entries="int[::1]", codes="int[::1]",
)
cpdef HuffmanTable build_table(bytes lengths, Py_ssize_t offset)
