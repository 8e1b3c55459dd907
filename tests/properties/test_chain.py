"""Why was this late? From the ledger alone: each incident's chain of times, every key, every death.

Nothing here looks at the model. Tables are joined by the ids that `KEYS` names; a chain is then
read from them as an analyst would read it: it begins, somebody sees it, a message is sent and
arrives, command has read it, a crew is sent, drives, is there, is done.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from anlan import sim
from anlan.sim.engine import prepare
from anlan.sim.ledger import KEYS, NEVER, TABLES
from anlan.sim.people.states import State
from anlan.sim.place.population import AGE_BANDS
from anlan.sim.scenario.schema import Scenario
from tests.oracle.district import beside_a_fire, cut
from tests.oracle.shaken import shaken

Row = dict[str, Any]
Facts = dict[str, list[Row]]
OWN_LIFE = {"fire", "forest_fire", "pumping"}  # may be over before anybody has come
RUNS = 2
SHORT = {"settings.duration_h": "40", "settings.start_before_closest_h": "30"}
SCENARIOS: dict[str, Callable[[], Scenario]] = {
    "haimen-typhoon": lambda: sim.load("haimen-typhoon", SHORT),
    "linyi-building-fire": lambda: sim.load(
        "linyi-building-fire",
        {"building_fires.market-1.victims": "8", "building_fires.workshop-1.victims": "5"},
    ),
    "pingshan-forest-fire": lambda: sim.load("pingshan-forest-fire"),
    "linyi-flood": lambda: sim.load(
        "linyi-flood",
        {"parameters.flood.drain_working_share": "0.1", "parameters.flood.ponding_share": "0.02",
         "parameters.damage.strand_depth_m": "0.3", "parameters.damage.floor_m": "0"},
    ),
    # Much of everything, in few places: ruins, floods, wounds, drownings, burns, crews overrun.
    "a severe storm": lambda: cut(1200, 6, tree__blocking_share=0.02),
    "an earthquake": lambda: shaken(7.5),
    "beside a fire": lambda: beside_a_fire(
        600, forest__pass_flame_m=0.1, forest__escape_notice_min=5.0
    ),
}  # fmt: skip


@pytest.fixture(
    scope="module",
    params=[pytest.param(n, marks=pytest.mark.long if "-" in n else []) for n in SCENARIOS],
)
def runs(request: pytest.FixtureRequest) -> tuple[Scenario, list[Facts]]:
    """A scenario and the facts of a few of its runs."""
    scenario = SCENARIOS[request.param]()
    engine = prepare(scenario)
    return scenario, [facts(engine.run(4, run).tables()) for run in range(RUNS)]


def facts(tables: dict[str, dict[str, Any]]) -> Facts:
    """Each table as rows."""
    return {
        name: [
            dict(zip(columns, row, strict=True))
            for row in zip(*(v.tolist() for v in columns.values()), strict=True)
        ]
        for name, columns in tables.items()
    }


def by(rows: list[Row], column: str) -> dict[Any, list[Row]]:
    """Rows by the value of a column."""
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found


def only(rows: list[Row], **where: Any) -> list[Row]:
    """Rows whose columns have given values."""
    return [row for row in rows if all(row[c] == v for c, v in where.items())]


def in_order(*times: float) -> bool:
    """Whether times that have come never go backwards: ticks, or minutes."""
    came = [t for t in times if t != NEVER and not math.isnan(t)]
    return came == sorted(came)


def same(a: float, b: float) -> bool:
    """Whether two minutes are the same, or neither has come."""
    return a == b or (math.isnan(a) and math.isnan(b))


Runs = tuple[Scenario, list[Facts]]
LINKS = (
    "reported", "read", "dispatched", "mustered", "departed", "arrived", "started", "done",
)  # fmt: skip


# -- keys ----------------------------------------------------------------------------------------


def key_of(table: str) -> str:
    """The column that names a table's facts."""
    (column,) = (c for c, refers in KEYS[table].items() if refers == "key")
    return column


def test_every_key_names_one_fact_and_every_reference_resolves(runs: Runs) -> None:
    for tables in runs[1]:
        for table, columns in KEYS.items():
            for column, refers in columns.items():
                held = [row[column] for row in tables[table]]
                if refers == "key":
                    assert len(set(held)) == len(held), table
                    assert "" not in held
                    continue
                known = {row[key_of(refers)] for row in tables[refers]}
                assert set(held) - {""} <= known, f"{table}.{column}"


