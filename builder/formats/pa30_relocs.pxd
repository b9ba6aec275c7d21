# C types of pa30_relocs.py, for its compiled form; nothing here runs.

cimport cython

from builder.formats.pa30_workspace cimport Workspace

cdef int _END, _HIGH, _LOW, _HIGH_LOW, _HIGH_ADJUSTED, _WIDE
cdef Py_ssize_t _MOST_ENTRIES
cdef long long _PAGE


@cython.locals(at=cython.longlong, moved=cython.longlong)
cdef long long _move(Workspace work, long long rva, int kind, long long extra) except? -1

@cython.locals(entry=cython.int, kind=cython.int, extra=cython.int)
cdef void _move_block(
    Workspace work, size_t at, size_t end, long long page, list found
) except *

@cython.locals(page=cython.longlong, size=cython.longlong)
cdef list _collect(Workspace work, Py_ssize_t at, Py_ssize_t end)

@cython.locals(entry=cython.longlong, before=cython.longlong)
cdef list _in_order(list entries)

@cython.locals(
    entry=cython.longlong, rva=cython.longlong, kind=cython.int, page=cython.longlong,
    block=bytearray,
)
cdef bytes _serialize(list entries)
