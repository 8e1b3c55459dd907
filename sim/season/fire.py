"""One fire of a season, from its ignition to the last that matters of it.

The front, line, breaks and mopping up are those of a run (`ForestScene` over
`nature.forest`, tick by tick); what is simpler is who comes: the nearest able crews on open
roads, as soon as the call has been taken, until the scene's need is met. A day's rain ends it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from anlan.sim.chance import Streams
from anlan.sim.crews.crew import BRIGADES, Crew
from anlan.sim.fires.blaze import Blaze
from anlan.sim.fires.edge_work import TACTICS
from anlan.sim.fires.forest import KIND
from anlan.sim.fires.forest_scene import ForestScene
from anlan.sim.forcing.fire_weather import FireWeather, SkyError
from anlan.sim.incidents.incident import Incident
from anlan.sim.nature.forest import spread
from anlan.sim.nature.forest.rates import Rates
from anlan.sim.scenario.rules import Rules
from anlan.sim.season.roster import Roster, SeasonCrew, nearest


@dataclass(frozen=True)
class FollowRules(Rules, prefix="season"):
    """What ends a fire."""

    rain_out_mm: float
    follow_h: float


def nobody_caught(scene: ForestScene, crews: list[Crew], tick: int) -> None:
    """Seasons ask for time and area: who is overrun is asked of runs."""


@dataclass
class SeasonBlaze:
    """A fire of a season and the crews that are sent to it. Minutes: since its day's midnight."""

    blaze: Blaze
    roster: Roster
    streams: Streams
    place: int
    lane_km: float
    season_min: float  # its day's midnight in the season
    read_min: float  # the call has been taken; inf: nobody noticed it
    rain_min: float  # rain ends the spread; inf: none comes
    weather: FireWeather
    rates: Rates
    rules: FollowRules

    def __post_init__(self) -> None:
        blaze = self.blaze
        self.incident = Incident[Crew](
            f"{KIND}/{blaze.id}", KIND, self.place, self.first_tick, occurred_min=blaze.lit_min
        )
        tactic = TACTICS[self.roster.scenario.policy.tactics]
        self.scene = ForestScene(
            blaze, self.incident, tactic, self.streams, nobody_caught, unfought_too=False
        )
        self.incident.lives_by(self.scene)
        self.crews: list[SeasonCrew] = []

    @property
    def first_tick(self) -> int:
        """The tick, since its day's midnight, in which it is lit."""
        return int(self.blaze.lit_min // self.blaze.tick_min)

    def step(self, tick: int, others: Sequence[SeasonBlaze]) -> bool:
        """Burn and fight for a tick. True when it is cold and guarded, rain has come, or it is
        followed no longer. others: the fires that burn at the same time.
        """
        blaze, clock = self.blaze, self.blaze.clock
        self.scene.burn(tick, self.weather, self.rates, SkyError())
        if (tick + 1) * blaze.tick_min >= self.rain_min:
            if blaze.contained_tick < 0:
                blaze.contained_tick, blaze.contained_min = tick, self.rain_min
            if math.isnan(blaze.out_min):
                blaze.out_min = self.rain_min
            blaze.cold_min = self.rain_min
            self._disband(tick + 1)
            return True
        self._dispatch(tick, others)
        here = [c for c in self._at_work() if c.arrives_min <= clock.minute_of(tick)]
        if here and not self.incident.reached:
            self.incident.arrived_min = min(c.arrives_min for c in here)
        cold = self.scene.work(cast(list[Crew], here), tick)
        self._let_go(tick)
        last = self.first_tick + clock.ticks_of(60.0 * self.rules.follow_h)
        if not cold and tick + 1 < last:
            return False
        self._disband(tick + 1)
        return True

    def _dispatch(self, tick: int, others: Sequence[SeasonBlaze]) -> None:
        """The nearest able crews, until what comes meets the need; brigades, and tank trucks by the
        water that is wanted, whatever else comes.
        """
        now = self.blaze.clock.minute_of(tick)
        if now < self.read_min or (not self.scene.runs() and not self.incident.reached):
            return
        needed = self.scene.needed()
        short = needed - self._strength(self._at_work())
        lack = 0.0  # of brigades
        if self.scene.runs():
            lack = needed - self._strength([c for c in self._at_work() if c.team.kind in BRIGADES])
        if short <= 0.0 and lack <= 0.0 and self._water_short_l() <= 0.0:
            return
        kinds = self._kinds(now)
        found = self.roster.candidates(
            self.place, self.lane_km, now, self.season_min, kinds, self.streams, self.blaze.id
        )
        if short > 0.0:
            self._send(nearest(found, self._brings(found), short), now)
            if not found and not self._at_work():
                self._split(now, needed, others)
        elif lack > 0.0:
            brigades = [(at, c) for at, c in found if c.team.kind in BRIGADES]
            self._send(nearest(brigades, self._brings(brigades), lack), now)
        trucks = [(at, c) for at, c in found if c.tank_l and c.task is None]
        if trucks:
            hold_l = np.array([c.tank_l for _, c in trucks])
            self._send(nearest(trucks, hold_l, self._water_short_l()), now)

    def _water_short_l(self) -> float:
        """Litres that tank trucks are to bring besides."""
        return self.scene.water_wanted_l() - sum(c.tank_l for c in self._at_work())

    def _split(self, now: float, needed: float, others: Sequence[SeasonBlaze]) -> None:
        """With nobody free, part of the crews of the fire that has most; as in a run."""
        crowds = [(o._strength(o._on_foot()), o.blaze.id, o) for o in others if o is not self]
        if not crowds:
            return
        persons, _, largest = max(crowds, key=lambda c: (c[0], c[1]))
        if not persons:
            return
        share = min(self.roster.call.split_share, needed / (needed + largest.scene.needed()))
        wanted = min(needed, persons * share)
        # on the other fire's clock it is as much later as its midnight was earlier
        later = self.season_min - largest.season_min
        drive_min = float(self.roster.between[largest.place, self.place])
        for crew in sorted(largest._on_foot(), key=lambda c: c.id):
            wanted -= self.scene.adds(cast(Crew, crew))
            if wanted < 0.0 or not math.isfinite(drive_min):
                return
            out_min = largest.scene.way_out_min(cast(Crew, crew))
            on_duty = crew.on_duty_since_min - later
            largest.crews.remove(crew)
            self._send([(now + out_min + drive_min + self._lane_min(), crew)], now)
            crew.on_duty_since_min = on_duty

    def _lane_min(self) -> float:
        return self.lane_km / self.roster.call.local_kmh * 60.0

    def _on_foot(self) -> list[SeasonCrew]:
        """Crews there or on their way that do not carry water."""
        return [c for c in self._at_work() if not c.tank_l]

    def _kinds(self, now: float) -> frozenset[str]:
        """Kinds that the level has mustered: what the fire was when the level took to be raised."""
        then = now - self.roster.call.activation_min
        if then < self.read_min:
            return frozenset()
        burning_h = (then - self.read_min) / 60.0
        return self.roster.kinds_called(spread.burnt_ha(self.blaze.burning), burning_h)

    def _send(self, going: list[tuple[float, SeasonCrew]], now: float) -> None:
        for arrives, crew in going:
            self.roster.send(crew, self.incident, arrives, now)
            self.crews.append(crew)
            if math.isnan(self.incident.sent_min):
                self.incident.sent_min = now

    def _brings(self, found: list[tuple[float, SeasonCrew]]) -> np.ndarray[Any, Any]:
        return np.array([self.scene.adds(cast(Crew, c)) for _, c in found])

    def _strength(self, crews: list[SeasonCrew]) -> float:
        return sum(self.scene.adds(cast(Crew, c)) for c in crews)

    def _at_work(self) -> list[SeasonCrew]:
        return [c for c in self.crews if c.task is self.incident]

    def _let_go(self, tick: int) -> None:
        """Crews that the scene has released, and those whose shift is over, go home."""
        now = self.blaze.clock.minute_of(tick + 1)
        for crew in self.crews:
            if crew.task is self.incident and self.roster.tired(crew, now):
                crew.finish_task(now, "released")
            if crew.task is None:
                self.roster.home(crew, self.place, self.season_min)
        self.crews = self._at_work()

    def _disband(self, last_tick: int) -> None:
        """All go home; who is on the way turns round on arrival."""
        for crew in self._at_work():
            crew.finish_task(max(crew.arrives_min, last_tick * self.blaze.tick_min), "done")
            self.roster.home(crew, self.place, self.season_min)
        self.crews = []
