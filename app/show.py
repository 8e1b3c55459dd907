"""What the commands print: lists, counts and verdicts as tables for a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from anlan.analysis.words import source_text, word

if TYPE_CHECKING:
    import pandas as pd

    from anlan.analysis.verdict import Verdicts
    from anlan.sim.scenario.schema import Parameter, Scenario

PLAIN_WIDTH = 120  # columns where the output goes to a file or a pipe
COLOURS = {"met": "green", "not met": "bold red", "undecided": "yellow"}
NOT_MET = 1
NO_UNIT = ("", "-", "1", "share", "ratio")


def console() -> Console:
    """Standard output: colours and the terminal's own width on a terminal, plain text elsewhere."""
    wide = None if sys.stdout.isatty() or "COLUMNS" in os.environ else PLAIN_WIDTH
    return Console(width=wide, highlight=False, markup=False, emoji=False)


def table(title: str, columns: Iterable[str], right: Iterable[int] = ()) -> Table:
    """An empty table; the columns of the numbers in `right` stand flush right."""
    made = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    numbers = set(right)
    for i, column in enumerate(columns):
        made.add_column(column, justify="right" if i in numbers else "left", overflow="fold")
    return made


def scenario_list(lang: str) -> int:
    """`anlan list`: the scenarios that ship."""
    from anlan.sim.scenario.read import shipped

    heads = (word(f"cli.head.{k}", lang) for k in ("scenario", "name", "summary"))
    made = table(word("cli.title.scenarios", lang), heads)
    for name, title, summary in shipped():
        made.add_row(name, getattr(title, lang), getattr(summary, lang))
    console().print(made)
    console().print(word("cli.list.next", lang))
    return 0


def scenario_check(scenario: Scenario, lang: str, older: str = "") -> int:
    """`anlan check`: counts, structural targets, assumed, notes; 1 if a structural one fails.

    older: what to say of a folder of an older format.
    """
    from anlan.analysis.notes import notes
    from anlan.analysis.verdict import structural_verdicts

    out = console()
    name = getattr(scenario.settings.name, lang)
    out.print(f"{scenario.id}: {name}", style="bold")
    out.print(getattr(scenario.settings.summary, lang))
    exploratory(scenario, out, lang)
    out.print(_assumed_numbers(scenario, lang))
    out.print(_assumed_files(scenario, lang))
    out.print(_counts(scenario, lang))
    verdicts = structural_verdicts(scenario)
    if verdicts:
        title = word("cli.title.structural", lang, plan=getattr(scenario.plan.title, lang))
        out.print(verdict_table(verdicts, lang, title))
    if said := [*([older] if older else []), *notes(scenario, lang)]:
        out.print(word("note.title", lang), style="bold yellow")
        for note in said:
            out.print(f"- {note}")
    later = sum(t.kind == "performance" for t in scenario.plan.targets)
    out.print(word("cli.check.later", lang, n=later, scenario=scenario.id))
    out.print(word("cli.check.valid", lang))
    return NOT_MET if any(v.verdict == "not met" for v in verdicts) else 0


def exploratory(scenario: Scenario, out: Console, lang: str) -> None:
    """Say it where one row of residents stands for several people."""
    say_scale(scenario.people_per_row, out, lang)


def say_scale(people_per_row: int, out: Console, lang: str) -> None:
    """The same for so many people a row."""
    if people_per_row > 1:
        out.print(word("scale.used", lang, k=people_per_row), style="bold yellow")


