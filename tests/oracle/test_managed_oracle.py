"""Where metadata lie, held against somebody else's parser."""

import dnfile
import pytest
from make_managed import COLUMNS, NAMES, Managed, write_image

from builder.formats.pa30_cli_metadata import (
    BLOB_HEAP,
    GUID_HEAP,
    STRINGS_HEAP,
    USER_STRINGS_HEAP,
    lay_out,
    parse_metadata,
)
from builder.formats.pa30_image import parse_image

# Tables of edit-and-continue, and of processors: dnfile cannot read them all.
NOT_KNOWN = {0x03, 0x05, 0x07, 0x13, 0x16, 0x1E, 0x1F, 0x21, 0x22, 0x24, 0x25}
pytestmark = pytest.mark.oracle


@pytest.mark.parametrize("wide", range(8))
@pytest.mark.parametrize(
    "many", [(), (0x02,), (0x06,), (0x23,)], ids=["small", "types", "methods", "refs"]
)
def test_tables_and_heaps_lie_where_dnfile_finds_them(
    wide: int, many: tuple[int, ...]
) -> None:
    rows = {
        table: [[0] * len(columns)] * (0x10001 if table in many else 1 + table % 3)
        for table, columns in COLUMNS.items()
        if table not in NOT_KNOWN
    }
    image, _ = write_image(
        Managed(
            tables=rows,
            strings=b"\0name\0",
            user_strings=b"\0\3a\0\0",
            blob=b"\0\2\6\2",
            wide=wide,
        )
    )
    parsed = parse_image(bytearray(image))
    assert parsed is not None
    record = parse_metadata(image, parsed)
    assert record is not None
    found = lay_out(record, is_draft=False)
    assert found is not None
    net = dnfile.dnPE(data=image, clr_lazy_load=True).net  # type: ignore[no-untyped-call]  # dnfile types it in part
    assert net is not None
    assert net.metadata is not None
    assert net.mdtables is not None
    seen = {table.number: table for table in net.mdtables.tables_list}
    assert set(seen) == set(rows)
    for number, table in seen.items():
        assert table.name.casefold() == NAMES[number].casefold()
        assert found.rows[number] == table.num_rows
        assert found.row_sizes[number] == table.row_size
        if table.num_rows:
            assert found.starts[number] == table.file_offset
    heaps = {
        b"#Strings": STRINGS_HEAP,
        b"#US": USER_STRINGS_HEAP,
        b"#Blob": BLOB_HEAP,
        b"#GUID": GUID_HEAP,
    }
    for name, index in heaps.items():
        heap = net.metadata.streams[name]
        size = heap.sizeof()  # type: ignore[no-untyped-call]  # as above
        assert found.heaps[index] == (heap.file_offset, size)
