"""What a scenario is: the rows of its tables, its settings, and the frozen whole.

One class a file of the scenario folder; a field's name is its column's name, so the
unit is in the name. `read.py` turns files into these and words every error with file,
row and column. Nothing here reads a disk.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Mark = Literal["found", "known", "assumption"]
Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]
Amount = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
# Wide of every real value, so that a slip of the hand is said and not waited for.
LinkKm = Annotated[float, Field(gt=0.0, le=2000.0, allow_inf_nan=False)]
FarKm = Annotated[float, Field(ge=0.0, le=20_000.0, allow_inf_nan=False)]
LaneVehH = Annotated[float, Field(gt=0.0, le=4000.0, allow_inf_nan=False)]
RoadKg = Annotated[float, Field(ge=100.0, le=1_000_000.0, allow_inf_nan=False)]
RoadHeightM = Annotated[float, Field(ge=1.0, le=20.0, allow_inf_nan=False)]
DipM = Annotated[float, Field(ge=-100.0, le=100.0, allow_inf_nan=False)]
AreaKm2 = Annotated[float, Field(ge=1e-4, le=1e5, allow_inf_nan=False)]
HeightM = Annotated[float, Field(ge=-500.0, le=9000.0, allow_inf_nan=False)]
RateMmH = Annotated[float, Field(ge=0.0, le=1000.0, allow_inf_nan=False)]
Members = Annotated[int, Field(ge=0, le=100_000)]
Vehicles = Annotated[int, Field(ge=0, le=10_000)]
Persons = Annotated[int, Field(ge=0, le=10_000_000)]
TankL = Annotated[float, Field(ge=0.0, le=100_000.0, allow_inf_nan=False)]
WidthM = Annotated[float, Field(gt=0.0, le=1000.0, allow_inf_nan=False)]
FuelKs = Annotated[float, Field(ge=0.0, le=20.0, allow_inf_nan=False)]
FuelLoad = Annotated[float, Field(ge=0.0, le=100.0, allow_inf_nan=False)]
FuelHeat = Annotated[float, Field(ge=0.0, le=60_000.0, allow_inf_nan=False)]
FuelSav = Annotated[float, Field(ge=0.0, le=20_000.0, allow_inf_nan=False)]
FuelDepth = Annotated[float, Field(ge=0.0, le=100.0, allow_inf_nan=False)]
LineRate = Annotated[float, Field(ge=0.0, le=10_000.0, allow_inf_nan=False)]
Lon = Annotated[float, Field(ge=-180.0, le=180.0, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90.0, le=90.0, allow_inf_nan=False)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=64)]

Dwelling = Literal["sturdy", "dangerous", "dormitory", "low_lying", "boat"]
DWELLINGS: tuple[Dwelling, ...] = (
    "sturdy",
    "dangerous",
    "dormitory",
    "low_lying",
    "boat",
)
Signal = Literal["blue", "yellow", "orange", "red"]
SIGNALS: tuple[Signal, ...] = ("blue", "yellow", "orange", "red")
Level = Literal["IV", "III", "II", "I"]
Capability = Literal["rescue", "water", "engineering", "medical", "fire", "forest", "air", "micro"]
TeamKind = Literal["comprehensive", "professional", "assault", "social", "town", "first_responder"]
StockMode = Literal["physical", "enterprise", "production", "social"]


MAX_CODE = 127  # of a fuel: a grid holds codes in one signed byte


class Row(BaseModel):
    """A row of a table: frozen, and an unknown column is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Words(Row):
    """One text in the two languages."""

    zh: str
    en: str


class Parameter(Row):
    """A number that the model uses, with where it comes from (`scenarios/parameters/*.csv`)."""

    name: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z0-9_]+$")]
    value: Finite
    unit: str
    low: Finite
    high: Finite
    source: str
    mark: Mark
    zh: str
    en: str

    @model_validator(mode="after")
    def _in_range(self) -> Parameter:
        if not self.low <= self.value <= self.high:
            raise ValueError(
                f"value {self.value:g} outside its range {self.low:g} to {self.high:g}"
            )
        return self


class Item(Row):
    """A relief item (`scenarios/items.csv`). Quantities are integers in `unit`.

    A person present at a site needs `need_per_h` every hour, `need_per_meal` at each meal,
    and `need_on_entry_permille` / 1000 once, on coming in.
    """

    item: Id
    name_zh: str
    name_en: str
    unit: str
    kg_per_unit: Positive
    m3_per_unit: Positive
    need_per_h: Count
    need_per_meal: Count
    need_on_entry_permille: Count
    source: str
    mark: Mark


