"""Fuzz the PA30 decoder; not part of the default tests.

Needs atheris (CPython up to 3.13) and, for the first seeds, the genuine
packages with cabextract beside the project::

    python tests/fuzz/fuzz_pa30.py seeds FOLDER
    python tests/fuzz/fuzz_pa30.py run FOLDER -max_total_time=1200 -timeout=20

The seeds hold deltas of managed executables, too, which are made.

An input is the length of the delta (4 bytes), the delta, and the basis.  The
rule is: the target, or an error of our own, in bounded time and memory.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

_PACKAGES = Path(__file__).parents[3] / "shared" / "data" / "packages"
_LARGEST_SEED = 12 << 10


def make_seeds(folder: Path) -> int:
    """Write small genuine deltas with their bases; return how many."""
    from builder.formats.cix import INDEX_NAME, parse_index
    from builder.model.cix import ContainerIndex
    from builder.steps.restore import restore
    from builder.store import Scratch

    def save(package: str, index: ContainerIndex, members: Path) -> int:
        def read(name: str) -> bytes:
            return (members / name.replace("\\", "/")).read_bytes()

        made = {
            done.target.id: bytes(done.data or b"")
            for done in restore(index, read=read, spool=Scratch)
        }
        count = 0
        for target in index.targets:
            if target.source is None or target.source.type != "PA30":
                continue
            delta = read(target.source.name)
            basis = made[target.basis] if target.basis else b""
            if len(delta) + len(basis) <= _LARGEST_SEED:
                seed = len(delta).to_bytes(4, "little") + delta + basis
                (folder / f"{package}-{target.id}").write_bytes(seed)
                count += 1
        return count

    sys.path.insert(0, str(Path(__file__).parents[1]))
    from pa30_damage import managed_delta

    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for package in sorted(_PACKAGES.glob("*.msu")):
        with (
            tempfile.TemporaryDirectory() as outer,
            tempfile.TemporaryDirectory() as inner,
        ):
            _cabextract(package, outer)
            _cabextract(Path(outer) / f"{package.stem}.cab", inner)
            index = parse_index((Path(inner) / INDEX_NAME).read_bytes())
            count += save(package.stem, index, Path(inner))
    for flags in (0xC000, 0x600000):
        delta, basis = managed_delta(flags)
        seed = len(delta).to_bytes(4, "little") + delta + basis
        (folder / f"managed-{flags:x}").write_bytes(seed)
    return count + 2


def _cabextract(cabinet: Path, folder: str) -> None:
    subprocess.run(["cabextract", "-q", "-d", folder, str(cabinet)], check=True)


def run(arguments: list[str]) -> None:
    """Hand over to atheris."""
    import atheris  # type: ignore[import-untyped]  # only for this script

    with atheris.instrument_imports(include=["builder"]):
        from builder.errors import HotfixError
        from builder.formats.pa30 import decode_pa30
        from builder.model.limits import Limits

    limits = Limits(target=1 << 20)

    def decode(data: bytes) -> None:
        size = int.from_bytes(data[:4], "little")
        try:
            decode_pa30(data[4 : 4 + size], data[4 + size :], limits=limits)
        except HotfixError as error:
            str(error)

    atheris.Setup([sys.argv[0], *arguments], decode)
    atheris.Fuzz()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["seeds", place]:
            sys.stdout.write(f"{make_seeds(Path(place))} seeds\n")
        case ["run", *rest]:
            run(rest)
        case _:
            sys.exit(__doc__)
