# C types of pa30_tables.py, for its compiled form; nothing here runs.

cimport cython

from builder.formats.pa30_workspace cimport Workspace


cdef list _descriptors(Workspace work)

@cython.locals(size=cython.int, at=cython.longlong)
cdef list _thunks(Workspace work, long long rva)

cpdef void unbind(Workspace work) except *

cdef void _drop_bound_imports(Workspace work) except *

@cython.locals(
    size=cython.int, value=cython.ulonglong, name=cython.longlong, end=cython.longlong
)
cdef long long _map_thunk(Workspace work, Py_ssize_t at, bint is_bound) except -1

cpdef void map_imports(Workspace work) except *

@cython.locals(start=cython.longlong, index=cython.longlong)
cpdef void map_exports(Workspace work) except *

cpdef void map_resources(Workspace work) except *
