"""What `compare` shows first: the measures that moved, the clearest before the others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anlan import sim
from anlan.analysis.compare.moved import moved
from anlan.analysis.pipeline import replicate
from anlan.app.cli import main

SHORT = {"settings.duration_h": "4", "settings.start_before_closest_h": "2"}
RUNS = 30


def made(**measures: tuple[object, object]) -> pd.DataFrame:
    """Runs of two variants; (base, other) values a measure, one number or one a run."""
    frames = []
    for variant in (0, 1):
        columns = {m: np.broadcast_to(pair[variant], RUNS) for m, pair in measures.items()}
        frames.append(pd.DataFrame({"variant": variant, "run": range(RUNS), **columns}))
    return pd.concat(frames, ignore_index=True)


def test_what_moved_is_told_from_what_may_be_chance() -> None:
    rng = np.random.default_rng(1)
    base, noise = rng.normal(10.0, 1.0, RUNS), rng.normal(0.0, 1.0, RUNS)
    noise -= noise.mean()  # as likely one way as the other
    found = moved(
        made(
            **{
                "harm.deaths": (base, base + 5.0 + 0.1 * noise),
                "harm.injured": (base, base - 1.0),
                "evacuation.ordered_persons": (base, base + noise),
                "rescue.incidents": (base, base),
                "relief.within_10h_share": (np.nan, np.nan),
            }
        ),
        0,
    )
    order = ["harm.injured", "harm.deaths", "evacuation.ordered_persons"]
    assert found.rows["name"].tolist() == order
    assert found.rows["difference"].tolist() == pytest.approx([-1.0, 5.0, 0.0], abs=1e-9)
    assert (found.clear, found.same) == (2, 2)


def test_where_nothing_differs_nothing_moved() -> None:
    found = moved(made(**{"harm.deaths": (1.0, 1.0), "harm.injured": (2.0, 2.0)}), 0)
    assert (len(found.rows), found.clear, found.same) == (0, 0, 2)


def test_intervals_are_widened_for_how_many_measures_are_compared() -> None:
    """A difference that alone would just pass does not pass among many."""
    noise = np.random.default_rng(2).normal(0.0, 1.0, RUNS)
    noise = (noise - noise.mean()) / noise.std(ddof=1)
    shift = 2.2 / np.sqrt(RUNS)  # t(29) asks for 2.05 at 95 %, for 2.36 of two at once
    one = {"harm.deaths": (np.zeros(RUNS), noise + shift)}
    two = {**one, "harm.injured": (np.zeros(RUNS), noise)}
    assert moved(made(**one), 0).clear == 1
    assert moved(made(**two), 0).clear == 0


def test_compare_shows_first_what_moved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "250")
    for name, more in (("one", {}), ("two", {"parameters.rain.scale": "1.3"})):
        replicate(sim.load("tiny", SHORT | more), 3, folder=tmp_path / name, keep_ledgers=0)
    one, two = (str(tmp_path / name) for name in ("one", "two"))
    csv = tmp_path / "all.csv"
    assert main(["compare", one, two, "--lang", "en", "--csv", str(csv)]) == 0
    said = capsys.readouterr().out
    first, _, last = said.partition("Paired differences")
    assert "Over all measures 0 differ beyond chance" in first
    assert "largest total rain" in last.partition("may do so by chance")[2]
    assert len(pd.read_csv(csv)) > 100
    assert main(["compare", one, two, "--lang", "zh", "--measure", "harm.deaths"]) == 0
    assert "全部度量" not in capsys.readouterr().out
