"""Options that say who signs, shared by the commands that do."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from builder import store
from builder.cli.options import FILE
from builder.keys import development_signer, read_signer
from builder.model.signer import Signer
from builder.signing import WebAuthority, command_signer, read_pfx

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--sign-cert", metavar="PEM", type=FILE, help="Signer and its chain."),
    click.option("--sign-key", metavar="PEM", type=FILE, help="Private key (RSA)."),
    click.option(
        "--sign-pfx",
        metavar="PFX",
        type=FILE,
        help="Key, certificate and chain in one file (PKCS #12).",
    ),
    click.option(
        "--sign-command",
        metavar="WORDS",
        help="Program that signs: a SHA-256 digest on its standard input, the "
        "signature (PKCS #1 v1.5) on its output; with --sign-cert.",
    ),
    click.option(
        "--password-file",
        metavar="FILE",
        type=FILE,
        help="Password of --sign-key or --sign-pfx.",
    ),
    click.option(
        "--dev-sign",
        is_flag=True,
        help="Sign with a development key, made on first use.",
    ),
    click.option(
        "--dev-keys",
        metavar="DIR",
        type=FILE,
        help="Where the development key lives.  [default: the user's settings folder]",
    ),
    click.option("--unsigned", is_flag=True, help="Leave the catalogs unsigned."),
    click.option(
        "--timestamp-url",
        metavar="URL",
        help="RFC 3161 authority that states the time of each signature.",
    ),
)


def signing_options(command: F) -> F:
    """Give a command the options, which it hands to `chosen_signer`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def chosen_signer(
    *,
    sign_cert: Path | None,
    sign_key: Path | None,
    sign_pfx: Path | None,
    sign_command: str | None,
    password_file: Path | None,
    dev_sign: bool,
    dev_keys: Path | None,
    unsigned: bool,
) -> Signer | None:
    """Return the one signer that was chosen; None for --unsigned.

    Raises:
        click.UsageError: None or several were chosen.
        SignatureError: The signer cannot be used.
        StoreError: A file cannot be read.
    """
    pair = bool(sign_cert or sign_key or sign_command)
    if sum((pair, sign_pfx is not None, dev_sign, unsigned)) != 1:
        raise click.UsageError(
            "choose one of --sign-cert with --sign-key or --sign-command, "
            "--sign-pfx, --dev-sign, --unsigned"
        )
    if dev_keys is not None and not dev_sign:
        raise click.UsageError("--dev-keys goes with --dev-sign")
    if password_file is not None and not (sign_key or sign_pfx):
        raise click.UsageError("--password-file goes with --sign-key or --sign-pfx")
    if dev_sign:
        default = Path(click.get_app_dir("hotfix")) / "development-signer"
        return development_signer(dev_keys or default)
    if unsigned:
        return None
    password = None
    if password_file is not None:
        password = store.read_document(password_file).rstrip(b"\r\n")
    if sign_pfx is not None:
        return read_pfx(sign_pfx, password)
    if sign_cert is None or bool(sign_key) is bool(sign_command):
        raise click.UsageError(
            "--sign-cert goes with either --sign-key or --sign-command"
        )
    if sign_command is not None:
        return command_signer(sign_cert, _words(sign_command))
    assert sign_key is not None  # noqa: S101 - one of the two was given
    return read_signer(sign_cert, sign_key, password)


def _words(line: str) -> list[str]:
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise click.UsageError(f"--sign-command: {error}") from error
    if not words:
        raise click.UsageError("--sign-command: no program")
    return words


def chosen_authority(url: str | None) -> WebAuthority | None:
    """Return the time-stamp authority that was chosen, if one was."""
    return None if url is None else WebAuthority(url=url)
