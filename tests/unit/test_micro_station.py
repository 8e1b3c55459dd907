"""Micro fire stations at a building fire: the first hose, and no engine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from anlan import sim
from anlan.sim.scenario.read import SHIPPED

HEAD = "team,name_zh,name_en,kind,community,members,crew_size,boats,capabilities,source,mark"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The tiny fire with a micro station of three crews in the port, where the shed burns."""
    shutil.copytree(SHIPPED / "tiny-fire", tmp_path / "one")
    path = tmp_path / "one" / "teams.csv"
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    assert lines[0] == HEAD
    lines.append("m,微,Micro,first_responder,port,18,6,0,fire;micro,made up,assumption")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path / "one"


def play(folder: Path, **parameters: float) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The row of the shed, and the trips."""
    changed = {f"parameters.fire.{name}": str(value) for name, value in parameters.items()}
    tables = sim.run(sim.load(str(folder), changed)).tables()
    fire = {c: v[tables["fire"]["fire"] == "shed-1"][0] for c, v in tables["fire"].items()}
    trip = tables["trip"]
    trips = [dict(zip(trip, row, strict=True)) for row in zip(*trip.values(), strict=True)]
    return fire, [t for t in trips if t["purpose"] == "task"]


def test_a_micro_station_is_sent_with_the_order_and_holds_a_small_fire(folder: Path) -> None:
    """By hand: order 16.5, turnout .75, streets 1, hose 3.5: water at 21.75 on 45 x (11.75/15)^2
    = 27.6 m2, which takes 4.5 L/s: one branch, half of an engine's two."""
    fire, trips = play(folder)
    assert fire["first_water_min"] == pytest.approx(21.75)
    assert fire["controlled_min"] == pytest.approx(21.75)
    assert fire["arrived_min"] == pytest.approx(28.25)  # of the first engine
    assert fire["first_crew"] == "fire-1/1"
    assert fire["died"] == 0  # they bring people out, too
    # The engines of the order are sent all the same.
    assert [(t["agent"], t["departed_min"]) for t in trips] == [
        ("fire-1/1", 17.25),
        ("fire-1/2", 17.25),
    ]


def test_with_less_water_it_waits_for_the_engines_and_is_none_of_them(folder: Path) -> None:
    fire, _ = play(folder, micro_engine_share=0.1)
    assert fire["first_water_min"] == pytest.approx(21.75)
    assert fire["controlled_min"] == pytest.approx(31.75)
    assert (fire["engines_needed_max"], fire["engines_peak"]) == (2, 2)


def test_none_goes_where_none_is_asked_for(folder: Path) -> None:
    fire, trips = play(folder, micro_crews=0)
    assert fire["first_water_min"] == pytest.approx(31.75)
    assert [t["agent"] for t in trips] == ["fire-1/1", "fire-1/2"]
