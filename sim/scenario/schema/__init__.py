"""What a scenario is: the rows of its tables, its settings, and the frozen whole.

One class a file or block of the scenario folder; a field's name is its column's name, so the
unit is in the name. `read.py` turns files into these and words every error with file, row and
column. Nothing here reads a disk.
"""

from anlan.sim.scenario.schema.base import (
    CENTURIES,
    LEVELS,
    Id,
    Level,
    Mark,
    Row,
    Time,
    Words,
)
from anlan.sim.scenario.schema.buildings import BuildingClass, BuildingFire
from anlan.sim.scenario.schema.forest import (
    MAX_CODE,
    Belt,
    Forest,
    Fuel,
    Ignition,
    Peak,
    WatchPoint,
    WaterPoint,
)
from anlan.sim.scenario.schema.hazards import (
    HAZARD_KINDS,
    BuildingFireHazard,
    EarthquakeHazard,
    ForestFireHazard,
    TyphoonHazard,
    WeatherHazard,
)
from anlan.sim.scenario.schema.place import (
    DWELLINGS,
    Community,
    Dike,
    Dwelling,
    Road,
    Shelter,
    Town,
)
from anlan.sim.scenario.schema.plan import (
    SIGNALS,
    Assumption,
    Orders,
    Parameter,
    Plan,
    Policy,
    Response,
    Settings,
    Signal,
    Target,
    Trigger,
)
from anlan.sim.scenario.schema.rivers import River, RiverPlace, RiverStage, WaterLink
from anlan.sim.scenario.schema.season import SeasonMonths, SeasonNumber
from anlan.sim.scenario.schema.sky import Fix, GaugeHour, WeatherHour
from anlan.sim.scenario.schema.teams import (
    Capability,
    Hospital,
    Item,
    Stock,
    StockMode,
    Store,
    Team,
    TeamKind,
)
from anlan.sim.scenario.schema.whole import Scenario

__all__ = [
    "CENTURIES",
    "DWELLINGS",
    "HAZARD_KINDS",
    "LEVELS",
    "MAX_CODE",
    "SIGNALS",
    "Assumption",
    "Belt",
    "BuildingClass",
    "BuildingFire",
    "BuildingFireHazard",
    "Capability",
    "Community",
    "Dike",
    "Dwelling",
    "EarthquakeHazard",
    "Fix",
    "Forest",
    "ForestFireHazard",
    "Fuel",
    "GaugeHour",
    "Hospital",
    "Id",
    "Ignition",
    "Item",
    "Level",
    "Mark",
    "Orders",
    "Parameter",
    "Peak",
    "Plan",
    "Policy",
    "Response",
    "River",
    "RiverPlace",
    "RiverStage",
    "Road",
    "Row",
    "Scenario",
    "SeasonMonths",
    "SeasonNumber",
    "Settings",
    "Shelter",
    "Signal",
    "Stock",
    "StockMode",
    "Store",
    "Target",
    "Team",
    "TeamKind",
    "Time",
    "Town",
    "Trigger",
    "TyphoonHazard",
    "WatchPoint",
    "WaterLink",
    "WaterPoint",
    "WeatherHazard",
    "WeatherHour",
    "Words",
]