def test_what_a_message_is_about_is_there(runs: Runs) -> None:
    """The kind of a message says of what table its `about` is."""
    scenario = runs[0]
    roads = {r.road for r in scenario.roads}
    for tables in runs[1]:
        incidents = {row["incident"] for row in tables["incident"]}
        for message in tables["message"]:
            of = {
                "report": incidents, "cry": incidents, "threat": incidents, "road": roads
            }.get(message["kind"])  # fmt: skip
            assert message["about"] in of if of else message["about"] == "", message
            assert in_order(message["sent_min"], message["received_min"]), message


# -- from what happened to what was done -----------------------------------------------------------


def test_each_incidents_chain_is_rebuilt_and_never_goes_backwards(runs: Runs) -> None:
    links: Counter[str] = Counter()
    for tables in runs[1]:
        reports = by(only(tables["message"], kind="report"), "about")
        cries = by(only(tables["message"], kind="cry"), "about")
        stays, trips = by(tables["deployment"], "incident"), by(tables["trip"], "trip")
        assert reports.keys() | stays.keys() <= {row["incident"] for row in tables["incident"]}
        for incident in tables["incident"]:
            told = reports.get(incident["incident"], [])
            sent = told[0]["sent_min"] if told else math.nan
            arrived = told[0]["received_min"] if told else math.nan
            if incident["kind"] not in ("pumping", "bagging"):  # orders, which nobody reports
                # Somebody finds it, and says so at once: one report each.
                assert len(told) == (not math.isnan(incident["found_min"])), incident
                assert same(sent, incident["found_min"])
                # What has not arrived, command cannot know; 119 takes a call before it hands it on.
                assert math.isnan(incident["read_min"]) or not math.isnan(arrived)
            cried = cries.get(incident["incident"])
            if cried and incident["read_min"] == incident["urgent_min"]:  # heard before the report
                arrived = incident["reported_min"]
                assert cried[0]["received_min"] <= arrived
            links_of = [incident[f"{link}_min"] for link in LINKS]
            assert in_order(incident["occurred_min"], sent, arrived, *links_of), incident
            if incident["kind"] not in OWN_LIFE:
                came = [not math.isnan(minute) for minute in links_of]
                assert came == sorted(came, reverse=True), incident
                assert same(incident["reported_min"], arrived)
            crews_follow(incident, stays.get(incident["incident"], []), trips)
            links["told"] += bool(told)
            links["helped"] += not math.isnan(incident["arrived_min"])
            links["by runner"] += bool(told) and told[0]["means"] == "runner"
    assert links["told"]
    assert links["helped"]


def could_not_help(incident: Row, stay: Row) -> bool:
    """Whoever comes without a boat to water that is too deep is released as they come."""
    at_once = stay["outcome"] == "released" and same(stay["left_min"], stay["arrived_min"])
    return bool(incident["kind"] == "flood" and at_once)


def crews_follow(incident: Row, stays: list[Row], trips: dict[str, list[Row]]) -> None:
    """The crews that were sent to an incident, and their ways to it."""
    for stay in stays:
        assert in_order(incident["read_min"], stay["sent_min"], stay["departed_min"],
                        stay["arrived_min"], stay["left_min"]), stay  # fmt: skip
        assert not math.isnan(incident["read_min"])
        if not stay["trip"]:
            continue
        (trip,) = trips[stay["trip"]]
        assert (trip["agent"], trip["about"]) == (stay["crew"], incident["incident"])
        assert (trip["purpose"], trip["departed_min"]) == ("task", stay["departed_min"])
        if not math.isnan(stay["arrived_min"]):
            assert (trip["outcome"], trip["arrived_min"]) == ("arrived", stay["arrived_min"])
        if stay["outcome"] == "turned_back":
            assert (trip["outcome"], trip["arrived_min"]) == ("turned_back", stay["left_min"])
    there = sorted(
        (stay["arrived_min"], stay["crew"])
        for stay in stays
        if not math.isnan(stay["arrived_min"]) and not could_not_help(incident, stay)
    )
    sent = min((stay["sent_min"] for stay in stays), default=math.nan)
    assert in_order(incident["dispatched_min"], sent), incident
    assert same(incident["arrived_min"], there[0][0] if there else math.nan), incident
    first = {crew for minute, crew in there if minute == incident["arrived_min"]}
    assert incident["crew"] in (first or {""})
    done = [s for s in stays if s["outcome"] == "done"]
    assert all(s["left_min"] == incident["done_min"] for s in done), incident


