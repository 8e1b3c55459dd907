"""What the oracle's households write down at the end of a run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from anlan.sim.ledger import facts
from tests.oracle.persons import DWELLINGS, NEVER, Household, Resident

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anlan.sim.ledger import Ledger

# In the order of their codes: rows of the evacuation table are sorted by them.
OUTCOMES = (
    "not_heard",
    "refused",
    "waiting",
    "no_place",
    "no_road",
    "travelling",
    "arrived",
    "overtaken",
)


CAUSES = ("wind", "collapse", "flood", "shaking", "forest_fire", "fire", "outage", "cut_off")
DANGERS = ("flood", "collapse", "wind")
FATES = ("well", "hurt", "trapped", "dead")
STATES = ("home", "preparing", "travelling", "sheltered", "with_kin", "lodged")


def write_warning(households: Sequence[Household], ledger: Ledger) -> None:
    """One row for all people of a place who heard in the same tick; who never did come last."""
    heard: dict[tuple[int, float], int] = {}
    names = {home.place.number: home.place.name for home in households}
    for home in households:
        when = math.inf if home.heard_warning_tick == NEVER else home.heard_warning_tick
        key = (home.place.number, when)
        heard[key] = heard.get(key, 0) + home.size
    for (place, when), persons in sorted(heard.items()):
        tick = NEVER if math.isinf(when) else int(when)
        ledger.add(facts.WarningHeard(names[place], tick, persons))


def write_evacuation(
    households: Sequence[Household],
    everyone: Sequence[Resident],
    orders: Sequence[str],
    shelters: Sequence[str],
    ticks: int,
    ledger: Ledger,
) -> None:
    """One row for all households of a place with the same story: told to leave, or gone."""
    rows: dict[tuple[int, ...], list[Household]] = {}
    for home in households:
        if home.ordered_tick != NEVER or home.left_tick != NEVER:
            rows.setdefault(_story(home), []).append(home)
    for _, alike in sorted(rows.items()):
        home = alike[0]
        place, code = home.place.name, _destination(home)
        ledger.add(
            facts.Evacuation(
                community=place,
                dwelling=home.dwelling,
                order=f"order/{orders[home.order]}/{place}" if home.order != NEVER else "",
                ordered_tick=home.ordered_tick,
                heard_tick=home.heard_order_tick,
                left_tick=home.left_tick,
                arrived_tick=home.arrived_tick,
                destination={-1: "kin", -2: "none", -3: "lodgings"}.get(code) or shelters[code],
                outcome=home.outcome,
                home_at_risk="home" in home.risks or home.fell_down,
                persons=sum(h.size for h in alike),
                away_person_ticks=sum(_away(h, ticks) for h in alike),
                harmed_persons=sum(_harmed(h, everyone) for h in alike),
                died_persons=sum(_harmed(h, everyone, dead=True) for h in alike),
                driven_persons=sum(h.driven for h in alike),
                queue_person_min=float(sum(h.queue_min for h in alike)),
            )
        )


def _story(home: Household) -> tuple[int, ...]:
    """What rows are told apart and sorted by."""
    return (
        home.place.number,
        DWELLINGS.index(home.dwelling),
        home.order,
        home.ordered_tick,
        home.heard_order_tick,
        home.left_tick,
        home.arrived_tick,
        _destination(home),
        OUTCOMES.index(home.outcome),
        int("home" in home.risks or home.fell_down),
    )


def _away(home: Household, ticks: int) -> int:
    """How long they were away, of all of them together."""
    still = home.state in ("travelling", "sheltered", "with_kin", "lodged")
    return home.away_ticks + (home.heads * (ticks - home.left_tick) if still else 0)


def _harmed(home: Household, everyone: Sequence[Resident], dead: bool = False) -> int:
    """Those of a household who came to harm on the way; only those dead by now if so asked."""
    those = [p for p in everyone if p.home is home and p.harmed_on_the_way]
    return sum(p.persons for p in those if p.apart == "dead" or not dead)


def write_at_risk(
    households: Sequence[Household], everyone: Sequence[Resident], ledger: Ledger
) -> None:
    """Those whose home is untenable, then those without supply, then those cut off."""
    names = {home.place.number: home.place.name for home in households}
    for way in ("home", "supply", "road"):
        rows: dict[tuple[int, ...], int] = {}
        for person in everyone:
            if way in person.home.risks:
                story = _at_risk(person, way)
                rows[story] = rows.get(story, 0) + person.persons
        for story, persons in sorted(rows.items()):
            place, cause, again, since, lacks, ended, *seen, state, roof, relief, spared, fate = (
                story
            )
            warned, ordered = seen
            ledger.add(
                facts.AtRisk(
                    community=names[place],
                    way=way,
                    cause=CAUSES[cause],
                    again=bool(again),
                    from_tick=since,
                    lacks_tick=lacks,
                    ended_tick=ended,
                    warned=bool(warned),
                    ordered=bool(ordered),
                    state=STATES[state],
                    roof_tick=roof,
                    relief_tick=relief,
                    spared=bool(spared),
                    fate=FATES[fate],
                    persons=persons,
                )
            )


def _at_risk(person: Resident, way: str) -> tuple[int, ...]:
    """What rows are told apart and sorted by."""
    home = person.home
    since, cause, state = home.risks[way]
    roof, relief = home.roof_tick, home.relief_tick
    if person.apart:
        out = person.out_tick
        roof, relief = person.had_roof_tick, person.had_relief_tick
        roof = out if roof == NEVER else roof
        if relief == NEVER and out != NEVER:
            relief = max(out, home.at_risk_since)
    return (
        home.place.number,
        CAUSES.index(cause),
        int(home.at_risk_since < since),
        since,
        since + home.on_a_kit_ticks(way),
        {
            "home": home.safe_again_tick,
            "supply": home.supply_back_tick,
            "road": home.road_back_tick,
        }[way],
        int(any(_before(t, since) for t in (home.heard_warning_tick, home.heard_order_tick))),
        int(_before(home.ordered_tick, since)),
        STATES.index(state),
        roof if way == "home" else NEVER,
        relief,
        int(way == "home" and home.had_when_spared is not None),
        FATES.index(_fate(person)),
    )


def _fate(person: Resident) -> str:
    if person.apart == "dead":
        return "dead"
    if person.was_hurt:
        return "hurt"
    return "trapped" if person.apart == "trapped" else "well"


def write_peril(everyone: Sequence[Resident], ledger: Ledger) -> None:
    """Who would have to be rescued, had they been left alone; by the incident, if they were in any,
    to which a crew came last.
    """
    rows: dict[tuple[int, int, int, int, str, int], int] = {}
    names = {}
    for person in everyone:
        if person.peril is None:
            continue
        tick, cause, state = person.peril
        place = person.home.place
        names[place.number] = place.name
        slowest = ""
        longest_min = -math.inf
        for incident in person.caught:
            came_min = math.inf if math.isnan(incident.arrived_min) else incident.arrived_min
            if came_min - incident.occurred_min > longest_min:
                slowest, longest_min = incident.id, came_min - incident.occurred_min
        story = (
            place.number, DANGERS.index(cause), tick, STATES.index(state), slowest,
            FATES.index(_fate(person)),
        )  # fmt: skip
        rows[story] = rows.get(story, 0) + person.persons
    for (number, danger, tick, was, slowest, fate), persons in sorted(rows.items()):
        ledger.add(
            facts.InPeril(
                names[number], DANGERS[danger], tick, STATES[was], slowest, FATES[fate], persons
            )
        )


def _before(tick: int, since: int) -> bool:
    return tick != NEVER and tick < since


def _destination(home: Household) -> int:
    """A shelter by its number, kin, nowhere, or lodgings."""
    if home.destination is None:
        return -2
    if home.destination in ("kin", "lodgings"):
        return -1 if home.destination == "kin" else -3
    return int(home.destination.number)


def write_wounds(hurt_people: Sequence[Resident], end_min: float, ledger: Ledger) -> None:
    """Everybody who was hurt, as they are numbered; what came too late did not come."""
    for person in sorted(hurt_people, key=lambda p: p.number):
        hurt = person.hurt
        until_min = min(end_min, hurt.dies_min(end_min) if hurt.dead else end_min)
        came = [
            minute if minute < until_min else math.nan
            for minute in (
                hurt.aid_min,
                hurt.care_min,
                hurt.carried_min,
                hurt.fetched_min,
                hurt.hospital_min,
            )
        ]
        ledger.add(
            facts.Wound(
                incident=person.waits_in.id,
                community=person.home.place.name,
                cause=hurt.cause,
                severity=hurt.severity,
                persons=person.persons,
                since_min=hurt.since_min,
                aid_min=came[0],
                care_min=came[1],
                carried_min=came[2],
                fetched_min=came[3],
                ambulance=hurt.ambulance,
                hospital_min=came[4],
                hospital=hurt.hospital,
                died_tick=hurt.died_tick,
            )
        )
