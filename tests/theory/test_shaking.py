"""Shaking, damage and digging against values worked out by hand."""

from __future__ import annotations

from math import inf, log10, sqrt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import binom

from anlan import sim
from anlan.sim import portable
from anlan.sim.chance import Streams, keys_of, members
from anlan.sim.incidents.incident import Incident, WorkRules
from anlan.sim.people.draws import FAR
from anlan.sim.quake import damage, rubble
from anlan.sim.quake.shaking import SCATTER, ShakingRules, median, offsets_km
from anlan.sim.scenario.clock import great_circle_km
from anlan.sim.scenario.schema import DWELLINGS
from anlan.sim.scenario.schema.hazards import EarthquakeHazard

TINY = sim.load("tiny")
RULES = ShakingRules.read(TINY)
DAMAGE = damage.DamageRules.read(TINY)
RUBBLE = rubble.RubbleRules.read(TINY)
REFERENCE_KM = 12.0  # parameter quake.depth_reference_km


def felt(
    magnitude: float, along_km: float, across_km: float, depth_km: float = REFERENCE_KM
) -> Any:
    return median(RULES, magnitude, depth_km, np.array([along_km]), np.array([across_km]))[0]


# ---- shaking ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("magnitude", "along_km", "across_km", "by_hand"),
    [
        # 5.019 + 1.446 * 7 = 15.141; less 4.136 * lg 44 = 4.136 * 1.643453 = 6.797320
        (7.0, 20.0, 0.0, 8.343680),
        # 2.240 + 10.122 = 12.362; less 3.070 * lg 29 = 3.070 * 1.462398 = 4.489562
        (7.0, 0.0, 20.0, 7.872438),
        # 5.019 + 7.230 = 12.249; less 4.136 * lg 124 = 4.136 * 2.093422 = 8.658392
        (5.0, 100.0, 0.0, 3.590608),
        # 2.240 + 11.568 = 13.808; less 3.070 * lg 109 = 3.070 * 2.037426 = 6.254899
        (8.0, 0.0, 100.0, 7.553101),
        # at the epicentre 5.019 - 4.136 * lg 24 = 5.019 - 5.708554, and 10.122
        (7.0, 0.0, 0.0, 9.432446),
    ],
)
def test_the_relation_on_its_axes(
    magnitude: float, along_km: float, across_km: float, by_hand: float
) -> None:
    # Along and across differ by 0.0001 at the epicentre, for which the lower one stands.
    assert felt(magnitude, along_km, across_km) == pytest.approx(by_hand, abs=2e-4)


def test_both_axes_say_the_same_at_the_epicentre() -> None:
    """So the relation's numbers belong together: 5.019 - 4.136 lg 24 = 2.240 - 3.070 lg 9."""
    along = RULES.along_constant - RULES.along_log * log10(RULES.along_km)
    across = RULES.across_constant - RULES.across_log * log10(RULES.across_km)
    assert along == pytest.approx(across, abs=1e-3)


@pytest.mark.parametrize("turn_deg", [0.0, 20.0, 45.0, 70.0, 90.0])
def test_a_point_of_an_isoseismal_has_its_intensity(turn_deg: float) -> None:
    """VIII at magnitude 7: half axes 10^(7.141/4.136) - 24 and 10^(4.362/3.070) - 9 km."""
    along_km, across_km = 29.27794, 17.35402
    axes = RULES.axes_km(7.0, np.array([8.0]))
    assert [float(a[0]) for a in axes] == pytest.approx([along_km, across_km], abs=1e-4)
    turn = np.radians(turn_deg)
    here = felt(7.0, along_km * np.cos(turn), across_km * np.sin(turn))
    assert here == pytest.approx(8.0, abs=1e-5)


def test_shaking_falls_with_distance_and_is_the_same_on_both_sides() -> None:
    away = np.linspace(0.0, 600.0, 601)
    for along, across in ((1.0, 0.0), (0.0, 1.0), (sqrt(0.5), sqrt(0.5))):
        line = median(RULES, 7.5, REFERENCE_KM, along * away, across * away)
        other = median(RULES, 7.5, REFERENCE_KM, -along * away, across * away)
        assert (np.diff(line) < 0.0).all()
        assert (line == other).all()


