"""The list of who was not reached in time: the same persons as the measures count, with a cause."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from anlan.analysis.chains.links import LINKS
from anlan.analysis.digests.late import AND
from anlan.analysis.digests.unreached import LACKS, unreached
from anlan.analysis.exports.unreached_sheet import unreached_sheet
from anlan.analysis.measures.facts import Facts
from anlan.analysis.measures.population import IN_PERIL, JUDGED_10H, UNSAFE_HOMES
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.report.unreached import MOST, shown_unreached
from anlan.analysis.results.folder import Results
from anlan.analysis.results.unreached import KEYS, unreached_list, waited_for
from anlan.analysis.statistics.intervals import mean_interval
from anlan.analysis.words import LANGS, word
from anlan.sim import load, run
from tests.fabricated import district, finished_folder, made_up_ledger

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    scenario = district()
    ledgers = [made_up_ledger(scenario, seed) for seed in SEEDS]
    return finished_folder(tmp_path_factory.mktemp("made") / "up", scenario, ledgers)


def persons(facts: Facts, lack: str) -> float:
    found = unreached(facts)
    return float(found["persons"][found["lack"] == lack].sum())


def missed(facts: Facts, measure: str, whole: float) -> float:
    """Persons of a population for whom a share was not kept."""
    share = MEASURES[measure].function(facts)
    return 0.0 if np.isnan(share) else (1.0 - share) * whole


def test_the_list_counts_whom_the_measures_count() -> None:
    """People burnt out and caught in fires: a regression on what two ways of counting share."""
    scenario = load("linyi-building-fire-stress")
    facts = Facts(scenario, run(scenario).tables())
    no_roof = MEASURES["relief.no_roof_10h_persons"].function(facts)
    assert persons(facts, "roof") == no_roof > 0
    late = missed(facts, "relief.within_10h_share", JUDGED_10H.counts(facts).sum())
    assert persons(facts, "relief") == pytest.approx(late)


def test_made_up_runs_are_listed_as_the_measures_count_them() -> None:
    scenario = district()
    for seed in SEEDS:
        facts = Facts(scenario, made_up_ledger(scenario, seed))
        late = missed(facts, "relief.within_10h_share", JUDGED_10H.counts(facts).sum())
        assert persons(facts, "relief") == pytest.approx(late)
        reached = missed(facts, "rescue.safe_or_reached_60min_share", IN_PERIL.counts(facts).sum())
        assert persons(facts, "crew") <= reached + 1e-9  # who died at once waited for nobody
        moved = missed(facts, "evacuation.before_gale_share", UNSAFE_HOMES.counts(facts).sum())
        assert persons(facts, "moved") <= moved + 1e-9


def test_every_row_has_a_cause_and_a_link_that_has_a_name(results: Results) -> None:
    found = unreached_list(results)
    assert len(found)
    assert set(found["lack"]) <= set(LACKS)
    for row in found.to_dict("records"):
        assert all(link in LINKS for link in row["links"].split(AND))
        assert all(waited_for(row["links"], bool(row["never"]), lang) for lang in LANGS)
    assert word("never.bus", LANGS[0]) == waited_for("told+bus", True, LANGS[0])


def test_means_and_their_ends_are_over_all_runs(results: Results) -> None:
    found = unreached_list(results)
    table = results.table("unreached")
    first = found.iloc[0]
    same = np.logical_and.reduce([table[key] == first[key] for key in KEYS])
    by_run = table[same].groupby("run")["persons"].sum().reindex(range(len(SEEDS)), fill_value=0.0)
    interval = mean_interval(by_run.to_numpy())
    assert first["persons"] == pytest.approx(interval.estimate)
    assert (first["low"], first["high"]) == pytest.approx((max(interval.low, 0.0), interval.high))
    assert first["most"] == by_run.max()
    assert first["runs_share"] == pytest.approx((by_run > 0).mean())
    assert found["persons"].is_monotonic_decreasing


@pytest.mark.parametrize("lang", LANGS)
def test_report_and_workbook_have_the_same_list(results: Results, lang: str) -> None:
    shown, sheet = shown_unreached(results, lang), unreached_sheet(results, lang)
    assert sheet is not None
    assert len(sheet.rows) == len(unreached_list(results))
    assert len(shown["rows"]) == min(MOST, len(sheet.rows))
    for row, cells in zip(shown["rows"], sheet.rows, strict=False):
        assert row[:4] == [cells[1], *cells[3:6]]
    assert all(len(row) == len(shown["heads"]) for row in shown["rows"])


def test_where_all_are_reached_there_is_no_list(tmp_path: Path) -> None:
    scenario = load("tiny")
    none = finished_folder(tmp_path / "calm", scenario, [run(scenario).tables()])
    assert unreached_sheet(none, LANGS[0]) is None
    assert shown_unreached(none, LANGS[0])["rows"] == []
