"""Variants share what they do not change: the same facts as of an engine made anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from anlan import sim
from anlan.sim import override
from anlan.sim.engine import Engine, prepare
from anlan.sim.hazards import drivers
from anlan.sim.place.world import build
from anlan.sim.scenario.schema import Scenario

SHORT = {"settings.duration_h": "8", "settings.start_before_closest_h": "5"}
CHANGES = [  # (what a variant sets, whether it keeps the world, whether the drivers of forcing)
    ({"stock.store-1.water_ml": "1"}, True, True),
    ({"teams.team-1.members": "4"}, True, True),
    ({"parameters.team.shift_h": "9"}, True, True),
    ({"response.IV.move": "low_lying"}, True, True),
    ({"parameters.rain.run_sd_log": "0.5"}, True, False),
    ({"parameters.storm.position_sd_km": "50"}, True, False),
    ({"settings.start_before_closest_h": "4"}, True, False),
    ({"communities.port.elevation_m": "2.5"}, False, False),
    ({"communities.port.residents": "20"}, False, False),
    ({"parameters.residents.kit_share": "0.9"}, False, True),
    ({"settings.population_seed": "7"}, False, True),
    ({"roads.r1.length_km": "9"}, False, False),
    ({"settings.duration_h": "7"}, True, False),
]


def made_anew(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """Run 1 of an engine of which nothing is kept."""
    return Engine(scenario, build(scenario), drivers(scenario)).run(3, 1).tables()


@pytest.mark.parametrize(("changes", "world", "forcing"), CHANGES)
def test_a_variant_is_played_as_if_alone(
    changes: dict[str, str], world: bool, forcing: bool
) -> None:
    base = sim.load("tiny", SHORT)
    varied = override(base, changes)
    first = prepare(base)
    first.run(3, 0)
    shared = prepare(varied)
    assert (shared.world.people is first.world.people) == world
    assert (shared.drivers is first.drivers) == forcing
    found = shared.run(3, 1).tables()
    again = prepare(base).run(3, 1).tables()
    for a, b in ((found, made_anew(varied)), (again, made_anew(base))):
        for table, columns in a.items():
            for name, values in columns.items():
                assert np.array_equal(values, b[table][name]) or (
                    values.dtype.kind == "f"
                    and np.array_equal(values, b[table][name], equal_nan=True)
                ), f"{table}.{name}"
