"""Deltas of executables, whole: headers, code, and where bytes come from."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_image import AMD64, CODE, DATA, I386, make_image
from make_pa30 import MD5, Patch, make_delta, preprocess
from pa30_damage import FLAGS, KIND, based_delta

from builder.errors import DeltaError, HotfixError
from builder.formats.pa30 import decode_pa30
from builder.formats.pa30_image import parse_image
from builder.model.limits import Limits

CALL = struct.Struct("<Bi")


@pytest.mark.parametrize("machine", [I386, AMD64])
@pytest.mark.parametrize("family", [0, 1], ids=["classic", "cli4"])
def test_a_target_whose_sections_have_moved_is_a_copy_along_the_rift(
    machine: int, family: int
) -> None:
    """The code moves by 0x1000 in memory and 0x200 in the file; data by 0x3000.

    No transform knows the section table, so the patch says it anew.  On x86,
    a call into data is taken for none.
    """
    is_wide = machine == AMD64
    # Eight bytes of nothing, then a call within the code, then one into data.
    code = b"\x90" * 8 + CALL.pack(0xE8, 0x200) + CALL.pack(0xE8, 0xFEE)
    moved = 0x2FEE if is_wide else 0xFEE
    new_code = b"\x90" * 8 + CALL.pack(0xE8, 0x200) + CALL.pack(0xE8, moved)
    tables = struct.pack("<3I", CODE, CODE + 0x100, DATA + 0x40)
    new_tables = struct.pack("<3I", CODE + 0x1000, CODE + 0x1100, DATA + 0x3040)
    listed = {3: (DATA, 12)} if is_wide else {}
    source = make_image(machine, code=code, data=tables, directories=listed)
    target = make_image(
        machine,
        code=new_code,
        data=new_tables if is_wide else tables,
        code_at=0x600,
        data_at=0xA00,
        rva=CODE + 0x1000,
        data_rva=DATA + 0x3000,
        base=0x10000000,
        stamp=0x3333,
        checksum=0,
        directories=listed,
    )
    table = target.index(b".text")
    head = preprocess(
        base=0x10000000,
        stamp=0x3333,
        offsets=[(0, 0), (CODE + 0x1000, 0x600), (DATA + 0x3000, 0xA00)],
        moves=[(0, 0), (CODE, CODE + 0x1000), (DATA, DATA + 0x3000)],
    )
    patch = Patch().match(3, table).literals(target[table : table + 80])
    patch.match(3, 0x400 - table - 80).literals(bytes(0x200))
    patch.match(3, 0x800)
    delta = make_delta(
        patch.done(),
        target,
        file_type=KIND[machine][family],
        flags=FLAGS[machine] | family * 0x600000,
        head=head,
    )
    assert decode_pa30(delta, source) == target


def test_a_source_that_is_no_executable_is_left_as_it_is() -> None:
    """Its positions follow both tables of the buffer, as they stand."""
    source = bytes(range(256))
    head = preprocess(base=0, offsets=[(260, 64)], moves=[(264, 128)])
    patch = Patch().match(3, 12).done()
    target = source[:4] + source[64:68] + source[128:132]
    delta = make_delta(patch, target, file_type=2, flags=FLAGS[I386], head=head)
    assert decode_pa30(delta, source) == target


@pytest.mark.parametrize("machine", [I386, AMD64])
def test_every_cut_of_an_executable_is_read_without_an_error_of_pythons(
    machine: int,
) -> None:
    source = make_image(machine)
    found = [
        parse_image(bytearray(source[:cut])) is not None
        for cut in range(0, len(source), 3)
    ]
    assert found[0] is False
    assert found[-1] is True


@pytest.mark.parametrize("machine", [I386, AMD64])
def test_a_delta_with_every_table_is_decoded(machine: int) -> None:
    delta, source = based_delta(machine)
    target = decode_pa30(delta, source)
    assert len(target) == len(source)
    image = parse_image(bytearray(target))
    assert image is not None
    assert image.base == 0x10000000
    assert target != source


@given(
    st.sampled_from([I386, AMD64]),
    st.booleans(),
    st.lists(
        st.tuples(st.integers(0, 1 << 16), st.integers(0, 255), st.integers(0, 4)),
        min_size=1,
        max_size=8,
    ),
)
def test_damage_is_an_error_of_our_own_or_another_target(
    machine: int,
    in_delta: bool,  # noqa: FBT001  # drawn by hypothesis
    edits: list[tuple[int, int, int]],
) -> None:
    delta, source = based_delta(machine)
    broken = bytearray(delta if in_delta else source)
    for place, value, kind in edits:
        at = place % max(len(broken), 1)
        if kind == 0:
            del broken[at : at + 1 + value % 8]
        elif kind == 1:
            broken[at:at] = bytes([value]) * (1 + value % 8)
        elif broken:
            broken[at] = value if kind == 2 else broken[at] ^ (1 << value % 8)
    pair = (bytes(broken), source) if in_delta else (delta, bytes(broken))
    with suppress(HotfixError):
        assert len(decode_pa30(*pair, limits=Limits(target=1 << 16))) <= 1 << 16


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_noise_behind_the_signature_is_an_error_of_our_own(
    noise: bytes, basis: bytes
) -> None:
    with suppress(HotfixError):
        decode_pa30(b"PA30" + noise, basis, limits=Limits(target=1 << 16))


def test_a_patch_that_claims_much_takes_no_more_memory_than_it_may() -> None:
    """A few bits ask for two gibibytes; the size of the target says no."""
    patch = Patch().literals(b"x").far(1, (1 << 31) - 1).done()
    delta = make_delta(patch, b"", size=1 << 16, algorithm=0, digest=b"")
    with pytest.raises(HotfixError, match="ends behind the target"):
        decode_pa30(delta)


@pytest.mark.parametrize(
    ("machine", "kind", "flags", "name"),
    [
        (0x200, 4, 0x1800, "IA-64 code"),
        (0x1C4, 0x40, 0x180000, "ARM code"),
        (0xAA64, 0x80, 0x1800000, "ARM64 code"),
        (I386, 2, 0x10000, "headers"),
    ],
)
def test_transforms_that_nobody_has_seen_are_named_where_they_matter(
    machine: int, kind: int, flags: int, name: str
) -> None:
    source = make_image(machine, checksum=0)
    offsets = [(0, 0), (CODE, 0x400), (DATA, 0x800)]
    head = preprocess(base=0x400000, stamp=0x1111, offsets=offsets)
    copied = Patch().match(3, len(source)).done()

    def delta(target: bytes, algorithm: int = MD5) -> bytes:
        return make_delta(
            copied,
            target,
            file_type=kind,
            flags=flags,
            head=head,
            algorithm=algorithm,
            digest=None if algorithm else b"",
        )

    assert decode_pa30(delta(source), source) == source
    with pytest.raises(DeltaError) as caught:
        decode_pa30(delta(bytes(len(source))), source)
    assert caught.value.reason.startswith(f"transforms of {name} are not known: the t")
    # Without a hash, nobody could tell.
    with pytest.raises(DeltaError, match=f"transforms of {name} are not known"):
        decode_pa30(delta(source, algorithm=0), source)