class Town(Row):
    """A town or subdistrict (`towns.csv`)."""

    town: Id
    name_zh: str
    name_en: str
    lon: Lon
    lat: Lat
    bus_seats_per_h: Persons  # people moved by bus or lorry an hour, at most
    source: str
    mark: Mark


class Community(Row):
    """The smallest place with residents (`communities.csv`); a node of the road graph."""

    community: Id
    town: Id
    name_zh: str
    name_en: str
    kind: Literal["village", "neighbourhood"]
    lon: Lon
    lat: Lat
    residents: Count
    households: Count
    elevation_m: HeightM
    coast_km: FarKm  # to the sea or tidal river bank that a surge comes from
    area_km2: AreaKm2
    curve_number: Annotated[float, Field(ge=30.0, le=100.0, allow_inf_nan=False)]
    drain_mm_h: RateMmH  # gravity drainage, millimetres an hour over the community
    pump_mm_h: RateMmH  # pumped drainage; stops with the power unless there is a generator
    generator: bool
    dangerous_share: Share  # of households, by dwelling; what is left over is sturdy
    dormitory_share: Share
    low_lying_share: Share
    boat_share: Share
    mark: Mark

    @model_validator(mode="after")
    def _sane(self) -> Community:
        total = self.dangerous_share + self.dormitory_share + self.low_lying_share + self.boat_share
        if total > 1.0 + 1e-9:
            raise ValueError(f"the four dwelling shares add up to {total:g}, more than 1")
        if (self.residents == 0) != (self.households == 0):
            raise ValueError("residents and households must be both 0 or both more than 0")
        if self.households > self.residents:
            raise ValueError(
                f"{self.households} households for {self.residents} residents: at most one each"
            )
        return self


class Road(Row):
    """A link of the road graph (`roads.csv`) between two communities, two-way unless `oneway`.

    Lanes and capacity are those of one direction; nothing in a run asks for them yet.
    """

    road: Id
    from_community: Id
    to_community: Id
    length_km: LinkKm
    speed_kmh: Annotated[float, Field(gt=0.0, le=130.0, allow_inf_nan=False)]
    trees_per_km: Annotated[float, Field(ge=0.0, le=10_000.0, allow_inf_nan=False)]
    dip_m: DipM  # how far the lowest point lies below the mean of its two ends
    oneway: bool = False  # from `from_community` to `to_community` only
    lanes: Annotated[int, Field(ge=1, le=12)] | None = None
    capacity_veh_h_lane: LaneVehH | None = None
    max_kg: RoadKg | None = None  # heavier vehicles may not pass; empty: no limit
    max_height_m: RoadHeightM | None = None
    mark: Mark


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
    tank_l: TankL | None = None  # of each crew's tank truck, which gives water to other crews
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


class Shelter(Row):
    """A shelter (`shelters.csv`)."""

    shelter: Id
    name_zh: str
    name_en: str
    level: Literal["district", "town", "village"]
    community: Id
    capacity: Persons
    source: str
    mark: Mark


class Stock(Row):
    """How much of an item lies at a store or a shelter at the start (`stock.csv`)."""

    holder: Id
    item: Id
    quantity: Count
    mark: Mark


class Fix(Row):
    """A storm's position (`tracks.csv`); wind is the agency's mean over `wind_averaging_min`."""

    storm: Id
    name_zh: str
    name_en: str
    time: datetime
    lat: Lat
    lon: Lon
    wind_ms: Annotated[float, Field(ge=0.0, le=120.0, allow_inf_nan=False)] | None
    pressure_hpa: Annotated[float, Field(ge=850.0, le=1050.0, allow_inf_nan=False)]
    wind_averaging_min: Annotated[int, Field(ge=1, le=10)]


class WeatherHour(Row):
    """The weather from `time` on, straight to the next row (`weather.csv`)."""

    time: datetime
    temperature_c: Annotated[float, Field(ge=-60.0, le=60.0, allow_inf_nan=False)]
    humidity_pct: Annotated[float, Field(ge=0.0, le=100.0, allow_inf_nan=False)]
    wind_ms: Annotated[float, Field(ge=0.0, le=120.0, allow_inf_nan=False)]  # 10-minute mean
    wind_from_deg: Annotated[float, Field(ge=0.0, le=360.0, allow_inf_nan=False)]
    rain_mm_h: RateMmH


