"""A measure and two policies of one's own: docs/extending.md explains them line by line."""

import numpy as np

import anlan


@anlan.measure(
    "my.away_person_h",
    unit="person_h",
    better="none",
    label={"zh": "离家总时长", "en": "Time away from home"},
    definition={
        "zh": "每人离开家的小时数之和，不论去向",
        "en": "hours that each person was away from home, wherever, added up",
    },
)
def away_person_h(facts):
    """Read the ledger's table `evacuation`: a row for those who moved, or should have, together."""
    ticks = facts.tables["evacuation"]["away_person_ticks"]
    return float(np.sum(ticks)) * facts.scenario.settings.tick_min / 60


@anlan.policy("dispatch", "shortest-job-first")
def shortest_job_first(incidents, crews, eta):
    """The incident with the fewest people first, by the crew that is there first."""
    free, pairs = set(range(len(crews))), []
    for i in sorted(range(len(incidents)), key=lambda i: (incidents[i].persons, incidents[i].id)):
        can_come = [c for c in free if np.isfinite(eta[i, c])]
        if can_come:
            crew = min(can_come, key=lambda c: (eta[i, c], crews[c].id))
            free.discard(crew)
            pairs.append((i, crew))
    return pairs


@anlan.policy("orders", "nobody-moves")
class NobodyMoves:
    """Orders nobody to leave: what would the same storm be without any order?"""

    def __init__(self, scenario):
        """A seat is made anew for each run, of its scenario."""

    def on_level(self, response, places):
        """No order goes with a response that comes into force."""

    def on_threats(self, picture, tick):
        """None for what threatens some places."""
        return []
