# C types of pa30_bits.py, for its compiled form; nothing here runs.

cimport cython

from builder.formats.pa30_huffman cimport HuffmanTable


cdef class BitReader:
    cdef bytes data
    cdef Py_ssize_t base
    cdef const unsigned long long[::1] ahead
    cdef size_t start
    cdef readonly size_t bit, end

    cpdef int begin(self, size_t first, size_t last) except -1
    cpdef Py_ssize_t offset(self) except? -1
    cpdef int check(self) except -1

    @cython.locals(bit=cython.size_t, one=cython.ulonglong)
    cpdef unsigned long long bits(self, int count) except? 0

    @cython.locals(value=cython.ulonglong)
    cpdef unsigned long long wide(self, int count) except? 0

    @cython.locals(count=cython.int)
    cpdef int zeros(self, int most) except -1

    @cython.locals(
        bit=cython.size_t, window=cython.ulonglong, entry=cython.int,
    )
    cpdef int symbol(self, HuffmanTable table) except -1

    @cython.locals(last=cython.size_t, nested=BitReader)
    cpdef BitReader buffer(self)

    @cython.locals(first=cython.size_t)
    cpdef bytes block(self)

    @cython.locals(size=cython.longlong, first=cython.size_t)
    cpdef size_t offset_of_buffer(self) except? 0

    cpdef void restart(self) noexcept