class BuildingClass(Row):
    """How a kind of building burns and is fought (`building_classes.csv`).

    The burnt area grows with the square of time, `area_15min_m2` at 15 minutes, until the
    compartment is full; the next compartment of the building catches `barrier_min` after that.
    Each compartment has `openings` of `opening_width_m` x `opening_height_m`; the wall that
    burns towards a neighbour is `face_width_m` x `face_height_m`, the gap to each neighbour
    between the two gaps. `share_*`: share of the building fires in such communities.
    """

    building_class: Id
    name_zh: str
    name_en: str
    share_neighbourhood: Share
    share_village: Share
    grow_share: Share  # outgrow the first item: nobody and no sprinkler puts them out
    growth_kw_s2: Positive  # heat release = growth x seconds squared
    area_15min_m2: Positive
    compartment_m2: Positive
    compartments: Annotated[int, Field(ge=1, le=1000)]
    barrier_min: Amount
    fire_load_mj_m2: Positive
    openings: Annotated[int, Field(ge=1)]
    opening_width_m: Positive
    opening_height_m: Positive
    face_width_m: Positive
    face_height_m: Positive
    gap_low_m: Positive
    gap_high_m: Positive
    neighbours: Annotated[int, Field(ge=0, le=20)]
    radiation_kw_m2: Positive
    water_l_s_m2: Positive
    engines_first: Annotated[int, Field(ge=1, le=1000)]  # sent at the first call
    setup_extra_min: Amount  # before water, on top of the usual (stairs, long hose)
    discovery_day_min: Amount  # mean
    discovery_night_min: Amount
    rescue_day: Amount  # mean number of people who cannot get out by themselves
    rescue_night: Amount
    survive_min: Positive  # median time that they last, from ignition
    source: str
    mark: Mark

    @model_validator(mode="after")
    def _gaps(self) -> BuildingClass:
        if self.gap_low_m > self.gap_high_m:
            raise ValueError(
                f"gap_low_m {self.gap_low_m:g} is more than gap_high_m {self.gap_high_m:g}"
            )
        return self


class BuildingFire(Row):
    """A fire that breaks out at a stated time (`building_fires.csv`); an empty cell is drawn."""

    fire: Id
    time: datetime
    community: Id
    building_class: Id
    inside_km: Amount | None = None  # from the middle of the community, along its streets
    discovery_min: Amount | None = None
    victims: Count | None = None  # people who cannot get out by themselves


class Ignition(Row):
    """A forest fire that breaks out at a stated time and place (`ignitions.csv`)."""

    ignition: Id
    name_zh: str
    name_en: str
    time: datetime
    lon: Lon
    lat: Lat
    source: str
    mark: Mark


class WatchPoint(Row):
    """Who looks out for smoke (`watch_points.csv`)."""

    watch: Id
    name_zh: str
    name_en: str
    kind: Literal["watch_point", "checkpoint", "camera"]
    community: Id
    lon: Lon
    lat: Lat
    source: str
    mark: Mark


class Belt(Row):
    """A firebreak belt that stands before any fire (`belts.csv`): evergreen trees, a road, a cut.

    points: where it leads, "lon lat" each, in order.
    """

    belt: Id
    name_zh: str
    name_en: str
    points: tuple[str, ...]
    width_m: WidthM
    hold_kw_m: Positive | None = None  # else that of parameter forest.belt_hold_kw_m
    source: str
    mark: Mark

    @field_validator("points")
    @classmethod
    def _lead_somewhere(cls, points: tuple[str, ...]) -> tuple[str, ...]:
        places = [_place(point) for point in points]
        if len(set(places)) < 2:
            raise ValueError("a belt has a length: give at least two places that differ")
        return points

    @property
    def places(self) -> tuple[tuple[float, float], ...]:
        """(lon, lat) of its points."""
        return tuple(_place(point) for point in self.points)


def _place(text: str) -> tuple[float, float]:
    """(lon, lat) of "lon lat". Raises ValueError."""
    try:
        lon, lat = (float(number) for number in text.split())
    except ValueError:
        lon = lat = math.nan
    if not (abs(lon) <= 180.0 and abs(lat) <= 90.0):  # false for nan
        raise ValueError(f"{text!r} is no place; write lon and lat such as 114.335 22.655")
    return lon, lat


class WaterPoint(Row):
    """Where pumps and tank trucks find water against forest fires (`water_points.csv`)."""

    point: Id
    name_zh: str
    name_en: str
    kind: Literal["pond", "tank", "hydrant"]
    lon: Lon
    lat: Lat
    water_l: Amount | None = None  # at the start of the run; empty: it does not run dry
    source: str
    mark: Mark


