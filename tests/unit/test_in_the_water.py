"""Who is fetched out of the water first: those in mortal danger, then whoever is not upstairs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from anlan import sim
from anlan.sim.command.covering import cover_first
from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import NEVER
from anlan.sim.scenario.schema import Scenario
from tests.oracle.calm import places
from tests.oracle.district import set_parameters
from tests.oracle.held import hold
from tests.oracle.runs import calm_run, rows

INF = float("inf")


@dataclass
class Some:
    """A crew, as far as it is where it is."""

    place: int
    crews: list[Any] = field(default_factory=list)


def flood(name: str, place: int, **state: Any) -> Incident[Any]:
    incident: Incident[Any] = Incident(name, "flood", place, 0, persons=5)
    for key, value in state.items():
        setattr(incident, key, value)
    return incident


def test_those_in_mortal_danger_first_and_those_upstairs_last() -> None:
    """By turns: (in danger, without anybody, with a crew, all upstairs)."""
    these = [
        flood("upstairs", 3, only_upstairs=True),
        flood("with a crew", 2, crews=[Some(2)]),
        flood("bare", 1),
        flood("in danger", 0, urgent_min=10.0),
    ]
    for turns in range(4, 0, -1):
        here = these[:turns]
        eta = cover_first(here, [Some(9)], np.full((turns, 1), 5.0))
        assert eta.ravel().tolist() == [INF] * (turns - 1) + [5.0]


def test_who_cannot_be_reached_holds_nobody_up() -> None:
    here = [flood("bare", 1), flood("in danger", 0, urgent_min=10.0)]
    eta = cover_first(here, [Some(9)], np.array([[5.0], [INF]]))
    assert eta.ravel().tolist() == [5.0, INF]


def test_nobody_leaves_a_place_while_others_wait_there() -> None:
    here = [flood("elsewhere", 1), flood("here", 0), flood("here too", 0)]
    crews: list[Any] = [Some(0), Some(7)]
    eta = cover_first(here, crews, np.array([[9.0, 4.0], [1.0, 6.0], [1.0, 6.0]]))
    assert eta.tolist() == [[INF, 4.0], [1.0, 6.0], [1.0, 6.0]]


# -- in runs ---------------------------------------------------------------------------------------


def two_places(boats: int = 1, **values: float) -> Scenario:
    """Two villages under water, one crew with boats, always on duty in the first."""
    row = places(2, [(0, 1, 1.0, 40.0)])
    team = sim.load("tiny").teams[0].model_copy(
        update={"community": "c0", "kind": "comprehensive", "members": 6, "crew_size": 6,
                "boats": boats, "capabilities": ("water",), "asked_at": None}
    )  # fmt: skip
    size = {"residents": 200, "households": 80, "low_lying_share": 1.0, "kind": "village"}
    village = [c.model_copy(update=size) for c in row.communities]
    changed = row.model_copy(update={"teams": (team,), "communities": tuple(village)})
    return set_parameters(changed, **values)


def played(scenario: Scenario, depth_m: tuple[float, float] = (1.0, 1.0)) -> dict[str, Any]:
    model = calm_run(scenario)
    water = np.zeros((model.ticks, 2))
    water[10:] = depth_m
    hold(model, depth_m=water)
    return model.run().tables()


def first_stays(tables: dict[str, Any]) -> list[tuple[str, str, float]]:
    """(incident, outcome, minutes there) of the crew's stays that had an arrival, in time."""
    stay = rows(tables["deployment"])
    order = np.argsort(stay["sent_min"], kind="stable")
    return [
        (stay["incident"][n], stay["outcome"][n], stay["left_min"][n] - stay["arrived_min"][n])
        for n in order
        if not np.isnan(stay["arrived_min"][n])
    ]


def test_a_boat_goes_on_when_only_people_upstairs_are_left() -> None:
    """It takes as many loads as there are people downstairs, and leaves for the other village.

    There it stays for those upstairs too, as nobody else stands in the water, and comes back.
    """
    scenario = two_places(damage__upstairs_share=0.8, damage__drown_mu=50.0)
    stays = first_stays(played(scenario))
    assert [outcome for _, outcome, _ in stays[:3]] == ["sent_on", "done", "done"]
    assert stays[0][0] == stays[2][0] != stays[1][0]
    everybody = first_stays(played(set_parameters(scenario, damage__upstairs_share=0.0)))
    assert everybody[0][2] > 3.0 * stays[0][2]


def test_all_upstairs_hold_a_boat_for_no_time() -> None:
    stays = first_stays(played(two_places(damage__upstairs_share=1.0)))
    assert [(outcome, took) for _, outcome, took in stays[:1]] == [("sent_on", 0.0)]