def test_a_magnitude_more_is_1446_of_a_degree_more_everywhere() -> None:
    along, across = np.meshgrid(np.linspace(-90, 90, 13), np.linspace(-90, 90, 13))
    weaker, stronger = (
        median(RULES, m, REFERENCE_KM, along.ravel(), across.ravel()) for m in (6.0, 7.0)
    )
    assert stronger - weaker == pytest.approx(np.full(169, 1.446), abs=1e-9)


def test_twice_as_deep_is_weaker_above_the_focus_and_the_same_far_away() -> None:
    """3.5 lg 2 = 1.053605 at the epicentre; at 300 km 1.75 lg((9e4 + 576)/(9e4 + 144)) = 0.0036."""
    above = felt(7.0, 0.0, 0.0) - felt(7.0, 0.0, 0.0, 24.0)
    far = felt(7.0, 300.0, 0.0) - felt(7.0, 300.0, 0.0, 24.0)
    assert above == pytest.approx(1.053605, abs=1e-6)
    assert far == pytest.approx(0.003641, abs=1e-5)


def test_no_magnitude_is_felt_nowhere() -> None:
    assert felt(0.0, 0.0, 0.0, 4.0) < RULES.felt_intensity - 1.0


@pytest.mark.parametrize("strike_deg", [0.0, 15.0, 90.0, 200.0])
def test_the_long_axis_lies_along_the_fault(strike_deg: float) -> None:
    """A point 50 km off in the direction of the strike is 50 km along it and none across."""
    quake = EarthquakeHazard.model_validate(
        {"time": "2026-03-10T02:30:00+08:00", "lon": 118.4, "lat": 34.8, "magnitude": 7.0,
         "depth_km": 12.0, "strike_deg": strike_deg}
    )  # fmt: skip
    degree_km = np.pi / 180.0 * 6371.0088
    strike = np.radians(strike_deg)
    lat = 34.8 + 50.0 * np.cos(strike) / degree_km
    lon = 118.4 + 50.0 * np.sin(strike) / (degree_km * np.cos(np.radians(34.8)))
    along, across = offsets_km(quake, np.array([lon]), np.array([lat]))
    assert float(along[0]) == pytest.approx(50.0, rel=portable.RESOLUTION)
    assert float(across[0]) == pytest.approx(0.0, abs=50.0 * portable.RESOLUTION)
    # The plane is good enough for a district: within 1 % of the sphere at 50 km.
    assert great_circle_km(118.4, 34.8, lon, lat) == pytest.approx(50.0, rel=0.01)


def test_the_scatter_of_places_has_the_relations_spread() -> None:
    keys = keys_of(f"place {n}" for n in range(20_000))
    off = RULES.scatter_sd * Streams(1, 0).normal(SCATTER, keys).astype(np.float64)
    assert float(off.mean()) == pytest.approx(0.0, abs=4.0 * 0.517 / sqrt(20_000))
    assert float(off.std()) == pytest.approx(0.517, rel=4.0 / sqrt(2.0 * 20_000))


# ---- damage ----------------------------------------------------------------------------------


def homes(n: int, dwelling: str) -> Any:
    """`n` homes of a kind in one place, four people in each."""
    keys = members(keys_of(["here"]), np.array([n]))
    return SimpleNamespace(
        community=np.zeros(n, dtype=np.int64),
        dwelling=np.full(n, DWELLINGS.index(dwelling)),
        household_key=keys,
        resident_key=members(keys, np.full(n, 4)),
        resident_start=np.arange(0, 4 * n + 1, 4),
    )


@pytest.mark.parametrize("dwelling", DWELLINGS)
@pytest.mark.parametrize("intensity", [7.0, 8.0, 9.0, 10.0, 11.0])
def test_homes_fall_and_are_spoilt_by_the_normal_curve(dwelling: str, intensity: float) -> None:
    """Within the 99.99 % range of the binomial of the closed formula."""
    n = 5000
    fallen, spoilt = damage.ruined(DAMAGE, homes(n, dwelling), np.array([intensity]), Streams(1, 0))
    median_at = getattr(DAMAGE, f"collapse_at_{dwelling}")
    falls = ndtr((intensity - median_at) / 0.85)
    either = ndtr((intensity + 0.9 - median_at) / 0.85)
    assert not set(fallen.tolist()) & set(spoilt.tolist())
    for found, p in ((len(fallen), falls), (len(fallen) + len(spoilt), either)):
        low, high = binom.interval(0.9999, n, p)
        assert low <= found <= high


