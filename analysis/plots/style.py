"""What all pictures share: colours that the colour-blind can tell apart, sizes, captions, axes.

Colours: Okabe and Ito 2008, "Color universal design". Shapes and words carry the same
meaning as the colours, so that the pictures also print in grey.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from anlan.analysis.measures.facts import Floats
from anlan.analysis.plots.picture import Drawn
from anlan.analysis.results.folder import Results
from anlan.analysis.text.dates import date
from anlan.analysis.text.layout import width, wrap
from anlan.analysis.words import word
from anlan.sim.study import whole, write_table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, SKY, GREEN = "#0072B2", "#56B4E9", "#009E73"
VERMILION, ORANGE, PURPLE = "#D55E00", "#E69F00", "#CC79A7"
INK, GREY, PALE = "#222222", "#6E6E6E", "#DDDDDD"
UNJUDGED = "#A8A8A8"
VERDICT_COLOUR = {"met": BLUE, "not met": VERMILION, "undecided": GREY, "assumed": UNJUDGED,
                  "nothing to judge": UNJUDGED, "not in the model": UNJUDGED,
                  "over seasons": UNJUDGED}  # fmt: skip
VERDICT_MARK = {"met": "o", "not met": "X", "undecided": "D", "assumed": "s",
                "nothing to judge": "s", "not in the model": "s",
                "over seasons": "s"}  # fmt: skip
GOOD_SIDE = "#E3F1FA"  # behind values that keep a limit
BAND = (0.05, 0.95)
TITLE_PT, CAPTION_PT = 13.0, 8.0
PRINT_DPI = 300
# Inches of A4 between the margins that Word gives a page: what a PNG says it is large, so that it
# is put into a page whole.
PAGE_IN = (6.25, 9.2)


@contextmanager
def styled() -> Iterator[None]:
    """Draw and save inside this: fonts, sizes, and SVG text as paths, the same every time."""
    import matplotlib as mpl

    from anlan.analysis.plots.every_line import in_every_line
    from anlan.analysis.plots.fonts import family

    settings: Any = {
        "font.family": [family(), "DejaVu Sans"],
        "font.size": 9,
        "axes.titlesize": 10,
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.unicode_minus": False,
        "axes.grid": True,
        "grid.color": "#EBEBEB",
        "grid.linewidth": 0.6,
        "axes.axisbelow": True,
        "xtick.color": GREY,
        "ytick.color": GREY,
        "legend.frameon": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "anlan",
    }
    if "text.language" in mpl.rcParams:  # matplotlib 3.11: simplified shapes of a pan-CJK font
        settings["text.language"] = "zh-Hans"
    with mpl.rc_context(settings), in_every_line():
        yield


def canvas(width_in: float, body_in: float, title: str, caption: str) -> Figure:
    """A figure with the finding on top, the small print below, and `body_in` inches between."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    head = wrap(title, _columns(width_in - 0.4, TITLE_PT, title))
    foot = wrap(caption, _columns(width_in - 0.4, CAPTION_PT, caption))
    top = 0.22 + len(head) * TITLE_PT * 1.45 / 72
    bottom = 0.18 + len(foot) * CAPTION_PT * 1.5 / 72
    height = body_in + top + bottom
    figure = Figure(figsize=(width_in, height), layout="constrained")
    figure.set_label(title)
    FigureCanvasAgg(figure)
    engine: Any = figure.get_layout_engine()
    engine.set(rect=(0.01, bottom / height, 0.98, body_in / height))
    for i, line in enumerate(head):
        y = 1 - (0.14 + i * TITLE_PT * 1.4 / 72) / height
        figure.text(0.2 / width_in, y, line, size=TITLE_PT, color=INK, va="top")
    for i, line in enumerate(reversed(foot)):
        y = (0.1 + i * CAPTION_PT * 1.45 / 72) / height
        figure.text(0.2 / width_in, y, line, size=CAPTION_PT, color=GREY, va="bottom")
    return figure


def _columns(width_in: float, size_pt: float, text: str) -> int:
    """How many columns of a text fit: half a Chinese character or one narrower Latin letter."""
    chinese = width(text) > len(text)
    return int(width_in * 72 / (size_pt * (0.54 if chinese else 0.47)))


def save(drawn: Drawn, folder: Path, name: str, lang: str) -> list[Path]:
    """Write `<name>.<lang>.png` and `<name>.<lang>.svg`, and the numbers in them as `<name>.csv`.

    Each whole or not at all. The title stands in the files' metadata as well: in a picture its
    letters are outlines.
    """
    figure = drawn.figure
    title = {"Title": str(figure.get_label())}
    png, svg = (folder / f"{name}.{lang}.{end}" for end in ("png", "svg"))
    said_dpi = PRINT_DPI * max(
        1.0, *(size / most for size, most in zip(figure.get_size_inches(), PAGE_IN, strict=True))
    )
    _lay_out(figure)
    with whole(png) as beside:
        figure.savefig(beside, format="png", dpi=PRINT_DPI, facecolor="white", metadata=title,
                       pil_kwargs={"compress_level": 1, "dpi": (said_dpi, said_dpi)})  # fmt: skip
    with whole(svg) as beside:
        figure.savefig(beside, format="svg", facecolor="white", metadata={"Date": None, **title})
    numbers = folder / f"{name}.csv"
    text = drawn.table.to_csv(index=False, lineterminator="\n")
    if not numbers.is_file() or numbers.read_bytes().removeprefix(BOM_UTF8) != text.encode():
        for old in {*folder.glob(f"{name}.*.png"), *folder.glob(f"{name}.*.svg")} - {png, svg}:
            old.unlink()  # in another language, with other numbers
        write_table(numbers, text)
    return [png, svg, numbers]


