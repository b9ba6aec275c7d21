"""The tables of managed (.NET) metadata: their columns, and how wide these are.

Source: ECMA-335, II.22 (tables) and II.24.2.6 (widths, coded indices).
"""

from collections.abc import Sequence

TABLES = 45
METHOD_DEF, TYPE_DEF, TYPE_REF = 6, 2, 1
FIELD, MEMBER_REF, STAND_ALONE_SIG, PROPERTY, TYPE_SPEC = 4, 10, 17, 23, 27

# Kinds of columns: below 64, an index into that table; from 64 on, a coded
# index into one of several tables.
CODED = 64
TWO, FOUR, RVA, STRINGS, GUID, BLOB = 96, 97, 98, 99, 100, 101

UNUSED = -1
# The tables that the lowest bits of a coded index tell apart, by its name.
_CODED_TABLES: dict[str, tuple[int, ...]] = {
    "TypeDefOrRef": (2, 1, 27),
    "HasConstant": (4, 8, 23),
    "HasCustomAttribute": (
        *(6, 4, 1, 2, 8, 9, 10, 0, 14, 23, 20),
        *(17, 26, 27, 32, 35, 38, 39, 40, 42, 44, 43),
    ),
    "HasFieldMarshal": (4, 8),
    "HasDeclSecurity": (2, 6, 32),
    "MemberRefParent": (2, 1, 26, 6, 27),
    "HasSemantics": (20, 23),
    "MethodDefOrRef": (6, 10),
    "MemberForwarded": (4, 6),
    "Implementation": (38, 35, 39),
    "CustomAttributeType": (UNUSED, UNUSED, 6, 10, UNUSED),
    "ResolutionScope": (0, 26, 35, 1),
    "TypeOrMethodDef": (2, 6),
}
CODED_TABLES = tuple(_CODED_TABLES.values())
TAG_BITS = tuple((len(tables) - 1).bit_length() for tables in CODED_TABLES)
TYPE_DEF_OR_REF = CODED

# Columns of each table: numbers of 2 or 4 bytes, RVAs, heaps (Strings, Guid,
# Blob), "#" and a table, or the name of a coded index.
_COLUMNS: dict[int, str] = {
    0: "2 S G G G",
    1: "ResolutionScope S S",
    2: "4 S S TypeDefOrRef #4 #6",
    3: "#4",
    4: "2 S B",
    5: "#6",
    6: "RVA 2 2 S B #8",
    7: "#8",
    8: "2 2 S",
    9: "#2 TypeDefOrRef",
    10: "MemberRefParent S B",
    11: "2 HasConstant B",
    12: "HasCustomAttribute CustomAttributeType B",
    13: "HasFieldMarshal B",
    14: "2 HasDeclSecurity B",
    15: "2 4 #2",
    16: "4 #4",
    17: "B",
    18: "#2 #20",
    19: "#20",
    20: "2 S TypeDefOrRef",
    21: "#2 #23",
    22: "#23",
    23: "2 S B",
    24: "2 #6 HasSemantics",
    25: "#2 MethodDefOrRef MethodDefOrRef",
    26: "S",
    27: "B",
    28: "2 MemberForwarded S #26",
    29: "RVA #4",
    30: "4 4",
    31: "4",
    32: "4 2 2 2 2 4 B S S",
    33: "4",
    34: "4 4 4",
    35: "2 2 2 2 4 B S S B",
    36: "4 #35",
    37: "4 4 4 #35",
    38: "4 S B",
    39: "4 4 S S Implementation",
    40: "4 4 S Implementation",
    41: "#2 #2",
    42: "2 2 TypeOrMethodDef S",
    43: "MethodDefOrRef B",
    44: "#42 TypeDefOrRef",
}
_KINDS = {"2": TWO, "4": FOUR, "RVA": RVA, "S": STRINGS, "G": GUID, "B": BLOB}
_KINDS |= {name: CODED + index for index, name in enumerate(_CODED_TABLES)}
_FIXED = {TWO: 2, FOUR: 4, RVA: 4}
_HEAPS = (STRINGS, GUID, BLOB)


def _kinds(text: str) -> tuple[int, ...]:
    return tuple(
        int(word[1:]) if word[0] == "#" else _KINDS[word] for word in text.split()
    )


COLUMNS = tuple(_kinds(_COLUMNS[table]) for table in range(TABLES))
# GenericParam had a column more in drafts of the standard.
DRAFT_GENERIC_PARAM = 42, (*COLUMNS[42], TYPE_DEF_OR_REF)


def column_width(kind: int, rows: Sequence[int], wide_heaps: Sequence[bool]) -> int:
    """Return the bytes that a column takes: 2 or 4.

    Args:
        rows: Of each table.
        wide_heaps: Whether strings, GUIDs and blobs take 4 bytes.
    """
    if kind in _FIXED:
        return _FIXED[kind]
    if kind in _HEAPS:
        return 4 if wide_heaps[_HEAPS.index(kind)] else 2
    if kind < CODED:
        return 2 if rows[kind] < 1 << 16 else 4
    tables, bits = CODED_TABLES[kind - CODED], TAG_BITS[kind - CODED]
    most = max(rows[table] for table in tables if table != UNUSED)
    return 2 if most < 1 << (16 - bits) else 4