@pytest.mark.parametrize(
    ("group", "intensity", "least", "most"),
    [
        # GB/T 17742: destroyed, of class A, B and C; words of quantity as shares
        ("dangerous", 8.0, 0.10, 0.45),
        ("dangerous", 9.0, 0.40, 0.70),
        ("dangerous", 10.0, 0.80, 1.00),
        ("low_lying", 8.0, 0.0, 0.10),
        ("low_lying", 9.0, 0.10, 0.45),
        ("low_lying", 10.0, 0.60, 0.90),
        ("sturdy", 8.0, 0.0, 0.10),
        ("sturdy", 10.0, 0.40, 0.70),
        ("sturdy", 11.0, 0.80, 1.00),
    ],
)
def test_the_medians_fit_the_words_of_the_intensity_scale(
    group: str, intensity: float, least: float, most: float
) -> None:
    share = ndtr((intensity - getattr(DAMAGE, f"collapse_at_{group}")) / DAMAGE.collapse_sd)
    assert least <= share <= most


def test_below_the_intensity_of_first_damage_nothing_happens() -> None:
    both = damage.ruined(DAMAGE, homes(5000, "dangerous"), np.array([5.999]), Streams(1, 0))
    assert [len(x) for x in both] == [0, 0]


def test_fates_have_their_shares_and_exclude_each_other() -> None:
    """Of those inside: 0.3 * 0.2 dead, 0.3 * 0.8 trapped, 0.7 * 0.3 hurt; of the spoilt 0.02."""
    people, n = homes(10_000, "sturdy"), 20_000
    fallen, spoilt = np.arange(0, 5000), np.arange(5000, 10_000)
    who = damage.fates(DAMAGE, people, fallen, spoilt, Streams(1, 0))
    groups = [set(x.tolist()) for x in (who.dead, who.trapped, who.hurt)]
    assert sum(map(len, groups)) == len(set.union(*groups))
    inside = who.hurt[who.hurt < n]
    for found, p in (
        (len(who.dead), 0.06),
        (len(who.trapped), 0.24),
        (len(inside), 0.21),
        (len(who.hurt) - len(inside), 0.02),
    ):
        low, high = binom.interval(0.9999, n, p)
        assert low <= found <= high
    assert max(who.dead.max(), who.trapped.max()) < n


# ---- digging ---------------------------------------------------------------------------------


class Out:
    """Notes who is carried out, and when."""

    def __init__(self) -> None:
        self.tick = 0
        self.at: dict[int, int] = {}

    def carry_out(self, person: int, incident: object) -> bool:
        self.at[person] = self.tick
        return True


class Diggers:
    """A fresh crew of some people that never tires."""

    def __init__(self, people: int, shift_end_min: float = inf) -> None:
        self.people = people
        self.shift_end_min = shift_end_min
        self.released = 0

    def efficiency(self, minute: float) -> float:
        return 1.0

    def finish_task(self, minute: float, outcome: str) -> None:
        self.released += 1


def dug_out(
    work_h: list[float], crews: list[Diggers], minutes: int, neighbours: int = FAR, last: int = FAR
) -> tuple[dict[int, int], rubble.Rubble, int]:
    """The tick in which each of some people comes out, the ruins, and the tick of their end."""
    out = Out()
    field = SimpleNamespace(
        clock=SimpleNamespace(
            ticks_per_h=60 // minutes, minute_of=lambda tick: float(tick * minutes)
        ),
        present=SimpleNamespace(sky=SimpleNamespace(wind_ms=np.zeros(1))),
        workplace=SimpleNamespace(rules=SimpleNamespace(stop_wind_ms=24.5)),
        people=out,
    )
    buried = [rubble.Buried(n, 1, h, int(neighbours), int(last)) for n, h in enumerate(work_h)]
    incident: Incident[Any] = Incident("ruins", "collapse", 0, 0, arrived_min=0.0)
    ruins = rubble.Rubble(field, RUBBLE, WorkRules.read(TINY), incident, buried)  # type: ignore[arg-type]
    for tick in range(1, 2000):
        out.tick = tick
        ruins.step(tick)
        there = [c for c in crews if not c.released]
        if ruins.work(there, tick):  # type: ignore[arg-type]
            return out.at, ruins, tick
    return out.at, ruins, -1


