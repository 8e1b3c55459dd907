"""Maps stand on official ground where a scenario fills a county, and say what they stand on."""

from __future__ import annotations

import numpy as np
import pytest

from anlan.analysis.plots.ground import (
    OUTLINES,
    WATERS,
    extent,
    ground_caption,
    lines,
    outlines_of,
    waters_of,
)
from anlan.analysis.words import LANGS
from anlan.sim import load

KM_A_DEGREE = 111.2


def area_km2(ring: np.ndarray) -> float:
    """By the shoelace formula on a plane at the ring's mean latitude."""
    x = ring[:, 0] * KM_A_DEGREE * np.cos(np.radians(ring[:, 1].mean()))
    y = ring[:, 1] * KM_A_DEGREE
    return float(abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2.0)


@pytest.mark.parametrize(
    ("name", "official_km2"),
    [("haimen-typhoon", 1144.0), ("pingshan-typhoon", 166.0), ("fuling-forest-fire", 2942.0)],
)
def test_the_outline_has_the_area_that_the_county_states(name: str, official_km2: float) -> None:
    scenario = load(name)
    largest = max(map(area_km2, outlines_of(scenario)))
    assert largest == pytest.approx(official_km2, rel=0.02)
    least, most = extent(scenario)
    assert all((least <= ring).all() and (ring <= most).all() for ring in outlines_of(scenario))


@pytest.mark.long
def test_only_a_district_that_fills_a_county_has_its_outline() -> None:
    """Tiny lies in Haimen and Linyi's zone is a corner of Hedong: neither is the county."""
    for name in ("tiny", "tiny-fire", "linyi-flood"):
        assert outlines_of(load(name)) == waters_of(load(name)) == []
    assert len(outlines_of(load("nantong-typhoon"))) == 7
    assert waters_of(load("nantong-typhoon"))
    assert waters_of(load("pingshan-typhoon")) == []  # no shore comes near
    for lang in LANGS:
        assert "GSHHG" in ground_caption(load("haimen-typhoon"), lang)
        assert "GSHHG" not in ground_caption(load("tiny"), lang) != ""
        assert ground_caption(load("tiny-fire"), lang) == ""


def test_lines_are_in_degrees_and_near_the_districts() -> None:
    for file in (OUTLINES, WATERS):
        for _, line in lines(file):
            assert line.shape[1] == 2
            assert len(line) >= 2
            assert ((line > (100.0, 20.0)) & (line < (125.0, 40.0))).all()
