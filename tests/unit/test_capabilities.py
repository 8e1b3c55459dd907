"""What counts: which capabilities there are, what is changed, and how a cell is decided."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from anlan.analysis.capabilities.conducted import (
    STILL_LOOK,
    Budget,
    conduct_scenario,
    scenario_of,
)
from anlan.analysis.capabilities.judged import Judged, Looks, judge_cell, settled
from anlan.analysis.capabilities.levels import Cell, cells, levels
from anlan.analysis.capabilities.listed import (
    capabilities,
    left_out,
    measures_looked_at,
    scenarios,
)
from anlan.analysis.capabilities.played import Variant, play
from anlan.analysis.capabilities.reasons import (
    NAMES,
    NO_ROOF,
    OF_THINGS,
    OUT_SHARES,
    REASONS,
    CellDigest,
    all_out_in_time,
    commonest,
    excuse,
    holding,
    nobody_short,
)
from anlan.analysis.capabilities.screened import together
from anlan.analysis.measures.facts import Facts
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.text.data import rows_of
from anlan.analysis.words import LANGS, words
from anlan.sim import SHIPPED, Scenario, load, run
from anlan.sim.scenario.registry import Table, entries
from tests.oracle.district import set_parameters

WAIT, DEATHS, HEARD = "rescue.unreached_person_h", "harm.deaths", "warning.heard_share"
RUNS = 16


def listed(name: str) -> Cell:
    return Cell(next(c for c in capabilities() if c.id == name))


def test_every_capacity_of_the_registry_has_a_row_and_says_what_it_is_for() -> None:
    """Name a new one in capabilities.csv (or in not_capabilities.csv, with the reason)."""
    named = {(c.table, column) for c in capabilities() for column in c.columns}
    whole = {c.table for c in capabilities() if not c.columns}
    for entry in entries(Scenario):
        part = entry.part
        if isinstance(part, Table):
            for column in part.capacity:
                assert (entry.attribute, column) in named | left_out()
            if part.rows_vary and not part.capacity:
                assert entry.attribute in whole
    assert all(c.serves for c in capabilities()), [c.id for c in capabilities() if not c.serves]
    assert all(c.leads and set(c.leads) < set(c.serves) for c in capabilities())
    assert all(row["why"] for row in rows_of("anlan.analysis.capabilities", "not_capabilities.csv"))


def test_the_lists_name_only_what_there_is() -> None:
    ids = [c.id for c in capabilities()]
    assert len(set(ids)) == len(ids)
    known = {e.attribute: e for e in entries(Scenario)}
    shipped = load("tiny")
    for c in capabilities():
        assert all(c.labels[lang] for lang in LANGS)
        assert set(c.serves) <= set(MEASURES)
        for reason in c.reasons:
            for name in reason.split("+"):
                assert name in NAMES or name.partition(".")[0] in OF_THINGS, name
        if c.parameter:
            parameter = shipped.parameters[c.parameter]
            assert all(parameter.low <= v <= parameter.high for _, v in c.settings)
        else:
            assert set(c.columns) | {c.by.partition(".")[0]} - {""} <= set(
                known[c.table].row.model_fields
            )
    used = {n.partition(".")[0] for c in capabilities() for r in c.reasons for n in r.split("+")}
    assert used == {*NAMES, *OF_THINGS}
    assert all(f"reason.{name}" in words() for name in used)
    assert set(scenarios()) <= {path.name for path in SHIPPED.iterdir()}


def test_members_are_halved_in_all_and_every_other_odd_one_is_rounded_up() -> None:
    scenario = load("haimen-typhoon")
    made = levels(scenario, listed("teams")).scenarios
    total = sum(t.members for t in scenario.teams)
    assert sum(t.members for t in made["none"].teams) == 0
    assert abs(sum(t.members for t in made["half"].teams) - total / 2) <= 0.5
    assert sum(t.members for t in made["double"].teams) == 2 * total
    assert made["half"].stores == scenario.stores
    for team in made["half"].teams:
        was = next(t for t in scenario.teams if t.team == team.team)
        assert abs(team.members - was.members / 2) <= 0.5


def test_half_of_something_does_not_hang_on_the_order_of_the_rows() -> None:
    scenario = load("haimen-typhoon")
    turned = scenario.model_copy(update={"teams": scenario.teams[::-1]})
    one, other = (levels(s, listed("boats")).scenarios["half"] for s in (scenario, turned))
    assert {t.team: t.boats for t in one.teams} == {t.team: t.boats for t in other.teams}


def test_rows_are_chosen_by_a_column_by_one_of_its_values_and_through_what_they_name() -> None:
    scenario = load("haimen-typhoon")
    found = {cell.id: cell for cell in cells(scenario)}
    assert found["teams-kind:first_responder"].label("en") == "members of teams: first_responder"
    none = levels(scenario, found["teams-kind:first_responder"]).scenarios["none"]
    assert {t.kind for t in none.teams if not t.members} == {"first_responder"}
    none = levels(scenario, found["teams-water"]).scenarios["none"]
    assert all(bool(t.members) != ("water" in t.capabilities) for t in none.teams)
    none = levels(scenario, found["stock-mode:enterprise"]).scenarios["none"]
    mode = {s.store: s.mode for s in scenario.stores}
    assert {mode[s.holder] for s in none.stock if not s.quantity} == {"enterprise"}
    assert all(s.quantity for s in none.stock if mode.get(s.holder) != "enterprise")
    assert levels(scenario, found["teams-aid"]).scenarios == {}  # Haimen asks for none


def test_rows_without_numbers_come_and_go() -> None:
    scenario = load("fuling-forest-fire")
    made = levels(scenario, listed("watch-points")).scenarios
    assert made["none"].watch_points == ()
    assert abs(len(made["half"].watch_points) - len(scenario.watch_points) / 2) <= 0.5
    assert len({w.watch for w in made["double"].watch_points}) == 2 * len(scenario.watch_points)


def test_a_level_that_cannot_be_is_told_and_a_generator_is_there_or_not() -> None:
    made = levels(load("tiny"), listed("lorry-loads"))
    assert list(made.scenarios) == ["half", "double"]
    assert "truck_kg" in made.refused["none"]
    scenario = load("haimen-typhoon")
    made = levels(scenario, listed("generators"))
    have = sum(c.generator for c in scenario.communities)
    counts = {name: sum(c.generator for c in s.communities) for name, s in made.scenarios.items()}
    assert counts["none"] == 0
    assert abs(counts["half"] - have / 2) <= 0.5
    assert counts["double"] == len(scenario.communities)


def test_a_parameter_takes_its_settings() -> None:
    made = levels(load("tiny"), listed("fire-desks")).scenarios
    assert {k: s.p("fire.call_seats") for k, s in made.items()} == {"none": 1.0, "double": 4.0}


def frame(**columns: Any) -> pd.DataFrame:
    """Measures of some runs; what is not given is the same in all frames."""
    values = {m: np.linspace(1.0, 2.0, RUNS) for m in measures_looked_at()}
    return pd.DataFrame(values | columns)


def noise(mean: float, seed: int = 1) -> Any:
    return frame()[WAIT].to_numpy() + np.random.default_rng(seed).normal(mean, 0.1, RUNS)


def decide(name: str = "teams", **others: pd.DataFrame) -> Judged:
    return judge_cell(listed(name), frame(), others, [{}])


def test_what_helps_what_hurts_and_what_does_both() -> None:
    assert decide(none=frame(**{WAIT: noise(+1)})).verdict == "helps"
    assert decide(double=frame(**{WAIT: noise(-1)})).verdict == "helps"
    assert decide(none=frame(**{WAIT: noise(-1)})).verdict == "hurts"
    assert decide(half=frame(**{WAIT: noise(-1)})).verdict == "hurts"
    assert decide(double=frame(**{WAIT: noise(+1)})).verdict == "hurts"
    both = decide(none=frame(**{WAIT: noise(+1), HEARD: noise(+1)}))
    assert both.verdict == "both"
    assert [(e.measure, e.way, e.served) for e in both.moved] == [
        (HEARD, "wrong", False), (WAIT, "right", True),
    ]  # fmt: skip
    assert decide(none=frame(**{HEARD: noise(-1)})).verdict == "elsewhere"


def test_better_is_as_the_measure_says() -> None:
    """Fewer teams: more deaths or a lower share helped are worse, both ways round."""
    share = "arrest.helped_4min_share"
    assert MEASURES[share].better == "higher"
    assert decide(none=frame(**{share: noise(-1)})).verdict == "helps"
    assert decide(none=frame(**{share: noise(+1)})).verdict == "hurts"
    assert decide(none=frame(**{DEATHS: noise(+1)})).verdict == "helps"


def test_nothing_moves_with_a_reason_only_if_it_held_in_every_run() -> None:
    calm = dict.fromkeys(REASONS, True)
    same = {"none": frame(), "double": frame()}
    found = judge_cell(listed("boats"), frame(), same, [calm] * 3)
    assert (found.verdict, found.reason) == ("no_matter", "nobody_in_water")
    once = judge_cell(listed("boats"), frame(), same, [calm, calm | {"nobody_in_water": False}])
    assert (once.verdict, once.reason) == ("silent", "")
    assert judge_cell(listed("boats"), frame(), same, []).verdict == "silent"
    assert judge_cell(listed("boats"), frame(), {}, []).verdict == "none_there"
    moved = judge_cell(listed("boats"), frame(), {"none": frame(**{WAIT: noise(1)})}, [calm])
    assert (moved.verdict, moved.reason) == ("helps", "")


def test_two_reasons_that_must_both_hold() -> None:
    held = {"a": True, "b": False, "c": True}
    assert excuse(("a+b", "a+c"), [held]) == "a+c"
    assert excuse(("a+b", "d"), [held]) == ""
    assert excuse((), [held]) == ""
    assert excuse(("a",), []) == ""


def test_each_run_may_have_a_reason_of_its_own() -> None:
    a, b, c = {"a": True}, {"b": True}, {"c": True}
    ab, none = a | b, {"a": False}
    assert excuse(("a", "b"), [a, ab]) == "a"
    assert excuse(("a", "b"), [b, ab]) == "b"
    assert excuse(("c", "a", "b"), [b, a, a]) == "a|b"
    assert excuse(("a", "b"), [a, c]) == ""
    assert excuse(("a", "b"), [a, none]) == ""


def test_noise_moves_nothing_and_runs_that_one_side_cannot_judge_are_told() -> None:
    """Many noisy measures: one would be found by chance were they not corrected for."""
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(40):
        other = frame(**{m: rng.normal(1.5, 1.0, RUNS) for m in measures_looked_at()})
        base = frame(**{m: rng.normal(1.5, 1.0, RUNS) for m in measures_looked_at()})
        found += bool(judge_cell(listed("teams"), base, {"none": other}, [{}]).moved)
    assert found <= 6  # 40 rows at 5 %: more than 6 in one case of 100
    gone = frame(**{WAIT: np.full(RUNS, np.nan)})
    effects = judge_cell(listed("teams"), frame(), {"none": gone}, [{}]).effects
    assert [(e.measure, e.one_sided, e.pairs) for e in effects if e.one_sided] == [(WAIT, RUNS, 0)]


def test_a_failed_run_excuses_nothing() -> None:
    broken = frame()
    broken.iloc[3] = np.nan
    found = judge_cell(listed("boats"), frame(), {"none": broken}, [{"nobody_in_water": True}])
    assert (found.verdict, found.failed) == ("failed", 1)


def test_runs_end_where_taking_it_away_is_decided_or_nothing_ever_differs() -> None:
    assert settled(decide(none=frame(**{WAIT: noise(+1)})), RUNS)
    assert not settled(decide(double=frame(**{WAIT: noise(-1)})), RUNS)
    assert settled(decide(none=frame(), double=frame()), RUNS)
    assert not settled(decide(none=frame(), double=frame()), RUNS + 1)
    unclear = decide(none=frame(**{WAIT: noise(0)}))
    assert unclear.verdict == "undecided"
    assert not settled(unclear, RUNS)


def test_a_part_of_a_whole_that_is_taken_away_is_taken_away_with_it() -> None:
    """Nothing of the district's stock is left to change once all stock is gone: it counts."""
    scenario = load("tiny")
    found = {cell.id: cell for cell in cells(scenario)}
    mine = [found[name] for name in ("stock", "stock-level:district", "lorry-loads")]
    none, inside = together(scenario, mine, "none")
    assert inside == tuple(mine[:2])  # lorries that take nothing are refused
    assert not any(s.quantity for s in none.stock)