def station_cover(scenario: Scenario, years: int, seed: int, lang: str) -> int:
    """Years of ordinary calls over the fire stations: shares reached in time, town by town."""
    import pandas as pd

    from anlan.analysis.cover import ALL, cover
    from anlan.sim.year.calls import run_year

    played = [pd.DataFrame(run_year(scenario, seed, n).table("fire")) for n in range(years)]
    calls = pd.concat(played, ignore_index=True)
    found = cover(scenario, {str(c): calls[c] for c in calls.columns})
    names = {t.town: getattr(t, f"name_{lang}") for t in scenario.towns}
    names[ALL] = word("cli.cover.all", lang)
    heads = ("town", "calls", "fires", "reach_min", "reach_share", "chain_share", "never")
    made = table(
        word("cli.cover.title", lang, years=years),
        (word(f"cli.cover.{h}", lang) for h in heads),
        right=range(1, len(heads)),
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


def _counts(scenario: Scenario, lang: str) -> Table:
    from anlan.sim.scenario.clock import chosen_storm
    from anlan.sim.scenario.schema import HAZARD_KINDS

    teams = scenario.teams
    counts = {
        "towns": len(scenario.towns),
        "communities": len(scenario.communities),
        "residents": scenario.residents,
        "households": sum(c.households for c in scenario.communities),
        "roads": len(scenario.roads),
        "teams": len(teams),
        "members": sum(t.members for t in teams),
        "crews": sum(t.members // t.crew_size for t in teams),
        "stores": len(scenario.stores),
        "trucks": sum(s.trucks for s in scenario.stores),
        "shelters": len(scenario.shelters),
        "places": sum(s.capacity for s in scenario.shelters),
        "storms": len({f.storm for f in scenario.tracks}),
        "ignitions": len(scenario.ignitions),
        "belts": len(scenario.belts),
        "water_points": len(scenario.water_points),
        "building_fires": len(scenario.building_fires),
    }
    made = table(word("cli.title.counts", lang), (word("cli.head.what", lang), ""), right=(1,))
    # of one kind of scenario
    optional = {"storms", "ignitions", "belts", "water_points", "building_fires"}
    for key, count in counts.items():
        if key in optional and not count:
            continue
        made.add_row(word(f"cli.count.{key}", lang), f"{count:,}")
    for kind in scenario.hazards:
        made.add_row(word("cli.count.hazard", lang), getattr(HAZARD_KINDS[kind], lang))
    if storm := chosen_storm(scenario):
        made.add_row(word("cli.count.storm", lang), storm)
    hours = word("cli.hours", lang, n=scenario.settings.duration_h)
    made.add_row(word("cli.count.duration", lang), hours)
    return made


def _assumed_files(scenario: Scenario, lang: str) -> Table:
    heads = (word(f"cli.head.{k}", lang) for k in ("file", "assumed", "source"))
    title = word("cli.title.assumed_files", lang, n=len(scenario.assumptions))
    made = table(title, heads)
    for a in scenario.assumptions:
        made.add_row(a.file, getattr(a, lang), source_text(a.source, lang))
    return made


def _assumed_numbers(scenario: Scenario, lang: str) -> Table:
    assumed = [p for p in scenario.parameters.values() if p.mark == "assumption"]
    heads = (word(f"cli.head.{k}", lang) for k in ("parameter", "assumed", "value", "range"))
    made = table(word("cli.title.assumed_numbers", lang, n=len(assumed)), heads, right=(2,))
    for p in sorted(assumed, key=lambda p: p.name):
        made.add_row(p.name, getattr(p, lang), _value(p), f"{p.low:g} – {p.high:g}")
    return made


def _value(p: Parameter) -> str:
    """A parameter's value with its unit, where it has one."""
    return f"{p.value:.10g}" if p.unit in NO_UNIT else f"{p.value:.10g} {p.unit}"


def verdict_table(verdicts: Verdicts, lang: str, title: str) -> Table:
    """The verdicts with what each asks for, what came out and how sure that is."""
    from anlan.analysis.format import amount, interval_text, rule_text

    heads = ("target", "rule", "estimate", "interval", "runs", "verdict")
    made = table(title, (word(f"table.{k}", lang) for k in heads), right=(2, 4))
    for v in verdicts:
        made.add_row(
            v.text(lang),
            rule_text(v, lang),
            amount(v.estimate, v.bound_unit, lang),
            interval_text(v, lang),
            "" if v.kind == "structural" else str(v.applicable_runs),
            Text(word(f"verdict.{v.verdict}", lang), style=COLOURS[v.verdict]),
        )
    return made
