"""The page of `anlan view` in a real browser, with the network cut: a planner's way through it.

Skipped where NiceGUI, Playwright or a browser is missing.
"""

from __future__ import annotations

import os
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from anlan.analysis.words import LANGS, word
from anlan.app.browser import find_browser
from anlan.sim import load

BROWSER = find_browser()
pytestmark = [
    pytest.mark.page,
    pytest.mark.long,
    pytest.mark.skipif(not BROWSER, reason="no Chromium on this machine"),
    pytest.mark.skipif(os.name != "posix", reason="stopped by a signal"),
    *(
        pytest.mark.skipif(find_spec(name) is None, reason=f"{name} is not installed")
        for name in ("nicegui", "playwright", "psutil")
    ),
]
CHINESE, ENGLISH = LANGS
PATIENCE_MS = 120_000  # a machine that does other things beside is slow
TABS = 20
SLIDER_S = 0.1


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plans")


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[tuple[str, int]]:
    """The address of a page of `tiny`, and the number of its process."""
    command = [sys.executable, "-m", "anlan.app", "view", "tiny", "--no-browser", "--out",
               str(home), "--lang", CHINESE]  # fmt: skip
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+", running.stdout.readline())
    assert found
    yield found[0], running.pid
    children = of_server(running.pid)
    running.send_signal(signal.SIGINT)
    running.wait(timeout=60)
    assert [p for p in children if p.is_running() and p.status() != "zombie"] == []