class Peak(Row):
    """A hill of a synthetic landscape (`peaks.csv`): a bell of this height and breadth."""

    peak: Id
    name_zh: str
    name_en: str
    lon: Lon
    lat: Lat
    height_m: Amount
    radius_km: Positive
    source: str
    mark: Mark


class Fuel(Row):
    """What a code of the fuel grid stands for (`fuels.csv`). A `ks` of 0 cannot burn."""

    code: Annotated[int, Field(ge=0, le=MAX_CODE)]
    fuel: str
    zh: str
    en: str
    is_forest: bool
    ks: FuelKs
    load_kg_m2: FuelLoad
    heat_kj_kg: FuelHeat
    rothermel_load_lb_ft2: FuelLoad
    sav_per_ft: FuelSav
    depth_ft: FuelDepth
    extinction_share: Annotated[float, Field(ge=0.0, le=5.0, allow_inf_nan=False)]
    hand_m_h_person: LineRate
    blower_m_h_person: LineRate
    source: str
    mark: Mark


class Forest(Row):
    """`[forest]` of scenario.toml: the land that forest fires run over.

    landscape "grid" reads elevation.asc and fuel.asc (or .tif) of the folder; "synthetic"
    draws hills from `seed`, and stands for no real place. (lon, lat): the south-west corner.
    """

    landscape: Literal["synthetic", "grid"]
    formula: Literal["wang_mao", "rothermel"] = "wang_mao"
    lon: Lon
    lat: Lat
    rows: Annotated[int, Field(ge=1, le=5000)] | None = None
    cols: Annotated[int, Field(ge=1, le=5000)] | None = None
    cell_m: Annotated[float, Field(ge=0.1, le=1000.0, allow_inf_nan=False)] | None = None
    seed: Count = 0
    relief_m: Annotated[float, Field(ge=0.0, le=9000.0, allow_inf_nan=False)] = 500.0
    villages: Annotated[int, Field(ge=0, le=1000)] = 4
    district_forest_ha: Positive | None = None  # of the whole district; else of the landscape

    @model_validator(mode="after")
    def _fits(self) -> Forest:
        if self.landscape == "synthetic" and not (self.rows and self.cols and self.cell_m):
            raise ValueError("a synthetic landscape needs rows, cols and cell_m")
        return self


class GaugeHour(Row):
    """Measured rain over the hour that begins at `time` (`gauge.csv`, optional)."""

    time: datetime
    rain_mm: RateMmH


class Assumption(Row):
    """What the scenario assumes about a file's rows, in words (`assumptions.csv`)."""

    file: str
    zh: str
    en: str
    source: str


class Target(Row):
    """A number that the plan promises (`plan.toml`, `[[target]]`).

    kind "structural": `measure` names a structural check that is read off the data.
    kind "performance": `measure` names a measure of a run; `statistic` says how the runs are
    put together: share_of_runs_at_most / share_of_runs_at_least (of `limit`, judged against
    `at_least`), or mean_at_most / mean_at_least (judged against `limit`).
    """

    id: Id
    kind: Literal["structural", "performance"]
    measure: str
    statistic: Literal[
        "value_at_least",
        "value_at_most",
        "share_of_runs_at_most",
        "share_of_runs_at_least",
        "mean_at_most",
        "mean_at_least",
    ]
    limit: Finite
    at_least: Annotated[float, Field(gt=0.0, lt=1.0)] | None = None
    confidence: Annotated[float, Field(ge=0.5, lt=1.0)] = 0.95
    source: str
    text: Words

    @model_validator(mode="after")
    def _fits(self) -> Target:
        structural = self.statistic.startswith("value_")
        if structural != (self.kind == "structural"):
            raise ValueError(f"statistic {self.statistic} does not go with kind {self.kind}")
        if self.statistic.startswith("share_of_runs") and self.at_least is None:
            raise ValueError("a share of runs needs at_least, between 0 and 1")
        return self


class Plan(Row):
    """`plan.toml`: whose plan, and its targets."""

    title: Words
    source: str
    targets: tuple[Target, ...]


class Response(Row):
    """What one response level sets going (`scenario.toml`, `[[response]]`), lowest first."""

    level: Level
    signal: Signal
    move: tuple[Dwelling, ...]  # who is told to leave
    muster: tuple[TeamKind, ...]  # which teams are called in
    open_shelters: bool


