"""The chains of warnings: a signal is given, it reaches a place, somebody hears and answers."""

from __future__ import annotations

import numpy as np

from anlan.analysis.chains.cases import Cases, cases
from anlan.analysis.chains.hours import clock
from anlan.analysis.measures.facts import Column, Facts, Floats, Ints, index_of
from anlan.analysis.measures.warning import RESPONSIBLE_MIN, WARNINGS, nothing_to_warn_of

HALF = 0.5
CAUSE = "warning"


def unheard(facts: Facts, before_gale: bool = False) -> Cases:
    """Residents who did not hear the public warning, at all or before the gale."""
    heard, home = facts.tables["warning"], facts.community_at("warning")
    n = len(facts.communities)
    by = facts.gale_tick[home] if before_gale else np.full(len(home), facts.end)
    good = (heard["heard_tick"] >= 0) & (heard["heard_tick"] < by)
    told = np.bincount(home[good], heard["persons"][good], n)
    weight = np.maximum(facts.residents - told, 0.0)
    if nothing_to_warn_of(facts):
        weight = np.zeros(n)
    home = np.flatnonzero(weight > 0.0)
    since = _first_signal(facts)
    begins = np.full(len(home), since if np.isfinite(since) else 0.0)
    out = _silent(facts, home, begins)
    never = np.full(len(home), np.inf)
    took = {
        "signal": never if np.isinf(since) else np.zeros(len(home)),
        "phone": np.where(out, np.inf, 0.0) if np.isfinite(since) else np.zeros(len(home)),
        "heard": np.where(out, 0.0, np.inf) if np.isfinite(since) else np.zeros(len(home)),
    }
    cause = np.full(len(home), CAUSE, dtype=object)
    return cases(home, cause, weight[home], begins, 0.0, took)


def _first_signal(facts: Facts) -> float:
    table = facts.tables["message"]
    sent = table["sent_min"][table["kind"] == "signal"]
    return float(sent.min()) if len(sent) else np.inf


def _silent(facts: Facts, home: Ints, begins: Floats) -> Column:
    """(n,) places without a mobile network for most of the time from a moment to the end."""
    end = np.full(len(home), facts.end_min)
    out = clock(facts).seen(facts.hazard("phone_out") > 0.0, home, begins, end)
    return np.asarray(out > HALF * (end - begins))


def unanswered(facts: Facts) -> Cases:
    """Warnings to the responsible persons of a place that they did not answer in five minutes."""
    table, home = facts.tables["message"], facts.community_at("message", "receiver")
    rows = (home >= 0) & (index_of(table["kind"], WARNINGS) >= 0)
    since, received = table["sent_min"][rows], table["received_min"][rows]
    took = np.where(np.isnan(received), np.inf, np.maximum(received - since, 0.0))
    by_runner = table["means"][rows] == "runner"
    links = {"phone": np.where(by_runner, took, 0.0), "answer": np.where(by_runner, 0.0, took)}
    weight = np.ones(int(rows.sum()))
    return cases(home[rows], table["kind"][rows], weight, since, RESPONSIBLE_MIN, links,
                 table["message"][rows])  # fmt: skip
