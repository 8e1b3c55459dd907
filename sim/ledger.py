"""The facts of one run, as tables: one table a kind of fact, one row a fact.

`TABLES` is the data dictionary: table -> column -> (dtype, unit, what). Times are ticks
(column names end in `_tick`; NEVER = -1 means that it did not happen before the end), or, for
fires, minutes since the start (`_min`; not a number means that it did not happen).
Nothing that did not happen is dropped: a person never reached is a row. The ledger computes
no averages; analysis/measures does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

NEVER = -1
MANY = (np.ndarray, list, tuple)  # a value a row; anything else is one value for all rows

# column -> (numpy dtype, unit, English, Chinese)
Column = tuple[str, str, str, str]
TICK = "tick"

TABLES: dict[str, dict[str, Column]] = {
    "message": {
        "sent_tick": ("int32", TICK, "when it was sent", "发出时刻"),
        "received_tick": (
            "int32",
            TICK,
            "when it was acknowledged or read",
            "收到时刻",
        ),
        "kind": (
            "str",
            "",
            "forecast, signal, level, order, report, stand_down",
            "类别",
        ),
        "sender": ("str", "", "who sent it", "发送者"),
        "receiver": ("str", "", "who it was for (a community, command)", "接收者"),
        "content": ("str", "", "level, signal or incident", "内容"),
        "means": ("str", "", "phone, runner, desk", "方式"),
    },
    "warning": {
        "community": ("str", "", "community", "社区"),
        "heard_tick": (
            "int32",
            TICK,
            "when the public warning was heard",
            "听到预警时刻",
        ),
        "persons": ("int64", "person", "residents who heard in that tick", "人数"),
    },
    "evacuation": {
        "community": ("str", "", "community", "社区"),
        "dwelling": ("str", "", "dwelling group", "住房类别"),
        "ordered_tick": ("int32", TICK, "order given by command", "下令时刻"),
        "heard_tick": ("int32", TICK, "order heard", "得知时刻"),
        "left_tick": ("int32", TICK, "left home", "离家时刻"),
        "arrived_tick": ("int32", TICK, "reached shelter or kin", "到达时刻"),
        "destination": ("str", "", "shelter id, kin, or none", "去向"),
        "outcome": (
            "str",
            "",
            "arrived, travelling, waiting, refused, not_heard, no_place, no_road, overtaken",
            "结果",
        ),
        "persons": ("int64", "person", "residents in the row", "人数"),
    },
    "incident": {
        "incident": ("int32", "", "number", "编号"),
        "kind": ("str", "", "collapse, flood, injury, tree", "类别"),
        "community": ("str", "", "where (for tree: the road's first end)", "地点"),
        "place": ("str", "", "road for tree, else empty", "路段"),
        "occurred_tick": ("int32", TICK, "when it happened", "发生时刻"),
        "reported_tick": ("int32", TICK, "when the report left the place", "报出时刻"),
        "known_tick": ("int32", TICK, "when command had read it", "指挥部知悉时刻"),
        "dispatched_tick": ("int32", TICK, "when the first crew was sent", "出动时刻"),
        "arrived_tick": ("int32", TICK, "when the first crew arrived", "到场时刻"),
        "done_tick": ("int32", TICK, "when the work was finished", "处置完毕时刻"),
        "persons": ("int64", "person", "people trapped or hurt, crews too", "涉险人数"),
        "rescued": ("int64", "person", "brought out alive", "获救人数"),
        "died": ("int64", "person", "died before they were reached", "死亡人数"),
        "crew": ("str", "", "first crew, or empty", "首到队伍"),
        "cases": (
            "int32",
            "incident",
            "incidents that the row stands for; 1 unless residents.scale is more",
            "该行代表的险情数（residents.scale 为1时恒为1）",
        ),
    },
    "casualty": {
        "tick": ("int32", TICK, "when", "时刻"),
        "community": ("str", "", "where", "地点"),
        "cause": (
            "str",
            "",
            "collapse, flood, wind, fire, forest_fire; overrun: a crew caught by a forest fire",
            "原因；overrun 为扑火队伍被火围困",
        ),
        "outcome": ("str", "", "died or injured", "后果"),
        "age_band": ("str", "", "0-14, 15-59, 60-79, 80+", "年龄段"),
        "persons": ("int64", "person", "people in the row", "人数"),
    },
    "trip": {
        "agent": ("str", "", "crew or truck", "队伍或车辆"),
        "kind": ("str", "", "crew or truck", "类别"),
        "purpose": ("str", "", "task, delivery, return", "目的"),
        "origin": ("str", "", "community it left", "起点"),
        "destination": ("str", "", "community it was bound for", "终点"),
        "departed_tick": ("int32", TICK, "departure", "出发时刻"),
        "arrived_tick": ("int32", TICK, "arrival", "到达时刻"),
        "distance_km": ("float64", "km", "length of the way it took", "里程"),
        "outcome": ("str", "", "arrived, turned_back, under_way", "结果"),
    },
    "delivery": {
        "store": ("str", "", "from", "储备库"),
        "site": ("str", "", "shelter or community", "接收点"),
        "item": ("str", "", "item", "物资"),
        "quantity": ("int64", "item unit", "quantity on the truck", "数量"),
        "requested_tick": ("int32", TICK, "request known to command", "申请时刻"),
        "departed_tick": ("int32", TICK, "left the store", "出库时刻"),
        "arrived_tick": ("int32", TICK, "unloaded at the site", "送达时刻"),
        "truck": ("str", "", "truck; by hand within one place", "车辆"),
    },
    "stock_level": {
        "tick": ("int32", TICK, "end of the tick", "时刻"),
        "item": ("str", "", "item", "物资"),
        "at_stores": ("int64", "item unit", "at all stores", "库存"),
        "on_trucks": ("int64", "item unit", "on the road", "在途"),
        "at_sites": ("int64", "item unit", "at shelters and communities", "在点"),
        "received": (
            "int64",
            "item unit",
            "made or brought in since the start",
            "累计调入",
        ),
        "issued": ("int64", "item unit", "given out since the start", "累计发放"),
        "lost": ("int64", "item unit", "unusable since the start", "累计损失"),
        "needed": ("int64", "item unit", "needed since the start", "累计需求"),
        "persons_short": (
            "int64",
            "person",
            "residents short of it now",
            "当前短缺人数",
        ),
    },
    "site_level": {
        "tick": ("int32", TICK, "end of the tick; hourly, sites in use only", "时刻"),
        "site": ("str", "", "shelter or community", "地点"),
        "kind": ("str", "", "shelter or community", "类别"),
        "item": ("str", "", "item", "物资"),
        "stock": ("int64", "item unit", "on hand", "现存"),
        "owed": ("int64", "item unit", "needed and not given yet", "欠发"),
        "persons": ("int64", "person", "residents who draw on the site", "人数"),
        "persons_short": ("int64", "person", "residents short of the item", "短缺人数"),
    },
    "shelter_level": {
        "tick": ("int32", TICK, "end of the tick; hourly", "时刻"),
        "shelter": ("str", "", "shelter", "避难场所"),
        "occupants": ("int64", "person", "residents inside", "在所人数"),
        "reserved": ("int64", "person", "residents on their way to it", "在途人数"),
        "capacity": ("int64", "person", "places", "容量"),
        "open": ("bool", "", "open", "是否开放"),
    },
    "relief": {
        "site": ("str", "", "shelter or community", "地点"),
        "kind": ("str", "", "shelter or community", "类别"),
        "need_tick": ("int32", TICK, "when they came to need relief", "产生需求时刻"),
        "relief_tick": (
            "int32",
            TICK,
            "first water or food after that",
            "首次获得救助时刻",
        ),
        "ended_tick": (
            "int32",
            TICK,
            "need ended by itself before any relief came (power back, gone home)",
            "未获救助而需求自行结束时刻",
        ),
        "persons": ("int64", "person", "residents in the row", "人数"),
    },
    "resident_state": {
        "tick": ("int32", TICK, "end of the tick; hourly", "时刻"),
        "community": ("str", "", "home community", "户籍社区"),
        "home": ("int64", "person", "at home", "在家"),
        "preparing": ("int64", "person", "told to leave and getting ready", "准备转移"),
        "travelling": ("int64", "person", "on the way", "途中"),
        "sheltered": ("int64", "person", "in a shelter", "在避难场所"),
        "with_kin": ("int64", "person", "with relatives or friends", "投亲靠友"),
        "trapped": ("int64", "person", "trapped or stranded", "被困"),
        "in_care": ("int64", "person", "hurt and reached by medical care", "救治中"),
        "dead": ("int64", "person", "dead", "死亡"),
    },
    "hazard_level": {
        "tick": ("int32", TICK, "end of the tick; hourly", "时刻"),
        "community": ("str", "", "community", "社区"),
        "wind_ms": ("float32", "m/s", "10-minute mean wind at 10 m", "10分钟平均风速"),
        "gust_ms": ("float32", "m/s", "3-second gust", "3秒阵风"),
        "rain_mm": ("float32", "mm", "rain since the start", "累计雨量"),
        "depth_m": ("float32", "m", "water on the streets", "积水深"),
        "power_out": ("bool", "", "no mains power", "停电"),
        "phone_out": ("bool", "", "no mobile network", "断网"),
        "cut_off": (
            "bool",
            "",
            "no road open to the command seat for a lorry",
            "道路中断",
        ),
    },
    "storm": {
        "tick": ("int32", TICK, "hourly", "时刻"),
        "lon": ("float64", "deg", "centre, this run", "中心经度"),
        "lat": ("float64", "deg", "centre, this run", "中心纬度"),
        "pressure_hpa": ("float64", "hPa", "central pressure", "中心气压"),
        "max_wind_ms": ("float64", "m/s", "largest 10-minute mean wind", "最大风速"),
        "sea_level_m": ("float64", "m", "surge and tide at the coast", "潮位"),
    },
    "road_closure": {
        "road": ("str", "", "road", "路段"),
        "from_community": ("str", "", "one end", "一端"),
        "to_community": ("str", "", "other end", "另一端"),
        "reason": ("str", "", "water or tree", "原因"),
        "closed_tick": ("int32", TICK, "closed for a lorry", "中断时刻"),
        "opened_tick": ("int32", TICK, "open again", "恢复时刻"),
    },
    "fire": {
        "fire": ("str", "", "id; one row a building or a forest fire", "编号"),
        "kind": ("str", "", "building or forest", "类别"),
        "community": ("str", "", "where", "地点"),
        "fire_class": ("str", "", "building class, or class of a forest fire", "建筑或火灾等级"),
        "incident": ("int32", "", "number of the incident it belongs to; -1: none", "险情编号"),
        "spread_from": ("str", "", "the fire that lit it, or empty", "由何处蔓延"),
        "ignited_min": ("float64", "min", "since the start; ignition", "起火"),
        "flashover_min": ("float64", "min", "first compartment alight all over", "轰燃"),
        "discovered_min": ("float64", "min", "somebody noticed", "发现"),
        "called_min": ("float64", "min", "the call came through", "报警"),
        "dispatched_min": ("float64", "min", "first crew ordered out", "下达出动命令"),
        "arrived_min": ("float64", "min", "first crew there", "首队到场"),
        "first_water_min": ("float64", "min", "first water on the fire", "首次出水"),
        "controlled_min": ("float64", "min", "grows no more", "控制"),
        "out_min": ("float64", "min", "out", "扑灭"),
        "engines_needed_max": ("int32", "crew", "most engines it needed at once", "最多需要车数"),
        "engines_peak": ("int32", "crew", "most engines there at once", "到场最多车数"),
        "water_l": ("float64", "L", "water used on it", "用水量"),
        "burnt_m2": ("float64", "m2", "floor area burnt; 0 for a forest fire", "过火面积"),
        "burnt_ha": ("float64", "ha", "land burnt; 0 for a building fire", "过火林地面积"),
        "victims": (
            "int64",
            "person",
            "could not get out by themselves; forest: hurt or dead",
            "被困人数；森林火灾为伤亡人数",
        ),
        "rescued": ("int64", "person", "brought out alive", "获救人数"),
        "died": ("int64", "person", "died in it", "死亡人数"),
        "first_crew": ("str", "", "first crew there, or empty", "首到队伍"),
    },
    "fire_front": {
        "tick": ("int32", TICK, "end of the tick; hourly", "时刻"),
        "fire": ("str", "", "id of the forest fire", "火场"),
        "burnt_ha": ("float64", "ha", "land burnt", "过火面积"),
        "forest_ha": ("float64", "ha", "forest burnt", "受害森林面积"),
        "edge_m": ("float64", "m", "edge that still runs", "活动火线长"),
        "line_m": ("float64", "m", "line built", "已建隔离线长"),
        "crews": ("int64", "crew", "at the fire", "在场队伍"),
        "held_back": ("int64", "crew", "waiting because flames are too long", "因火势后撤队伍"),
        "status": ("str", "", "running, contained, out", "状态"),
    },
    "fire_cell": {
        "fire": ("str", "", "id of the forest fire", "火场"),
        "row": ("int32", "", "row of the grid, 0 the northernmost", "行"),
        "col": ("int32", "", "column of the grid", "列"),
        "arrival_min": ("float64", "min", "since the start; when it burnt", "过火时刻"),
    },
    "fire_line": {
        "fire": ("str", "", "id of the forest fire", "火场"),
        "tick": ("int32", TICK, "when it was made", "建成时刻"),
        "kind": (
            "str",
            "",
            "line (by crews along the edge), break (by machines), drop (wet for a while)",
            "类别：line 队伍沿火线开设，break 机械开设，drop 洒水压制",
        ),
        "row": ("int32", "", "row of the grid, 0 the northernmost", "行"),
        "col": ("int32", "", "column of the grid", "列"),
    },
    "crew_level": {
        "tick": ("int32", TICK, "end of the tick; hourly", "时刻"),
        "off_duty": ("int64", "crew", "not called in or resting", "未集结或休整"),
        "mustering": ("int64", "crew", "called in, not ready yet", "集结中"),
        "idle": ("int64", "crew", "ready", "待命"),
        "travelling": ("int64", "crew", "on the way", "途中"),
        "working": ("int64", "crew", "at work", "作业"),
    },
}


class Ledger:
    """Facts of one run, appended row by row or in bulk, read as numpy columns."""

    def __init__(self) -> None:
        self._parts: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in TABLES}

    def add(self, table: str, *row: Any) -> None:
        """Append one row, its values in the order of the table's columns."""
        if len(row) != len(TABLES[table]):
            raise ValueError(f"{table} has {len(TABLES[table])} columns, not {len(row)}")
        self._rows[table].append(row)

    def add_many(self, table: str, **columns: Any) -> None:
        """Append many rows: one array (or one value for all rows) a column."""
        if columns.keys() != TABLES[table].keys():
            raise ValueError(f"{table}: columns {sorted(columns.keys() ^ TABLES[table].keys())}")
        self._flush(table)
        self._parts[table].append(columns)

    def _flush(self, table: str) -> None:
        rows = self._rows[table]
        if rows:
            self._parts[table].append(
                dict(zip(TABLES[table], zip(*rows, strict=True), strict=True))
            )
            self._rows[table] = []

    def table(self, name: str) -> dict[str, NDArray[Any]]:
        """One table as column arrays, in the order in which the facts were written."""
        self._flush(name)
        parts = self._parts[name]
        rows = [_rows(part) for part in parts]
        columns = {
            column: _column([part[column] for part in parts], rows, DTYPES[name][column])
            for column in TABLES[name]
        }
        self._parts[name] = [columns] if parts else []
        return columns

    def tables(self) -> dict[str, dict[str, NDArray[Any]]]:
        """All tables, empty ones included."""
        return {name: self.table(name) for name in TABLES}


DTYPES = {
    table: {
        column: np.dtype(object if spec[0] == "str" else spec[0])
        for column, spec in columns.items()
    }
    for table, columns in TABLES.items()
}


def _rows(part: Mapping[str, Any]) -> int:
    """How many rows a part has: as many as its first column of many values, or one."""
    return next((len(v) for v in part.values() if isinstance(v, MANY)), 1)


def _column(values: list[Any], rows: list[int], dtype: np.dtype[Any]) -> NDArray[Any]:
    """One column of a table from its value in each part: one for all the part's rows, or many."""
    if not values:
        return np.empty(0, dtype=dtype)
    many = [isinstance(v, MANY) for v in values]
    if not any(many):
        return np.repeat(np.array(values, dtype=dtype), rows)
    if not all(many):
        of_rows = zip(values, rows, many, strict=True)
        values = [v if is_many else np.full(n, v, dtype=dtype) for v, n, is_many in of_rows]
    if len(values) == 1:
        return np.array(values[0], dtype=dtype)
    return np.concatenate(values, dtype=dtype, casting="unsafe")
