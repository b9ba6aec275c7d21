"""The file tables of KB967724, written out by hand from the article.

Nothing here was produced by the parser: it is what the parser is judged by.
"""

from datetime import UTC, date, datetime

from builder.model.identity import Architecture
from builder.model.kb import FileEntry, KbSpec, Provenance, RegistryChange, Restart
from builder.model.version import FileVersion

X86, X64, IA64 = Architecture.X86, Architecture.AMD64, Architecture.IA64
TIME = "%Y-%m-%d %H:%M"
TOKEN = "31bf3856ad364e35"
DRIVER = FileVersion(6, 0, 6001, 22375)


def row(section: Architecture, name: str, size: int, when: str) -> FileEntry:
    """Return a row of February 2009; programs carry version and platform."""
    program = name.endswith(".sys")
    return FileEntry(
        architecture=section,
        name=name,
        size=size,
        modified=datetime.strptime(f"2009-02-{when}", TIME).replace(tzinfo=UTC),
        version=DRIVER if program else None,
        platform=section if program else None,
    )


ROWS = (
    row(X86, "Mpio.inf", 3760, "12 00:51"),
    row(X86, "Mpio.sys", 107504, "12 05:44"),
    row(X64, "Mpio.inf", 3768, "12 00:56"),
    row(X64, "Mpio.sys", 131040, "12 06:18"),
    row(IA64, "Mpio.inf", 3764, "11 23:50"),
    row(IA64, "Mpio.sys", 290272, "12 04:51"),
    row(X86, f"Package_for_kb967724_sc_0~{TOKEN}~x86~~6.0.1.0.mum", 1421, "12 18:31"),
    row(X86, f"Package_for_kb967724_sc~{TOKEN}~x86~~6.0.1.0.mum", 1422, "12 18:31"),
    row(
        X86, f"Package_for_kb967724_server_0~{TOKEN}~x86~~6.0.1.0.mum", 1425, "12 18:31"
    ),
    row(X86, f"Package_for_kb967724_server~{TOKEN}~x86~~6.0.1.0.mum", 1430, "12 18:31"),
    row(
        X86,
        f"X86_mpio.inf_{TOKEN}_6.0.6001.22375_none_1d75cf30a8a61bd0.manifest",
        1659,
        "12 18:33",
    ),
    row(
        X64,
        f"Amd64_mpio.inf_{TOKEN}_6.0.6001.22375_none_79946ab461038d06.manifest",
        1661,
        "12 18:35",
    ),
    row(X64, f"Package_for_kb967724_sc_0~{TOKEN}~amd64~~6.0.1.0.mum", 1429, "12 18:31"),
    row(X64, f"Package_for_kb967724_sc~{TOKEN}~amd64~~6.0.1.0.mum", 1430, "12 18:31"),
    row(
        X64,
        f"Package_for_kb967724_server_0~{TOKEN}~amd64~~6.0.1.0.mum",
        1433,
        "12 18:31",
    ),
    row(
        X64,
        f"Package_for_kb967724_server~{TOKEN}~amd64~~6.0.1.0.mum",
        1438,
        "12 18:31",
    ),
    row(
        IA64,
        f"Ia64_mpio.inf_{TOKEN}_6.0.6001.22375_none_1d777326a8a424cc.manifest",
        1660,
        "12 18:31",
    ),
    row(IA64, f"Package_for_kb967724_sc_0~{TOKEN}~ia64~~6.0.1.0.mum", 1425, "12 18:31"),
    row(IA64, f"Package_for_kb967724_sc~{TOKEN}~ia64~~6.0.1.0.mum", 1426, "12 18:31"),
    row(
        IA64,
        f"Package_for_kb967724_server_0~{TOKEN}~ia64~~6.0.1.0.mum",
        1429,
        "12 18:31",
    ),
    row(
        IA64,
        f"Package_for_kb967724_server~{TOKEN}~ia64~~6.0.1.0.mum",
        1434,
        "12 18:31",
    ),
)

SPEC = KbSpec(
    number=967724,
    title=(
        "A Windows Server 2008-based computer that has the MPIO solution installed "
        "and that has many LUNs attached stops responding during the startup process "
        "after you install hotfix 963702"
    ),
    applies_to=("Windows Server 2008",),
    prerequisites=("Windows Server 2008",),
    restart=Restart.REQUIRED,
    replaces=(),
    registry=RegistryChange.NONE,
    source=Provenance(
        article=967724,
        revision="1",
        created=date(2017, 1, 7),
        published=date(2011, 10, 7),
        sha256="8f6b146253e70f44915e206fa60ba620f51bd49d32779cd5c744a63cb2ecb0f0",
    ),
    files=ROWS,
)
