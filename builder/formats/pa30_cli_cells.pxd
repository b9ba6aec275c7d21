# C types of pa30_cli_cells.py, for its compiled form; nothing here runs.

cimport cython

from builder.formats.pa30_cli_map cimport CliMap
from builder.formats.pa30_workspace cimport Workspace

cdef int _CODED, _GUID, _RVA, _STRINGS, _TWO
cdef int _BLOB_HEAP, _GUID_HEAP, _STRINGS_HEAP


@cython.locals(
    one=cython.longlong, most=cython.longlong, value=cython.longlong,
    mapped=cython.longlong, at=cython.Py_ssize_t,
)
cdef void _map_column(
    Workspace work, CliMap moves, int kind, object cells, int width
) except *
