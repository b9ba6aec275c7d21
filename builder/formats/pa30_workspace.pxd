# C types of pa30_workspace.py, for its compiled form; nothing here runs.

cimport cython

from builder.formats.pa30_rift cimport Lookup

cdef bint _COMPILED
cdef Py_ssize_t _SHORT


cdef class Workspace:
    cdef readonly bytearray data, owned, closed
    cdef unsigned char[::1] raw, flags
    cdef readonly Py_ssize_t size
    cdef readonly object image
    cdef readonly bint has_moves, reported
    cdef readonly long long first, image_size
    cdef unsigned long long base
    cdef long long target_base
    cdef readonly Lookup rift, steady
    cdef size_t sections
    cdef const long long[::1] rvas, ends, offsets

    @cython.locals(index=cython.size_t, raw=cython.longlong)
    cpdef long long offset(self, long long rva) except? -1

    cpdef long long offset_in_file(self, long long rva) except? -1

    cpdef bint has(self, long long at, long long size) noexcept

    @cython.locals(value=cython.ulonglong)
    cpdef unsigned long long uint(self, size_t at, int size) except? 0

    cpdef unsigned long long u32(self, size_t at) except? 0

    @cython.locals(index=cython.int)
    cpdef void put(self, size_t at, long long value, int size) except *

    @cython.locals(low=cython.Py_ssize_t, high=cython.Py_ssize_t)
    cpdef void own(self, Py_ssize_t at, Py_ssize_t size) except *

    @cython.locals(low=cython.Py_ssize_t, high=cython.Py_ssize_t)
    cpdef void close(self, Py_ssize_t at, Py_ssize_t size) except *

    cpdef bint is_owned(self, size_t at, Py_ssize_t size) except -1

    @cython.locals(value=cython.ulonglong)
    cpdef void field(self, long long at) except *

    @cython.locals(value=cython.longlong)
    cpdef void rebase(self, long long at, int size) except *