def test_looks_double_up_to_the_most_runs() -> None:
    played = scenarios()["haimen-typhoon"]
    assert Budget(Path()).looks(played) == [6, 12]
    assert Budget(Path()).looks(scenarios()["tiny"]) == [6, 12, 24, 48]
    assert Budget(Path(), 6).looks(played) == [6]
    assert Budget(Path(), 4).looks(played) == [4]


def test_a_level_with_fewer_runs_has_the_looks_that_it_could_have() -> None:
    """Planned are three looks at none; of the others' runs the last falls on one of them."""
    assert Looks((6, 12, 24), 3).of(24) == Looks((6, 12, 24), 3)
    assert Looks((6, 12, 24), 3).of(12) == Looks((6, 12), 2)
    assert Looks((6, 12), 3).of(6) == Looks((6,), 2)


def test_what_it_is_for_above_all_is_found_where_an_equal_part_would_not_do() -> None:
    """The same differences in a measure that leads and in one that does not."""
    lead, other = "rescue.undone_person_h", "rescue.unfound_person_h"
    assert (lead in listed("teams").listed.leads, other in listed("teams").listed.leads) == (
        True,
        False,
    )
    mine = listed("teams").listed
    others = [m for m in mine.serves if m not in (*mine.leads, other)]
    rng = np.random.default_rng(9)
    around = {m: frame()[m] + rng.normal(0.0, 0.1, RUNS) for m in others}
    even = np.linspace(-1.0, 1.0, RUNS)
    plain = frame()[lead].to_numpy() + 1.1 * even.std(ddof=1) + even  # Student's t is 4.4
    found = decide(none=frame(**around, **{lead: plain}))
    assert [(e.measure, e.way) for e in found.moved] == [(lead, "right")]
    assert decide(none=frame(**around, **{other: plain})).verdict == "undecided"


