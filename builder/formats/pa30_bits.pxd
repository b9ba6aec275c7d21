# C types of pa30_bits.py, for its compiled form; nothing here runs.

cimport cython

from builder.formats.pa30_huffman cimport HuffmanTable


cdef class BitReader:
    cdef bytes data
    cdef Py_ssize_t base
    cdef const unsigned int[::1] words
    cdef Py_ssize_t word
    cdef unsigned long long accumulator
    cdef int count
    cdef readonly Py_ssize_t end

    cpdef Py_ssize_t position(self) except? -1
    cpdef Py_ssize_t offset(self) except? -1
    cpdef int check(self) except -1

    @cython.locals(ahead=cython.ulonglong)
    cpdef int refill(self) except -1

    @cython.locals(one=cython.ulonglong, value=cython.ulonglong)
    cpdef unsigned long long bits(self, int count) except? 0

    @cython.locals(value=cython.ulonglong)
    cpdef unsigned long long wide(self, int count) except? 0

    @cython.locals(count=cython.int)
    cpdef int zeros(self, int most) except -1

    @cython.locals(entry=cython.int, start=cython.int, rest=cython.ulonglong)
    cpdef int symbol(self, HuffmanTable table) except -1