def test_every_trip_of_a_crew_to_a_task_is_a_deployment_and_nobody_is_in_two_places(
    runs: Runs,
) -> None:
    for tables in runs[1]:
        stays = {s["trip"] for s in tables["deployment"] if s["trip"]}
        tasks = [t for t in tables["trip"] if t["kind"] == "crew" and t["purpose"] == "task"]
        assert {t["trip"] for t in tasks} == stays
        for ways in by(tables["trip"], "agent").values():
            ways.sort(key=lambda t: t["departed_min"])
            for one, then in pairwise(ways):
                assert one["arrived_min"] <= then["departed_min"]
                if one["outcome"] == "arrived":
                    assert then["origin"] == one["destination"]
        for spans in by(tables["deployment"], "crew").values():
            spans.sort(key=lambda s: s["sent_min"])
            for stay, next_one in pairwise(spans):
                assert stay["left_min"] <= next_one["sent_min"]
        called = {m["crew"] for m in tables["muster"]}
        on_call = {s["crew"] for s in tables["deployment"]}
        kinds = {t.team: t for t in runs[0].teams}
        awake = {
            s["crew"]
            for s in tables["deployment"]
            if kinds[s["team"]].kind == "comprehensive" or "micro" in kinds[s["team"]].capabilities
        }
        assert on_call - awake <= called


def test_fires_join_their_incidents(runs: Runs) -> None:
    """Minutes of a first fire's chain are those of its incident's."""
    for tables in runs[1]:
        incidents = by(tables["incident"], "incident")
        fires = {f["fire"]: f for f in tables["fire"]}
        stays = by(tables["deployment"], "incident")
        for fire in fires.values():
            (incident,) = incidents[fire["incident"]]
            links = ("ignited", "discovered", "called", "ordered", "dispatched", "left", "arrived")
            chain = [fire[f"{link}_min"] for link in links]
            came = [m for m in chain if m == m]
            assert came == sorted(came), fire
            assert fire["community"] == incident["community"]
            if fire["spread_from"]:
                parent = fires[fire["spread_from"]]
                assert parent["incident"] == fire["incident"]
                assert parent["ignited_min"] < fire["ignited_min"]
                continue
            if fire["dispatched_min"] == fire["dispatched_min"]:
                sent = [stay["sent_min"] for stay in stays[fire["incident"]]]
                assert fire["dispatched_min"] == min(sent)
            if fire["first_crew"]:  # an engine: a micro station's crew may be there before it
                (stay,) = only(stays[fire["incident"]], crew=fire["first_crew"])[:1]
                assert stay["arrived_min"] == fire["arrived_min"]
                assert stay["arrived_min"] >= incident["arrived_min"]


# -- from a want to what came ----------------------------------------------------------------------


def test_each_delivery_joins_its_request_and_its_trip(runs: Runs) -> None:
    places = {s.shelter: s.community for s in runs[0].shelters}
    for tables in runs[1]:
        requests, trips = by(tables["request"], "request"), by(tables["trip"], "trip")
        for request in tables["request"]:
            assert NEVER != request["wanted_tick"] <= request["heard_tick"]
        for drop in tables["delivery"]:
            if drop["truck"] == "by hand":
                assert (drop["request"], drop["trip"]) == ("", "")
                assert drop["departed_tick"] == drop["arrived_tick"]
                continue
            (request,) = requests[drop["request"]]
            assert request["site"] == drop["site"]
            assert request["heard_tick"] == drop["requested_tick"], drop
            assert in_order(drop["requested_tick"], drop["departed_tick"], drop["arrived_tick"])
            if drop["trip"]:
                (trip,) = trips[drop["trip"]]
                assert (trip["agent"], trip["purpose"]) == (drop["truck"], "delivery")
                assert trip["destination"] == places.get(drop["site"], drop["site"])
                assert in_order(drop["departed_tick"], trip["departed_tick"],
                                trip["arrived_tick"], drop["arrived_tick"])  # fmt: skip
            elif drop["arrived_tick"] != NEVER:
                # No road lies between: the store is in the site's own place.
                (store,) = (s for s in runs[0].stores if s.store == drop["store"])
                assert store.community == places.get(drop["site"], drop["site"])


# -- from a word to a journey ----------------------------------------------------------------------


