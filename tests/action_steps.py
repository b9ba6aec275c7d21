"""The steps of action.yml, run as a composite action's are: by bash.

`python tests/action_steps.py FOLDER` runs all of them in FOLDER, as GitHub does in
a checkout; GITHUB_ACTION_PATH is what is installed.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
_INPUT = re.compile(r"\$\{\{ inputs\.([a-z]+) \}\}")


def action() -> dict[str, Any]:
    """Return what action.yml says."""
    value = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    assert isinstance(value, dict)
    return value


def run_step(
    step: Mapping[str, Any],
    folder: Path,
    environment: Mapping[str, str],
    inputs: Mapping[str, str],
) -> subprocess.CompletedProcess[str]:
    """Run one step in a folder; inputs that are not given have their defaults."""
    chosen = {name: about["default"] for name, about in action()["inputs"].items()}
    chosen |= inputs
    own = {
        name: _INPUT.sub(lambda found: chosen[found[1]], text)
        for name, text in step.get("env", {}).items()
    }
    return subprocess.run(
        # As GitHub calls it, see "Workflow syntax", jobs.<job_id>.steps[*].shell.
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env=os.environ | dict(environment) | own,
        check=False,
        timeout=300,
    )


def _main(folder: Path) -> int:
    places = {
        name: str((folder / name).absolute())
        for name in ("GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
    }
    environment = {"RUNNER_TEMP": str(folder.absolute()), **places}
    code = 0
    for step in action()["runs"]["steps"]:
        done = run_step(step, folder, environment, {})
        sys.stdout.write(done.stdout)
        sys.stderr.write(done.stderr)
        code = code or done.returncode
        more = Path(places["GITHUB_PATH"]).read_text("utf-8").split()
        environment["PATH"] = os.pathsep.join([*more, os.environ["PATH"]])
    return code


if __name__ == "__main__":
    sys.exit(_main(Path(sys.argv[1])))