def of_server(pid: int) -> list[Any]:
    """The processes that play for the page."""
    import psutil

    return list(psutil.Process(pid).children(recursive=True))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        chromium = playwright.chromium.launch(executable_path=BROWSER, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture
def tab(browser: Any, server: tuple[str, int]) -> Iterator[Any]:
    """A tab of its own; whatever it asks of another machine is refused, and told of."""
    page = cut(browser.new_page(viewport={"width": 1280, "height": 900}), server[0])
    opened(page, server[0], CHINESE)
    yield page
    assert page.outside == []
    assert page.errors == []
    page.close()


def cut(page: Any, address: str) -> Any:
    """The page with its network cut; what it asks of it and what goes wrong is noted."""
    page.outside, page.errors = [], []
    page.set_default_timeout(PATIENCE_MS)

    def route(asked: Any) -> None:
        if asked.request.url.startswith((address, "data:", "blob:")):
            asked.continue_()
        else:
            page.outside.append(asked.request.url)
            asked.abort()

    page.route("**/*", route)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    return page


def opened(page: Any, address: str, lang: str) -> None:
    page.goto(f"{address}/{lang}")
    at(page, "run").wait_for()


def at(page: Any, name: str) -> Any:
    """What bears a name on the page."""
    return page.locator(f"[data-a={name}]")


def chosen(page: Any, name: str, text: str) -> None:
    """Choose of a list."""
    at(page, name).click()
    page.locator(".q-menu .q-item").get_by_text(text, exact=True).click()


def moved_to_port(page: Any) -> None:
    """Move the team to the port, which lies at the right of the map."""
    at(page, "mode").get_by_text(word("view.map.move", CHINESE), exact=True).click()
    chosen(page, "team", "救援队")
    box = at(page, "map").bounding_box()
    at(page, "map").click(position={"x": 0.95 * box["width"], "y": 0.5 * box["height"]})
    page.wait_for_function("document.querySelector('[data-a=map-said]').innerText.includes('港口')")


def played(page: Any, runs: str = "20") -> None:
    chosen(page, "runs", word("view.runs", CHINESE, n=runs))
    at(page, "run").click()
    page.locator("[data-a=answer]", has_text=runs).wait_for()


def test_a_planner_moves_a_team_runs_reads_the_verdict_and_saves(
    tab: Any, server: tuple[str, int], home: Path
) -> None:
    moved_to_port(tab)
    played(tab)
    assert word("verdict.not met", CHINESE) in at(tab, "verdicts").inner_text()
    assert at(tab, "why").is_visible()
    assert at(tab, "curves").locator("svg path").count() > 3
    before = at(tab, "clock").inner_text()
    at(tab, "play").click()
    tab.wait_for_function(f"document.querySelector('[data-a=clock]').innerText != '{before}'")
    at(tab, "play").click()

    at(tab, f"lang-{ENGLISH}").click()  # the same tab, in another language
    at(tab, f"lang-{CHINESE}").wait_for()
    assert word("verdict.not met", ENGLISH) in at(tab, "verdicts").inner_text()
    assert tab.locator("html").get_attribute("lang").startswith(ENGLISH)

    tab.reload()  # what was changed and what came out are still there, and what was open is
    at(tab, "answer").wait_for()
    at(tab, "tab-save").click()
    at(tab, "save-name").fill("../../港口 方案")
    at(tab, "save-folder").click()
    tab.wait_for_function("document.querySelector('[data-a=saved]').innerText != ''")
    (folder,) = home.iterdir()
    assert folder.name == "港口-方案"
    assert load(folder).teams[0].community == "port"

    for button, suffix in (("save-workbook", ".xlsx"), ("get-document", ".docx"),
                           ("get-results", ".xlsx")):  # fmt: skip
        with tab.expect_download() as waiting:
            at(tab, button).click()
        assert waiting.value.suggested_filename.endswith(suffix)
        assert Path(waiting.value.path()).read_bytes().startswith(b"PK")
    assert {path.name for path in home.iterdir()} == {"港口-方案", "港口-方案.xlsx"}


def test_stop_stops_and_a_reload_finds_what_is_played(tab: Any, server: tuple[str, int]) -> None:
    chosen(tab, "runs", word("view.runs", CHINESE, n=500))
    at(tab, "run").click()
    at(tab, "answer").wait_for()  # the first verdict
    busy = [p for p in of_server(server[1]) if sum(p.cpu_times()[:2]) > 1.0]
    assert busy
    tab.reload()
    at(tab, "stop").wait_for()
    tab.wait_for_function("document.querySelector('[data-a=state]').innerText.includes('500')")
    at(tab, "stop").click()
    said = word("view.state.stopped", CHINESE, what=word("view.job.run", CHINESE))
    at(tab, "state").get_by_text(said).wait_for()
    until = time.monotonic() + 30
    one = max(busy, key=lambda p: p.pid)
    while one.is_running() and one.status() != "zombie" and time.monotonic() < until:
        time.sleep(0.2)
    assert not one.is_running() or one.status() == "zombie"


def test_bad_input_is_told_at_its_table_and_nothing_is_played(tab: Any) -> None:
    at(tab, "tab-tables").click()
    at(tab, "cell-members-0").first.click()
    tab.locator(".q-popup-edit input").fill("八个人")
    tab.locator(".q-popup-edit input").press("Enter")
    line = at(tab, "slips-teams").locator(".anlan-slip").first
    line.wait_for()
    assert "teams.csv" in line.inner_text()
    assert "2" in line.inner_text()
    at(tab, "run").click()
    tab.locator(".q-notification").first.wait_for()
    assert word("view.state.idle", CHINESE) in at(tab, "state").inner_text()


def test_a_slider_answers_within_a_tenth_of_a_second(tab: Any, server: tuple[str, int]) -> None:
    """From the key to the new text on the page, as one moves it: the best of ten, as what else the
    machine does is not the page's. Where it is so busy that a bare request takes 20 ms the bound
    grows with that; what the server computes for an answer is within it on any machine.
    """
    import psutil

    at(tab, "tab-tables").click()
    at(tab, "slider-water_ml").wait_for()
    trip = tab.evaluate(
        """async () => {
            const took = [];
            for (let i = 0; i < 10; i++) {
                const began = performance.now();
                await fetch('/anlan-font', {method: 'HEAD'});
                took.push((performance.now() - began) / 1000);
            }
            return Math.min(...took);
        }"""
    )
    process = psutil.Process(server[1])
    before = sum(process.cpu_times()[:2])
    took = tab.evaluate(
        """async () => {
            const label = document.querySelector('[data-a=stock-water_ml]');
            const thumb = document.querySelector('[data-a=slider-water_ml] [tabindex="0"]');
            const took = [];
            for (let i = 0; i < 10; i++) {
                const began = performance.now();
                const done = new Promise(answer => {
                    const seen = new MutationObserver(() => { seen.disconnect(); answer(); });
                    seen.observe(label, {subtree: true, childList: true, characterData: true});
                    setTimeout(answer, 20000);
                });
                thumb.dispatchEvent(
                    new KeyboardEvent('keydown', {key: 'ArrowRight', keyCode: 39, bubbles: true}));
                await done;
                took.push((performance.now() - began) / 1000);
                await new Promise(after => setTimeout(after, 20));
            }
            return took;
        }"""
    )
    middle = statistics.median(took)
    spent = (sum(process.cpu_times()[:2]) - before) / len(took)
    print(f"slider: best {min(took):.3f} s, middle {middle:.3f} s; a request {trip:.3f} s; "
          f"{spent:.3f} s of CPU an answer")  # fmt: skip
    assert spent < SLIDER_S
    assert min(took) < max(SLIDER_S, 5 * trip)


def test_two_plans_are_compared_run_by_run(tab: Any) -> None:
    moved_to_port(tab)
    chosen(tab, "runs", word("view.runs", CHINESE, n=20))
    at(tab, "tab-compare").click()
    at(tab, "compare").click()
    found = at(tab, "compared")
    found.locator("table").first.wait_for()
    text = found.inner_text()
    assert word("view.compare.before", CHINESE) in text
    assert word("view.compare.after", CHINESE) in text
    assert "seat" in text or "港口" in text or "port" in text


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_window(
    browser: Any, server: tuple[str, int], lang: str, width: int
) -> None:
    page = cut(browser.new_page(viewport={"width": width, "height": 844}), server[0])
    opened(page, server[0], lang)
    for name in ("map", "tables", "results", "compare", "size", "save"):
        if width == 1280:
            at(page, f"tab-{name}").click()
        else:
            at(page, f"tab-{name}").evaluate("tab => tab.click()")
        page.wait_for_timeout(300)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, name
    assert page.outside == page.errors == []
    page.close()


def test_twenty_tabs_have_a_plan_each(browser: Any, server: tuple[str, int]) -> None:
    context = browser.new_context(viewport={"width": 800, "height": 600})
    pages = [cut(context.new_page(), server[0]) for _ in range(TABS)]
    for page in pages:
        opened(page, server[0], CHINESE)
        at(page, "tab-tables").click()
    for n, page in enumerate(pages):
        at(page, "cell-members-0").first.click()
        page.locator(".q-popup-edit input").fill(str(10 + n))
        page.locator(".q-popup-edit input").press("Enter")
        at(page, "cell-members-0").get_by_text(str(10 + n)).wait_for()
    for n, page in enumerate(pages):
        page.reload()
        at(page, "tab-tables").click()
        at(page, "cell-members-0").first.wait_for()
        assert at(page, "cell-members-0").first.inner_text().strip() == str(10 + n)
    context.close()