def test_each_evacuation_joins_the_order_that_it_followed(runs: Runs) -> None:
    for tables in runs[1]:
        messages = {m["message"]: m for m in tables["message"]}
        given = {m["content"] for m in tables["message"] if m["kind"] in ("level", "threat")}
        for row in tables["evacuation"]:
            told = (row["ordered_tick"], row["heard_tick"])
            if not row["order"]:
                assert told == (NEVER, NEVER)  # they fled from a ruin or a fire
                assert row["left_tick"] != NEVER
                continue
            order = messages[row["order"]]
            assert (order["kind"], order["receiver"]) == ("order", row["community"])
            assert order["sent_tick"] == row["ordered_tick"]
            assert order["content"].rsplit("-", 1)[0] in given or order["content"] in given
            if row["heard_tick"] != NEVER:
                assert NEVER != order["received_tick"] <= row["heard_tick"]
            assert in_order(row["ordered_tick"], row["heard_tick"])
            assert in_order(row["left_tick"], row["arrived_tick"])
            fled = NEVER != row["left_tick"] < row["ordered_tick"]
            assert (
                fled or row["left_tick"] == NEVER or in_order(row["ordered_tick"], row["left_tick"])
            )
            assert (row["outcome"] == "arrived") == (row["arrived_tick"] != NEVER)
        first = min(
            (m["sent_tick"] for m in tables["message"] if m["kind"] == "signal"), default=None
        )
        heard = [w["heard_tick"] for w in tables["warning"] if w["heard_tick"] != NEVER]
        assert all(first is not None and tick >= first for tick in heard)


# -- deaths ----------------------------------------------------------------------------------------

# Whose deaths may belong to no incident: nobody there needs help any more.
NEEDS_NONE = {"collapse", "wind"}
CAUSES = {
    "collapse": {"collapse", "injury", "wounded"},
    "flood": {"flood"},
    "wind": {"injury"},
    "fire": {"fire", "wounded"},
    "forest_fire": {"forest_fire", "injury"},  # the dead, the hurt
    "overrun": {"forest_fire", "injury"},
}


def test_every_death_is_one_row_in_one_place_with_its_cause_and_incident(runs: Runs) -> None:
    places = {c.community for c in runs[0].communities}
    for tables in runs[1]:
        incidents = {i["incident"]: i for i in tables["incident"]}
        for row in tables["casualty"]:
            assert row["outcome"] in ("died", "injured")
            assert row["persons"] == 1
            assert row["age_band"] in AGE_BANDS
            assert row["community"] in places
            if not row["incident"]:
                assert row["cause"] in NEEDS_NONE, row
                assert row["outcome"] == "died", row
                continue
            incident = incidents[row["incident"]]
            assert incident["kind"] in CAUSES[row["cause"]], row
            assert incident["occurred_tick"] <= row["tick"]
            assert incident["community"] == row["community"] or row["cause"] == "forest_fire"


def test_deaths_are_those_that_the_people_and_the_incidents_count(runs: Runs) -> None:
    for tables in runs[1]:
        died = only(tables["casualty"], outcome="died")
        residents = [row for row in died if row["cause"] != "overrun"]
        last = max((row["tick"] for row in tables["resident_state"]), default=NEVER)
        dead = {row["community"]: row["dead"] for row in only(tables["resident_state"], tick=last)}
        counted = Counter(row["community"] for row in residents)
        assert counted == Counter({place: n for place, n in dead.items() if n})
        at = by(died, "incident")
        for incident in tables["incident"]:
            rows = at.get(incident["incident"], [])
            if incident["kind"] in (
                "collapse",
                "injury",
                "wounded",
            ):  # others died as the walls fell
                rows = [row for row in rows if row["tick"] > incident["occurred_tick"]]
            if incident["kind"] != "forest_fire":  # which traps nobody: it is told with the fire
                assert incident["died"] == len(rows), incident
            assert incident["rescued"] + incident["died"] <= incident["persons"]
        for name, fires in by(tables["fire"], "incident").items():
            of_wounds = 0
            if fires[0]["kind"] == "forest":  # whom it hurt and who died later belong to it, too
                hurt = [r for r in died if r["cause"] == "forest_fire" and r["incident"] != name]
                of_wounds = len(hurt) if len(by(tables["fire"], "incident")) == 1 else -1
            if of_wounds >= 0:
                assert sum(f["died"] for f in fires) == len(at.get(name, [])) + of_wounds, name


@pytest.mark.long
def test_the_scenarios_of_this_file_kill_in_every_way() -> None:
    """Else the tests above would hold of nothing."""
    died: Counter[str] = Counter()
    for name in ("a severe storm", "beside a fire", "linyi-building-fire"):
        engine = prepare(SCENARIOS[name]())
        for run in range(RUNS):
            tables = facts(engine.run(4, run).tables())
            died.update(r["cause"] for r in only(tables["casualty"], outcome="died"))
    assert {"collapse", "flood", "wind", "fire", "forest_fire", "overrun"} <= died.keys()


def test_states_and_tables_keep_their_names() -> None:
    """What this file joins by name is there."""
    assert State.DEAD.name.lower() in TABLES["resident_state"]
    assert {"incident", "message", "deployment", "trip", "request", "delivery"} <= KEYS.keys()
