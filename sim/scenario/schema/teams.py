"""Who helps and with what: teams; stores, what they hold, and the items that people need."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from anlan.sim.scenario.schema.base import Count, Id, Level, Mark, Members, Row, Vehicles

Capability = Literal["rescue", "water", "engineering", "medical", "fire", "forest", "air", "micro"]
TeamKind = Literal["comprehensive", "professional", "assault", "social", "town", "first_responder"]
StockMode = Literal["physical", "enterprise", "production", "social"]
Need = Annotated[int, Field(ge=0, le=1_000_000)]


class Team(Row):
    """A rescue team (`teams.csv`). Members divide into crews of `crew_size`."""

    team: Id
    name_zh: str
    name_en: str
    kind: TeamKind
    community: Id
    members: Members
    crew_size: Annotated[int, Field(ge=1, le=100_000)]
    boats: Vehicles
    capabilities: tuple[Capability, ...]
    # of each crew's tank truck, which gives water to other crews
    tank_l: Annotated[float, Field(ge=0.0, le=100_000.0, allow_inf_nan=False)] | None = None
    saws: Vehicles | None = None  # chainsaws: trees want them, two people each
    # rated flow of its mobile pumps, all together
    pumps_m3_h: Annotated[float, Field(ge=0.0, le=1e6, allow_inf_nan=False)] | None = None
    # empty bags to fill on the spot, and to lay against water
    bags: Annotated[int, Field(ge=0, le=100_000_000)] | None = None
    ambulances: Vehicles | None = None  # where hospitals are listed, whom they fetch is driven
    stretchers: Vehicles | None = None  # on which crews carry the hurt to the road
    aeds: Vehicles | None = None  # AEDs of first responders, one with each of so many of them
    asked_at: Level | None = None  # help from outside, asked for at this level or a higher one
    source: str
    mark: Mark

    @property
    def crews(self) -> int:
        """Into how many crews its members divide."""
        return -(-self.members // self.crew_size)

    def members_of_crew(self, number: int) -> int:
        """How many people the number-th of them has, from 0; the last one may be smaller."""
        return min(self.crew_size, self.members - number * self.crew_size)


class Hospital(Row):
    """A hospital and its beds for the hurt (`hospitals.csv`); without the table all find one."""

    hospital: Id
    name_zh: str
    name_en: str
    community: Id
    beds: Count  # free, or freed within hours, when the disaster comes
    source: str
    mark: Mark


class Store(Row):
    """A material store (`stores.csv`); what it holds is in `stock.csv`."""

    store: Id
    name_zh: str
    name_en: str
    level: Literal["district", "town", "village"]
    mode: StockMode
    community: Id
    trucks: Vehicles
    truck_kg: Annotated[float, Field(ge=0.0, le=1_000_000.0, allow_inf_nan=False)]
    truck_m3: Annotated[float, Field(ge=0.0, le=10_000.0, allow_inf_nan=False)]
    source: str
    mark: Mark
    asked_at: Level | None = None  # help from outside, asked for at this level or a higher one


class Stock(Row):
    """How much of an item lies at a store or a shelter at the start (`stock.csv`)."""

    holder: Id
    item: Id
    quantity: Count
    mark: Mark


class Item(Row):
    """A relief item (`scenarios/items.csv`). Quantities are integers in `unit`.

    A person present at a site needs `need_per_h` every hour, `need_per_meal` at each meal,
    and `need_on_entry_permille` / 1000 once, on coming in.
    """

    item: Id
    name_zh: str
    name_en: str
    unit: str
    kg_per_unit: Annotated[float, Field(ge=1e-9, le=1e6, allow_inf_nan=False)]
    m3_per_unit: Annotated[float, Field(ge=1e-9, le=1e4, allow_inf_nan=False)]
    need_per_h: Need
    need_per_meal: Need
    need_on_entry_permille: Need
    source: str
    mark: Mark
