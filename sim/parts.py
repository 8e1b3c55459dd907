"""All parts of one run, wired to each other."""

from __future__ import annotations

from dataclasses import dataclass

from anlan.sim.chance import Streams
from anlan.sim.command.command import Command
from anlan.sim.command.fire_desk import FireDesk
from anlan.sim.command.minutes import Minutes
from anlan.sim.crews.crew import Crew
from anlan.sim.crews.work import Workplace
from anlan.sim.forcing.base import Forcing, Present
from anlan.sim.incidents.fallen_trees import FallenTrees
from anlan.sim.incidents.incident import Incidents
from anlan.sim.ledger import Ledger
from anlan.sim.nature.water import Water
from anlan.sim.networks.cut_off import CutOff
from anlan.sim.networks.drainage import Drainage
from anlan.sim.networks.messages import Messages
from anlan.sim.networks.phone import Phone
from anlan.sim.networks.power import Power
from anlan.sim.networks.road_news import RoadWatch
from anlan.sim.networks.roads import Roads
from anlan.sim.networks.trees import Trees
from anlan.sim.networks.water_news import WaterWatch
from anlan.sim.people.needs import Sites
from anlan.sim.people.notice import Notice
from anlan.sim.people.protocol import People
from anlan.sim.people.shelter import Shelters
from anlan.sim.people.spread import Spreads
from anlan.sim.place.world import World
from anlan.sim.record import Closures, Recorder
from anlan.sim.scenario.clock import Clock
from anlan.sim.source import Source
from anlan.sim.stores.lorry import Lorry
from anlan.sim.stores.store import Store


@dataclass
class Parts:
    """What a run consists of. Each part owns its state; the phases step them in turn."""

    world: World
    place_ids: list[str]
    clock: Clock
    streams: Streams
    ledger: Ledger
    forcing: Forcing
    present: Present
    power: Power
    phone: Phone
    drainage: Drainage
    water: Water
    trees: Trees
    fallen_trees: FallenTrees
    roads: Roads
    cut_off: CutOff
    closures: Closures
    road_watch: RoadWatch
    water_watch: WaterWatch
    messages: Messages
    incidents: Incidents
    notice: Notice
    words: Spreads
    sites: Sites
    meal_hours: frozenset[int]
    shelters: Shelters
    people: People
    crews: list[Crew]
    workplace: Workplace
    stores: list[Store]
    lorries: dict[str, list[Lorry]]
    command: Command
    fire_desk: FireDesk
    minutes: Minutes
    sources: list[Source]
    recorder: Recorder