def test_a_level_with_fewer_runs_is_compared_with_the_same_runs_as_it_is() -> None:
    whole, first = frame(**{WAIT: noise(+1)}), frame(**{WAIT: noise(+1)}).head(6)
    found = judge_cell(listed("teams"), frame(), {"none": whole, "half": first}, [{}])
    pairs = {e.level: e.pairs for e in found.effects if e.measure == WAIT}
    assert pairs == {"none": RUNS, "half": 6}
    assert {e.level: e.higher for e in found.effects if e.measure == WAIT} == pairs


def test_what_moves_nothing_that_it_is_for_does_not_matter_if_a_reason_holds() -> None:
    """Something else differs now and then, undecided."""
    odd = frame()[HEARD].to_numpy().copy()
    odd[3] += 0.1
    calm = [dict.fromkeys(REASONS, True)]
    found = judge_cell(listed("boats"), frame(), {"none": frame(**{HEARD: odd})}, calm)
    assert (found.verdict, found.reason) == ("no_matter", "nobody_in_water")
    found = judge_cell(listed("boats"), frame(), {"none": frame(**{HEARD: odd})}, [{}])
    assert found.verdict == "undecided"


def test_what_could_not_matter_in_most_runs_matters_rarely() -> None:
    wait = frame()[WAIT].to_numpy().copy()
    wait[3] += 5.0
    dry, wet = {"nobody_in_water": True}, {"nobody_in_water": False}
    for held, told in (([dry] * 3 + [wet], "rarely"), ([dry] * 2 + [wet] * 2, "undecided")):
        found = judge_cell(listed("boats"), frame(), {"none": frame(**{WAIT: wait})}, held)
        assert (found.verdict, bool(found.reason)) == (told, told == "rarely")
    assert commonest(("a", "b"), [{"a": True}, {"b": True}, {"b": True}], 1.0) == "b"
    assert commonest(("a",), [], 0.5) == ""


