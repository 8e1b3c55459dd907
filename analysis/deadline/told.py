"""What was found of the last moments, in sentences of a language."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from anlan.analysis.deadline.found import Deadlines
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.text.dates import moment
from anlan.analysis.text.numbers import amount, ends_text, number, percent
from anlan.analysis.verdict.hinge import performance_hinge
from anlan.analysis.verdict.noted import hinge_note
from anlan.analysis.verdict.target import on_share_of_runs
from anlan.analysis.words import trait, word
from anlan.analysis.words.names import said
from anlan.sim.scenario.schema import Target

Row = Mapping[Any, Any]  # of `Deadlines.last`


def sentences(found: Deadlines, lang: str) -> list[str]:
    """A paragraph an order and target, then what all of them rest on."""
    gap = trait("between_sentences", lang)
    lines = [gap.join(_of_row(found, row, lang)) for row in found.last.to_dict("records")]
    for name in found.untargeted:
        lines.append(word("deadline.untargeted", lang, order=word(f"deadline.order.{name}", lang)))
    alpha = 1.0 - found.asked.confidence
    lines.append(
        word("deadline.sure", lang, confidence=percent(found.asked.confidence),
             alpha=f"{alpha:.3g}", n=found.grid.count, step=number(found.asked.step_h))
    )  # fmt: skip
    return lines


def heading(found: Deadlines, lang: str) -> str:
    """Before what the orders have to be given, and when that comes."""
    hours = found.event.hours
    return word(
        "deadline.heading", lang,
        name=said(found.scenario.settings.name, lang),
        event=word(f"deadline.event.{found.event.kind}", lang),
        when=at(found, found.event.median_h, lang),
        first=at(found, float(hours.min()), lang), last=at(found, float(hours.max()), lang),
    )  # fmt: skip


def road_note(found: Deadlines, lang: str) -> str:
    """That vehicles queue in the runs, and what the bound beside them assumes."""
    p = found.scenario.p
    return word(
        "deadline.roads", lang, veh=number(p("road.evacuation_veh_h")),
        local=number(p("road.local_veh_h")), car=number(p("vehicle.car_persons")),
        bus=number(p("vehicle.bus_persons")),
    )  # fmt: skip


def at(found: Deadlines, hour: float, lang: str) -> str:
    """Local clock time of an hour of the run; a dash for none."""
    return moment(found.clock(hour), lang) if math.isfinite(hour) else "–"


def target_of(found: Deadlines, name: str) -> Target:
    """The plan's target of an id."""
    return next(t for t in found.scenario.plan.targets if t.id == name)


def unit_of(target: Target) -> str:
    """The unit of what a target's interval is of."""
    return "share" if on_share_of_runs(target) else MEASURES[target.measure].unit


def _of_row(found: Deadlines, row: Row, lang: str) -> Iterator[str]:
    target = target_of(found, row["target"])
    unit, event = unit_of(target), word(f"deadline.event.{found.event.kind}", lang)
    fill = {
        "order": word(f"deadline.order.{row['order']}", lang),
        "target": said(target.text, lang),
        "event": event,
        "estimate": amount(row["estimate"], unit, lang),
        "interval": ends_text(row["low"], row["high"], unit, lang),
        "bound": amount(row["bound"], unit, lang),
        "clock": at(found, row["at_h"], lang),
        "lead": number(row["event_h"] - row["at_h"]),
        "runs": row["runs"],
    }
    yield word(f"deadline.{row['answer']}", lang, **fill)
    if row["answer"] == "none" and (hinge := performance_hinge(target, found.scenario)):
        yield hinge_note(hinge, found.scenario, MEASURES[target.measure].unit)[lang]
    if math.isfinite(row["not_met_h"]) and row["answer"] in ("hour", "undecided"):
        late = {"clock": at(found, row["not_met_h"], lang), "lead": number(row["not_met_lead_h"])}
        yield word("deadline.late", lang, **late)
    if math.isfinite(row["too_early_h"]):
        yield word("deadline.too_early", lang, clock=at(found, row["too_early_h"], lang))
    yield from _as_planned(found, row, lang)


def _as_planned(found: Deadlines, row: Row, lang: str) -> Iterator[str]:
    """When the plan as it is gives the order, and what the forecast had called for by the hour."""
    if not math.isfinite(row["planned_h"]):
        yield word("deadline.planned_never", lang)
    elif row["answer"] == "hour":
        key = "deadline.planned_in_time" if row["spare_h"] >= 0 else "deadline.planned_late"
        spare = number(abs(row["spare_h"]))
        yield word(key, lang, clock=at(found, row["planned_h"], lang), spare=spare)
    else:
        yield word("deadline.planned", lang, clock=at(found, row["planned_h"], lang))
    if row["answer"] in ("hour", "every"):
        signal = word(f"signal.{row['signal']}", lang)
        yield word("deadline.known", lang, signal=signal, share=percent(row["known_share"]))
        if row["known_h"] > row["met_h"]:
            fill = {"clock": at(found, row["known_h"], lang), "signal": signal}
            late = number(row["known_h"] - row["met_h"])
            yield word("deadline.foreseen_late", lang, late=late, **fill)
