"""The dikes of a run: where the sea or a river stands against one, sand boils come behind it.

Guards find them, command sends who can work at the water, and a ring in time keeps the dike. Of a
boil without one it breaks, and the water outside runs into the community behind as over a weir, as
long as it stands higher than the water there. Higher than the crest, it runs over the whole length
in the same way, broken or not. What it would have let in without any help is kept beside, so that
who is at risk does not hang on what people do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, isnan, nan

import numpy as np

from anlan.sim import portable
from anlan.sim.crews.crew import RELEASED, Crew
from anlan.sim.dikes.boils import Boil, BoilRules, breaks_min, found_min, waits_for
from anlan.sim.dikes.ring import Material, Ring, RingRules
from anlan.sim.incidents.incident import SAND_BOIL, Incident
from anlan.sim.ledger import facts
from anlan.sim.nature.water import MM_IN_M
from anlan.sim.scenario.rules import Rules, of
from anlan.sim.scenario.schema import Dike
from anlan.sim.source import Field
from anlan.sim.threats import Threat

KIND = "dike"  # of the threat


@dataclass(frozen=True)
class BreachRules(Rules, prefix="dike"):
    """What a breach lets in, and how long the warning of a boil holds."""

    breach_m: float
    weir_m05_s: float
    leave_h: float
    ponding_share: float = of("flood.ponding_share")

    def inflow_m3_s(self, head_m: float) -> float:
        """Over a broad-crested weir as wide as the breach, with the ground behind as its crest."""
        return self._over_weir_m3_s(self.breach_m, head_m)

    def topped_m3_s(self, dike: Dike, level_m: float) -> float:
        """Over the whole crest of a dike before which the water stands so high."""
        if dike.crest_m is None:
            return 0.0
        return self._over_weir_m3_s(1000.0 * dike.length_km, level_m - dike.crest_m)

    def _over_weir_m3_s(self, width_m: float, head_m: float) -> float:
        return self.weir_m05_s * width_m * float(portable.power(max(0.0, head_m), 1.5))


@dataclass(eq=False)
class Section:
    """One dike in the run; minutes since the start, NaN for what has not happened."""

    row: Dike
    number: int
    place: int
    ground_m: float
    area_m2: float
    material: Material
    due: float = 0.0  # boils so far in the mean, by the water outside alone
    next_due: float = inf  # the next one comes at this
    boils: int = 0
    open: dict[str, tuple[Incident[Crew], Ring]] = field(default_factory=dict)
    rung: int = 0
    unaided_min: float = nan  # when it would have broken without any help
    broken_min: float = nan
    let_in_m3: float = 0.0

    @property
    def broken(self) -> bool:
        """Whether it has broken."""
        return not isnan(self.broken_min)


class Dikes:
    """The dikes of one run. A source: it opens incidents and decides nothing for command."""

    def __init__(self, of_run: Field) -> None:
        self.field = of_run
        scenario, sites = of_run.scenario, of_run.workplace.water.sites
        self.rules = BoilRules.read(scenario)
        self.breach = BreachRules.read(scenario)
        self.ring = RingRules.read(scenario)
        at = of_run.world.index
        self.all = [
            Section(
                row, number, at[row.community], float(sites.elevation_m[at[row.community]]),
                float(sites.area_m2[at[row.community]]), Material(row.rings),
            )
            for number, row in enumerate(sorted(scenario.dikes, key=lambda row: row.dike))
        ]  # fmt: skip
        for section in self.all:
            section.next_due = waits_for(of_run.streams, self._name(section))
        self._boils: list[Boil] = []  # of which a dike may break still
        self._finds: list[tuple[float, int, str]] = []  # minute, dike, boil: not told of yet
        self._by_the_sea = not any(s.row.river for s in self.all)
        self._least_m = min(s.ground_m for s in self.all)

    def step(self, tick: int) -> None:
        """Boils come and are rung, dikes break of the others, and the water runs in."""
        self._note_rings()
        if self._boils:
            self._break(tick)
        calm = self._by_the_sea and self.field.present.sky.sea_level_m <= self._least_m
        for section in () if calm else self.all:
            level_m = self._outside_m(section)
            head_m = level_m - section.ground_m
            if head_m > self.rules.boil_head_m:
                self._grow(section, head_m, tick)
            if head_m > 0.0:
                self._let_in(section, head_m, level_m)
        if self._finds:
            self._warn(tick)

    def finish(self) -> None:
        """Write each dike behind which a boil came, or which the water topped."""
        self._note_rings()
        for s in self.all:
            if s.boils or s.let_in_m3:
                self.field.ledger.add(
                    facts.Dike(
                        dike=s.row.dike,
                        community=s.row.community,
                        boils=s.boils,
                        rung=s.rung,
                        unaided_min=s.unaided_min,
                        broken_min=s.broken_min,
                        let_in_m3=s.let_in_m3,
                    )
                )

    def _outside_m(self, section: Section) -> float:
        """How high the water stands against a dike."""
        sky = self.field.present.sky
        if section.row.river is None or sky.river_m is None:
            return sky.sea_level_m
        return max(float(sky.river_m[section.place]), sky.sea_level_m)

    def _name(self, section: Section) -> str:
        return f"{section.row.dike}/{section.boils + 1}"

    def _grow(self, section: Section, head_m: float, tick: int) -> None:
        """A tick of the water against a dike: boils come at their moments in it."""
        clock, before = self.field.clock, section.due
        grown = self.rules.boils_an_hour(section.row.length_km, head_m) / clock.ticks_per_h
        section.due += grown
        while grown > 0.0 and section.due >= section.next_due:
            share = (section.next_due - before) / grown
            self._boil(section, clock.minute_of(tick) + share * clock.tick_min, tick)
            section.next_due += waits_for(self.field.streams, self._name(section))

    def _boil(self, section: Section, minute: float, tick: int) -> None:
        name = self._name(section)
        section.boils += 1
        breaks = breaks_min(self.rules, self.field.streams, name, minute)
        boil = Boil(name, section.number, minute, breaks)
        self._boils.append(boil)
        if not section.broken:
            self._open(section, boil, tick)

    def _open(self, section: Section, boil: Boil, tick: int) -> None:
        """Somebody has to find it and to build a ring, if there is anything to build it with."""
        run = self.field
        ring = Ring(self.ring, run.clock, run.present, section.place, section.material)
        incident: Incident[Crew] = Incident(
            f"{SAND_BOIL}/{boil.id}", SAND_BOIL, section.place, tick, scene=ring,
            occurred_min=boil.occurred_min,
        )  # fmt: skip
        section.open[boil.id] = incident, ring
        run.incidents.open(incident, tick, unseen=True)
        rain_mm_h = float(run.present.sky.rain_mm_h[section.place])
        share = self.rules.find_share(run.clock.is_night(tick), rain_mm_h)
        found = found_min(run.streams, boil, self.rules.pass_every_min(section.row), share)
        if found < boil.breaks_min:
            run.notice.found_at(incident, found)
            self._finds.append((found, section.number, boil.id))

    def _warn(self, tick: int) -> None:
        """Whoever finds one says that those behind the dike should leave whose homes would
        flood, if the water came in as high as it stands.
        """
        begins, ends = map(self.field.clock.minute_of, (tick, tick + 1))
        found = sorted(f for f in self._finds if f[0] < ends)
        self._finds = [f for f in self._finds if f[0] >= ends]
        for minute, number, boil in found:
            section = self.all[number]
            if boil in section.open:
                self._say(section, section.open[boil][0].id, max(minute, begins))

    def _say(self, section: Section, about: str, minute: float) -> None:
        run = self.field
        head_m = self._outside_m(section) - section.ground_m
        until = run.clock.tick_at(minute + 60.0 * self.breach.leave_h)
        threat = Threat(
            KIND, about, {}, 0.0, until, np.array([section.place], dtype=np.int64), leave=True,
            homes=run.people.homes_below(section.place, head_m), local=True,
        )  # fmt: skip
        run.messages.send(f"threat/{about}", "threat", section.place, about, KIND, threat, minute)

    def _note_rings(self) -> None:
        for section in self.all:
            built = [name for name, (_, ring) in section.open.items() if ring.over]
            for name in built:
                section.rung += 1
                del section.open[name]

    def _break(self, tick: int) -> None:
        """Dikes break of the boils whose time has come by the tick's beginning."""
        now_min = self.field.clock.minute_of(tick)
        due = [b for b in self._boils if b.breaks_min <= now_min]
        self._boils = [b for b in self._boils if b.breaks_min > now_min]
        for boil in sorted(due, key=lambda b: (b.breaks_min, b.id)):
            section = self.all[boil.dike]
            if isnan(section.unaided_min):
                section.unaided_min = boil.breaks_min
            if boil.id in section.open:
                self._give_way(section, boil.breaks_min, now_min)

    def _give_way(self, section: Section, breaks_min: float, now_min: float) -> None:
        section.broken_min = breaks_min
        self.field.people.water_rushes(section.place)
        for incident, ring in section.open.values():
            ring.over, incident.lost = True, True
            incident.look_anew()
            for crew in [c for c in incident.crews if c.state == "working"]:
                crew.finish_task(now_min, RELEASED)
            incident.ends(now_min)
        section.open.clear()

    def _let_in(self, section: Section, head_m: float, level_m: float) -> None:
        """Up to the level outside, and no faster than over a weir; the same as if nobody had
        helped.
        """
        over_m3_s = self.breach.topped_m3_s(section.row, level_m)
        would_break = not isnan(section.unaided_min)
        if not would_break and over_m3_s == 0.0:
            return
        cells, place = self.field.workplace.water.cells, section.place
        full_mm = head_m * MM_IN_M * self.breach.ponding_share
        seconds = 60.0 * self.field.clock.tick_min
        over_mm = over_m3_s * seconds / section.area_m2 * MM_IN_M
        breach_mm = self.breach.inflow_m3_s(head_m) * seconds / section.area_m2 * MM_IN_M
        most_mm = over_mm + (breach_mm if section.broken else 0.0)
        would_mm = over_mm + (breach_mm if would_break else 0.0)
        stored = float(cells.stored[place])
        unaided = stored if cells.unaided is None else float(cells.unaided[place])
        now_mm = min(most_mm, max(0.0, full_mm - stored))
        cells.let_in(place, now_mm, min(would_mm, max(0.0, full_mm - unaided)))
        section.let_in_m3 += now_mm * section.area_m2 / MM_IN_M