@pytest.mark.long
def test_reasons_are_read_off_the_ledger() -> None:
    kinds = ("immediate", "delayed", "expectant")
    unhurt = {f"wounds__fire_{kind}_share": 0.0 for kind in kinds}  # else they call for medics
    scenario = set_parameters(load("tiny-fire"), **unhurt)
    held = holding(Facts(scenario, run(scenario).tables()))
    assert not held["no_building_fire"]
    assert not held["no_forest_fire"]
    assert not held["nobody_in_incident"]
    assert held["nobody_in_water"]
    assert not held["nobody_in_need"]  # who is burnt out is
    assert not held["item_not_needed.water_ml"]
    assert held["item_not_needed.meal"]  # it is over before dinner
    assert not held["item_not_drawn.water_ml"]
    assert held["only_fires"]
    assert held["no_call_waited"]
    assert held["nobody_called_in"]
    assert not held["team_not_sent.capability.fire"]
    unlit = scenario.model_copy(update={"building_fires": (), "ignitions": ()})
    calm = unlit.replace(hazard={"building_fire": None, "forest_fire": None})
    held = holding(Facts(calm, run(calm).tables()))
    assert held["no_building_fire"]
    assert held["no_forest_fire"]
    assert held["nobody_in_incident"]
    assert held["team_not_sent.capability.fire"]
    assert held["nobody_in_need"]
    assert held["store_not_used.level.district"]
    storm = load("tiny")
    held = holding(Facts(storm, run(storm).tables()))
    assert not held["no_warning"]
    assert not held["store_not_used.level.district"]
    assert not held["nobody_called_in"]
    flood = load("linyi-flood-stress")
    slow = flood.replace(parameters={"response.desk_min": 1.0})
    late = run(flood).tables()
    assert not holding(Facts(slow, late))["no_report_waited"]
    assert CellDigest()(calm, run(calm).tables())["reasons"]["nobody_short"][0]


