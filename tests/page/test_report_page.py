"""The report in a real browser, offline: it opens without an error, its pictures are drawn, and
it asks nothing of the network. Skipped where there is no Chromium."""

from __future__ import annotations

import json
import re
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from anlan.app.browser import find_browser
from anlan.app.cli import main

BROWSER = find_browser()
QUIET = (
    BROWSER,
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
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
  seen.width = innerWidth;
  seen.tapped = [...document.querySelectorAll('figure img')].map(i => {
    const before = i.getBoundingClientRect().width;
    i.click();
    return [before, i.getBoundingClientRect().width];
  });
  if (parent !== window) { parent.postMessage(JSON.stringify(seen), '*'); return; }
  const out = document.createElement('pre');
  out.id = 'seen';
  out.textContent = JSON.stringify(seen);
  document.body.append(out);
}, 200));
</script>"""
# The browser makes no window so narrow: the page is put into a frame, and tells what it saw.
PHONE = """<!DOCTYPE html>
<iframe src="report.html" width="390" height="844" frameborder="0"></iframe>
<script>addEventListener('message', e => {
  const out = document.createElement('pre');
  out.id = 'seen';
  out.textContent = e.data;
  document.body.append(out);
});</script>"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("study") / "out"
    plain = ["--runs", "2", "--workers", "1", "--no-pictures"]
    assert main(["run", "tiny", *plain, "--out", str(out)]) in (0, 1, 3)
    page_of(out, "zh")
    return out


def page_of(study: Path, lang: str) -> Path:
    """The report in a language, with its pictures; drawn when a test first asks for it."""
    page = study / f"report.{lang}.html"
    if not list((study / "figures").glob(f"*.{lang}.png")):
        assert main(["report", str(study), "--lang", lang]) in (0, 1, 3)
    return page


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.long), "zh"])
def test_the_report_opens_offline(study: Path, lang: str, tmp_path: Path) -> None:
    seen = open_page(probed(study, lang, tmp_path))
    assert seen["errors"] == []
    assert seen["fetched"] == []
    assert seen["images"] or seen["svgs"]
    for complete, width, alt in seen["images"]:
        assert complete, alt
        assert width > 0, alt
        assert alt, "a picture without words for those who cannot see it"
    assert seen["lang"].startswith(lang)
    assert seen["wider"] <= 0, "the page is wider than the window"


def probed(study: Path, lang: str, folder: Path) -> Path:
    """A copy of the report with the probe, alone: nothing beside it can help."""
    html = page_of(study, lang).read_text(encoding="utf-8")
    page = folder / "report.html"
    head = re.search(r"<head[^>]*>", html)
    assert head
    page.write_text(html[: head.end()] + PROBE + html[head.end() :], encoding="utf-8")
    return page


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.long), "zh"])
def test_a_phone_shows_every_picture_whole(study: Path, lang: str, tmp_path: Path) -> None:
    """390 px wide: nothing is slid sideways before a picture is tapped, then it is larger."""
    frame = probed(study, lang, tmp_path).with_name("phone.html")
    frame.write_text(PHONE, encoding="utf-8")
    seen = open_page(frame)
    assert seen["width"] == 390
    assert seen["wider"] <= 0
    assert len(seen["tapped"]) > 5
    for width, tapped in seen["tapped"]:
        assert 300 < width <= 390
        assert tapped > 700


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.long), "zh"])
def test_the_report_prints_on_a4(study: Path, lang: str, tmp_path: Path) -> None:
    """Every page is A4, and no picture is wider than what lies between its margins."""
    page, pdf = page_of(study, lang), tmp_path / "report.pdf"
    subprocess.run([*QUIET, f"--user-data-dir={tmp_path / 'profile'}", "--no-pdf-header-footer",
                    f"--print-to-pdf={pdf}", page.as_uri()], capture_output=True, timeout=120,
                   check=True)  # fmt: skip
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf.read_bytes())
    assert len(boxes) > 3
    for width, height in boxes:
        assert float(width) == pytest.approx(595.3, abs=1.5)
        assert float(height) == pytest.approx(841.9, abs=1.5)


def test_the_report_is_printed_with_a_chinese_font(study: Path, tmp_path: Path) -> None:
    """`anlan document --pdf`, on a machine that has a Chinese font or none."""
    made = tmp_path / "report.pdf"
    assert main(["document", str(study), "--pdf", "--lang", "zh", "--out", str(made)]) == 0
    data = made.read_bytes()
    assert data.startswith(b"%PDF-")
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert len(boxes) > 3
    assert re.search(rb"/FontName /[A-Z]{6}\+[A-Za-z-]*(CJK|Hei|Song|Sans-?SC|PingFang)", data)


def test_pictures_say_a_size_that_fits_a_page_of_word(study: Path) -> None:
    from PIL import Image

    paths = list((study / "figures").glob("*.png"))
    assert len(paths) > 5
    for path in paths:
        with Image.open(path) as image:
            dpi = image.info["dpi"]
            width, height = (n / d for n, d in zip(image.size, dpi, strict=True))
        assert width <= 6.27, path.name  # A4 less margins of an inch
        assert height <= 9.7, path.name
        assert min(dpi) >= 299, path.name


def open_page(page: Path) -> dict[str, Any]:
    """What the probe saw when the page was opened without a network."""
    done = subprocess.run(
        [
            *QUIET,
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={page.parent / 'profile'}",
            "--virtual-time-budget=10000",
            "--window-size=1200,900",
            "--hide-scrollbars",
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
    seen: dict[str, Any] = json.loads(unescape(found[1]))
    return seen
