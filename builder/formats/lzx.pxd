# The C types of lzx.py, for its compiled form.  Nothing here runs: what a type
# is not given for stays a Python object, and every bounds check stays on.

cimport cython

from builder.formats.lzx_calls cimport restore_calls
from builder.formats.lzx_tree cimport Tree

cdef int _FRAME
cdef int _MAIN_CODES, _LENGTH_CODES, _PRETREE_CODES, _ALIGNED_CODES
cdef int _VERBATIM, _ALIGNED, _UNCOMPRESSED
cdef int _LONGER, _RECENT

@cython.locals(index=cython.size_t)
cdef void _repeat(
    unsigned char[::1] out, size_t place, size_t end, size_t offset
) except *

cdef class LzxDecoder:
    cdef size_t _window
    cdef int _main_codes
    cdef bint _wim
    cdef bytearray _history
    cdef unsigned char[::1] _out
    cdef Tree _main, _long, _low, _pre
    cdef const unsigned int[::1] _ahead
    cdef const unsigned char[::1] _extras
    cdef const unsigned int[::1] _bases
    cdef object _offset
    cdef bint _ended, _begun
    cdef size_t _bit, _base, _limit, _position, _left
    cdef long long _total
    cdef int _kind, _odd, _owed
    cdef long long _call_size
    cdef unsigned int _recent0, _recent1, _recent2

    cdef object _lay_out_slots(self)
    cdef object _restart(self)
    cdef object _look_at(self, bytes packed, size_t first)
    cdef size_t _make_room(self, size_t size) except? 0

    @cython.locals(high=cython.uint, last=cython.size_t)
    cdef void _decode_frame(self, bytes packed, size_t stop) except *

    @cython.locals(used=cython.size_t)
    cdef void _end_frame(self, size_t size) except *

    cdef object _wrong(self, object reason)

    @cython.locals(word=cython.ulonglong, value=cython.int)
    cdef int _take(self, int count) except -1

    @cython.locals(kind=cython.int, symbol=cython.int)
    cdef void _begin_block(self, bytes packed, size_t most) except *

    @cython.locals(high=cython.int, length=cython.int)
    cdef int _take_length(self, size_t most) except -1

    @cython.locals(first=cython.size_t)
    cdef void _begin_raw(self, bytes packed) except *

    @cython.locals(first=cython.size_t, size=cython.size_t)
    cdef void _copy_raw(self, bytes packed, size_t last) except *

    cdef void _build(self, Tree tree, object name) except *

    @cython.locals(code=cython.uint, index=cython.size_t, symbol=cython.int)
    cdef int _symbol(self, Tree tree) except -1

    @cython.locals(
        pre=Tree, depths=cython.uchar[::1], symbol=cython.int, code=cython.int,
        run=cython.int, depth=cython.int,
    )
    cdef void _read_depths(self, Tree tree, int first, int last) except *

    cdef int _long_length(self) except -1

    @cython.locals(high=cython.ulonglong)
    cdef int _aligned_bits(self, int extra) except -1

    @cython.locals(
        ahead="const unsigned int[::1]", history=bytearray, out=cython.uchar[::1],
        symbols=cython.ushort[::1], widths=cython.ushort[::1], longer=cython.size_t,
        top=cython.int, mask=cython.uint, extras="const unsigned char[::1]",
        bases="const unsigned int[::1]", plain=cython.int, position=cython.size_t,
        bit=cython.size_t, compiled=cython.bint, index=cython.size_t,
        symbol=cython.uint, length=cython.size_t, extra=cython.int,
        word=cython.ulonglong, offset=cython.uint, end=cython.size_t,
    )
    cdef void _decode_tokens(self, size_t last) except *

    @cython.locals(slot=cython.int, offset=cython.uint)
    cdef unsigned int _other_offset(self, int symbol) except? 0