def test_nobody_is_short_where_nothing_lacked_and_nobody_waited_too_long() -> None:
    measures = {"shortage.meal_person_h": 0.0, "relief.within_10h_share": math.nan}
    out = {name: np.array([1.0]) for name in OUT_SHARES} | {NO_ROOF: np.array([0.0])}
    for name, value, all_out in (
        (NO_ROOF, 0.0, True),
        (OUT_SHARES[0], math.nan, True),
        (OUT_SHARES[-1], 0.99, False),
        (NO_ROOF, 1.0, False),
    ):
        assert all_out_in_time(out | {name: np.array([value])}) is all_out
    for changed, short in (
        ({}, False),
        ({"relief.within_10h_share": 1.0}, False),
        ({"relief.within_10h_share": 0.9}, True),
        ({"shortage.meal_person_h": 0.1}, True),
    ):
        found = {name: np.array([value]) for name, value in (measures | changed).items()}
        assert nobody_short(found) is not short


def test_what_moves_the_wrong_way_by_a_mechanism_with_a_name_is_a_price() -> None:
    """Who is told to leave leaves, needed or not; nothing else of a measure is forgiven."""
    needless, left = "evacuation.needless_persons", "evacuation.left_share"
    none = frame(**{needless: noise(-1), left: noise(+1)})
    found = judge_cell(listed("buses"), frame(), {"none": none}, [{}])
    assert {e.measure: e.way for e in found.moved} == {needless: "cost:needless", left: "wrong"}
    assert decide("buses", none=frame(**{needless: noise(-1)})).verdict == "undecided"
    assert decide("desks", none=frame(**{needless: noise(-1)})).verdict == "hurts"


