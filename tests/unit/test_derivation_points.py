"""Pingshan's communities lie where public lists have them, as high as a terrain model says."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from anlan.scenarios.derivation.district import derive
from anlan.scenarios.derivation.files import SCENARIOS, TABLES, read_rows

TERRAIN = "ANLAN_PINGSHAN_TERRAIN"  # path of pingshan_dem15s.asc, which may not ship
ERROR_M = 21.0  # mean absolute error of that raster, 72 SRTM points


def points() -> dict[str, dict[str, str]]:
    rows = read_rows(TABLES / "pingshan" / "points.csv")
    return {row["town_zh"] + row["name_zh"]: row for row in rows}


@pytest.mark.parametrize(
    "folder", [p.parent.name for p in sorted(SCENARIOS.glob("pingshan-*/communities.csv"))]
)
def test_23_of_24_communities_stand_on_their_points(folder: str) -> None:
    places = {r["name_zh"]: r for r in read_rows(SCENARIOS / folder / "communities.csv")}
    known = points()
    assert len(known) == 23
    assert places.keys() - known.keys() == {"坪山街道新和社区"}
    for name, row in known.items():
        for column in ("lon", "lat"):
            assert float(places[name][column]) == pytest.approx(float(row[column]), abs=1e-5)
        assert float(places[name]["elevation_m"]) == float(row["elevation_m"])
    land_km2 = sum(float(r["area_km2"]) for r in places.values())
    assert 140 < land_km2 < 190  # 166 km2 by public figures; none may have more than most_km2


def test_an_unknown_place_among_the_points_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    real = read_rows

    def spoilt(path: Path) -> list[dict[str, str]]:
        rows = real(path)
        if path.name == "points.csv":
            rows[0]["name_zh"] = "无此社区"
        return rows

    monkeypatch.setattr("anlan.scenarios.derivation.district.read_rows", spoilt)
    with pytest.raises(KeyError, match="无此社区"):
        derive("pingshan")


def test_heights_are_those_of_the_terrain_model() -> None:
    """Within its own error of the raster's cell; the raster's terms do not let it ship."""
    where = os.environ.get(TERRAIN)
    if not where:
        pytest.skip(f"not tested: set {TERRAIN} to the raster's path; it may not ship with anlan")
    lines = Path(where).read_text(encoding="ascii").splitlines()
    head = {k.lower(): float(v) for k, v in (line.split() for line in lines[:6])}
    grid = np.array([line.split() for line in lines[6:]], dtype=float)[::-1]
    for name, row in points().items():
        column = int((float(row["lon"]) - head["xllcorner"]) / head["cellsize"])
        line = int((float(row["lat"]) - head["yllcorner"]) / head["cellsize"])
        around = grid[line - 1 : line + 2, column - 1 : column + 2]
        height = float(row["elevation_m"])
        assert around.min() - ERROR_M <= height <= around.max() + ERROR_M, name
