"""The chains of those who ought to leave home: ordered, told, ready, a bus, a place, on the way."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass

import numpy as np

from anlan.analysis.chains.cases import Cases, cases, minutes, steps
from anlan.analysis.chains.hours import shared, storm
from anlan.analysis.measures.evacuation import HOUSED, moved
from anlan.analysis.measures.facts import Column, Facts, Floats, Ints, once
from anlan.sim.ledger import NEVER

READY_FACTOR = 3.0  # by the Rayleigh law 99 % are ready within three times the commonest time
# an order that did not end with leaving home -> the link at which it stands
ENDED_AT = {
    "not_heard": "told",
    "refused": "refused",
    "waiting": "bus",
    "no_place": "place",
    "no_road": "road",
    "overtaken": "ready",
    "travelling": "journey",
}


@dataclass(frozen=True)
class Movers:
    """(n,) pieces of rows of at_risk (way home), each with the row of evacuation that it goes with.

    `row`: of at_risk; `order`: of evacuation, -1 for those whom nobody ordered and who did not go;
    `persons`: how many of the row.
    """

    row: Ints
    order: Ints
    persons: Ints


@once
def movers(facts: Facts) -> Movers:
    """Whose home becomes untenable, beside what the ledger says of their leaving.

    The two tables have no key in common: people of one community who came under a roof in the same
    tick are the same; of those who came under none, as many as there are in either.
    """
    rows, table = facts.at_risk, facts.tables["evacuation"]
    left: dict[tuple[int, int], deque[list[int]]] = defaultdict(deque)
    homes = facts.community_at("evacuation").tolist()
    arrived, persons = table["arrived_tick"].tolist(), table["persons"].tolist()
    for n in np.flatnonzero(table["home_at_risk"]).tolist():
        left[homes[n], arrived[n]].append([n, persons[n]])
    found = []
    mine = np.flatnonzero(rows["way"] == "home")
    # Who was ordered before goes with an order, who was not with none, as far as there are any.
    for n in mine[np.argsort(~rows["ordered"][mine].astype(bool), kind="stable")].tolist():
        wanted = int(rows["persons"][n])
        # What is used up goes: where all are told to leave, thousands of a place share one tick.
        pieces = left[int(rows["home"][n]), int(rows["roof_tick"][n])]
        while wanted and pieces:
            taken = min(wanted, pieces[0][1])
            if taken:
                found.append((n, pieces[0][0], taken))
                pieces[0][1] -= taken
                wanted -= taken
            if not pieces[0][1]:
                pieces.popleft()
        if wanted:
            found.append((n, NEVER, wanted))
    columns = np.array(found, dtype=np.int64).reshape(-1, 3)
    return Movers(columns[:, 0], columns[:, 1], columns[:, 2])


def before_gale(facts: Facts) -> Cases:
    """Who ought to be under another roof before the gale, from command's first news of a threat."""
    told = facts.tables["threat"]["tick"]
    first = float(told.min()) if len(told) else 0.0
    tick_min = facts.scenario.settings.tick_min
    pieces, rows = movers(facts), facts.at_risk
    late = _late_rows(facts)[pieces.row]
    row, order = pieces.row[late], pieces.order[late]
    home = rows["home"][row]
    gale = facts.gale_tick[home]
    since = np.full(len(row), first * tick_min)
    roof = minutes(rows["roof_tick"][row], tick_min)
    # Under a roof in the tick of the gale is too late.
    limit = np.asarray((gale - 1 - first) * tick_min, dtype=float)
    # Whom nobody told to go, and who was brought out afterwards, was never ordered.
    roof = np.where(order == NEVER, np.nan, roof)
    took = to_roof(facts, home, order, since, roof)
    return cases(home, rows["cause"][row], pieces.persons[late], since, limit, took)


def _late_rows(facts: Facts) -> Column:
    """(rows of at_risk,) who was not under another roof before the gale."""
    late = np.zeros(len(facts.at_risk["persons"]), dtype=bool)
    causes = np.isin(facts.at_risk["cause"], np.unique(facts.unsafe_homes["cause"]))
    judged = (facts.at_risk["way"] == "home") & causes
    late[judged] = ~moved(facts, HOUSED, before_gale=True)
    return late


def to_roof(
    facts: Facts, home: Ints, order: Ints, since: Floats, roof: Floats
) -> dict[str, Floats]:
    """Minutes of the links from a moment until people are under another roof.

    order: (n,) rows of evacuation, -1 for none. roof: (n,) minutes, NaN for never.
    """
    table, tick_min = facts.tables["evacuation"], facts.scenario.settings.tick_min

    def stamp(column: str) -> Floats:
        if not len(table[column]):
            return np.full(len(order), np.nan)
        return np.where(order == NEVER, np.nan, minutes(table[column], tick_min)[order])

    outcome = np.full(len(order), "", dtype=object)
    outcome[order != NEVER] = table["outcome"][order[order != NEVER]]
    stamps = {"ordered": stamp("ordered_tick"), "told": stamp("heard_tick"),
              "ready": stamp("left_tick"), "journey": roof}  # fmt: skip
    took = steps(since, stamps)
    took |= _until_ready(facts, home, since, took)
    for ended, link in ENDED_AT.items():
        _move_open(took, outcome == ended, link)
    return took


def _until_ready(
    facts: Facts, home: Ints, since: Floats, took: dict[str, Floats]
) -> dict[str, Floats]:
    """The time from hearing to leaving: storm, getting ready, and a bus or place for the rest."""
    begins = since + took["ordered"] + took["told"]
    begins = np.where(np.isfinite(begins), begins, 0.0)
    flags = {"wind": storm(facts, "residents.stop_wind_ms")}
    found = shared(facts, home, begins, took["ready"], flags, "ready")
    mode = facts.scenario.parameters.get("residents.prepare_mode_min")
    most = READY_FACTOR * mode.value if mode is not None else np.inf
    ended = np.where(np.isfinite(found["ready"]), found["ready"], 0.0)
    over = np.maximum(ended - most, 0.0)
    return found | {"ready": found["ready"] - over, "bus": over}


def _move_open(took: dict[str, Floats], rows: Column, link: str) -> None:
    """A link that never ended is the one at which the order stands."""
    for name in ("told", "ready", "wind", "bus", "journey"):
        never = rows & np.isinf(took[name])
        if not never.any():
            continue
        took[name] = np.where(never, 0.0, took[name])
        took[link] = np.where(never, np.inf, took.get(link, np.zeros(len(rows))))
