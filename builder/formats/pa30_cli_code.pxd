# C types of pa30_cli_code.py, for its compiled form; nothing here runs.

cimport cython

from builder.formats.pa30_cli_map cimport CliMap
from builder.formats.pa30_workspace cimport Workspace

cdef int _TOKEN, _SWITCH, _TWO_BYTES
cdef bytearray _ONE, _TWO, _ONE_REPORTED


@cython.locals(
    data=bytearray, opcode=cython.int, size=cython.longlong, value=cython.longlong,
)
cdef void _map_code(
    Workspace work, Py_ssize_t at, Py_ssize_t end, bytearray operands, CliMap moves
) except *
