# The C types of ctl_walk.py, for its compiled form; nothing here runs.

cimport cython

cdef bint _COMPILED
cdef int _MOST, _OID, _HALF, _INTEGER, _OCTETS, _BMP, _SEQUENCE, _SET
cdef int _INFO, _KIND, _STRANGE
cdef unsigned long long _FIRST, _INDIRECT, _NAME_VALUE


cdef class Walker:
    cdef bytes data
    cdef const unsigned char[::1] view
    cdef dict subjects
    cdef dict algorithms
    cdef dict attributes
    cdef readonly int version
    cdef Py_ssize_t stop
    cdef Py_ssize_t digest
    cdef int seen
    cdef Py_ssize_t subject, subject_end, algorithm, algorithm_end, size

    @cython.locals(last=cython.Py_ssize_t, end=cython.Py_ssize_t)
    cpdef Py_ssize_t step_over(
        self, Py_ssize_t at, object places, Py_ssize_t most
    ) except -1

    @cython.locals(
        low=cython.Py_ssize_t, high=cython.Py_ssize_t, middle=cython.Py_ssize_t,
        at=cython.Py_ssize_t, stop=cython.Py_ssize_t,
    )
    cpdef Py_ssize_t find(self, object places, bytes tag) except -1

    @cython.locals(place=cython.Py_ssize_t)
    cdef bint _is_below(self, Py_ssize_t at, Py_ssize_t stop, bytes tag) except -1

    @cython.locals(
        end=cython.Py_ssize_t, tag=cython.Py_ssize_t, place=cython.Py_ssize_t,
        size=cython.Py_ssize_t,
    )
    cdef Py_ssize_t _plain(self, Py_ssize_t at) except -2

    @cython.locals(
        before=cython.Py_ssize_t, count=cython.int, size=cython.Py_ssize_t,
        after=cython.Py_ssize_t, kind=cython.ulonglong,
    )
    cdef Py_ssize_t _attributes(self, Py_ssize_t at, Py_ssize_t end) except -2

    cdef unsigned long long _type(self, Py_ssize_t at, Py_ssize_t stop) except? 1

    @cython.locals(number=cython.ulonglong, place=cython.Py_ssize_t)
    cdef unsigned long long _number(self, Py_ssize_t at, Py_ssize_t stop) except? 1

    @cython.locals(bit=cython.int)
    cdef bint _is_known(
        self, unsigned long long kind, Py_ssize_t at, Py_ssize_t stop
    ) except -1

    @cython.locals(
        start=cython.Py_ssize_t, length=cython.Py_ssize_t, least=cython.Py_ssize_t
    )
    cdef Py_ssize_t _end(self, Py_ssize_t at, Py_ssize_t stop, int tag) except -2

    @cython.locals(length=cython.Py_ssize_t)
    cdef Py_ssize_t _start(self, Py_ssize_t at) except -2

    cdef Py_ssize_t _inside(self, Py_ssize_t at, Py_ssize_t stop, int tag) except -2

    @cython.locals(after=cython.Py_ssize_t)
    cdef Py_ssize_t _find_digest(self, Py_ssize_t at, Py_ssize_t stop) except -2

    cdef bint _is_subject(self, Py_ssize_t at, Py_ssize_t stop) except -1

    cdef bint _is_algorithm(self, Py_ssize_t at, Py_ssize_t stop) except -1

    @cython.locals(after=cython.Py_ssize_t)
    cdef bint _is_name(self, Py_ssize_t at, Py_ssize_t stop) except -1

    @cython.locals(first=cython.int)
    cdef bint _is_integer(self, Py_ssize_t at, Py_ssize_t stop) except -1

    @cython.locals(view="const unsigned char[::1]", part=cython.int, is_open=cython.int)
    cdef bint _is_text(
        self, Py_ssize_t at, Py_ssize_t stop, Py_ssize_t high
    ) except -1

    @cython.locals(
        view="const unsigned char[::1]", digest=cython.Py_ssize_t,
        place=cython.Py_ssize_t, high=cython.int, low=cython.int,
    )
    cdef bint _is_tag(self, Py_ssize_t at, Py_ssize_t stop, Py_ssize_t size) except -1

    @cython.locals(one_stop=cython.Py_ssize_t, other_stop=cython.Py_ssize_t)
    cdef bint _is_unsorted(self, Py_ssize_t one, Py_ssize_t other) except -1

    cdef int _compare(
        self, Py_ssize_t one, Py_ssize_t one_stop, Py_ssize_t other,
        Py_ssize_t other_stop,
    ) except -1000
