"""A browser that we did not write, asked about pages; and axe, about barriers."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from projects import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
AXE = Path("node_modules/axe-core/axe.min.js")


def _missing(reason: str) -> None:
    """Skip, or fail where other people's programs are required."""
    if os.environ.get("HOTFIX_REQUIRE_ORACLES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def axe() -> str:
    """Return the source of axe: below .node, or below HOTFIX_NODE."""
    path = Path(os.environ.get("HOTFIX_NODE", ROOT / ".node")) / AXE
    if not path.is_file():
        _missing(f"axe-core is not installed below {path.parents[2]}")
    return path.read_text("utf-8")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium with a profile that is thrown away."""
    found = [path for name in NAMES if (path := shutil.which(name))]
    if not found:
        _missing("chromium is not installed")
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    arguments = ["--no-sandbox"] if is_root else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found[0], args=arguments)
        yield browser
        browser.close()


@dataclass
class Heard:
    """What a page has said and asked for while it was open."""

    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


@contextmanager
def opened(browser: Browser, file: Path, **options: Any) -> Iterator[Page]:
    """Open a file without a network; whatever it says or asks for is an error."""
    heard = Heard()
    context = browser.new_context(offline=True, **options)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda message: heard.console.append(message.text))
    page.on("pageerror", lambda error: heard.console.append(str(error)))
    page.on("request", lambda request: heard.requests.append(request.url))
    page.on("dialog", lambda dialog: heard.dialogs.append(dialog.message))
    page.goto(file.as_uri())
    yield page
    assert heard == Heard(requests=[file.as_uri()])
    context.close()


def barriers(page: Page) -> list[str]:
    """Return what axe finds; needs a page whose policy is bypassed."""
    page.evaluate(axe())
    answer = page.evaluate("() => axe.run()")
    assert answer["passes"]
    return [
        f"{found['impact']} {found['id']}: {node['html'][:200]}"
        for found in answer["violations"]
        for node in found["nodes"]
    ]