def test_runs_are_kept_by_their_data_and_played_once(tmp_path: Path) -> None:
    scenario = load("tiny-fire")
    told: list[tuple[int, int]] = []

    def tell(done: int, wanted: int) -> None:
        told.append((done, wanted))

    one, same = (Variant.of(load("tiny-fire"), 1, tmp_path) for _ in range(2))
    fewer = levels(scenario, listed("teams")).scenarios["none"]
    other, later = Variant.of(fewer, 1, tmp_path), Variant.of(scenario, 2, tmp_path)
    assert one.home == same.home
    assert len({one.home, other.home, later.home}) == 3
    assert play([one, same, other], 2, tell=tell)
    assert told[-1] == (4, 4)
    told.clear()
    assert play([one, other], 3, tell=tell)
    assert told[-1] == (2, 2)
    assert not play([later], 1, deadline=0.0)
    frame_, held = one.results(3)
    assert len(frame_) == len(held) == 3
    assert frame_["fire.buildings"].tolist() == [1.0, 1.0, 1.0]


@pytest.mark.long
def test_a_cell_is_played_and_decided_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    small = scenarios()["tiny-fire"]
    budget = Budget(tmp_path, 12)

    def only(cell: Cell) -> bool:
        return cell.id in ("teams-fire", "lorries", "boats")

    stopped = conduct_scenario(small, Budget(tmp_path, 12, deadline=0.0), only)
    assert {j.cell.id: j.verdict for j in stopped}["teams-fire"] == "unplayed"
    found = {j.cell.id: j for j in conduct_scenario(small, budget, only)}
    assert found["teams-fire"].verdict == "helps"
    assert "fire.burnt_m2" in {e.measure for e in found["teams-fire"].moved}
    assert (found["lorries"].verdict, found["lorries"].reason) == ("no_matter", "no_lorry_drove")
    assert (found["lorries"].runs, found["teams-fire"].runs) == (STILL_LOOK, 12)
    assert found["boats"].verdict == "none_there"


def test_the_stated_scale_and_hours_are_those_of_the_scenario_that_is_played() -> None:
    played = scenarios()["haimen-typhoon"]
    assert scenario_of(played).people_per_row == played.people_per_row > 1
    assert scenario_of(scenarios()["tiny"]).people_per_row == 1
    long = scenarios()["pingshan-forest-fire-stress"]
    assert (
        scenario_of(long).settings.duration_h
        == long.hours
        < load(long.scenario).settings.duration_h
    )


@pytest.mark.parametrize("name", ["tiny", "tiny-fire"])
def test_every_level_of_every_capability_can_be_made(name: str) -> None:
    scenario = load(name)
    for cell in cells(scenario):
        assert not set(levels(scenario, cell).refused) - {"none"}, cell.id


def test_kinds_of_teams_and_stores_have_names_in_every_language() -> None:
    """A row of the table says what it is about in its reader's words, not in the file's."""
    for name in ("haimen-typhoon", "nantong-typhoon", "linyi-building-fire"):
        scenario = load(name)
        for cell in cells(scenario):
            if cell.listed.by.rpartition(".")[2] in ("kind", "level", "mode") and cell.value:
                assert cell.value not in cell.labels(scenario)["zh"], cell.id