def _lay_out(figure: Figure) -> None:
    """Give each part of a figure its place once; matplotlib would do so at each drawing, and draw
    once more to that end.
    """
    engine = figure.get_layout_engine()
    if engine is None:
        return
    shown_dpi = figure.dpi
    figure.dpi = PRINT_DPI  # texts are measured as they are printed
    engine.execute(figure)
    figure.dpi = shown_dpi
    figure.set_layout_engine(None)  # with any, even one that does nothing, it draws to lay out


def runs_caption(results: Results, lang: str, key: str = "caption.band") -> str:
    """How many runs, what the band is, what is assumed: the tail of every caption."""
    low, high = (f"{100 * q:.0f}" for q in BAND)
    band = word(key, lang, low=low, high=high) if key else ""
    runs = word("caption.runs", lang, n=results.run_count)
    return runs + band + word("caption.assumed", lang)


def draw_band(axes: Axes, results: Results, name: str, colour: str, label: str, scale: float = 1.0,
              line: str = "-") -> Floats:  # fmt: skip
    """A series' median over the runs with its band; returns the median."""
    hours, values = results.curve(name)
    if not len(hours):
        return np.zeros(0)
    low, middle, high = np.quantile(values * scale, [BAND[0], 0.5, BAND[1]], axis=0)
    clock: Any = results.clocks(hours)
    axes.fill_between(clock, low, high, color=colour, alpha=0.22, linewidth=0)
    axes.plot(clock, middle, line, color=colour, linewidth=1.8, label=label)
    return np.asarray(middle)


def date_axis(axes: Axes, results: Results, lang: str, small: bool = False) -> None:
    """Local dates below, an hour mark between."""
    from matplotlib import dates as untyped
    from matplotlib.ticker import FuncFormatter

    dates: Any = untyped

    hours = results.scenario.settings.duration_h
    step = 24 if hours > 96 or small else 12 if hours > 36 else 6
    every = max(1, round(hours / (24 * 6)))
    locator = dates.DayLocator(interval=every)
    if step < 24:
        locator = dates.HourLocator(range(0, 24, step))
    axes.xaxis.set_major_locator(locator)

    def text(day: float, _: object) -> str:
        when = dates.num2date(day)
        return f"{when.hour}:00" if when.hour else date(when, lang)

    axes.xaxis.set_major_formatter(FuncFormatter(text))
    axes.set_xlim(results.clock(0), results.clock(hours))  # type: ignore[arg-type]


def thousands(axes: Axes) -> None:
    """Counts on the y axis with commas, from zero."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,.0f}"))
    axes.set_ylim(0, max(axes.get_ylim()[1], 1.0))


def percents(axes: Axes, high: float = 1.0) -> None:
    """Shares on the y axis as per cent."""
    from matplotlib.ticker import PercentFormatter

    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_ylim(0, high * 1.02)


def legend(axes: Axes) -> None:
    """The key to the right of the axes."""
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=8, handlelength=1.4)


def nothing(axes: Axes, lang: str) -> None:
    """Say plainly that there is nothing to show."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, word("nothing", lang), ha="center", va="center", color=GREY, size=12)


def empty(title: str, caption: str, lang: str, table: pd.DataFrame) -> Drawn:
    """A picture of nothing, said plainly."""
    figure = canvas(8.4, 1.2, title, caption)
    nothing(figure.add_subplot(), lang)
    return Drawn(figure, table)


def spread(values: Floats) -> tuple[float, float]:
    """The ends of `BAND` of some runs' values, those that are not a number left out."""
    known = values[~np.isnan(values)]
    low, high = np.quantile(known, BAND) if len(known) else (np.nan, np.nan)
    return float(low), float(high)


def curve_rows(results: Results, names: Sequence[str], scale: float = 1.0) -> pd.DataFrame:
    """Curves of the table `series` by the hour: mean, median and, as low and high, `BAND`."""
    import pandas as pd

    parts = [pd.DataFrame(columns=["series", "hour", "mean", "median", "low", "high"])]
    for name in names:
        hours, values = results.curve(name)
        if not len(hours):
            continue
        low, middle, high = np.quantile(values * scale, [BAND[0], 0.5, BAND[1]], axis=0)
        mean = values.mean(axis=0) * scale
        columns = {"hour": hours, "mean": mean, "median": middle, "low": low, "high": high}
        parts.append(pd.DataFrame({"series": name, **columns}))
    return pd.concat(parts[1:] or parts)


def draw_rows(axes: Axes, results: Results, rows: pd.DataFrame, colour: str, label: str,
              line: str = "-") -> None:  # fmt: skip
    """The median of one curve of `curve_rows` with its band."""
    clock: Any = results.clocks(rows["hour"])
    axes.fill_between(clock, rows["low"], rows["high"], color=colour, alpha=0.18, linewidth=0)
    axes.plot(clock, rows["median"], line, color=colour, linewidth=1.8, label=label)
