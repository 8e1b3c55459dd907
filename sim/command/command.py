"""Command (指挥部): reads forecasts, sets the level, orders, calls in, dispatches, stands down.

It knows only what reached it: bulletins, reports that came through, requests by phone.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np
from mesa import Agent
from numpy.typing import NDArray

from anlan.sim.command.policies import DISPATCH, can_leave
from anlan.sim.command.supply import Supply
from anlan.sim.crews.crew import Crew
from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import NEVER
from anlan.sim.people.calendar import by_tick
from anlan.sim.people.channels import ORDER, PUBLIC, reached
from anlan.sim.scenario.schema import DWELLINGS, SIGNALS, Dwelling, Response, TeamKind

if TYPE_CHECKING:
    from anlan.sim.model import ResponseModel

# hours within which each signal's winds must come (CMA rules; see parameters response.*)
SIGNAL_WITHIN_H = {"blue": 24, "yellow": 24, "orange": 12, "red": 6}
RAIN_WITHIN_H = {"blue": 12, "yellow": 6, "orange": 3, "red": 3}


class Command(Agent):  # type: ignore[misc]
    """The duty office and forward post as one desk with a few seats."""

    model: ResponseModel

    def __init__(self, model: ResponseModel) -> None:
        super().__init__(model)
        self.policy = DISPATCH[model.world.scenario.policy.dispatch]
        self.level = -1  # index into the scenario's responses; -1: none in force
        self.signal = -1  # index into SIGNALS of the highest so far
        self.pending: list[tuple[int, int]] = []  # (tick in force, level index)
        self.called: set[TeamKind] = set()
        self.inbox: list[tuple[int, int, Incident]] = []  # reports on their way, by tick
        self.desk: list[Incident] = []  # reports waiting to be read
        self.free_min = [0.0] * int(model.world.scenario.p("response.desks"))  # each seat's
        self.being_read: list[Incident] = []
        self.open: list[Incident] = []  # known and not finished
        self.supply = Supply(model)
        self.told = np.zeros(model.world.places, dtype=bool)  # places cleared out for a fire
        self.quiet_since = NEVER
        self.stood_down = False
        self.bulletins = by_tick(model.realisation.forecast.issued_tick)
        scenario = model.world.scenario
        review_min = scenario.p("response.supply_review_min")
        self.review_ticks = max(1, scenario.ticks_of(review_min))

    def mustered(self, kind: TeamKind) -> bool:
        return kind in self.called and not self.stood_down

    # -- forecasts, signals and levels --------------------------------------------------------

    def step_command(self, tick: int) -> None:
        """Bulletins, levels, reports, crews and supplies for one tick."""
        self._read_bulletins(tick)
        if self.pending:
            self._enforce(tick)
        if self.inbox or self.desk or self.being_read:
            self._read_reports(tick)
        if self.open:
            self._dispatch(tick)
        if tick % self.review_ticks == 0 and (self.level >= 0 or self.told.any()):
            self.supply.review(tick)

    def _read_bulletins(self, tick: int) -> None:
        for b in self.bulletins.get(tick, ()):
            signal = self._signal(b)
            name = SIGNALS[signal] if signal >= 0 else "none"
            self.model.log_message(tick, tick, "forecast", "weather office", "command", name, "")
            if signal > self.signal and not self.stood_down:
                self._raise_signal(signal, tick)
            self._consider_stand_down(b, tick)

    def _signal(self, bulletin: int) -> int:
        """The highest signal whose wind or gust a bulletin expects in time; -1 for none."""
        p = self.model.world.scenario.p
        forecast = self.model.realisation.forecast
        highest = -1
        for n, name in enumerate(SIGNALS):
            within = SIGNAL_WITHIN_H[name]
            wind = float(forecast.wind_within_ms[within][bulletin])
            gust = float(forecast.gust_within_ms[within][bulletin])
            if wind >= p(f"response.{name}_wind_ms") or gust >= p(f"response.{name}_gust_ms"):
                highest = n
            rain = forecast.rain_within_mm.get(RAIN_WITHIN_H[name])
            if rain is not None and float(rain[bulletin]) >= p(f"response.{name}_rain_mm"):
                highest = n
        return highest

    def _raise_signal(self, signal: int, tick: int) -> None:
        first = self.signal < 0
        self.signal = signal
        model = self.model
        model.log_message(tick, tick, "signal", "weather office", "public", SIGNALS[signal], "")
        if first:
            everywhere = np.arange(model.world.places)
            begins = np.full(model.world.places, tick)
            model.residents.warn(
                reached(
                    model.world.scenario,
                    model.realisation,
                    PUBLIC,
                    model.start_hour,
                    begins,
                    everywhere,
                )
            )
        level = self._level_for(signal)
        if level > self.level:
            delay = model.world.scenario.ticks_of(model.world.scenario.p("response.activation_min"))
            self.pending.append((tick + delay, level))

    def _level_for(self, signal: int) -> int:
        levels = [
            n
            for n, r in enumerate(self.model.world.scenario.responses)
            if SIGNALS.index(r.signal) <= signal
        ]
        return max(levels, default=-1)

    def _enforce(self, tick: int) -> None:
        for when, level in [x for x in self.pending if x[0] <= tick]:
            self.pending.remove((when, level))
            if level > self.level and not self.stood_down:
                self.level = level
                self._set_going(self.model.world.scenario.responses[level], tick)

    def _set_going(self, response: Response, tick: int) -> None:
        self.model.log_message(tick, tick, "level", "command", "all", response.level, "desk")
        if response.open_shelters:
            self.model.open_shelters()
        self.called.update(response.muster)
        for crew in self.model.crews:
            if crew.team.kind in response.muster:
                crew.call_in(tick)
        for store in self.model.stores:
            store.call_in(tick)
        if response.move:
            everywhere = np.ones(self.model.world.places, dtype=bool)
            self._order(response.move, everywhere, response.level, tick)

    def clear_out(self, places: NDArray[np.bool_], tick: int) -> None:
        """Tell everybody in some places to leave, whatever the level (a fire comes near)."""
        self.told |= places
        self.model.open_shelters()
        self._order(DWELLINGS, places, "fire", tick)

    def _order(
        self, dwellings: tuple[Dwelling, ...], places: NDArray[np.bool_], content: str, tick: int
    ) -> None:
        """Call each of the places (C,), and let it tell its households once it has answered."""
        model = self.model
        begins = np.full(model.world.places, model.ticks, dtype=np.int64)
        for number in np.flatnonzero(places).tolist():
            community = model.communities[number]
            when, means = community.acknowledge(tick)
            begins[number] = when
            received = when if when < model.ticks else NEVER
            model.log_message(tick, received, "order", "command", community.id, content, means)
        share = reached(
            model.world.scenario,
            model.realisation,
            ORDER,
            model.start_hour,
            begins,
            np.arange(model.world.places),
        )
        model.residents.order(dwellings, tick, share, places)

    def _consider_stand_down(self, bulletin: int, tick: int) -> None:
        """Over when neither the bulletin nor the last hours bring wind at blue level."""
        if self.level < 0 or self.stood_down:
            return
        scenario = self.model.world.scenario
        hours = int(scenario.p("response.stand_down_h") * scenario.ticks_per_h)
        lately = self.model.realisation.wind_ms[max(0, tick - hours) : tick + 1]
        calm = float(lately.max()) < scenario.p("response.blue_wind_ms")
        if calm and self._signal(bulletin) < 0 and not self.pending:
            self.stood_down = True
            self.model.log_message(tick, tick, "stand_down", "command", "all", "", "desk")
            self.model.residents.stand_down(tick)

    # -- reports and crews ----------------------------------------------------------------------

    def report(self, incident: Incident, arrives_tick: int) -> None:
        """A report leaves its place and reaches the desk at that tick."""
        heapq.heappush(self.inbox, (arrives_tick, incident.number, incident))

    def hand_over(self, incident: Incident, reported_tick: int, known_tick: int) -> None:
        """Another desk (119) has taken the report; it goes straight to dispatch."""
        incident.reported_tick, incident.known_tick = reported_tick, known_tick
        self.being_read.append(incident)

    def _read_reports(self, tick: int) -> None:
        while self.inbox and self.inbox[0][0] <= tick:
            when, _, incident = heapq.heappop(self.inbox)
            incident.reported_tick = when
            self.desk.append(incident)
        self._share_out_desk(tick)
        read = [i for i in self.being_read if i.known_tick <= tick]
        if read:
            self.open += read
            self.being_read = [i for i in self.being_read if i.known_tick > tick]

    def _share_out_desk(self, tick: int) -> None:
        """Each report takes the seat that is free first for its reading time, in order.

        An incident that stands for several is as many reports, known at their mean time.
        """
        scenario = self.model.world.scenario
        now_min = tick * scenario.settings.tick_min
        while self.desk and min(self.free_min) < now_min + scenario.settings.tick_min:
            incident = self.desk.pop(0)
            done_min = [self._read_one(now_min) for _ in range(incident.cases)]
            incident.known_tick = scenario.ticks_of(sum(done_min) / incident.cases)
            self.being_read.append(incident)

    def _read_one(self, now_min: float) -> float:
        """The minute in which one more report will have been read."""
        seat = self.free_min.index(min(self.free_min))
        begins_min = max(now_min, self.free_min[seat])
        self.free_min[seat] = begins_min + self.model.world.scenario.p("response.desk_min")
        return self.free_min[seat]

    def _dispatch(self, tick: int) -> None:
        self.open = [i for i in self.open if i.open]
        scenario = self.model.world.scenario
        stop = scenario.p("team.stop_wind_ms")
        wind = self.model.realisation.wind_ms[tick]
        here = [i for i in self.open if wind[i.place] < stop]
        waiting = [i for i in here if i.short(scenario)]
        if micro_for := [i for i in here if i.short_of_micro()]:
            self._send_micro(micro_for, wind < stop, tick)
        if not waiting:
            return
        self._call_in_for(waiting, tick)
        needed = {i.capability for i in waiting}
        crews = [
            c
            for c in self.model.crews
            if c.state == "idle" and wind[c.place] < stop and needed & c.capabilities
        ]
        # An incident may want several crews: the policy is asked until it sends no more.
        while waiting and crews:
            pairs = self.policy(waiting, crews, self._eta(waiting, crews))
            for i, c in pairs:
                self._send(crews[c], waiting[i], tick)
            if not pairs:
                break
            waiting = [i for i in waiting if i.short(scenario)]
            crews = [c for c in crews if c.state == "idle"]
        for incident in waiting:
            if incident.capability == "forest" and incident.dispatched_tick == NEVER:
                self._split(incident, tick)

    def _send_micro(self, fires: list[Incident], calm: NDArray[np.bool_], tick: int) -> None:
        """The nearest micro stations go to a building fire at once, besides the engines."""
        crews = [c for c in self.model.crews if c.micro and c.state == "idle" and calm[c.place]]
        while fires and crews:
            pairs = self.policy(fires, crews, self._eta(fires, crews, micro=True))
            for i, c in pairs:
                self._send(crews[c], fires[i], tick)
            if not pairs:
                return
            fires = [i for i in fires if i.short_of_micro()]
            crews = [c for c in crews if c.state == "idle"]

    def _split(self, incident: Incident, tick: int) -> None:
        """A new forest fire gets part of the crews of the fire that has most of them.

        Only where nobody else is ready, or about to be, and a way leads from the one to the other.
        """
        model = self.model
        ready = ("idle", "mustering")
        if any(c.state in ready and incident.capability in c.capabilities for c in model.crews):
            return
        scenario = model.world.scenario
        share, most = scenario.p("forest.split_share"), scenario.p("forest.first_crews")
        crews = max(map(can_leave, self.open), key=len, default=[])
        wanted = min(int(share * len(crews)), int(most))
        eta = self._eta([incident], crews)[0] if wanted else np.empty(0)
        nearest = [n for n in np.argsort(eta, kind="stable").tolist() if np.isfinite(eta[n])]
        for n in nearest[:wanted]:
            crew, left = crews[n], crews[n].task
            assert left is not None
            assert left.scene is not None
            wait_min = left.scene.way_out_min(crew)
            left.crews.remove(crew)
            self._send(crew, incident, tick, wait_min)

    def _send(self, crew: Crew, incident: Incident, tick: int, wait_min: float = 0.0) -> None:
        """To the nearer end, where an incident has two."""
        vehicle = crew.vehicle_for(incident.capability)
        near, far = (
            self.model.roads.minutes_between(vehicle, crew.place, end)
            for end in (incident.place, incident.other_end)
        )
        crew.send(incident, incident.other_end if far < near else incident.place, tick, wait_min)

    def _call_in_for(self, waiting: list[Incident], tick: int) -> None:
        """Incidents that wait bring in every team that could take them, level or no level."""
        needed = {i.capability for i in waiting}
        for crew in self.model.crews:
            if crew.state == "off_duty" and needed & crew.capabilities:
                crew.call_in(tick)

    def _eta(
        self, waiting: list[Incident], crews: list[Crew], micro: bool = False
    ) -> NDArray[np.float64]:
        """(incidents, crews) minutes to the nearer end; inf where it cannot come or cannot help.

        A crew of a micro station does not stand in for an engine: it is asked for by `micro`.
        """
        near = np.array([i.place for i in waiting])
        far = np.array([i.other_end for i in waiting])
        wanted = np.array([i.capability for i in waiting])
        eta = np.full((len(waiting), len(crews)), np.inf)
        for capability in dict.fromkeys(i.capability for i in waiting):
            these = np.flatnonzero(wanted == capability)
            able: dict[str, list[int]] = {}  # vehicle -> crews
            for n, crew in enumerate(crews):
                stands_in = capability == "fire" and crew.micro and not micro
                if capability in crew.capabilities and not stands_in:
                    able.setdefault(crew.vehicle_for(capability), []).append(n)
            ends = np.concatenate([near[these], far[these]])
            for vehicle, who in able.items():
                places = [crews[n].place for n in who]
                minutes = self.model.roads.minutes_table(vehicle, places, ends)
                nearer = np.minimum(minutes[:, : len(these)], minutes[:, len(these) :])
                eta[np.ix_(these, who)] = nearer.T
        return eta
