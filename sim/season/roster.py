"""The district's forest teams through a season: who is free, who comes how soon, who may be asked.

A fire calls in comprehensive and professional teams and those of its own town; others come once
the level that it triggers musters their kind. Roads are open. A crew that leaves a fire drives
home; after its shift it rests. Aircraft, which a district asks for in its worst days, stay away.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams
from anlan.sim.crews.crew import BRIGADES, MUSTER, CrewRules
from anlan.sim.scenario.clock import DayRules
from anlan.sim.scenario.rules import Rules, of
from anlan.sim.scenario.schema import SIGNALS, Capability, Scenario, Team
from anlan.sim.threats import Threat, grade_of, listening
from anlan.sim.year.calls import station_minutes

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class CallRules(Rules, prefix="season"):
    """From somebody who sees smoke to crews on the road."""

    local_kmh: float
    call_min: float = of("fire.call_min")
    desk_min: float = of("response.desk_min")
    activation_min: float = of("response.activation_min")
    split_share: float = of("forest.split_share")


@dataclass(eq=False)
class SeasonCrew:
    """One crew of a team with the capability forest. Minutes are those of the season."""

    id: str
    number: int
    team: Team
    people: int
    base: int  # community
    capabilities: frozenset[Capability]
    tank_l: float
    free_min: float = -math.inf  # at home, or rested, again
    on_duty_since_min: float = 0.0  # since the fire's own midnight, as its clock counts
    task: object | None = None
    arrives_min: float = math.inf  # at the road head, on the fire's clock
    left_min: float = math.inf  # let go, on the fire's clock

    def finish_task(self, minute: float, outcome: str) -> None:
        """Let go at a minute of the fire's clock."""
        self.task, self.left_min = None, minute


class Roster:
    """All crews of a scenario that can fight a forest fire."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.rules, self.call = CrewRules.read(scenario), CallRules.read(scenario)
        self.day = DayRules.read(scenario)
        self.town_of = [c.town for c in scenario.communities]
        self.crews = _crews(scenario)
        # (C, C) minutes between places on open roads
        self.between = station_minutes(scenario, np.arange(len(scenario.communities)))
        self.triggers = listening(scenario.triggers)

    def begin(self) -> None:
        """A new season: everybody is at home."""
        for crew in self.crews:
            crew.free_min, crew.task = -math.inf, None

    def kinds_called(self, burnt_ha: float, burning_h: float) -> frozenset[str]:
        """Kinds of teams that the level musters which a fire of this size and age triggers."""
        severity = {"burnt_ha": burnt_ha, "burning_h": burning_h}
        threat = Threat(kind="forest_fire", source="season", severity=severity, within_h=0.0,
                        until_tick=0)  # fmt: skip
        grade = grade_of([threat], self.triggers)
        called = [r.muster for r in self.scenario.responses if SIGNALS.index(r.signal) <= grade]
        return frozenset(called[-1]) if called else frozenset()

    def candidates(
        self,
        place: int,
        lane_km: float,
        now_min: float,
        season_min: float,
        kinds: frozenset[str],
        streams: Streams,
        fire: str,
    ) -> list[tuple[float, SeasonCrew]]:
        """(minute of arrival at the road head, crew) of all who are free and may come, nearest
        first. now_min: on the fire's clock; season_min: its midnight in the season.
        """
        found = []
        lane_min = lane_km / self.call.local_kmh * 60.0
        for crew in self.crews:
            mine = crew.team.kind in BRIGADES or self.town_of[crew.base] == self.town_of[place]
            if crew.free_min > season_min + now_min or crew.task is not None:
                continue
            drive_min = float(self.between[crew.base, place])
            if not (mine or crew.team.kind in kinds) or not math.isfinite(drive_min):
                continue
            muster_min = self.muster_min(crew, now_min, streams, fire)
            arrives = now_min + muster_min + drive_min + lane_min
            found.append((arrives, crew))
        return sorted(found, key=lambda pair: (pair[0], pair[1].id))

    def muster_min(self, crew: SeasonCrew, now_min: float, streams: Streams, fire: str) -> float:
        """Half to one and a half times its kind's mean, longer by night; a station turns out."""
        night, rules = self.day.is_night(now_min / 60.0 % 24.0), self.rules
        if crew.team.kind == "comprehensive":
            return rules.turnout_night_min if night else rules.turnout_day_min
        u = streams.one(MUSTER, f"{crew.id}/{fire}")
        return rules.drawn_muster_min(crew.team.kind, night, u)

    def send(self, crew: SeasonCrew, task: object, arrives_min: float, now_min: float) -> None:
        """A crew is on its way, and on duty from now on."""
        crew.task, crew.arrives_min, crew.left_min = task, arrives_min, math.inf
        crew.on_duty_since_min = now_min

    def home(self, crew: SeasonCrew, place: int, season_min: float) -> None:
        """Let go: home by the same way, and to rest where its shift is over."""
        minute = crew.left_min + float(self.between[place, crew.base])
        worked_h = (crew.left_min - crew.on_duty_since_min) / 60.0
        rests = 60.0 * self.rules.rest_h if worked_h >= self.rules.shift_h else 0.0
        crew.task, crew.free_min = None, season_min + minute + rests

    def tired(self, crew: SeasonCrew, now_min: float) -> bool:
        """Whether its shift is over."""
        longest_h = min(self.rules.shift_h, self.rules.on_duty_most_h)
        return now_min - crew.on_duty_since_min >= 60.0 * longest_h


def _crews(scenario: Scenario) -> list[SeasonCrew]:
    places = {c.community: n for n, c in enumerate(scenario.communities)}
    found: list[SeasonCrew] = []
    for team in sorted(scenario.teams, key=lambda t: t.team):
        able = "forest" in team.capabilities and "air" not in team.capabilities
        if not able or team.asked_at is not None:
            continue
        for n in range(team.crews):
            found.append(
                SeasonCrew(
                    id=f"{team.team}/{n + 1}",
                    number=n,
                    team=team,
                    people=team.members_of_crew(n),
                    base=places[team.community],
                    capabilities=frozenset(team.capabilities),
                    tank_l=team.tank_l or 0.0,
                )
            )
    return found


def nearest(
    crews: Sequence[tuple[float, SeasonCrew]], brings: F64, needed: float
) -> list[tuple[float, SeasonCrew]]:
    """The first of some crews, until what they bring meets a need."""
    before = np.concatenate([[0.0], np.cumsum(brings)[:-1]]) if len(crews) else np.empty(0)
    return [crew for crew, had in zip(crews, before.tolist(), strict=True) if had < needed]
