# The C types of lzx_tree.py, for its compiled form; nothing here runs.

cimport cython

cdef bint _COMPILED
cdef int _DEEPEST, _WIDTH, _LONGER

@cython.locals(index=cython.size_t)
cdef void _fill(unsigned short[::1] table, size_t first, size_t last, int value) except *


cdef class Tree:
    cdef readonly int codes
    cdef readonly unsigned char[::1] depths
    cdef readonly unsigned short[::1] symbols
    cdef readonly unsigned short[::1] widths
    cdef int[::1] starts
    cdef readonly int shift
    cdef readonly int longer
    cdef readonly bint empty

    @cython.locals(symbol=cython.int)
    cpdef void clear(self) except *

    @cython.locals(
        starts=cython.int[::1], depth=cython.int, symbol=cython.int,
        deepest=cython.int, width=cython.int,
    )
    cpdef bint build(self) except -1

    @cython.locals(
        starts=cython.int[::1], symbols=cython.ushort[::1], widths=cython.ushort[::1],
        symbol=cython.int, depth=cython.int, first=cython.int, last=cython.int,
    )
    cdef void _place(self, int width) except *
