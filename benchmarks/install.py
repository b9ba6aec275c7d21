"""Install the program that is measured: as its users do, from a wheel."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]


def install() -> list[object]:
    """Build a wheel and unpack it; return the words that run its `hotfix`.

    Nothing of the checkout, and no hook of a development environment, is on
    the way of that program.
    """
    place = ROOT / "build" / "bench"
    shutil.rmtree(place, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    wheels, site = place / "wheels", place / "site"
    build = [*pip, "wheel", "--no-deps", "-w", str(wheels), str(ROOT)]
    subprocess.run(build, check=True)  # noqa: S603 - the commands are our own
    wheel = next(wheels.glob("*.whl"))
    unpack = [*pip, "install", "--no-deps", "--target", str(site), str(wheel)]
    subprocess.run(unpack, check=True)  # noqa: S603 - the commands are our own
    venv.create(place / "venv", with_pip=False)
    libraries = sysconfig.get_path("purelib"), sysconfig.get_path("platlib")
    path = os.pathsep.join(dict.fromkeys([str(site), *libraries]))
    scripts = "Scripts" if os.name == "nt" else "bin"
    python_there = place / "venv" / scripts / "python"
    return ["env", f"PYTHONPATH={path}", python_there, "-P", "-m", "builder"]
