"""Chromium opens our pages; axe looks for barriers."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from chromium import barriers, chromium, opened
from made_packages import build_parts
from make_pki import simple_signer
from make_reports import NASTY, gathered, hostile_package, hostile_report, large_report
from playwright.sync_api import Browser, Locator, Page, expect
from projects import SHARED, need_shared

from builder.api import open_package
from builder.cli.trust import chosen_trust
from builder.model.finding import Finding, Report, Severity
from builder.model.identity import Architecture
from builder.report.page import render_page
from builder.rules import RULES
from builder.steps.judge import judge

pytestmark = pytest.mark.oracle

GENUINE = sorted((SHARED / "packages").glob("*")) or [SHARED / "packages" / "none"]
LARGE = large_report()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@cache
def broken_report() -> Report:
    """KB967724 for x86 with one program changed after signing."""
    parts = build_parts(Architecture.X86, simple_signer())
    program = parts.find("mpio.sys")
    program.data = program.data[:-1] + b"x"
    parts.drop("package_1_for_kb967724~31bf3856ad364e35~x86~~6.0.1.0.cat")
    return Report(packages=(gathered(parts),))


MAKERS: dict[str, Callable[[], Report]] = {
    "broken": broken_report,
    "large": lambda: LARGE,
    "hostile": hostile_report,
    "one hostile": lambda: Report(packages=(hostile_package(NASTY[0]),)),
    "several": lambda: Report(
        packages=(*large_report(40, 60).packages, *broken_report().packages)
    ),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A file for each report."""
    folder = tmp_path_factory.mktemp("pages")
    made = {}
    for at, (name, make) in enumerate(MAKERS.items()):
        made[name] = folder / f"page{at}.html"
        text = render_page(make(), strict=False, rules=RULES)
        made[name].write_bytes(text.encode())
    return made


@pytest.fixture
def large(browser: Browser, pages: dict[str, Path]) -> Iterator[Page]:
    with opened(browser, pages["large"]) as page:
        yield page


@pytest.fixture
def broken(browser: Browser, pages: dict[str, Path]) -> Iterator[Page]:
    with opened(browser, pages["broken"]) as page:
        yield page


# axe needs a minute for 500 boxes, which differ in nothing that it looks at.
@pytest.mark.parametrize("name", sorted(MAKERS.keys() - {"large"}))
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier(
    browser: Browser, pages: dict[str, Path], name: str, scheme: str
) -> None:
    with opened(browser, pages[name], bypass_csp=True, color_scheme=scheme) as page:
        page.evaluate(
            "for (const d of document.querySelectorAll('details')) d.open = 1"
        )
        if name in ("broken", "several"):
            page.locator(".node.package").first.click(force=True)
            expect(page.locator(".graph .details").first).to_be_visible()
        assert barriers(page) == []


@pytest.mark.parametrize("name", MAKERS)
def test_a_page_runs_silently_and_asks_for_nothing(
    browser: Browser, pages: dict[str, Path], name: str
) -> None:
    with opened(browser, pages[name]) as page:
        assert page.title().endswith(": hotfix validate")
        assert page.locator("form.filters:visible").count() >= 1
        page.wait_for_timeout(200)


