"""What many tests need once: a development signer, and KB967724 built."""

from pathlib import Path

import pytest
from projects import LEDGER, hotfix


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
