"""`anlan cover`: how well the fire stations cover a district in ordinary years."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.analysis.text.numbers import number
from anlan.analysis.words import word
from anlan.analysis.words.names import name_of
from anlan.app.options import MOST_YEARS
from anlan.app.show import console, table

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from anlan.sim.scenario.schema import Scenario

COUNTS = ("calls", "fires")
TIMES = ("desk_min", "queue_min", "turnout_min", "travel_min", "reach_min", "water_min")
SHARES = ("queue_share", "reach_share", "order_share", "chain_share")
LIMITS = {
    "reach_share": "fire.reach_min",
    "order_share": "fire.reach_min",
    "chain_share": "fire.chain_min",
}


def station_cover(scenario: Scenario, years: int, seed: int, lang: str) -> int:
    """Years of ordinary calls over the fire stations, town by town: what takes how long from the
    call on, and which share is reached in time.
    """
    import pandas as pd

    from anlan.analysis.cover import ALL, cover
    from anlan.sim import run_year

    played = [pd.DataFrame(run_year(scenario, seed, n).table("fire")) for n in range(years)]
    calls = pd.concat(played, ignore_index=True)
    found = cover(scenario, {str(c): calls[c] for c in calls.columns})
    names = {t.town: name_of(t, lang) for t in scenario.towns}
    names[ALL] = word("cli.cover.all", lang)
    out = console()
    out.print(word("cli.cover.title", lang, years=years), style="bold")
    out.print(_times(found, names, lang))
    out.print(_shares(scenario, found, names, lang))
    if not len(calls) and years < MOST_YEARS:
        out.print(word("cli.cover.no_calls", lang, years=years, more=MOST_YEARS))
    out.print(word("cli.cover.note", lang))
    return 0


def _times(found: pd.DataFrame, names: dict[str, str], lang: str) -> Table:
    """How many calls, and the links of the chain as means."""
    columns = ("town", *COUNTS, *TIMES)
    heads = (word(f"cli.cover.{c}", lang) for c in columns)
    made = table(word("cli.cover.times", lang), heads, right=range(1, len(columns)))
    for town, row in found.iterrows():
        counts = (f"{row[c]:,.0f}" for c in COUNTS)
        made.add_row(names[str(town)], *counts, *(_minutes(row[c]) for c in TIMES))
    return made


def _shares(scenario: Scenario, found: pd.DataFrame, names: dict[str, str], lang: str) -> Table:
    """Shares of the calls, and of the fires, with their intervals."""
    limits = {c: number(scenario.p(name)) for c, name in LIMITS.items()}
    columns = ("town", *SHARES, "never")
    heads = [word(f"cli.cover.{c}", lang, limit=limits.get(c, "")) for c in columns]
    made = table(word("cli.cover.shares", lang), heads, right=range(1, len(heads)))
    for town, row in found.iterrows():
        made.add_row(names[str(town)], *(_share(row, s) for s in SHARES), f"{row['never']:,.0f}")
    return made


def _minutes(mean: float) -> str:
    return "–" if mean != mean else f"{mean:.1f}"


def _share(row: pd.Series[float], name: str) -> str:
    """A share with its interval, in percent."""
    if row[name] != row[name]:
        return "–"
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f"{row[name]:.1%} ({low:.1%} – {high:.1%})"