def test_the_policy_stops_what_is_put_into_the_page(
    browser: Browser, pages: dict[str, Path], tmp_path: Path
) -> None:
    """The hashes are those of this page: another script does not run."""
    text = pages["broken"].read_text("utf-8")
    file = tmp_path / "changed.html"
    evil = (
        "<script>document.title='gone'</script><p id=x style='color:red'>x</p></body>"
    )
    file.write_text(text.replace("</body>", evil), "utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(file.as_uri())
    assert page.title() != "gone"
    assert len([text for text in said if "Content Security Policy" in text]) == 2
    context.close()


def findings(**wanted: object) -> list[Finding]:
    found = LARGE.packages[0].findings
    return [
        finding
        for finding in found
        if all(getattr(finding, name) == value for name, value in wanted.items())
    ]


def shown(page: Page, count: int) -> None:
    """Hold the list and its status to a number of findings."""
    expect(page.locator("#p0-findings [role=status]")).to_have_text(
        re.compile(f"^{count} of 600 findings? shown$")
    )
    items = page.locator("#p0-findings li[data-rule]:not([hidden])")
    expect(items).to_have_count(count)


def test_findings_are_filtered_by_severity_rule_and_text(large: Page) -> None:
    shown(large, 600)
    large.get_by_label("notes").uncheck()
    large.get_by_label("warnings").uncheck()
    shown(large, len(findings(severity=Severity.ERROR)))
    large.get_by_label("Rule").select_option("HF304")
    both = findings(severity=Severity.ERROR, rule="HF304")
    assert both
    shown(large, len(both))
    wanted = both[3].hit.message
    large.get_by_label("Text").fill(wanted.upper())
    shown(large, 1)
    expect(large.locator("#p0-findings li:visible")).to_contain_text(wanted)
    expect(large.locator("#p0-findings .group:visible")).to_have_count(1)
    large.get_by_role("button", name="Show all").first.click()
    shown(large, 600)


def test_a_place_is_found_as_well_as_a_message(large: Page) -> None:
    where = findings()[5].hit.where[-1]
    large.get_by_label("Text").fill(where)
    shown(large, len([f for f in findings() if f.hit.where[-1] == where]))


def test_the_table_can_show_what_is_not_equal_alone(broken: Page) -> None:
    rows = broken.locator(".kb tbody tr.equal")
    assert rows.count() > 0
    expect(rows.first).to_be_visible()
    broken.get_by_label("only rows that are not equal").check()
    expect(broken.locator(".kb tbody tr.equal:visible")).to_have_count(0)
    assert broken.locator(".kb tbody tr:visible").count() > 0


def box(page: Page) -> tuple[float, float, float, float]:
    """Return the view box: what is seen of the graph."""
    text = page.locator(".view svg").get_attribute("viewBox") or ""
    x, y, width, height = map(float, text.split())
    return x, y, width, height


def place(node: Locator) -> tuple[float, float]:
    text = node.get_attribute("transform") or ""
    x, y = map(float, re.findall(r"\d+", text))
    return x, y


def sees(page: Page, node: Locator) -> bool:
    left, top, width, height = box(page)
    x, y = place(node)
    return left <= x <= left + width and top <= y <= top + height


def test_the_graph_shows_all_and_is_zoomed_and_moved_by_keys_alone(
    large: Page,
) -> None:
    nodes = large.locator(".view .node")
    assert nodes.count() == 500
    whole = box(large)
    for at in (0, 250, 499):
        assert sees(large, nodes.nth(at))
    view = large.locator(".view")
    large.get_by_role("button", name="Show all").last.focus()
    large.keyboard.press("Tab")
    expect(view).to_be_focused()
    for _ in range(3):
        large.keyboard.press("+")
    near = box(large)
    assert near[2] == pytest.approx(whole[2] * 0.343, rel=0.01)
    assert near[2] / near[3] == pytest.approx(whole[2] / whole[3], rel=0.01)
    large.keyboard.press("ArrowRight")
    large.keyboard.press("ArrowDown")
    moved = box(large)
    assert moved[0] > near[0]
    assert moved[1] > near[1]
    large.keyboard.press("-")
    assert box(large)[2] > moved[2]
    large.keyboard.press("0")
    assert box(large) == pytest.approx(whole)


def test_the_graph_is_dragged_and_zoomed_by_mouse(large: Page) -> None:
    view = large.locator(".view")
    view.scroll_into_view_if_needed()
    area = view.bounding_box()
    assert area is not None
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    before = box(large)
    large.mouse.move(x, y)
    large.mouse.wheel(0, -200)
    assert box(large) == before  # the page scrolls until the picture is asked
    view.scroll_into_view_if_needed()
    area = view.bounding_box()
    assert area is not None
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    view.focus()
    large.mouse.move(x, y)
    large.mouse.wheel(0, -200)
    large.wait_for_function(
        f"() => document.querySelector('.view svg').viewBox"
        f".baseVal.width < {before[2] - 1}"
    )
    near = box(large)
    large.mouse.down()
    large.mouse.move(x + 80, y + 30, steps=4)
    large.mouse.up()
    assert box(large)[0] < near[0]
    assert box(large)[1] < near[1]
    expect(large.locator(".graph .details").first).to_be_hidden()


def test_a_package_is_found_by_search_and_shown_with_its_neighbours(
    large: Page,
) -> None:
    dossier = LARGE.packages[0].dossier
    assert dossier is not None
    graph = dossier.graph
    wanted = "package_42"
    matching = [n for n in graph.nodes if wanted in n.name.casefold()]
    assert len(matching) > 1
    search = large.get_by_label("Find a package or component")
    search.fill(wanted)
    expect(large.locator(".node.match")).to_have_count(len(matching))
    expect(large.locator(".controls [role=status]")).to_have_text(
        f"{len(matching)} matches"
    )
    search.press("Enter")
    chosen = large.locator(".node.chosen")
    expect(chosen).to_have_count(1)
    assert sees(large, chosen)
    assert box(large)[2] < 1_500  # near enough to be read
    large.set_viewport_size({"width": 900, "height": 700})
    large.wait_for_timeout(100)
    assert sees(large, chosen)
    assert box(large)[2] < 1_500
    details = large.locator(".graph .details").first
    expect(details).to_contain_text(matching[0].name)
    at = graph.nodes.index(matching[0])
    after = [edge.target for edge in graph.edges if edge.source == at]
    expect(large.locator(".edge.near")).to_have_count(
        len([e for e in graph.edges if at in (e.source, e.target)])
    )
    if after:
        details.get_by_role("button", name=graph.nodes[after[0]].name).click()
        expect(details.locator(".path")).to_have_text(graph.nodes[after[0]].name)
    search.press("Enter")
    expect(details.locator(".path")).to_have_text(matching[1].name)
    large.locator(".view").focus()
    large.keyboard.press("Escape")
    expect(details).to_be_hidden()


def test_the_list_says_what_the_picture_says_and_leads_into_it(large: Page) -> None:
    large.get_by_text("The graph as a list").click()
    items = large.locator("#p0-graph details li")
    dossier = LARGE.packages[0].dossier
    assert dossier is not None
    named = set(items.locator("a").all_inner_texts())
    assert named == {node.name for node in dossier.graph.nodes}
    assert len(dossier.graph.nodes) == 500
    items.locator("a[href='#p0-n499']").first.click()
    expect(large.locator(".node.chosen")).to_have_attribute("id", "p0-n499")
    expect(large.locator(".view")).to_be_focused()
    assert sees(large, large.locator(".node.chosen"))


def test_a_file_is_picked_and_its_chain_is_the_one_that_was_traced(
    broken: Page,
) -> None:
    dossier = broken_report().packages[0].dossier
    assert dossier is not None
    files = broken.get_by_label("Files")
    expect(files.locator("option")).to_have_count(len(dossier.chains))
    for at, chain in enumerate(dossier.chains):
        files.select_option(str(at))
        expect(broken.locator(".chain .path")).to_contain_text(chain.where[-1])
        items = broken.locator(".chain li")
        expect(items).to_have_count(len(chain.links))
        for item, link in zip(items.all(), chain.links, strict=True):
            expect(item.locator(".kind")).to_have_text(link.kind.value)
            expect(item.locator(".state")).to_have_text(link.state.value)
            for text in (link.says, *link.details):
                expect(item).to_contain_text(text)
        verdict = "unbroken" if chain.broken is None else f"at {chain.broken.kind}"
        expect(broken.locator(".chain .chip")).to_contain_text(verdict)


def test_files_are_found_by_name_digest_and_brokenness_by_keys_alone(
    large: Page,
) -> None:
    search = large.get_by_label("Find a file or digest")
    options = large.get_by_label("Files").locator("option")
    expect(options).to_have_count(500)  # of 1,200, and the page says so
    status = large.locator(".picker [role=status]")
    expect(status).to_have_text("1,200 of 1,200 files, the first 500 listed")
    search.focus()
    large.keyboard.type("part_777/file777")
    expect(options).to_have_count(1)
    expect(large.locator(".chain .path")).to_contain_text("x86_part_777\\file777.dll")
    search.fill(f"{778:064x}")
    expect(options).to_have_count(1)
    expect(large.locator(".chain .path")).to_contain_text("file778.dll")
    search.fill("")
    large.keyboard.press("Tab")
    large.keyboard.press("Space")
    broken = len(range(0, 1_200, 9))
    expect(options).to_have_count(broken)
    large.keyboard.press("Tab")
    before = large.locator(".chain .path").inner_text()
    large.keyboard.press("ArrowDown")
    expect(large.locator(".chain .path")).not_to_have_text(before)
    expect(large.locator(".chain .chip")).to_have_text("broken at catalog member")


def test_every_control_is_reached_by_tab_and_shows_it(broken: Page) -> None:
    wanted = broken.evaluate(
        "() => [...document.querySelectorAll('a, button, input, select, summary, "
        "[tabindex]')].filter(e => e.checkVisibility() && !e.disabled).length"
    )
    reached = set()
    for at in range(wanted + 5):
        broken.keyboard.press("Tab")
        seen = broken.evaluate(
            "() => { const e = document.activeElement;"
            " const all = [...document.querySelectorAll('*')];"
            " return [all.indexOf(e), getComputedStyle(e).outlineStyle, e.tagName,"
            " e.textContent]; }"
        )
        if at == 0:
            assert seen[3] == "Skip to the verdict"
        if seen[2] != "BODY":
            reached.add(seen[0])
            assert seen[1] != "none", seen
    assert len(reached) >= wanted


def test_colours_follow_the_system_and_the_choice(
    browser: Browser, pages: dict[str, Path]
) -> None:
    colour = "() => getComputedStyle(document.body).backgroundColor"
    seen = {}
    for scheme in ("light", "dark"):
        with opened(browser, pages["broken"], color_scheme=scheme) as page:
            seen[scheme] = page.evaluate(colour)
            page.get_by_label("Colours").select_option("dark")
            assert page.evaluate(colour) == seen.get("dark", page.evaluate(colour))
            page.get_by_label("Colours").select_option("light")
            assert page.evaluate(colour) == seen["light"]
            page.get_by_label("Colours").select_option("")
            assert page.evaluate(colour) == seen[scheme]
    assert seen["light"] != seen["dark"]


def test_paper_is_light_without_controls_and_with_everything_unfolded(
    browser: Browser, pages: dict[str, Path]
) -> None:
    with opened(browser, pages["large"], color_scheme="dark") as page:
        page.get_by_label("Rule").select_option("HF301")
        page.evaluate(
            "() => addEventListener('beforeprint', () => { window.unfolded ="
            " document.querySelectorAll('.group:not([hidden]):not([open])').length; })"
        )
        document = page.pdf(format="A4")
        assert document.startswith(b"%PDF-")
        assert len(re.findall(rb"/Type\s*/Page\b", document)) > 3
        assert page.evaluate("() => window.unfolded") == 0
        page.emulate_media(media="print", color_scheme="dark")
        for selector in ("nav", ".controls", ".picker", "form.filters input"):
            expect(page.locator(selector).first).to_be_hidden()
        expect(page.locator("form.filters .count")).to_be_visible()
        expect(page.locator(".chain li").first).to_be_visible()
        colour = page.evaluate("() => getComputedStyle(document.body).color")
        assert max(map(int, re.findall(r"\d+", colour)[:3])) < 64


@pytest.mark.parametrize("width", [320, 700, 1_400])
@pytest.mark.parametrize("name", ["broken", "large", "one hostile"])
def test_nothing_is_wider_than_the_window(
    browser: Browser, pages: dict[str, Path], name: str, width: int
) -> None:
    size = {"width": width, "height": 800}
    with opened(browser, pages[name], viewport=size) as page:
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_hostile_names_are_read_as_they_are_escaped(
    browser: Browser, pages: dict[str, Path]
) -> None:
    with opened(browser, pages["hostile"]) as page:
        expect(page.locator("article")).to_have_count(len(NASTY) + 1)
        expect(page.locator("script")).to_have_count(2)
        expect(page.locator("img")).to_have_count(0)
        text = page.locator("#p4-findings .message").inner_text()
        assert text == "\\u202egpj.exe\\u2066"
        expect(page.locator("#p4-custody .chain .detail")).to_have_text(text)


def test_without_scripts_it_can_be_read(
    browser: Browser, pages: dict[str, Path]
) -> None:
    with opened(browser, pages["broken"], java_script_enabled=False) as page:
        expect(page.locator("h1")).to_contain_text("is invalid")
        expect(page.locator(".group li").first).to_be_visible()
        expect(page.locator(".view svg")).to_be_visible()
        expect(page.locator("form.filters")).to_be_hidden()
        expect(page.locator(".controls")).to_be_hidden()
        expect(page.get_by_text("hotfix trace FILE PACKAGE")).to_be_visible()


@pytest.mark.genuine
@pytest.mark.parametrize("path", GENUINE, ids=lambda path: path.name)
def test_pages_of_genuine_packages_are_small_and_silent(
    browser: Browser, path: Path, tmp_path: Path
) -> None:
    package = need_shared(path)
    containers = open_package(package)
    trust = chosen_trust(anchors=(), crls=(), at=None, policy=None)
    report = judge(path.name, containers, spec=None, trust=trust, gathers=True)
    text = render_page(Report(packages=(report,)), strict=False, rules=RULES)
    assert len(text.encode()) < 1_000_000
    file = tmp_path / f"{path.name}.html"
    file.write_bytes(text.encode())
    with opened(browser, file, bypass_csp=True) as page:
        expect(page.locator("h1")).to_have_text(f"{path.name} is valid")
        dossier = report.dossier
        assert dossier is not None
        expect(page.locator(".node")).to_have_count(len(dossier.graph.nodes))
        expect(page.locator(".picker option")).to_have_count(len(dossier.chains))
        if len(dossier.graph.nodes) < 30:
            assert barriers(page) == []