def test_a_crew_of_six_takes_half_an_hour_for_three_person_hours() -> None:
    """Then 20 person-hours take 3 h 20 min more, and 120 twenty hours: ticks of ten minutes."""
    at, _, over = dug_out([3.0, 20.0, 120.0], [Diggers(6)], 10)
    assert at == {0: 3, 1: 23, 2: 143}
    assert over == 143


def test_not_more_than_eight_dig_at_one_spot() -> None:
    """Thirty people: 120 person-hours by eight take fifteen hours, and 20 two and a half."""
    at, _, _ = dug_out([20.0, 120.0], [Diggers(30)], 10)
    assert at == {0: 15, 1: 90}


def test_neighbours_get_somebody_out_and_the_work_goes_to_the_next() -> None:
    at, _, over = dug_out([3.0, 3.0], [Diggers(1)], 60, neighbours=2)
    assert at == {0: 2, 1: 2}
    assert over == 2


def test_nobody_digs_for_the_dead_after_their_last_tick() -> None:
    """One who needs 120 person-hours dies after tick 10; the ruins are done with in the next."""
    at, ruins, over = dug_out([120.0], [Diggers(6)], 10, last=10)
    assert at == {}
    assert (over, ruins.deep, ruins.shallow) == (11, 0, 0)


def ruins_of(deep: int, shallow: int) -> rubble.Rubble:
    incident: Incident[Any] = Incident("ruins", "collapse", 0, 0)
    buried = [rubble.Buried(n, 1, 20.0, int(FAR), int(FAR)) for n in range(deep)]
    buried += [rubble.Buried(deep + n, 1, 3.0, 10**6, int(FAR)) for n in range(shallow)]
    return rubble.Rubble(None, RUBBLE, WorkRules.read(TINY), incident, buried)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("deep", "shallow", "before", "after"),
    [(0, 0, 1, 1), (0, 8, 1, 1), (0, 9, 2, 2), (3, 6, 2, 4), (3, 9, 2, 5), (10, 0, 2, 10)],
)
def test_a_crew_for_eight_people_and_later_one_for_each_who_lies_deep(
    deep: int, shallow: int, before: int, after: int
) -> None:
    ruins = ruins_of(deep, shallow)
    assert ruins.crews_wanted() == before
    ruins.incident.arrived_min = 3.0
    assert ruins.crews_wanted() == after


def test_crews_that_are_not_needed_any_more_are_let_go() -> None:
    """Three people who lie deep want three crews; when one is left, one crew stays."""
    crews = [Diggers(6) for _ in range(3)]
    _, ruins, _ = dug_out([1.0, 1.0, 10_000.0], crews, 10, last=1000)
    assert ruins.crews_wanted() == 1
    assert [c.released for c in crews] == [0, 1, 1]


def test_a_crew_whose_shift_is_over_goes_to_rest() -> None:
    """Six people for an hour of ten-minute ticks; then the other crew alone, three at a time."""
    six, three = Diggers(6, shift_end_min=70.0), Diggers(3)
    at, _, _ = dug_out([12.0, 1000.0], [six, three], 10, last=100)
    # 6 ticks of (8 / 6) person-hours: 8; 4 more by three take 8 ticks.
    assert at == {0: 14}
    assert (six.released, three.released) == (1, 0)


def test_depths_have_the_shares_of_the_trapped_and_only_the_shallow_have_neighbours() -> None:
    n = 20_000
    people = SimpleNamespace(
        resident_key=keys_of(f"person {i}" for i in range(n)), stands_for=np.ones(n, dtype=int)
    )
    found = rubble.bury(
        RUBBLE, people, np.arange(n), np.full(n, FAR), 7,  # type: ignore[arg-type]
        SimpleNamespace(ticks_per_h=12), Streams(1, 0),  # type: ignore[arg-type]
    )  # fmt: skip
    work = np.array([b.work_left_h for b in found])
    for hours, p in ((3.0, 0.6), (20.0, 0.3), (120.0, 0.1)):
        low, high = binom.interval(0.9999, n, p)
        assert low <= int((work == hours).sum()) <= high
    waits_h = np.array([(b.neighbours_tick - 7) / 12 for b in found if b.work_left_h == 3.0])
    assert all(b.neighbours_tick == FAR for b in found if b.work_left_h > 3.0)
    # Exponential with a mean of 3 h, rounded up to five minutes.
    assert float(waits_h.mean()) == pytest.approx(3.0 + 2.5 / 60, abs=4 * 3.0 / sqrt(0.6 * n))
    assert (np.diff(work) >= 0.0).all()
