"""Options that say what signatures are judged by."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from builder.cli.options import FILE, Time, now
from builder.formats.microsoft_roots import default_anchors
from builder.model.trust import AUTHENTICODE, POLICIES, WINDOWS_COMPONENT, Trust

_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--trust-anchor",
        "anchors",
        metavar="PEM",
        multiple=True,
        type=FILE,
        help="Accept chains to the root certificates in this file and to no "
        "others.  Repeatable.  [default: pinned Microsoft roots]",
    ),
    click.option(
        "--crl",
        "crls",
        metavar="PEM",
        multiple=True,
        type=FILE,
        help="Judge revocation by the lists in this file.  Repeatable.",
    ),
    click.option(
        "--at",
        type=Time(),
        help="Time of judgement; certificates have to be valid at it where no "
        "countersignature says another time.  [default: now]",
    ),
    click.option(
        "--policy",
        type=click.Choice([policy.name for policy in POLICIES]),
        help="What is demanded of catalogs.  [default: windows-component, or "
        "authenticode with --trust-anchor]",
    ),
)


def trust_options(command: _Command) -> _Command:
    """Add the options that `chosen_trust` reads."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def chosen_trust(
    *,
    anchors: tuple[Path, ...],
    crls: tuple[Path, ...],
    at: datetime | None,
    policy: str | None,
) -> Trust:
    """Read what the options name.

    Raises:
        SignatureError: A file holds something else.
        StoreError: A file cannot be read.
    """
    named = {known.name: known for known in POLICIES}
    usual = AUTHENTICODE if anchors else WINDOWS_COMPONENT
    given = default_anchors()
    lists: tuple[bytes, ...] = ()
    if anchors or crls:
        from builder.pem_files import read_anchors, read_crls

        given = read_anchors(anchors) if anchors else given
        lists = read_crls(crls)
    return Trust(
        anchors=given,
        crls=lists,
        at=at or now(),
        policy=usual if policy is None else named[policy],
        file_policy=AUTHENTICODE,
    )
