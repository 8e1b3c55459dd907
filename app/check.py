"""`anlan list` and `anlan check`: which scenarios there are, and what one holds and assumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from anlan.analysis.words import word
from anlan.analysis.words.names import name_of, said
from anlan.analysis.words.sources import source_text
from anlan.app.show import console, say_event, say_scale, table, verdict_table

if TYPE_CHECKING:
    from anlan.sim.scenario.schema import Parameter, Scenario

NOT_MET = 1
NO_UNIT = ("", "-", "1", "share", "ratio")
# counts that only some kinds of scenario have
OPTIONAL = {"storms", "ignitions", "belts", "water_points", "building_fires"}


def scenario_list(lang: str) -> int:
    """`anlan list`: the scenarios that ship."""
    from anlan.analysis.text.events import listed_event
    from anlan.sim import shipped, stress_events

    heads = (word(f"cli.head.{k}", lang) for k in ("scenario", "name", "summary", "event"))
    made = table(word("cli.title.scenarios", lang), heads)
    stress = stress_events()
    for name, title, summary in shipped():
        event = listed_event(stress[name], lang) if name in stress else ""
        made.add_row(name, said(title, lang), said(summary, lang), event)
    console().print(made)
    console().print(word("cli.list.next", lang))
    return 0


def scenario_check(
    name_or_path: str, scenario: Scenario, older: str, lang: str, parameters: bool = False
) -> int:
    """`anlan check`: the answer first (valid, notes, structural targets), then what there is and
    what is assumed; 1 if a structural target is not met.

    `older`: what to say of a folder of an older format; empty for a new one. `parameters`: each
    assumed number as well, not only how many there are.
    """
    from anlan.analysis.notes import notes, notes_of_files
    from anlan.analysis.verdict.judge import structural_verdicts
    from anlan.sim import places_of

    out = console()
    name = said(scenario.settings.name, lang)
    out.print(f"{scenario.id}: {name}", style="bold")
    out.print(said(scenario.settings.summary, lang))
    say_event(scenario, out, lang)
    say_scale(scenario.people_per_row, out, lang)
    out.print(word("cli.check.valid", lang), style="bold")
    at = places_of(name_or_path)
    told = [*notes_of_files(at, lang), *notes(scenario, lang, lambda: at)]
    if found := [*([older] if older else []), *told]:
        out.print(word("note.title", lang), style="bold yellow")
        for note in found:
            out.print(f"- {note}")
    verdicts = structural_verdicts(scenario)
    if verdicts:
        title = word("cli.title.structural", lang, plan=said(scenario.plan.title, lang))
        out.print(verdict_table(verdicts, lang, title))
    later = sum(t.kind == "performance" for t in scenario.plan.targets)
    out.print(word("cli.check.later", lang, n=later, scenario=scenario.id))
    out.print(_counts(scenario, lang))
    out.print(word("cli.check.datum", lang))
    out.print(_stock(scenario, lang))
    out.print(_assumed_files(scenario, lang))
    assumed = [p for p in scenario.parameters.values() if p.mark == "assumption"]
    if parameters:
        out.print(_assumed_numbers(assumed, lang))
    else:
        out.print(word("cli.check.numbers", lang, n=len(assumed), scenario=name_or_path))
    return NOT_MET if any(v.verdict == "not met" for v in verdicts) else 0


def _counts(scenario: Scenario, lang: str) -> Table:
    from anlan.sim import chosen_storm
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
        "crews": sum(t.crews for t in teams),
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
    for key, count in counts.items():
        if key in OPTIONAL and not count:
            continue
        made.add_row(word(f"cli.count.{key}", lang), f"{count:,}")
    for kind in scenario.hazards:
        made.add_row(word("cli.count.hazard", lang), said(HAZARD_KINDS[kind], lang))
    if storm := chosen_storm(scenario):
        made.add_row(word("cli.count.storm", lang), storm)
    hours = word("cli.hours", lang, n=scenario.settings.duration_h)
    made.add_row(word("cli.count.duration", lang), hours)
    return made


def _stock(scenario: Scenario, lang: str) -> Table:
    """What lies in all stores and shelters, and for how many people a day it would be enough."""
    from anlan.sim import need_of_a_day

    heads = (word(f"cli.head.{k}", lang) for k in ("item", "amount", "person_days"))
    made = table(word("cli.title.stock", lang), heads, right=(1, 2))
    for item in scenario.items:
        amount = sum(s.quantity for s in scenario.stock if s.item == item.item)
        need = need_of_a_day(item)
        if amount and need:
            made.add_row(name_of(item, lang), f"{amount:,} {item.unit}", f"{amount / need:,.0f}")
    return made


def _assumed_files(scenario: Scenario, lang: str) -> Table:
    heads = (word(f"cli.head.{k}", lang) for k in ("file", "assumed", "source"))
    title = word("cli.title.assumed_files", lang, n=len(scenario.assumptions))
    made = table(title, heads)
    for a in scenario.assumptions:
        made.add_row(a.file, said(a, lang), source_text(a.source, lang))
    return made


def _assumed_numbers(assumed: list[Parameter], lang: str) -> Table:
    heads = (word(f"cli.head.{k}", lang) for k in ("parameter", "assumed", "value", "range"))
    made = table(word("cli.title.assumed_numbers", lang, n=len(assumed)), heads, right=(2,))
    for p in sorted(assumed, key=lambda p: p.name):
        made.add_row(p.name, said(p, lang), _value(p), f"{p.low:g} – {p.high:g}")
    return made


def _value(p: Parameter) -> str:
    """A parameter's value with its unit, where it has one."""
    return f"{p.value:.10g}" if p.unit in NO_UNIT else f"{p.value:.10g} {p.unit}"
