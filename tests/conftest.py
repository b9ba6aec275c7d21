"""What many tests need once: a development signer, and KB967724 built."""

from pathlib import Path

import pytest
from made_packages import build_parts
from package_changes import IA64, X64, X86, World
from projects import LEDGER, hotfix

from builder.keys import development_signer


@pytest.fixture(scope="session")
def signer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the development signer is made on first use."""
    return tmp_path_factory.mktemp("signer") / "keys"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, signer_folder: Path) -> Path:
    """KB967724 for three architectures, from stand-ins, signed for development."""
    folder = tmp_path_factory.mktemp("built")
    hotfix(
        *("build", LEDGER, "--stand-in", "--dev-sign"),
        *("--dev-keys", signer_folder, "-o", folder),
    )
    return folder


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Good packages for three architectures, to be taken apart and changed."""
    signer = development_signer(tmp_path_factory.mktemp("keys") / "signer")
    x86, x64, ia64 = (build_parts(a, signer) for a in (X86, X64, IA64))
    return World(x86=x86, x64=x64, ia64=ia64, signer=signer)
