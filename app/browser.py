"""A page printed as PDF by the browser of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from anlan.analysis.words import word
from anlan.analysis.words.errors import in_words
from anlan.app.folder import path_text
from anlan.sim.scenario.errors import BadInput, reason
from anlan.sim.study import whole

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
         "microsoft-edge", "microsoft-edge-stable", "msedge")  # fmt: skip
# where they are put on systems that do not have them on the search path
ON_WINDOWS = ("Microsoft/Edge/Application/msedge.exe", "Google/Chrome/Application/chrome.exe")
ON_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# A page that is one file needs no network, so it gets none; the font beside it is a file as well.
ALWAYS = ("--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking",
          "--disable-component-update", "--disable-dev-shm-usage", "--no-pdf-header-footer",
          "--host-resolver-rules=MAP * ~NOTFOUND", "--allow-file-access-from-files")  # fmt: skip
SECONDS = 120  # a report of a district takes a few
FAMILY = "Noto Sans CJK SC"  # the first that the report's page asks for
PDF = b"%PDF-"


def find_browser() -> str:
    """The path of a browser that prints without a window; empty where there is none."""
    return next((path for path in _candidates() if path), "")


def _candidates() -> Iterator[str]:
    for name in NAMES:
        yield shutil.which(name) or ""
    places = [Path(path) for path in ON_MAC]
    for key in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if base := os.environ.get(key):
            places += [Path(base) / name for name in ON_WINDOWS]
    yield from (str(path) for path in places if path.is_file())


def print_pdf(page: str, file: Path, report: Path, lang: str) -> None:
    """Print a page to a file, whole or not at all. Raises BadInput; `report` is named there as what
    can be printed by hand.
    """
    shown = path_text(report)
    browser = find_browser()
    if not browser:
        raise BadInput(word("cli.document.no_browser", lang, report=shown))
    with tempfile.TemporaryDirectory(prefix="anlan-print-", ignore_cleanup_errors=True) as home:
        source, made = Path(home) / "page.html", Path(home) / "page.pdf"
        source.write_text(with_font(page), encoding="utf-8")
        why = _print(browser, source, made, lang)
        data = made.read_bytes() if made.is_file() else b""
    if not data.startswith(PDF):
        told = {"browser": Path(browser).name, "why": why, "report": shown}
        raise BadInput(word("cli.document.no_pdf", lang, **told))
    with whole(file) as beside:
        beside.write_bytes(data)


def with_font(page: str) -> str:
    """The page with the Chinese font that anlan brings, where the machine has not got it.

    A PDF is read elsewhere: what was printed without a font stays unreadable.
    """
    from anlan.analysis.plots.fonts import packaged_font

    font = packaged_font()
    if font is None:
        return page
    face = f'font-family: "{FAMILY}"; src: local("{FAMILY}"), url("{font.as_uri()}");'
    style = f"<style>@font-face {{ {face} }}</style>"
    return page.replace("</head>", f"{style}</head>", 1)


def _print(browser: str, source: Path, made: Path, lang: str) -> str:
    """Print, and what the browser said last."""
    root = sys.platform.startswith("linux") and os.geteuid() == 0
    command = [browser, *ALWAYS, *(["--no-sandbox"] if root else []),
               f"--user-data-dir={source.parent / 'profile'}", f"--print-to-pdf={made}",
               source.as_uri()]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return word("cli.document.late", lang, seconds=SECONDS)
    except OSError as error:
        return in_words(reason(error), lang)
    said = done.stderr.decode("utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(said) if line.strip()), str(done.returncode))
