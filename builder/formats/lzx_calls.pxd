# The C types of lzx_calls.py, for its compiled form; nothing here runs.

cimport cython

cdef bint _COMPILED
cdef long long _END

@cython.locals(
    view=cython.uchar[::1], last=cython.Py_ssize_t,
    place=cython.Py_ssize_t, here=cython.longlong, target=cython.longlong,
    index=cython.Py_ssize_t,
)
cpdef void restore_calls(bytearray frame, long long start, long long size) except *

@cython.locals(place=cython.Py_ssize_t)
cdef Py_ssize_t _find_call(
    bytearray frame, unsigned char[::1] view, Py_ssize_t first, Py_ssize_t last
) except -1
