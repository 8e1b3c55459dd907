"""How far the work is: a bar with the time left on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from anlan.analysis.words import word

Progress = Callable[[int, int], None]
LINES = 10  # how many lines at most where there is no terminal


@contextmanager
def progress(lang: str, what: str = "runs") -> Iterator[Progress]:
    """A callable (done, total) that shows how far the runs are, on the error stream.

    `what` they are called: "runs" or "seasons".
    """
    called = word(f"cli.progress.{what}", lang)
    if sys.stderr.isatty():
        with _bar(called, lang) as show:
            yield show
    else:
        yield _lines(called, lang)


@contextmanager
def _bar(called: str, lang: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn(word("cli.progress.left", lang)),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        # few runs finish a minute: look further back than rich's thirty seconds
        speed_estimate_period=600.0,
    )
    with bar:
        task = bar.add_task(called, total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield show


def _lines(called: str, lang: str) -> Progress:
    begun = time.monotonic()
    first: list[int] = []  # how many runs were there already
    shown = -1

    def show(done: int, total: int) -> None:
        nonlocal shown
        if not first:
            first.append(done)
        step = LINES * done // total if total else 0
        if step == shown:
            return
        shown = step
        fresh = done - first[0]
        left = (time.monotonic() - begun) / fresh * (total - done) if fresh else None
        key = "cli.progress.line" if left is not None and done < total else "cli.progress.count"
        text = word(key, lang, what=called, done=done, total=total, left=span(left or 0.0, lang))
        say(text)

    return show


def say(text: str) -> None:
    """One line on the error stream."""
    print(f"anlan: {text}", file=sys.stderr, flush=True)


def span(seconds: float, lang: str) -> str:
    """Seconds as people say them."""
    if seconds < 90:
        return word("cli.span.s", lang, n=max(1, round(seconds)))
    return word("cli.span.min", lang, n=round(seconds / 60))
