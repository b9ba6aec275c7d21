# C types of pa30_x86.py, for its compiled form; nothing here runs.

cimport cython

from builder.formats.pa30_workspace cimport Workspace

cdef bint _COMPILED
cdef long long _SIGN, _WRAP


@cython.locals(at=cython.longlong)
cdef bint _accepts(Workspace work, long long rva) except -1

cdef long long _signed(long long value) noexcept

@cython.locals(following=cython.longlong, target=cython.longlong)
cdef long long _map_branch(Workspace work, Py_ssize_t opcode, long long delta) except? -1

# No bounds are checked: callers give an `end` that is in the file.
@cython.locals(byte=cython.int)
cdef Py_ssize_t _find_jump(
    const unsigned char* code, Py_ssize_t at, Py_ssize_t end
) except? -1

@cython.locals(place=cython.Py_ssize_t)
cdef Py_ssize_t _find_call(
    const unsigned char* code, Py_ssize_t at, Py_ssize_t end
) except? -1

@cython.locals(
    opcode=cython.size_t, new=cython.longlong, is_short=cython.bint
)
cdef Py_ssize_t _map_jump(
    Workspace work, size_t at, size_t end, long long delta
) except -1

@cython.locals(at=cython.Py_ssize_t, start=cython.Py_ssize_t, end=cython.Py_ssize_t)
cpdef void map_jumps(Workspace work) except *

@cython.locals(
    at=cython.Py_ssize_t, start=cython.Py_ssize_t, end=cython.Py_ssize_t,
    new=cython.longlong,
)
cpdef void map_calls(Workspace work) except *

@cython.locals(
    size=cython.Py_ssize_t, end=cython.Py_ssize_t, at=cython.Py_ssize_t,
    value=cython.longlong, index=cython.int,
)
cpdef void restore_calls(bytearray target, Py_ssize_t tail) except *
