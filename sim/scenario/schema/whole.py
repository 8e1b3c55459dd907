"""The frozen whole of a scenario. Its fields are the registry: one entry a table or block.

Adding a table is a row class, a field here and what `columns.csv` says of its columns; whatever
reads, checks, changes or describes scenarios loops over these fields (`registry.entries`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, SerializeAsAny

from anlan.sim.scenario.changes import replacing
from anlan.sim.scenario.registry import Block, Blocks, Grids, Kinds, Numbers, Raster, Table
from anlan.sim.scenario.schema.base import Row
from anlan.sim.scenario.schema.buildings import BuildingClass, BuildingFire
from anlan.sim.scenario.schema.forest import (
    Belt,
    Forest,
    Fuel,
    Ignition,
    Peak,
    WatchPoint,
    WaterPoint,
)
from anlan.sim.scenario.schema.hazards import HAZARD_KINDS, made
from anlan.sim.scenario.schema.place import Community, Dike, Road, Shelter, Town
from anlan.sim.scenario.schema.plan import (
    Assumption,
    Orders,
    Parameter,
    Plan,
    Policy,
    Response,
    Settings,
    Trigger,
    timed_or_not,
)
from anlan.sim.scenario.schema.rivers import River, RiverPlace, RiverStage, WaterLink
from anlan.sim.scenario.schema.season import SeasonMonths, SeasonNumber
from anlan.sim.scenario.schema.sky import Fix, GaugeHour, WeatherHour
from anlan.sim.scenario.schema.teams import Hospital, Item, Stock, Store, Team

TOML = "scenario.toml"
RASTERS = {
    "elevation.asc": Raster(
        en="ground above mean sea level in metres; slope and aspect follow from it",
        zh="地面高程（米），坡度坡向由此算出",
    ),
    "fuel.asc": Raster(
        en="a code of fuels.csv in each cell; a hole (NODATA) cannot burn",
        zh="每格一个 fuels.csv 的代码，空洞（NODATA）不可燃",
    ),
    "moisture.asc": Raster(
        en="what the rate of spread is multiplied by in each cell; 1 where nothing is known",
        zh="每格蔓延速度的乘数，不知道处为 1",
        optional=True,
    ),
}


class Scenario(BaseModel):
    """A whole scenario, validated and frozen. Made by `sim.load`; changed by `replace`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    settings: Annotated[
        Settings,
        Block(
            TOML,
            "scenario",
            en="name, clock and length",
            zh="名称、时钟与时长",
            refers={"command_community": ("communities",)},
        ),
    ]
    hazards: Annotated[
        Mapping[str, SerializeAsAny[Row]],
        BeforeValidator(made),
        Kinds(TOML, "hazard", section="hazard", en="what comes", zh="来的是什么灾害",
              kinds=HAZARD_KINDS),
    ]  # fmt: skip
    policy: Annotated[Policy, Block(TOML, "policy", en="who decides how", zh="由哪条规则决定")]
    responses: Annotated[
        tuple[Response, ...],
        Blocks(
            TOML,
            "response",
            section="response",
            en="what each response level sets going, lowest first",
            zh="每级响应启动什么，由低到高",
            key=("level",),
            ordered=True,
        ),
    ]
    orders: Annotated[
        Orders,
        BeforeValidator(timed_or_not),
        Block(
            TOML,
            "orders",
            en="the hour at which an order is given, in place of the level that names it",
            zh="指令改在推演的哪个小时下达，不再随响应级别",
        ),
    ] = Orders()
    triggers: Annotated[
        tuple[Trigger, ...],
        Table(
            "triggers.csv",
            en="what gives each grade of warning, in place of the shipped table",
            zh="各级预警由什么触发，代替自带的表",
            key=("trigger",),
            optional=True,
            at_least=1,
            shipped=True,
        ),
    ] = ()
    forest: Annotated[
        Forest | None,
        Block(TOML, "forest", en="the land that forest fires run over", zh="森林火灾蔓延的地形"),
    ] = None
    plan: Annotated[Plan, Block("plan.toml", en="whose plan", zh="谁的预案", fixed=True)]
    towns: Annotated[
        tuple[Town, ...],
        Table(
            "towns.csv",
            en="towns and subdistricts",
            zh="镇街",
            key=("town",),
            at_least=1,
            capacity=("bus_seats_per_h",),
        ),
    ]
    communities: Annotated[
        tuple[Community, ...],
        Table(
            "communities.csv",
            en="villages and neighbourhoods",
            zh="村和社区",
            key=("community",),
            refers={"town": ("towns",)},
            at_least=1,
            site=True,
            capacity=("drain_mm_h", "pump_mm_h", "generator"),
        ),
    ]
    roads: Annotated[
        tuple[Road, ...],
        Table(
            "roads.csv",
            en="road links between communities",
            zh="社区之间的路段",
            key=("road",),
            refers={
                "from_community": ("communities",),
                "to_community": ("communities",),
                "contraflow_to": ("communities",),
            },
        ),
    ]
    teams: Annotated[
        tuple[Team, ...],
        Table(
            "teams.csv",
            en="rescue teams",
            zh="救援队伍",
            key=("team",),
            refers={"community": ("communities",)},
            site=True,
            capacity=(
                "members",
                "crew_size",
                "boats",
                "tank_l",
                "saws",
                "pumps_m3_h",
                "bags",
                "ambulances",
                "stretchers",
                "aeds",
            ),
            rows_vary=True,
            stands=("community",),
        ),
    ]
    stores: Annotated[
        tuple[Store, ...],
        Table(
            "stores.csv",
            en="material stores",
            zh="储备库和储备点",
            key=("store",),
            refers={"community": ("communities",)},
            site=True,
            capacity=("trucks", "truck_kg", "truck_m3"),
            rows_vary=True,
            stands=("community",),
        ),
    ]
    shelters: Annotated[
        tuple[Shelter, ...],
        Table(
            "shelters.csv",
            en="shelters",
            zh="避难场所",
            key=("shelter",),
            refers={"community": ("communities",)},
            site=True,
            capacity=("capacity",),
            rows_vary=True,
            stands=("community",),
        ),
    ]
    stock: Annotated[
        tuple[Stock, ...],
        Table(
            "stock.csv",
            en="what lies where at the start",
            zh="开始时各处的物资",
            key=("holder", "item"),
            refers={"holder": ("stores", "shelters"), "item": ("items",)},
            capacity=("quantity",),
            rows_vary=True,
            stands=("holder",),
            amount="quantity",
        ),
    ]
    assumptions: Annotated[
        tuple[Assumption, ...],
        Table("assumptions.csv", en="what the data assume", zh="数据的假定"),
    ]
    tracks: Annotated[
        tuple[Fix, ...],
        Table(
            "tracks.csv",
            en="positions of storms; a typhoon needs it",
            zh="台风路径；台风情景必备",
            optional=True,
            hazard="typhoon",
        ),
    ]
    gauge: Annotated[
        tuple[GaugeHour, ...],
        Table(
            "gauge.csv",
            en="measured rain, in place of what the typhoon's track gives",
            zh="实测雨量，代替由台风推算的雨量",
            optional=True,
            hazard="typhoon",
        ),
    ]
    weather: Annotated[
        tuple[WeatherHour, ...],
        Table(
            "weather.csv",
            en="weather, the same everywhere; the hazard weather and every forest fire need it",
            zh="天气，处处相同；灾种 weather 和森林火灾必备",
            optional=True,
        ),
    ] = ()
    building_fires: Annotated[
        tuple[BuildingFire, ...],
        Table(
            "building_fires.csv",
            en="building fires at stated times",
            zh="给定时间的建筑火灾",
            key=("fire",),
            refers={"community": ("communities",), "building_class": ("building_classes",)},
            optional=True,
            happens="time",
            hazard="building_fire",
        ),
    ] = ()
    dikes: Annotated[
        tuple[Dike, ...],
        Table(
            "dikes.csv",
            en="lengths of dike that may leak and break while the sea or a river stands against "
            "them; without the file none does",
            zh="外江外海高水位时可能出现管涌、溃决的堤段；没有此文件则不溃决",
            key=("dike",),
            refers={"community": ("communities",), "river": ("rivers",)},
            optional=True,
            capacity=("guards", "rings"),
            rows_vary=True,
            stands=("community",),
        ),
    ] = ()
    rivers: Annotated[
        tuple[River, ...],
        Table(
            "rivers.csv",
            en="rivers with a stage by the hour; without the file outlets inland are always free",
            zh="有逐时水位的河流；没有此文件则内陆排水口不受顶托",
            key=("river",),
            optional=True,
        ),
    ] = ()
    river_stage: Annotated[
        tuple[RiverStage, ...],
        Table(
            "river_stage.csv",
            en="the stage of each river at its gauge, the same in every run",
            zh="各河流水位站逐时水位，各次推演相同",
            refers={"river": ("rivers",)},
            optional=True,
        ),
    ] = ()
    river_places: Annotated[
        tuple[RiverPlace, ...],
        Table(
            "river_places.csv",
            en="communities whose drains lead to a river",
            zh="排水入河的村社区",
            key=("community",),
            refers={"community": ("communities",), "river": ("rivers",)},
            optional=True,
        ),
    ] = ()
    water_links: Annotated[
        tuple[WaterLink, ...],
        Table(
            "water_links.csv",
            en="where water runs from one community to another; in place of all that is assumed of "
            "neighbours",
            zh="积水在哪些村社区之间漫流；有此表则不再按最近邻假定",
            refers={"from_community": ("communities",), "to_community": ("communities",)},
            optional=True,
        ),
    ] = ()
    ignitions: Annotated[
        tuple[Ignition, ...],
        Table(
            "ignitions.csv",
            en="forest fires at stated times and places",
            zh="给定时间地点的森林火灾",
            key=("ignition",),
            optional=True,
            happens="time",
            hazard="forest_fire",
        ),
    ] = ()
    watch_points: Annotated[
        tuple[WatchPoint, ...],
        Table(
            "watch_points.csv",
            en="who looks out for smoke; without them people who pass by notice a fire",
            zh="谁在瞭望烟雾；没有则靠过路人发现",
            key=("watch",),
            refers={"community": ("communities",)},
            optional=True,
            rows_vary=True,
            stands=("community", "lon", "lat"),
            hazard="forest_fire",
        ),
    ] = ()
    belts: Annotated[
        tuple[Belt, ...],
        Table(
            "belts.csv",
            en="firebreak belts that stand before any fire",
            zh="火灾发生前已有的防火林带、隔离带",
            key=("belt",),
            optional=True,
            capacity=("width_m",),
            rows_vary=True,
            stands=("points",),
            hazard="forest_fire",
        ),
    ] = ()
    water_points: Annotated[
        tuple[WaterPoint, ...],
        Table(
            "water_points.csv",
            en="where pumps and tank trucks find water against forest fires",
            zh="扑救森林火灾的取水点",
            key=("point",),
            optional=True,
            capacity=("water_l",),
            rows_vary=True,
            stands=("lon", "lat"),
            hazard="forest_fire",
        ),
    ] = ()
    hospitals: Annotated[
        tuple[Hospital, ...] | None,
        Table(
            "hospitals.csv",
            en="hospitals; without the file whoever is treated is driven at once, to a free bed; "
            "a file without rows: no beds",
            zh="医院；没有此文件时，救治后的伤员一律立即送达、必有床位；文件没有一行则没有床位",
            key=("hospital",),
            refers={"community": ("communities",)},
            optional=True,
            missing_is_none=True,
            capacity=("beds",),
            rows_vary=True,
            stands=("community",),
        ),
    ] = None
    peaks: Annotated[
        tuple[Peak, ...],
        Table(
            "peaks.csv",
            en="named hills of a synthetic landscape",
            zh="synthetic 地形中的有名山体",
            key=("peak",),
            optional=True,
            hazard="forest_fire",
        ),
    ] = ()
    fuels: Annotated[
        tuple[Fuel, ...],
        Table(
            "fuels.csv",
            en="what the codes of fuel.asc stand for, in place of the shipped table",
            zh="fuel.asc 中各代码的含义，代替自带的表",
            key=("fuel",),
            also_unique=("code",),
            optional=True,
            at_least=2,
            shipped=True,
            hazard="forest_fire",
        ),
    ] = ()
    season_months: Annotated[
        tuple[SeasonMonths, ...],
        Table(
            "season_months.csv",
            en="the climate and the ignitions by month, from which years are played",
            zh="逐月气候与起火占比，火险季推演由此生成",
            key=("item",),
            optional=True,
            hazard="forest_fire",
        ),
    ] = ()
    season_numbers: Annotated[
        tuple[SeasonNumber, ...],
        Table(
            "season_numbers.csv",
            en="the other numbers of the climate and of the ignitions of years",
            zh="火险季气候与起火的其他数",
            key=("item",),
            optional=True,
            hazard="forest_fire",
        ),
    ] = ()
    building_classes: Annotated[
        tuple[BuildingClass, ...],
        Table(
            "building_classes.csv",
            en="how kinds of buildings burn, in place of the shipped table",
            zh="各类建筑如何燃烧，代替自带的表",
            key=("building_class",),
            optional=True,
            at_least=1,
            shipped=True,
            hazard="building_fire",
        ),
    ] = ()
    items: Annotated[
        tuple[Item, ...],
        Table(
            "items.csv",
            en="relief items, in place of the shipped ones",
            zh="物资种类，代替自带的",
            key=("item",),
            optional=True,
            at_least=1,
            shipped=True,
        ),
    ]
    parameters: Annotated[
        Mapping[str, Parameter],
        Numbers(
            "parameters.csv",
            en="parameters, in place of the shipped rows of the same name",
            zh="参数，代替同名的自带参数",
        ),
    ]
    # file name -> ESRI ASCII grid, for a landscape "grid"
    grids: Annotated[
        Mapping[str, str],
        Grids("*.asc", en="grids of a landscape", zh="地形栅格", rasters=RASTERS),
    ] = {}

    @property
    def id(self) -> str:
        """Its short name."""
        return self.settings.id

    @property
    def ticks(self) -> int:
        """Number of ticks in a run."""
        return self.settings.duration_h * self.ticks_per_h

    @property
    def ticks_per_h(self) -> int:
        """Ticks in an hour."""
        return 60 // self.settings.tick_min

    @property
    def people_per_row(self) -> int:
        """The most people that one row of residents stands for; 1 except in exploratory work."""
        return int(self.p("residents.scale"))

    @property
    def residents(self) -> int:
        """People who live in the district."""
        return sum(c.residents for c in self.communities)

    def p(self, name: str) -> float:
        """The value of a parameter by its full name. Raises KeyError for an unknown one."""
        return self.parameters[name].value

    def hazard[H: Row](self, kind: type[H]) -> H | None:
        """The settings of a kind of hazard by their class; None where it is not named."""
        return next((h for h in self.hazards.values() if isinstance(h, kind)), None)

    def ticks_of(self, minutes: float) -> int:
        """Minutes as whole ticks, rounded up."""
        return math.ceil(minutes / self.settings.tick_min - 1e-9)

    def replace(self, **changes: Mapping[Any, Any]) -> Self:
        """A changed copy, checked anew; see `anlan.sim.checks.replace`. Raises BadInput."""
        changed: Self = replacing[0](self, **changes)
        return changed
