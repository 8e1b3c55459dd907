"""What drawing will cost, from one picture drawn beforehand."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from anlan.analysis.plots.picture import Drawn
from anlan.analysis.plots.style import canvas, save, styled
from anlan.analysis.study.checked import CheckedStudy
from anlan.analysis.words import FALLBACK, word

OF_RUNS = 9  # pictures of a run without fires
OF_A_FIRE = 3
FILES_AS_PICTURES = 3  # workbook, map, report and tables take about as long as so many pictures
PANELS, POINTS = (2, 2), 50  # of a picture of the usual size


def drawing_s(checked: CheckedStudy) -> float:
    """CPU seconds that the pictures and files of a finished study take here."""
    cold = _sample_s()  # reads the library and the font
    return cold + (picture_count(checked) - 1 + FILES_AS_PICTURES) * _sample_s()


def picture_count(checked: CheckedStudy) -> int:
    """About how many pictures a study has: by target, or those of the runs of one variant."""
    if len(checked.variants) == 1:
        fires = sum(kind.endswith("_fire") for kind in checked.scenario.hazards)
        return OF_RUNS + OF_A_FIRE * fires
    targets = sum(t.kind == "performance" for t in checked.scenario.plan.targets)
    stop = checked.study.stop
    if stop is not None and stop.targets != "all":
        targets = len(stop.targets)
    design, factors = checked.study.design, checked.study.factor_names
    kind = design.kind if design else ""
    each = 1 + (kind in ("sobol", "morris")) + (kind in ("grid", "table") and len(factors) > 1)
    return max(targets * (each + (len(factors) == 2 and kind != "morris")), 1)


def _sample_s() -> float:
    import pandas as pd

    begun = time.process_time()
    with TemporaryDirectory(prefix="anlan-") as folder, styled():
        text = word("report.pictures", FALLBACK)
        figure = canvas(9.6, 4.0, text, text)
        for axes in figure.subplots(*PANELS).ravel():
            axes.plot(range(POINTS))
            axes.set(title=text, xlabel=text, ylabel=text)
        save(Drawn(figure, pd.DataFrame({"x": range(POINTS)})), Path(folder), "x", FALLBACK)
    return time.process_time() - begun
