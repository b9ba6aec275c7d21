# C types of pa30_amd64.py, for its compiled form; nothing here runs.

cimport cython

from builder.formats.pa30_rift cimport Lookup
from builder.formats.pa30_workspace cimport Workspace

cdef int _ENTRY, _LONGEST
cdef int _MODRM, _REL32, _ADDRESS, _UNKNOWN, _GROUP, _WORD_OR_DOUBLE, _MOVE
cdef int _PREFIX_16, _PREFIX_ADDRESS, _PREFIX_OTHER, _WIDE
cdef long long _SIGN, _WRAP
cdef int _SIB, _RELATIVE
cdef const int[::1] _ONE, _TWO, _PREFIXES, _SHAPES


cdef int _immediate(int kind, int prefixes) except -1


@cython.locals(
    field=cython.Py_ssize_t, size=cython.int, modrm=cython.int, shape=cython.int,
)
cdef Py_ssize_t _measure_operands(
    bytearray code, Py_ssize_t at, Py_ssize_t stop, int kind, int prefixes
) except -1

@cython.locals(
    stop=cython.Py_ssize_t, byte=cython.int, prefixes=cython.int, kind=cython.int
)
cpdef Py_ssize_t measure(bytearray code, Py_ssize_t at, Py_ssize_t end) except -1

@cython.locals(closed=bytearray, index=cython.Py_ssize_t)
cdef Py_ssize_t _stop_at_closed(Workspace work, Py_ssize_t at, Py_ssize_t measured) except -1

cpdef void map_code(Workspace work) except *

@cython.locals(
    code=bytearray, measured=cython.Py_ssize_t, field=cython.Py_ssize_t,
    value=cython.longlong, following=cython.longlong, moved=cython.longlong,
    rift=Lookup, steady=Lookup, reported=cython.bint,
)
cdef void _map_function(
    Workspace work, Py_ssize_t at, Py_ssize_t end, long long delta
) except *
