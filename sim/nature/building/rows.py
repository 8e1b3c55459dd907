"""A building's row of the ledger's fire table."""

from __future__ import annotations

from anlan.sim.ledger import Ledger, facts
from anlan.sim.nature.building.block import NAN, Building, clipped, died, rescued

CHAIN = (
    "discovered_min",
    "called_min",
    "ordered_min",
    "dispatched_min",
    "left_min",
    "arrived_min",
)


def write(
    ledger: Ledger,
    fire: Building,
    community: str,
    incident: str,
    chain: dict[str, float],
    first_crew: str,
    end_min: float,
    deaths_by_min: float,
) -> None:
    """Write what became of a building. `chain`: the minutes of `CHAIN`, of a first fire; a
    neighbour that catches has none of its own.
    """
    own = chain if not fire.spread_from else {}
    values: dict[str, object] = {
        "fire": fire.key,
        "kind": "building",
        "community": community,
        "fire_class": fire.building.building_class,
        "incident": incident,
        "spread_from": fire.spread_from,
        "ignited_min": fire.ignited_min,
        "flashover_min": clipped(fire.flashover_min, min(end_min, _stopped_min(fire))),
        "first_water_min": clipped(fire.first_water_min, end_min),
        "controlled_min": clipped(fire.controlled_min, end_min),
        "out_min": clipped(fire.ends_min(), end_min),
        "engines_needed_max": fire.needed_max,
        "engines_peak": fire.engines_peak,
        "water_l": fire.water_l,
        "cold_min": NAN,
        "flare_ups": 0,
        "mop_up_person_h": 0.0,
        "spots": 0,
        "crown_ha": 0.0,
        "burnt_m2": fire.burnt_m2(end_min),
        "burnt_ha": 0.0,
        "victims": sum(v.persons for v in fire.victims),
        "rescued": rescued(fire),
        "died": died(fire, deaths_by_min),
        "first_crew": first_crew,
    }
    for name in CHAIN:
        values[name] = clipped(own.get(name, NAN), end_min)
    ledger.add(facts.Fire(**values))  # type: ignore[arg-type]  # a dictionary of mixed values


def _stopped_min(fire: Building) -> float:
    """When it grew no more; a fire put out before its flashover never had one."""
    return fire.burnt_out_min if fire.uncontrolled(-1.0) else fire.controlled_min
