# C types of pa30_huffman.py, for its compiled form; nothing here runs.

cimport cython

cdef bint _COMPILED
cdef int _LONGEST, _ROOT, _SIZE


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
    length=cython.int, root=cython.int, symbol=cython.int, code=cython.uint,
    mask=cython.uint, entries="int[::1]", codes="int[::1]", turned="int[::1]",
    widths="int[::1]",
)
cpdef HuffmanTable build_table(bytes lengths, Py_ssize_t offset)

@cython.locals(
    size=cython.int, prefix=cython.int, width=cython.int, symbol=cython.int,
    length=cython.int, code=cython.uint, mask=cython.uint, first=cython.int,
    last=cython.int, step=cython.int, longer="int[::1]",
)
cdef object _second_tables(
    int[::1] entries, int root, int[::1] widths, bytes lengths, int[::1] turned
)