class Hazard(Row):
    """`[hazard]` of scenario.toml: the weather that everything else happens in.

    kind "typhoon" needs `storm` and `start_before_closest_h`: the run begins that long before
    the closest approach. kind "weather" needs `start` and the rows of weather.csv.
    """

    kind: Literal["typhoon", "weather"]
    storm: Id | None = None
    start_before_closest_h: (
        Annotated[float, Field(gt=0.0, le=720.0, allow_inf_nan=False)] | None
    ) = None
    start: datetime | None = None
    rain: Literal["r-clipper", "gauge"] = "r-clipper"

    @model_validator(mode="after")
    def _fits(self) -> Hazard:
        if self.kind == "typhoon" and (self.storm is None or self.start_before_closest_h is None):
            raise ValueError("a typhoon needs storm and start_before_closest_h")
        if self.kind == "weather" and self.start is None:
            raise ValueError("weather needs start, a time such as 2022-08-17T12:00:00+08:00")
        return self


class FireSettings(Row):
    """`[fire]` of scenario.toml, optional: which fires break out besides those in the tables."""

    random_buildings: bool = False  # building fires at the rates of parameters fire.*


class Policy(Row):
    """`[policy]`: which plain function decides (see sim/dispatch.py)."""

    dispatch: str
    supply: str


class Settings(Row):
    """The scalar part of scenario.toml."""

    id: Id
    name: Words
    summary: Words
    district: Words
    tick_min: Literal[1, 2, 5, 10, 15, 20, 30, 60]
    duration_h: Annotated[int, Field(ge=1, le=24 * 60)]
    population_seed: Count
    utc_offset_h: Annotated[float, Field(ge=-12.0, le=14.0)]
    command_community: Id | None = None  # seat of the command; else the first community
    coast: tuple[tuple[Lon, Lat], ...] = ()  # coast or bank as drawn on the map; assumption


class Scenario(BaseModel):
    """A whole scenario, validated and frozen. Made by `sim.load`; changed by `replace`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    settings: Settings
    hazard: Hazard
    policy: Policy
    responses: tuple[Response, ...]
    parameters: Mapping[str, Parameter]
    items: tuple[Item, ...]
    towns: tuple[Town, ...]
    communities: tuple[Community, ...]
    roads: tuple[Road, ...]
    teams: tuple[Team, ...]
    stores: tuple[Store, ...]
    shelters: tuple[Shelter, ...]
    stock: tuple[Stock, ...]
    tracks: tuple[Fix, ...]
    gauge: tuple[GaugeHour, ...]
    weather: tuple[WeatherHour, ...] = ()
    forest: Forest | None = None
    ignitions: tuple[Ignition, ...] = ()
    watch_points: tuple[WatchPoint, ...] = ()
    peaks: tuple[Peak, ...] = ()
    fuels: tuple[Fuel, ...] = ()  # where there is a [forest]
    belts: tuple[Belt, ...] = ()
    water_points: tuple[WaterPoint, ...] = ()
    grids: Mapping[str, str] = {}  # file name -> ESRI ASCII grid, for a landscape "grid"
    fire: FireSettings = FireSettings()
    building_classes: tuple[BuildingClass, ...] = ()
    building_fires: tuple[BuildingFire, ...] = ()
    assumptions: tuple[Assumption, ...]
    plan: Plan

    @property
    def id(self) -> str:
        return self.settings.id

    @property
    def ticks(self) -> int:
        """Number of ticks in a run."""
        return self.settings.duration_h * self.ticks_per_h

    @property
    def ticks_per_h(self) -> int:
        return 60 // self.settings.tick_min

    @property
    def people_per_row(self) -> int:
        """The most people that one row of residents stands for; 1 except in exploratory work."""
        return int(self.p("residents.scale"))

    @property
    def residents(self) -> int:
        return sum(c.residents for c in self.communities)

    def p(self, name: str) -> float:
        """The value of a parameter by its full name. Raises KeyError for an unknown one."""
        return self.parameters[name].value

    def ticks_of(self, minutes: float) -> int:
        """Minutes as whole ticks, rounded up."""
        return math.ceil(minutes / self.settings.tick_min - 1e-9)

    def replace(self, **changes: Mapping[Any, Any]) -> Scenario:
        """A changed copy, checked anew; see `sim.scenario.override.replace`. Raises BadInput."""
        from anlan.sim.scenario.override import replace

        return replace(self, **changes)
