"""Finished packages to which something happened, and what has to be said of it.

Nothing is signed again: one file is deleted, cut off, emptied, renamed, swapped
or changed by a bit.  Each case is the change, the rule, and a part of the place.
"""

from dataclasses import replace

from made_packages import Entry, Parts
from package_changes import (
    CAB,
    LEAF,
    MANIFEST,
    SC,
    SC_0,
    SERVER,
    STEM,
    Change,
    World,
    flip,
)


def deleted(*names: str) -> Change:
    def change(parts: Parts, _: World) -> None:
        parts.drop(*names)

    return change


def halved(name: str) -> Change:
    def change(parts: Parts, _: World) -> None:
        entry = parts.find(name)
        entry.data = entry.data[: len(entry.data) // 2]

    return change


def emptied(name: str) -> Change:
    def change(parts: Parts, _: World) -> None:
        parts.find(name).data = b""

    return change


def flipped_at(name: str, text: bytes, shift: int = 0) -> Change:
    """Change the lowest bit of a byte, told by the text that it lies in."""

    def change(parts: Parts, _: World) -> None:
        entry = parts.find(name)
        entry.data = flip(entry.data, entry.data.index(text) + shift)

    return change


def called(name: str, new: str) -> Change:
    def change(parts: Parts, _: World) -> None:
        parts.find(name).name = new

    return change


def copied(name: str, new: str) -> Change:
    def change(parts: Parts, _: World) -> None:
        parts.inner.append(replace(parts.find(name), name=new))

    return change


def exchanged(one: str, other: str) -> Change:
    def change(parts: Parts, _: World) -> None:
        first, second = parts.find(one), parts.find(other)
        first.data, second.data = second.data, first.data

    return change


def another_architecture(parts: Parts, world: World) -> None:
    """Put the whole x64 package into the x86 .msu."""
    parts.inner = [Entry(**vars(entry)) for entry in world.x64.inner]


def foreign_program(parts: Parts, world: World) -> None:
    parts.find("mpio.sys").data = world.x64.find("mpio.sys").data


HANDLED: dict[str, tuple[Change, str, str]] = {
    **{
        f"{word} {kind}": (act(name), rule, where)
        for kind, name, absent, broken in (
            ("program", "mpio.sys", ("HF208", f"{MANIFEST}:14"), "HF209"),
            ("INF", "mpio.inf", ("HF208", f"{MANIFEST}:4"), "HF209"),
            ("manifest", MANIFEST, ("HF204", f"{LEAF}.mum:17"), "HF101"),
            ("leaf", f"{LEAF}.mum", ("HF203", f"{SC_0}.mum:11"), "HF101"),
            ("level", f"{SC}.mum", ("HF203", "update.mum:12"), "HF101"),
            ("root", "update.mum", ("HF207", CAB), "HF101"),
            ("catalog", "update.cat", ("HF508", "update.mum"), "HF504"),
            ("leaf's catalog", f"{LEAF}.cat", ("HF508", f"{LEAF}.mum"), "HF504"),
        )
        for word, act, (rule, where) in (
            ("deleted", deleted, absent),
            ("halved", halved, (broken, name)),
            ("emptied", emptied, (broken, name)),
        )
    },
    "deleted leaf with its catalog": (
        deleted(f"{LEAF}.mum", f"{LEAF}.cat"),
        "HF203",
        f"{SC_0}.mum:11",
    ),
    "deleted manifest with its payload": (
        deleted(MANIFEST, "mpio.sys", "mpio.inf"),
        "HF204",
        f"{LEAF}.mum:17",
    ),
    "deleted leaf with all that it brings": (
        deleted(f"{LEAF}.mum", f"{LEAF}.cat", MANIFEST, "mpio.sys", "mpio.inf"),
        "HF203",
        f"{SC_0}.mum:11",
    ),
    "bit in a program": (flipped_at("mpio.sys", b"MZ", 5000), "HF209", "mpio.sys"),
    "bit in an INF": (flipped_at("mpio.inf", b"", 9), "HF209", "mpio.inf"),
    "bit in a text": (
        flipped_at("update.mum", b"Microsoft Corp"),
        "HF505",
        "update.mum",
    ),
    "bit in the name of an element": (
        flipped_at(f"{SC}.mum", b"<installerAssembly", 3),
        "HF102",
        f"{SC}.mum:8",
    ),
    "bit in the name of an attribute": (
        flipped_at(f"{SC}.mum", b"releaseType", 1),
        "HF102",
        f"{SC}.mum:4",
    ),
    "bit in the markup": (flipped_at(f"{SC}.mum", b"<package "), "HF101", SC),
    "bit in an identity": (
        flipped_at(f"{SC}.mum", b"Package_for", 3),
        "HF202",
        f"{SC}.mum:3",
    ),
    "bit in a reference": (
        flipped_at(f"{SC}.mum", b"_sc_0", 4),
        "HF203",
        f"{SC}.mum:11",
    ),
    "bit in the identity of a component": (
        flipped_at(MANIFEST, b"22375", 1),
        "HF202",
        f"{MANIFEST}:3",
    ),
    "bit in a digest of a manifest": (
        flipped_at(MANIFEST, b"HeB6jn", 1),
        "HF505",
        MANIFEST,
    ),
    "bit in the name of a source": (
        flipped_at(MANIFEST, b'sourceName="mpio.sys', 13),
        "HF208",
        f"{MANIFEST}:14",
    ),
    "renamed program": (
        called("mpio.sys", f"{STEM}\\mpio2.sys"),
        "HF208",
        f"{MANIFEST}:14",
    ),
    "renamed manifest": (called(MANIFEST, f"x{MANIFEST}"), "HF202", f"x{MANIFEST}"),
    "renamed level": (called(f"{SC}.mum", f"x{SC}.mum"), "HF202", f"x{SC}.mum"),
    "renamed root": (called("update.mum", "updates.mum"), "HF202", "updates.mum"),
    "renamed catalog": (called("update.cat", "updates.cat"), "HF508", "update.mum"),
    "copied program": (
        copied("mpio.sys", f"{STEM}\\mpio2.sys"),
        "HF210",
        "mpio2.sys",
    ),
    "copied level": (copied(f"{SC}.mum", f"x{SC}.mum"), "HF202", f"x{SC}.mum"),
    "copied manifest": (copied(MANIFEST, f"x{MANIFEST}"), "HF202", f"x{MANIFEST}"),
    "program beside the folders": (
        called("mpio.sys", "mpio.sys"),
        "HF208",
        f"{MANIFEST}:14",
    ),
    "program of another architecture": (foreign_program, "HF209", "mpio.sys"),
    "package of another architecture": (another_architecture, "HF404", ".xml"),
    "swapped programs": (exchanged("mpio.sys", "mpio.inf"), "HF209", "mpio."),
    "swapped levels": (exchanged(f"{SC}.mum", f"{SERVER}.mum"), "HF202", ".mum"),
}

WARNED = frozenset({"copied program"})
"""What is a warning: all bytes that Windows looks for are there."""

TWO = frozenset({"swapped programs", "swapped levels"})
"""What touches two files is two findings."""
