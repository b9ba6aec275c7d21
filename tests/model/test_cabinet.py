from builder.model.cabinet import (
    MSZIP,
    STORED,
    CabFile,
    Compression,
    Method,
)


def test_compressions_print_their_window_where_they_have_one() -> None:
    lzx = Compression(method=Method.LZX, window_bits=21)
    assert [str(STORED), str(MSZIP), str(lzx)] == ["none", "MSZIP", "LZX:21"]


def test_a_file_knows_its_end_and_its_name_flag() -> None:
    file = CabFile(
        name="ü",
        raw_name="ü".encode(),
        size=3,
        offset=4,
        folder=0,
        modified=None,
        dos_date=0,
        dos_time=0,
        attributes=0xA0,
        entry=44,
    )
    assert (file.end, file.is_utf8) == (7, True)
