"""`anlan cover`: how well the fire stations cover a district in ordinary years."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlan.analysis.words import word
from anlan.analysis.words.names import name_of
from anlan.app.show import console, table

if TYPE_CHECKING:
    import pandas as pd

    from anlan.sim.scenario.schema import Scenario

COLUMNS = ("town", "calls", "fires", "reach_min", "reach_share", "chain_share", "never")


def station_cover(scenario: Scenario, years: int, seed: int, lang: str) -> int:
    """Years of ordinary calls over the fire stations: shares reached in time, town by town."""
    import pandas as pd

    from anlan.analysis.cover import ALL, cover
    from anlan.sim import run_year

    played = [pd.DataFrame(run_year(scenario, seed, n).table("fire")) for n in range(years)]
    calls = pd.concat(played, ignore_index=True)
    found = cover(scenario, {str(c): calls[c] for c in calls.columns})
    names = {t.town: name_of(t, lang) for t in scenario.towns}
    names[ALL] = word("cli.cover.all", lang)
    made = table(
        word("cli.cover.title", lang, years=years),
        (word(f"cli.cover.{h}", lang) for h in COLUMNS),
        right=range(1, len(COLUMNS)),
    )
    for town, row in found.iterrows():
        made.add_row(
            names[str(town)],
            f"{row['calls']:,.0f}",
            f"{row['fires']:,.0f}",
            "–" if pd.isna(row["reach_min"]) else f"{row['reach_min']:.1f}",
            *(_share(row, s) for s in ("reach_share", "chain_share")),
            f"{row['never']:,.0f}",
        )
    out = console()
    out.print(made)
    out.print(word("cli.cover.note", lang))
    return 0


def _share(row: pd.Series[float], name: str) -> str:
    """A share with its interval, in percent."""
    if row[name] != row[name]:
        return "–"
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f"{row[name]:.1%} ({low:.1%} – {high:.1%})"
