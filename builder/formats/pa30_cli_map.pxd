# C types of pa30_cli_map.py, for its compiled form; nothing here runs.

cimport cython

from builder.formats.pa30_rift cimport Lookup

cdef int _ROW_BITS, _TABLES


cdef class CliMap:
    cdef readonly list heaps, tables
    cdef list _heaps, _rows

    @cython.locals(lookup=Lookup)
    cpdef long long heap(self, int index, long long offset) except? -1

    @cython.locals(lookup=Lookup)
    cpdef long long row(self, int table, long long number) except? -1

    @cython.locals(
        tables=tuple, bits=cython.int, one=cython.longlong, tag=cython.longlong, table=cython.int,
        mapped=cython.longlong, room=cython.longlong,
    )
    cpdef long long coded(self, int kind, long long value) except? -1

    @cython.locals(
        table=cython.longlong, number=cython.longlong, mapped=cython.longlong
    )
    cpdef long long token(self, long long value) except? -1
