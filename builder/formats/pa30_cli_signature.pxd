# C types of pa30_cli_signature.py, for its compiled form; nothing here runs.

cimport cython

from builder.formats.pa30_cli_map cimport CliMap
from builder.formats.pa30_workspace cimport Workspace

cdef int _DEEPEST, _KIND, _IS_FIELD, _IS_LOCALS, _GENERIC
cdef int _VOID, _LAST_SIMPLE, _POINTER, _BY_REFERENCE
cdef int _VALUE_TYPE, _CLASS, _VARIABLE, _ARRAY
cdef int _GENERIC_INSTANCE, _TYPED_REFERENCE, _FUNCTION
cdef int _VECTOR, _METHOD_VARIABLE
cdef int _REQUIRED, _OPTIONAL, _SENTINEL, _PINNED, _TYPE_REF_TAG


cdef class Signature:
    cdef Workspace work
    cdef CliMap moves
    cdef readonly bint reported
    cdef public Py_ssize_t at, end

    @cython.locals(data=bytearray)
    cdef int byte(self) except? -1

    @cython.locals(data=bytearray)
    cpdef int peek(self) except? -1

    @cython.locals(data=bytearray, first=cython.int, width=cython.int, index=cython.int,
        value=cython.longlong)
    cpdef long long number(self) except? -1

    @cython.locals(start=cython.Py_ssize_t, value=cython.longlong, mapped=cython.longlong)
    cdef bint token(self) except -1

    @cython.locals(data=bytearray, width=cython.Py_ssize_t, needed=cython.int,
        index=cython.int)
    cdef void replace(self, Py_ssize_t start, long long value) except *

    cdef bint modifiers(self) except -1

    cdef bint types(self, long long count, int depth) except -1

    @cython.locals(kind=cython.int)
    cpdef bint one_type(self, int depth) except -1

    cdef bint element(self, int kind, int depth) except -1

    @cython.locals(is_whole=cython.bint)
    cdef bint trailer(self, int kind, int depth) except -1

    @cython.locals(count=cython.longlong)
    cdef bint shape(self) except -1

    @cython.locals(convention=cython.int, count=cython.longlong)
    cpdef bint method(self, int depth) except -1

    @cython.locals(count=cython.longlong, is_locals=cython.bint)
    cdef bint method_reported(self, int convention, int depth) except -1
