"""The report in a real browser, offline: it opens without an error, its pictures are drawn, and
it asks nothing of the network. Skipped where there is no Chromium."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from anlan.app.cli import main

BROWSER = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    ),
    "",
)
pytestmark = [
    pytest.mark.page,
    pytest.mark.skipif(not BROWSER, reason="no Chromium on this machine"),
]

# Put at the top of the copy that is opened: counts errors, and at the end says what it saw.
PROBE = """<script>
window.seen = {errors: []};
const say = e => seen.errors.push(String(e.message || e.target.src || e.target.href));
addEventListener('error', say, true);
addEventListener('unhandledrejection', e => seen.errors.push(String(e.reason)));
addEventListener('load', () => setTimeout(() => {
  seen.images = [...document.images].map(i => [i.complete, i.naturalWidth, i.alt]);
  seen.svgs = document.querySelectorAll('svg').length;
  seen.fetched = performance.getEntriesByType('resource').map(r => r.name)
    .filter(name => !name.startsWith('data:'));
  seen.wider = document.documentElement.scrollWidth - innerWidth;
  seen.lang = document.documentElement.lang;
  const out = document.createElement('pre');
  out.id = 'seen';
  out.textContent = JSON.stringify(seen);
  document.body.append(out);
}, 200));
</script>"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("study") / "out"
    assert main(["run", "tiny", "--runs", "2", "--workers", "1", "--out", str(out)]) in (0, 1, 3)
    return out


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_report_opens_offline(study: Path, lang: str, tmp_path: Path) -> None:
    assert main(["report", str(study), "--lang", lang]) in (0, 1, 3)
    html = (study / "report.html").read_text(encoding="utf-8")
    page = tmp_path / "report.html"  # alone: nothing beside it can help
    head = re.search(r"<head[^>]*>", html)
    assert head
    page.write_text(html[: head.end()] + PROBE + html[head.end() :], encoding="utf-8")
    seen = open_page(page)
    assert seen["errors"] == []
    assert seen["fetched"] == []
    assert seen["images"] or seen["svgs"]
    for complete, width, alt in seen["images"]:
        assert complete, alt
        assert width > 0, alt
        assert alt, "a picture without words for those who cannot see it"
    assert seen["lang"].startswith(lang)
    assert seen["wider"] <= 0, "the page is wider than the window"


def open_page(page: Path) -> dict[str, object]:
    """What the probe saw when the page was opened without a network."""
    done = subprocess.run(
        [
            BROWSER,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={page.parent / 'profile'}",
            "--virtual-time-budget=10000",
            "--window-size=1200,900",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    found = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout, flags=re.S)
    assert found, done.stderr[-2000:]
    seen: dict[str, object] = json.loads(unescape(found[1]))
    return seen
