"""The dead and the hurt: at once, or while a link of the chain to help was still open."""

from __future__ import annotations

from collections import Counter

import numpy as np

from anlan.analysis.chains.cases import Cases, cases, minutes, together
from anlan.analysis.chains.rescues import to_crew
from anlan.analysis.measures.facts import Bools, Column, Facts, Floats, Ints, index_of
from anlan.sim.ledger import NEVER

DIED, INJURED = "died", "injured"


def deaths(facts: Facts) -> Cases:
    """Everybody who died; the limit of each is how long they lived."""
    return together(_of_wounds(facts), _in_incidents(facts))


def injured(facts: Facts) -> Cases:
    """Everybody who was hurt: at once, so that no help afterwards would have changed it."""
    table = facts.tables["casualty"]
    rows = table["outcome"] == INJURED
    return _at_once(facts, rows, table["persons"][rows])


def _at_once(facts: Facts, rows: Column, weight: Column) -> Cases:
    columns = facts.tables["casualty"]
    since = columns["tick"][rows] * float(facts.scenario.settings.tick_min)
    took = {"at_once": np.full(len(since), np.inf)}
    home = facts.community_at("casualty")[rows]
    return cases(home, columns["cause"][rows], weight, since, 0.0, took, columns["incident"][rows],
                 since)  # fmt: skip


def _of_wounds(facts: Facts) -> Cases:
    """Those who died of wounds: found, reported, a medical crew, a hospital."""
    table, tick_min = facts.tables["wound"], facts.scenario.settings.tick_min
    rows = {name: column[table["died_tick"] != NEVER] for name, column in table.items()}
    since = np.asarray(rows["since_min"], dtype=float)
    limit = np.maximum(minutes(rows["died_tick"], tick_min) - since, 0.0)
    home = index_of(rows["community"], facts.communities)
    took = _help(facts, rows["incident"], home, since, since + limit)
    arrived = since + sum(took.values(), np.zeros(len(since)))
    # What would have come after they were dead did not bind them.
    took["care"] = _until(rows["care_min"], arrived, since + limit)
    treated = arrived + took["care"]
    driven = any(team.ambulances for team in facts.scenario.teams)
    last = _until(rows["hospital_min"] if driven else np.full(len(since), np.nan), treated,
                  since + limit)  # fmt: skip
    took["hospital" if driven else "at_once"] = last
    return cases(home, rows["cause"], rows["persons"], since, limit, took, rows["incident"],
                 since + limit)  # fmt: skip


def _until(moment: Column, begins: Floats, died: Floats) -> Floats:
    """Minutes of a link that follows on others; none where these did not end before the death."""
    there = begins <= died
    ended = np.where(np.isnan(moment), np.inf, moment)
    return np.where(there, np.maximum(ended - np.where(there, begins, 0.0), 0.0), 0.0)


def _help(
    facts: Facts, incidents: Column, home: Ints, since: Floats, died: Floats
) -> dict[str, Floats]:
    """Minutes of the links to the first crew of each incident, counted from a moment on."""
    table = facts.tables["incident"]
    number = {name: n for n, name in enumerate(table["incident"].tolist())}
    at = np.array([number.get(name, NEVER) for name in incidents.tolist()], dtype=np.int64)
    some = at != NEVER
    rows = {name: column[at[some]] for name, column in table.items()}
    rows["occurred_min"] = since[some]
    found = {}
    for link, took in to_crew(facts, rows, home[some], died[some]).items():
        found[link] = np.zeros(len(at))
        found[link][some] = took
    return found


def _in_incidents(facts: Facts) -> Cases:
    """Those who died at once, outdoors, or before a crew had brought them out."""
    table = facts.tables["casualty"]
    weight = _not_of_wounds(facts)
    rows = weight > 0
    tick_min = float(facts.scenario.settings.tick_min)
    died = table["tick"][rows] * tick_min
    incidents, home = table["incident"][rows], facts.community_at("casualty")[rows]
    at = _occurred(facts, incidents)
    waited = died - at > tick_min  # false where they are in no incident
    sudden = np.flatnonzero(rows)[~waited]
    keep = np.zeros(len(rows), dtype=bool)
    keep[sudden] = True
    took = _help(facts, incidents[waited], home[waited], at[waited], died[waited])
    arrived = at[waited] + sum(took.values(), np.zeros(int(waited.sum())))
    # Whoever died while a crew was there died before it had come to them.
    took["work"] = np.where(arrived <= died[waited], np.inf, 0.0)
    slow = cases(home[waited], table["cause"][rows][waited], weight[rows][waited], at[waited],
                 (died - at)[waited], took, incidents[waited], died[waited])  # fmt: skip
    return together(_at_once(facts, keep, weight[keep]), slow)


def _occurred(facts: Facts, incidents: Column) -> Floats:
    table = facts.tables["incident"]
    at = dict(zip(table["incident"].tolist(), table["occurred_min"].tolist(), strict=True))
    return np.array([at.get(name, np.nan) for name in incidents.tolist()], dtype=float)


def _not_of_wounds(facts: Facts) -> Ints:
    """(rows of casualty,) the dead who did not die of wounds."""
    table, wounds = facts.tables["casualty"], facts.tables["wound"]
    left: Counter[tuple[str, int]] = Counter()
    died: Bools = wounds["died_tick"] != NEVER
    for place, tick, n in zip(
        wounds["community"][died].tolist(), wounds["died_tick"][died].tolist(),
        wounds["persons"][died].tolist(), strict=True,
    ):  # fmt: skip
        left[place, tick] += n
    found = np.where(table["outcome"] == DIED, table["persons"], 0).astype(np.int64)
    for row in np.flatnonzero(found).tolist():
        key = (table["community"][row], int(table["tick"][row]))
        taken = min(int(found[row]), left[key])
        found[row] -= taken
        left[key] -= taken
    return found
