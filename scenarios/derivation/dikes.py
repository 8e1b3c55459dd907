"""Lengths of a main dike: one before each community that lies at the water."""

from __future__ import annotations

from collections.abc import Sequence

from anlan.scenarios.derivation.files import Record
from anlan.scenarios.derivation.places import Assumed

SOURCE = "no public list: derived (scenarios/derivation/dikes.py)"


def dikes(communities: Sequence[Record], assumed: Assumed) -> list[Record]:
    """One length for each community no farther from the water than assumed.

    It is as long as a square of the community's area is wide, since sites stand on a lattice; it
    has guards by a number a kilometre, and material for as many filter rings as all others.
    """
    return [
        dike(row, assumed)
        for row in communities
        if float(row["coast_km"]) <= assumed["dike_bank_km"]
    ]


def dike(row: Record, assumed: Assumed, **before: str | float) -> Record:
    """The length before a community; `before`: what stands against it, where it is not the sea."""
    length_km = round(float(row["area_km2"]) ** 0.5, 2)
    return {
        "dike": f"dike-{row['community']}",
        "name_zh": f"{row['name_zh']}堤段",
        "name_en": f"dike at {row['name_en']}",
        "community": row["community"],
        "length_km": length_km,
        "guards": round(assumed["dike_guards_per_km"] * length_km),
        "rings": int(assumed["dike_rings"]),
        **before,
        "source": SOURCE,
        "mark": "assumption",
    }