IN_DANGER = {
    "damage__drown_mu": 2.0, "damage__drown_sigma": 1.0, "damage__hold_h": 3.0,
    "team__shift_h": 48.0, "team__on_duty_most_h": 48.0,
}  # fmt: skip


def lost(boats: int, cry_share: float) -> int:
    """Persons lost in water that rises for hours in both villages, a few of them in danger."""
    scenario = two_places(
        boats, damage__upstairs_share=0.5, damage__cry_share=cry_share, **IN_DANGER
    )
    model = calm_run(scenario)
    water = np.zeros((model.ticks, 2))
    water[10:] = np.minimum(1.0, np.linspace(0.1, 4.0, model.ticks - 10))[:, None]
    hold(model, depth_m=water)
    tables = model.run().tables()
    table = rows(tables["casualty"])
    return sum(n for n, o in zip(table["persons"], table["outcome"], strict=True) if o == "died")


def test_who_is_heard_in_mortal_danger_is_fetched_first() -> None:
    """The fewer cry, and the fewer boats there are, the more are lost."""
    toll = [lost(boats, share) for boats, share in ((0, 1.0), (1, 0.0), (1, 1.0), (3, 1.0))]
    assert toll[0] > toll[1] > toll[2] >= toll[3], toll


def test_a_cry_is_heard_before_anybody_else_finds_them() -> None:
    """It goes to 119, which hands it on within minutes; the incident is known from then on."""
    scenario = two_places(
        damage__upstairs_share=0.0,
        damage__cry_share=1.0,
        response__discovery_min=600.0,
        **IN_DANGER,
    )
    table = rows(played(scenario)["incident"], kind="flood")
    cried = [n for n, m in enumerate(table["urgent_min"]) if not np.isnan(m)]
    assert cried
    for n in cried:
        assert table["found_min"][n] - table["occurred_min"][n] < 60.0
        assert table["read_min"][n] <= table["urgent_min"][n]
        assert table["urgent_min"][n] - table["found_min"][n] < 30.0


def test_who_is_brought_out_without_a_shelter_has_no_roof() -> None:
    """With no kin and no lodgings, all are without a roof for as long as no shelter is there."""
    nowhere = {
        "residents__kin_share": 0.0, "residents__lodged_share": 0.0,
        "damage__upstairs_share": 0.0, "damage__drown_mu": 50.0,
    }  # fmt: skip
    roofless = {}
    for name, shelters in (("none", False), ("some", True)):
        scenario = two_places(boats=3, **nowhere)
        hall = (
            sim.load("tiny")
            .shelters[0]
            .model_copy(update={"shelter": "hall", "community": "c0", "capacity": 150})
        )
        scenario = scenario.model_copy(update={"shelters": (hall,) if shelters else ()})
        model = calm_run(scenario)
        if shelters:
            model.parts.shelters.open()
        water = np.zeros((model.ticks, 2))
        water[10:] = 1.0
        hold(model, depth_m=water)
        tables = model.run().tables()
        rescued = rows(tables["incident"], kind="flood")["rescued"]
        assert sum(rescued) > 100
        risk = rows(tables["at_risk"], way="home")
        roofless[name] = sum(
            n for n, t in zip(risk["persons"], risk["roof_tick"], strict=True) if t == NEVER
        )
        state = tables["resident_state"]
        sheltered = int(state["sheltered"][state["tick"] == state["tick"].max()].sum())
        assert (sheltered > 0) == shelters
    assert roofless["none"] > roofless["some"]


def test_who_is_at_work_leaves_for_others_in_mortal_danger() -> None:
    """The only crew fetches people who stand in a metre of water; when it closes over others a
    kilometre away it goes on to them, though none of the first are upstairs.
    """
    scenario = two_places(
        damage__upstairs_share=0.0, damage__cry_share=1.0, damage__drown_mu=0.5,
        damage__drown_sigma=0.05, damage__hold_h=3.0, damage__water_c=20.0,
        damage__floor_low_lying_m=0.0, damage__floor_sd_m=0.0,
    )  # fmt: skip
    model = calm_run(scenario)
    water = np.ones((model.ticks, 2))
    water[:, 1] = np.where(np.arange(model.ticks) < 20, 1.0, 2.0)
    water[:5] = 0.0
    hold(model, depth_m=water)
    tables = model.run().tables()
    incident = rows(tables["incident"], kind="flood")
    (urgent,) = [n for n, m in enumerate(incident["urgent_min"]) if not np.isnan(m)]
    stays = first_stays(tables)
    assert stays[0][1] == "sent_on"
    assert stays[0][0] != incident["incident"][urgent] == stays[1][0]
    sent = rows(tables["deployment"], incident=stays[1][0])["sent_min"]
    assert min(sent) == incident["urgent_min"][urgent]
