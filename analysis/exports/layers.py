"""Layers of a map: places, roads, teams, stores and shelters with what came to them in the runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from anlan.analysis.results.folder import Results
from anlan.analysis.results.place_means import LATE_SHARE, mean_columns, place_means
from anlan.analysis.words import LANGS, in_every_language
from anlan.analysis.words.names import name_of, names, said
from anlan.sim.scenario.dictionary import described
from anlan.sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

Lonlat = tuple[float, float]
CLOSED_SHARE, OUT_SHARE = "closed_share_of_runs", "out_share_of_runs"
DEPLOYMENTS = "deployments_per_run"
# what a layer takes over from the scenario's own table
FROM_TABLE = {
    "roads": ("from_community", "to_community", "length_km", "speed_kmh"),
    "teams": ("kind", "community", "members", "crew_size", "boats", "capabilities", "asked_at"),
    "stores": ("level", "mode", "community", "trucks", "asked_at"),
    "shelters": ("level", "community", "capacity"),
}


@dataclass(frozen=True)
class Layer:
    """Features of one kind. `columns`: name -> what it means, by language. `rows`: a value each.

    `points`: of each feature one pair of longitude and latitude, or two of a line.
    """

    name: str
    geometry: Literal["Point", "LineString"]
    columns: Mapping[str, Mapping[str, str]]
    rows: Sequence[Mapping[str, Any]]
    points: Sequence[Sequence[Lonlat]]


def layers(results: Results) -> list[Layer]:
    """Those of the runs of one variant; a kind of which the scenario has none is left out."""
    found = (_places(results), _roads(results), *_sites(results))
    return [layer for layer in found if layer.rows]


def _places(results: Results) -> Layer:
    scenario = results.scenario
    means = place_means(results).set_index("community")
    columns = [c for c in (LATE_SHARE, *mean_columns()) if c in means]
    rows = [
        {"community": c.community, **_named(c), "town": c.town, "residents": c.residents}
        | {column: _number(means[column].get(c.community)) for column in columns}
        for c in scenario.communities
    ]
    told = _told(scenario, "communities", ("community", "town", "residents"))
    told |= {c: in_every_language(f"column.digest.places.{c}") for c in columns}
    points = [[(c.lon, c.lat)] for c in scenario.communities]
    return Layer("places", "Point", told, rows, points)


def _roads(results: Results) -> Layer:
    scenario, runs = results.scenario, max(results.run_count, 1)
    closed = results.table("road_closed", ("road", "closed_h")).groupby("road")["closed_h"]
    often, hours = closed.count() / runs, closed.sum() / runs
    at = _where(scenario)
    called = {lang: names(scenario, lang) for lang in LANGS}
    rows = [
        {"road": r.road, **{f"name_{lang}": called[lang][r.road] for lang in LANGS}}
        | {column: getattr(r, column) for column in FROM_TABLE["roads"]}
        | {CLOSED_SHARE: float(often.get(r.road, 0.0)), "closed_h": float(hours.get(r.road, 0.0))}
        for r in scenario.roads
    ]
    told = _told(scenario, "roads", ("road", *FROM_TABLE["roads"]))
    told[CLOSED_SHARE] = in_every_language(f"column.layer.{CLOSED_SHARE}")
    told["closed_h"] = in_every_language("column.layer.closed_h")
    points = [[at[r.from_community], at[r.to_community]] for r in scenario.roads]
    return Layer("roads", "LineString", told, rows, points)


def _sites(results: Results) -> Iterator[Layer]:
    """Teams, stores and shelters, each where its community is."""
    runs = max(results.run_count, 1)
    use = results.table("shelter_use", ("shelter", "peak_occupants", "full_h"))
    of_shelter = use.groupby("shelter")[["peak_occupants", "full_h"]].sum() / runs
    out = results.table("store_out", ("store", "out_h")).dropna(subset=["out_h"])
    of_store = out.groupby("store")[["run"]].nunique().rename(columns={"run": OUT_SHARE}) / runs
    yield _site(results, "teams", "team", _deployments(results))
    yield _site(results, "stores", "store", of_store)
    yield _site(results, "shelters", "shelter", of_shelter)


def _deployments(results: Results) -> pd.DataFrame:
    """How often a team's crews were sent in a run, of the runs whose ledgers were kept."""
    sent = results.ledger_table("deployment").groupby("team")[["run"]].count()
    return sent.rename(columns={"run": DEPLOYMENTS}) / max(len(results.kept), 1)


def _site(results: Results, table: str, key: str, found: pd.DataFrame) -> Layer:
    """One kind of site; whatever `found` lacks had nothing, which is 0."""
    scenario, columns = results.scenario, [str(c) for c in found.columns]
    at, held = _where(scenario), FROM_TABLE[table]
    sites = getattr(scenario, table)
    rows = [
        {key: getattr(site, key), **_named(site)}
        | {column: _plain(getattr(site, column)) for column in held}
        | {c: _number(found[c].get(getattr(site, key), 0.0)) for c in columns}
        for site in sites
    ]
    told = _told(scenario, table, (key, *held))
    told |= {c: in_every_language(f"column.layer.{c}") for c in columns}
    return Layer(table, "Point", told, rows, [[at[site.community]] for site in sites])


def _where(scenario: Scenario) -> dict[str, Lonlat]:
    return {c.community: (c.lon, c.lat) for c in scenario.communities}


def _named(row: Any) -> dict[str, str]:
    return {f"name_{lang}": name_of(row, lang) for lang in LANGS}


def _told(scenario: Scenario, table: str, columns: Sequence[str]) -> dict[str, Mapping[str, str]]:
    """What the columns of one of the scenario's tables mean, and those of its names."""
    part = next(p for p in described(type(scenario)) if p.path == table)
    meant = {c.name: {lang: said(c, lang) for lang in LANGS} for c in part.columns}
    first, *others = columns
    called = {
        f"name_{lang}": in_every_language("column.layer.name", language=lang) for lang in LANGS
    }
    return {first: meant[first], **called, **{c: meant[c] for c in others}}


def _plain(value: Any) -> Any:
    """As a cell of a table: several words in one text, nothing as an empty one."""
    if isinstance(value, tuple):
        return ";".join(map(str, value))
    return "" if value is None else value


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)
