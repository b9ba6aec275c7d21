"""A WIM file whose one file, `data.bin`, was packed by LZX beforehand."""

import hashlib
import struct

from make_wim import dentry, flat_tree, xml_data

COMPRESSED, METADATA = 0x04, 0x02
# The file is compressed, and by LZX.
FLAGS = 0x00000002 | 0x00040000


def resource(offset: int, size: int, unpacked: int, flags: int) -> bytes:
    return struct.pack("<QQQ", flags << 56 | size, offset, unpacked)


def make_lzx_wim(data: bytes, chunks: list[bytes], chunk_size: int) -> bytes:
    """Lay out header, chunks, metadata, lookup table and XML data."""
    digest = hashlib.sha1(data).digest()
    ends = [sum(map(len, chunks[:count])) for count in range(1, len(chunks))]
    packed = struct.pack(f"<{len(ends)}I", *ends) + b"".join(chunks)
    metadata = flat_tree([dentry("data.bin", sha1=digest)])
    place = 208 + len(packed) + len(metadata)
    table = resource(208, len(packed), len(data), COMPRESSED)
    table += struct.pack("<HI", 1, 1) + digest
    table += resource(208 + len(packed), len(metadata), len(metadata), METADATA)
    table += struct.pack("<HI", 1, 1) + hashlib.sha1(metadata).digest()
    xml = xml_data()
    header = b"MSWIM\0\0\0" + struct.pack("<4I", 208, 0x10D00, FLAGS, chunk_size)
    header += b"g" * 16 + struct.pack("<2HI", 1, 1, 1)
    header += resource(place, len(table), len(table), 0)
    header += resource(place + len(table), len(xml), len(xml), 0)
    header += bytes(208 - len(header))
    return header + packed + metadata + table + xml
