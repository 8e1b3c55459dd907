"""How the parts of a run are made and joined. Nothing here decides or acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from mesa import Model
from numpy.typing import NDArray

from anlan.sim.arrests.arrests import Arrests
from anlan.sim.chance import Streams, keys_of
from anlan.sim.command.aid import AidRules
from anlan.sim.command.bagging import Bagging, BaggingRules
from anlan.sim.command.command import Command, CommandRules, Means
from anlan.sim.command.dispatch import Dispatch, DispatchRules
from anlan.sim.command.fire_desk import FireDesk, FireDeskRules
from anlan.sim.command.minutes import Minutes
from anlan.sim.command.orders import CallRules, Calls
from anlan.sim.command.picture import KnownRoads, Picture, RoadNews, WaterNews
from anlan.sim.command.pumping import Pumping, PumpingRules
from anlan.sim.command.seats import Seats
from anlan.sim.command.supply import Requests, Supply, SupplyRules
from anlan.sim.command.tables import seats_of
from anlan.sim.command.timed import Timed
from anlan.sim.command.water_orders import KnownPlaces, Office, WaterOrderRules
from anlan.sim.crews.agenda import Agenda
from anlan.sim.crews.bagging import BagRules
from anlan.sim.crews.crew import Crew, CrewRules, CrewWorld, crews_of
from anlan.sim.crews.duty import Duty
from anlan.sim.crews.pumping import PumpRules
from anlan.sim.crews.work import PaceRules, Workplace
from anlan.sim.dikes.dikes import Dikes
from anlan.sim.dikes.sluices import Sluices, by_hand
from anlan.sim.forcing.base import Forcing, Present, now
from anlan.sim.hazards import sources
from anlan.sim.incidents.fallen_trees import FallenTrees
from anlan.sim.incidents.incident import Incident, Incidents, WorkRules
from anlan.sim.ledger import Ledger
from anlan.sim.nature.overflow import Overflow, OverflowRules, given_links
from anlan.sim.nature.water import Water, WaterRules
from anlan.sim.networks.cut_off import CutOff
from anlan.sim.networks.drainage import Drainage, GateRules, outlets_m
from anlan.sim.networks.messages import Messages, RunnerRules, runner_min, runner_ticks
from anlan.sim.networks.phone import Phone, PhoneRules
from anlan.sim.networks.power import Power, PowerRules
from anlan.sim.networks.road_news import RoadWatch
from anlan.sim.networks.roads import RoadRules, Roads
from anlan.sim.networks.traffic import Traffic, TrafficRules
from anlan.sim.networks.trees import TreeRules, Trees
from anlan.sim.networks.water_news import WaterNewsRules, WaterWatch
from anlan.sim.parts import Parts
from anlan.sim.people.draws import BurnRules, Draws, HarmRules, draw
from anlan.sim.people.needs import MealRules, Sites, set_up
from anlan.sim.people.notice import Notice, NoticeRules, responders
from anlan.sim.people.protocol import People
from anlan.sim.people.shelter import Shelter, Shelters, WayRules
from anlan.sim.people.spread import SpreadRules, Spreads
from anlan.sim.people.surroundings import DoorRules, LeaveRules, Surroundings
from anlan.sim.people.wounds import WoundRules
from anlan.sim.place.exposure import Exposure, exposure_of
from anlan.sim.place.lanes import flows_of
from anlan.sim.place.reach import Reach
from anlan.sim.place.roads import RoadTable
from anlan.sim.place.world import World
from anlan.sim.record import Closures, Recorder
from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.schema import Scenario
from anlan.sim.source import Field, Source
from anlan.sim.stores.lorry import Goods, Haulage, Lorry, LorryRules, fleet_of
from anlan.sim.stores.store import StockRules, Store
from anlan.sim.travel.drivers import DriverRules, Drivers
from anlan.sim.travel.journey import Trips


@dataclass(frozen=True)
class Shared:
    """What the parts of every room start from."""

    scenario: Scenario
    world: World
    clock: Clock
    streams: Streams
    ledger: Ledger
    sites: Exposure
    table: RoadTable
    place_ids: list[str]
    present: Present


@dataclass(frozen=True)
class Networks:
    """Networks and water of a run."""

    power: Power
    phone: Phone
    drainage: Drainage
    water: Water
    trees: Trees
    roads: Roads
    cut_off: CutOff
    messages: Messages
    runner_ticks: NDArray[np.int64]


@dataclass(frozen=True)
class Society:
    """People, what they notice, and where they find shelter and goods."""

    sites: Sites
    shelters: Shelters
    notice: Notice
    incidents: Incidents
    people: People


@dataclass(frozen=True)
class Forces:
    """Who and what can be sent, and what command knows of the ways."""

    picture: Picture
    work: WorkRules
    crews: list[Crew]
    duty: Duty[Crew]
    agenda: Agenda[Crew]
    workplace: Workplace
    stores: list[Store]
    haulage: Haulage
    lorries: dict[str, list[Lorry]]
    words: Spreads


def wire(
    model: Model,
    world: World,
    forcing: Forcing,
    streams: Streams,
    people_of: Callable[[Surroundings, Draws], People],
    seats: Callable[[Seats], Seats] | None,
) -> Parts:
    """The parts of one run, at the beginning of its first tick."""
    g = _ground(world, forcing, streams)
    n = _networks(g)
    s = _society(model, g, n, people_of)
    f = _forces(model, g, n, s)
    who = seats_of(g.scenario)
    command = _command(model, g, n, s, f, seats(who) if seats is not None else who, forcing)
    fire_desk = FireDesk(FireDeskRules.read(g.scenario), g.clock, n.messages, command)
    s.incidents.cries = partial(_cry, s.notice, fire_desk)
    field = Field(
        g.scenario, world, g.place_ids, g.clock, g.present, streams, g.ledger, s.people,
        s.incidents, s.notice, n.messages, fire_desk, n.power, f.workplace,
    )  # fmt: skip
    return Parts(
        world=world,
        place_ids=g.place_ids,
        clock=g.clock,
        streams=streams,
        ledger=g.ledger,
        forcing=forcing,
        present=g.present,
        power=n.power,
        phone=n.phone,
        drainage=n.drainage,
        water=n.water,
        trees=n.trees,
        fallen_trees=FallenTrees(n.trees, g.table, s.incidents),
        roads=n.roads,
        cut_off=n.cut_off,
        closures=Closures(n.roads, g.place_ids, g.ledger),
        road_watch=RoadWatch(n.roads, n.messages, RoadNews),
        water_watch=_water_watch(g, n, command),
        messages=n.messages,
        incidents=s.incidents,
        notice=s.notice,
        words=f.words,
        sites=s.sites,
        meal_hours=MealRules.read(g.scenario).hours,
        shelters=s.shelters,
        people=s.people,
        crews=f.crews,
        workplace=f.workplace,
        stores=f.stores,
        lorries=f.lorries,
        command=command,
        fire_desk=fire_desk,
        minutes=Minutes(g.clock, s.notice, command, f.agenda, f.workplace),
        sources=[*sources(field), *_against_water(field), Arrests(field)],
        recorder=_recorder(g, n, s, f, forcing),
    )


def _against_water(field: Field) -> list[Source]:
    """Dikes, and sluices that are shut by hand, where there are any."""
    found: list[Source] = [Dikes(field)] if field.scenario.dikes else []
    return [*found, Sluices(field)] if by_hand(field.scenario) else found


def _cry(notice: Notice, fire_desk: FireDesk, incident: Incident[Crew], minute: float) -> None:
    """Whoever calls for help tells the place of it as well; only the first call says it anew."""
    if incident.cried:
        return
    incident.cried = True
    notice.found_at(incident, minute)
    fire_desk.cry(incident, minute)


def _society(
    model: Model, g: Shared, n: Networks, people_of: Callable[[Surroundings, Draws], People]
) -> Society:
    sites = set_up(g.world, g.streams)
    shelters = _shelters(model, g, n, sites)
    notice = Notice(
        NoticeRules.read(g.scenario), g.clock, g.streams, n.messages, responders(g.scenario)
    )
    incidents = Incidents(g.place_ids, g.table.ids, g.clock, g.ledger, notice.happened)
    around = Surroundings(
        g.world, g.place_ids, [t.bus_seats_per_h for t in g.scenario.towns], g.clock, g.present,
        n.water, n.power, n.cut_off, shelters, sites, incidents, g.streams, g.ledger,
        LeaveRules.read(g.scenario), HarmRules.read(g.scenario), BurnRules.read(g.scenario),
        WoundRules.read(g.scenario), DoorRules.read(g.scenario),
        Drivers(DriverRules.read(g.scenario), n.roads),
    )  # fmt: skip
    people = people_of(around, draw(g.scenario, g.world.people, g.streams))
    notice.first_aid = people.first_aid
    return Society(sites, shelters, notice, incidents, people)


def _forces(model: Model, g: Shared, n: Networks, s: Society) -> Forces:
    picture, work = Picture(KnownRoads(g.table)), WorkRules.read(g.scenario)
    trips = Trips(g.place_ids, g.clock, g.ledger)
    crew_world = CrewWorld(
        CrewRules.read(g.scenario), g.clock, n.roads, picture.roads, trips, g.streams,
        g.ledger,
    )  # fmt: skip
    stores, haulage = _stores(model, g, n, picture, trips, s.sites)
    return Forces(
        picture,
        work,
        crews_of(model, crew_world, g.scenario.teams, g.world.index),
        crew_world.duty,
        crew_world.agenda,
        Workplace(
            PaceRules.read(g.scenario),
            g.clock,
            g.present,
            n.trees,
            n.water,
            g.world.people,
            g.streams,
            s.people,
        ),
        stores,
        haulage,
        fleet_of(haulage, stores),
        Spreads(SpreadRules.read(g.scenario), g.clock, n.phone.outages, n.power.outages),
    )


def _command(
    model: Model, g: Shared, n: Networks, s: Society, f: Forces, who: Seats, forcing: Forcing
) -> Command:
    calls = Calls(
        CallRules.read(g.scenario), g.clock, n.phone, n.runner_ticks, g.place_ids,
        g.streams, g.ledger, f.words,
    )  # fmt: skip
    dispatch = Dispatch(
        DispatchRules.read(g.scenario), f.work, who.dispatch, f.picture, f.duty, f.agenda,
        g.present, g.world.town_of,
    )  # fmt: skip
    means = Means(
        CommandRules.read(g.scenario), AidRules.read(g.scenario), g.clock, g.ledger,
        g.scenario.responses, forcing.bulletins, n.messages, f.words, calls, s.shelters, f.crews,
        f.stores, dispatch, _supply(g, n, s, f, who), *_water_orders(g, n, s, f),
        Timed.of(g.scenario.orders, g.scenario.responses, g.clock),
    )  # fmt: skip
    return Command(model, means, who, f.picture, s.people)


def _water_orders(g: Shared, n: Networks, s: Society, f: Forces) -> tuple[Pumping, Bagging]:
    places = KnownPlaces.of(g.scenario, g.sites.area_m2, g.world.town_of)
    rules = WaterOrderRules.read(g.scenario)
    office = Office(rules, places, f.picture, g.clock, s.incidents, g.ledger)
    pumps, bags = PumpRules.read(g.scenario), BagRules.read(g.scenario)
    return (
        Pumping(office, PumpingRules.read(g.scenario), pumps, n.water, f.crews),
        Bagging(office, BaggingRules.read(g.scenario), bags, g.present, n.water, s.people, f.crews),
    )


def _water_watch(g: Shared, n: Networks, command: Command) -> WaterWatch:
    """Nobody asks for depths where there are no pumps and no bags to send."""
    asked = any(orders.crews for orders in command.means.water_orders)
    return WaterWatch(WaterNewsRules.read(g.scenario), n.water, n.messages, WaterNews, asked)


def _recorder(g: Shared, n: Networks, s: Society, f: Forces, forcing: Forcing) -> Recorder:
    return Recorder(
        g.place_ids, g.ledger, g.present, forcing.path, n.water, n.power, n.phone, n.cut_off,
        s.sites, f.haulage.goods, f.stores, f.lorries, s.shelters, f.crews, s.people,
    )  # fmt: skip


def _ground(world: World, forcing: Forcing, streams: Streams) -> Shared:
    scenario = world.scenario
    return Shared(
        scenario,
        world,
        Clock.of(scenario),
        streams,
        Ledger(),
        exposure_of(scenario),
        RoadTable(scenario, world.index, world.graph),
        [c.community for c in scenario.communities],
        Present(0, now(forcing, 0)),
    )


def _networks(g: Shared) -> Networks:
    s, tick_min = g.scenario, g.clock.tick_min
    place_keys = keys_of(g.place_ids)
    power = Power(PowerRules.read(s), place_keys, g.place_ids, tick_min / 60.0, g.streams, g.ledger)
    phone = Phone(PhoneRules.read(s), g.sites.town, g.place_ids, tick_min, g.ledger)
    road_rules = RoadRules.read(s)
    ran_min = runner_min(RunnerRules.read(s), g.world.seat_km)
    over = Overflow(OverflowRules.read(s), g.sites, tick_min / 60.0, given_links(s))
    water = Water(WaterRules.read(s), g.sites, tick_min / 60.0, over)
    trees = Trees(TreeRules.read(s), keys_of(g.table.ids), g.sites, g.streams)
    traffic = Traffic(TrafficRules.read(s), flows_of(s), g.table, g.place_ids, g.present, g.clock)
    refresh_ticks = g.clock.ticks_of(road_rules.refresh_min)
    roads = Roads(road_rules, g.table, g.sites, refresh_ticks, traffic)
    residents = np.array([c.residents for c in s.communities], dtype=np.int64)
    return Networks(
        power,
        phone,
        Drainage(GateRules.read(s), g.sites, outlets_m(s)),
        water,
        trees,
        roads,
        CutOff(roads, trees, water, Reach(g.world.graph, residents)),
        Messages(phone, g.place_ids, ran_min, g.clock, g.ledger),
        runner_ticks(ran_min, tick_min),
    )


def _shelters(model: Model, g: Shared, n: Networks, sites: Sites) -> Shelters:
    rows = g.scenario.shelters
    made = [
        Shelter(model, row, number, g.world.index[row.community], sites)
        for number, row in enumerate(rows)
    ]
    return Shelters(WayRules.read(g.scenario), made, n.roads, sites)


def _stores(
    model: Model, g: Shared, n: Networks, picture: Picture, trips: Trips, sites: Sites
) -> tuple[list[Store], Haulage]:
    scenario = g.scenario
    goods = Goods(
        [i.item for i in scenario.items],
        np.array([i.kg_per_unit for i in scenario.items]),
        np.array([i.m3_per_unit for i in scenario.items]),
    )
    rules = StockRules.read(scenario)
    listed: dict[str, NDArray[np.int64]] = {
        s.store: np.zeros(len(goods.ids), dtype=np.int64) for s in scenario.stores
    }
    at = {item: number for number, item in enumerate(goods.ids)}
    for row in scenario.stock:
        if row.holder in listed:
            listed[row.holder][at[row.item]] += row.quantity
    stores = [
        Store(
            model, row, g.world.index[row.community], listed[row.store], rules, g.clock, n.power,
            g.streams,
        )
        for row in sorted(scenario.stores, key=lambda row: row.store)
    ]  # fmt: skip
    haulage = Haulage(
        LorryRules.read(scenario), goods, g.clock, n.roads, picture.roads, trips, sites, g.ledger
    )
    return stores, haulage


def _supply(g: Shared, n: Networks, s: Society, f: Forces, who: Seats) -> Supply:
    def coming() -> NDArray[np.int64]:
        """(S,) people on their way to each site: those promised a place at a shelter."""
        found = np.zeros(len(s.sites.ids), dtype=np.int64)
        found[: s.sites.shelters] = [shelter.reserved for shelter in s.shelters.all]
        return found

    return Supply(
        SupplyRules.read(g.scenario), who.supply, s.sites, coming, f.stores, f.lorries, f.haulage,
        f.picture.roads, n.phone, n.runner_ticks[s.sites.place],
        Requests.none(s.sites, g.ledger),
    )  # fmt: skip
