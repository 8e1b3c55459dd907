"""The front: arrival times by least travel time, kept true while wind turns and line is built.

A burning cell sends fire along each step of the stencil; a cell burns when the first arrives.
Under one sky this is Dijkstra's problem, solved in batches: all cells whose time lies within a
short span are taken at once (near-far, a form of delta-stepping: Meyer and Sanders 2003; Davidson
et al. 2014), and a cell that is bettered later is taken again, so times are Dijkstra's own.

When the sky or a barrier changes, steps under way keep the share of their length that is done
(`_bank`) and the rest is priced anew (`_label`). A cell that has burnt stays burnt.

A barrier is a cell with `hold_kw_m` above 0: fire enters or passes it only where its intensity is
greater. Cells that cannot burn are never entered nor passed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from anlan.sim.forcing.fire_weather import FireSky, FireWeather, SkyError
from anlan.sim.nature.forest.edge import (
    contained,
    edge,
    edge_m,
    intensity_at_kw_m,
    neighbours,
    step_intensity_kw_m,
)
from anlan.sim.nature.forest.ground import Cells, Ground
from anlan.sim.nature.forest.rates import Rates
from anlan.sim.nature.forest.state import HELD_MIN, Fire, nothing_kept
from anlan.sim.place.landscape.landscape import where
from anlan.sim.scenario.errors import bad, worded

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.integer[Any]]

__all__ = [
    "HELD_MIN",
    "Fire",
    "advance",
    "advance_weather",
    "arrivals",
    "burnt",
    "burnt_by_others",
    "burnt_ha",
    "contained",
    "edge",
    "edge_m",
    "forest_ha",
    "fresh_cells",
    "ignite",
    "ignite_many",
    "intensity_at_kw_m",
    "neighbours",
    "set_hold",
    "set_sky",
    "start",
]
SPAN_SHARE = 0.8  # of a quick step: how much time one batch spans (measured: fastest near 0.8)
BURNT_OUT = np.float32(np.inf)  # what bars where another fire has burnt: nothing is left to burn
SAMPLE = 64  # cells of a batch from which the next span is taken


def start(rates: Rates, sky: FireSky, at_min: float = 0.0, hold_kw_m: F32 | None = None) -> Fire:
    """A fire without ignition yet. hold_kw_m: barriers that stand already, (rows, cols)."""
    g = rates.ground
    hold = np.zeros(g.size, dtype=np.float32)
    fire = Fire(
        ground=g,
        rates=rates,
        sky=sky,
        prices=rates.price(sky),
        time_min=at_min,
        label_min=np.full(g.size, np.inf),
        lit=bytearray(g.size),
        front=np.empty(0, dtype=np.int32),
        in_front=np.zeros(g.size, dtype=bool),
        last_in=np.zeros(g.size, dtype=np.int32),
        hold_kw_m=hold,
        held=np.zeros(g.size, dtype=np.uint32),
        any_held=False,
        slot=np.full(g.size, -1, dtype=np.int32),
        share=np.zeros((0, len(g.steps))),
        banked_min=np.zeros(0),
        free=[],
        span_min=0.0,
        kept=nothing_kept(g.size),
    )
    if hold_kw_m is not None:
        padded = g.pad(hold_kw_m, 0.0)
        _raise_barrier(fire, np.flatnonzero(padded).astype(np.int32), padded[padded != 0])
    return fire


def ignite(fire: Fire, row: int, col: int, name: str = "ignition") -> None:
    """Lights the centre of a cell now. Raises BadInput outside the map or where nothing burns."""
    ignite_many(fire, np.array([row]), np.array([col]), name)


def ignite_many(fire: Fire, rows: Ints, cols: Ints, name: str = "ignition") -> None:
    """Lights the centres of cells now. Raises BadInput as `ignite`."""
    land = fire.ground.land
    for row, col in zip(rows.tolist(), cols.tolist(), strict=True):
        if not (0 <= row < land.rows and 0 <= col < land.cols):
            problem = worded(
                "{where} lies outside the map of {rows} x {cols} cells",
                where=where(row, col),
                rows=land.rows,
                cols=land.cols,
            )
            raise bad(problem, name)
    cells = fire.ground.flat(rows, cols)
    if not fire.ground.burnable[cells].all():
        i = int(np.argmin(fire.ground.burnable[cells]))
        fuel = next(r for r in land.fuels.rows if r.code == land.fuel[rows[i], cols[i]])
        problem = worded(
            "{where} has fuel {code} ({fuel}), which does not burn; give a cell with fuel",
            where=where(rows[i], cols[i]),
            code=fuel.code,
            fuel=fuel.fuel,
        )
        raise bad(problem, name)
    fresh = cells[fire.label_min[cells] > fire.time_min]
    fire.label_min[fresh] = fire.time_min
    _light(fire, fresh)
    _join(fire, fresh)
    fire.kept.burns_on()


def _light(fire: Fire, cells: Cells) -> None:
    """Marks cells as burnt."""
    np.frombuffer(fire.lit, dtype=np.uint8)[cells] = 1


def advance(fire: Fire, until_min: float) -> None:
    """Moves the front on to a time under the present sky."""
    if until_min < fire.time_min:
        raise ValueError(f"a fire cannot go back from {fire.time_min} to {until_min} min")
    while fire.front.size:
        label = fire.label_min[fire.front]
        first = float(label.min())
        if first > until_min:
            break
        near = label <= min(first + fire.span_min, until_min)
        cells, label = fire.front[near], label[near]
        fire.front = fire.front[~near]
        fire.in_front[cells] = False
        _release(fire, cells)
        cost = fire.prices.rows(cells)
        if fire.any_held:
            _hold(fire, cells, cost)
        _set_span(fire, cost)
        _relax(fire, cells, label, cost)
        _light(fire, cells)
        fire.kept.burns_on()
    fire.time_min = until_min


def advance_weather(
    fire: Fire,
    until_min: float,
    weather: FireWeather,
    step_min: float,
    error: SkyError | None = None,
) -> None:
    """Moves the front on under weather that is taken anew every `step_min`.

    A step goes by the weather at its beginning: that of its middle would not have come yet.
    """
    while fire.time_min < until_min:
        number = np.floor(fire.time_min / step_min + 1e-9)
        begins, ends = number * step_min, (number + 1.0) * step_min
        # taken up anew whenever it may have changed; the same sky costs nothing
        set_sky(fire, weather.at(begins, error))
        advance(fire, min(ends, until_min))


def set_sky(fire: Fire, sky: FireSky) -> None:
    """A new sky from now on: steps under way keep what they have done."""
    if sky == fire.sky:
        return
    steps = _under_way(fire, fire.front[fire.label_min[fire.front] > fire.time_min])
    _bank(fire, steps, _with_hold(fire, steps, fire.prices.steps(steps.starts, steps.d)))
    fire.sky, fire.prices = sky, fire.rates.price(sky)
    fire.span_min = 0.0
    _label(fire, steps, _with_hold(fire, steps, fire.prices.steps(steps.starts, steps.d)))
    fire.kept.burns_on()


def set_hold(fire: Fire, cells: Cells, kw_m: float) -> None:
    """Makes cells a barrier that holds up to an intensity from now on; 0 takes it away.

    Cells that burn already are left alone, and those that another fire has burnt bar for ever.
    """
    cells = cells[(fire.label_min[cells] > fire.time_min) & (fire.hold_kw_m[cells] < BURNT_OUT)]
    if not cells.size:
        return
    near = (cells[:, None] + fire.ground.onward).ravel()  # in order, of one cell
    near = near[(near >= 0) & (near < fire.ground.size)]
    near = near[fire.in_front[near] & (fire.label_min[near] > fire.time_min)]
    steps = _under_way(fire, near if cells.size == 1 else np.unique(near))
    free = fire.prices.steps(steps.starts, steps.d)
    _bank(fire, steps, _with_hold(fire, steps, free))
    _raise_barrier(fire, cells, np.full(cells.size, kw_m, dtype=np.float32))
    _label(fire, steps, _with_hold(fire, steps, free))
    fire.kept.line_changes()


def burnt_by_others(fire: Fire, cells: Cells) -> None:
    """Takes the fuel of cells that another fire has burnt."""
    set_hold(fire, cells, float(BURNT_OUT))


def fresh_cells(fire: Fire, known: NDArray[np.uint8]) -> Cells:
    """Cells that have burnt and are not marked in `known`, (size,); they are marked by this."""
    lit = np.frombuffer(fire.lit, dtype=np.uint8)
    new = np.flatnonzero(lit > known).astype(np.int32)
    known[new] = 1
    return new


def _raise_barrier(fire: Fire, cells: Cells, kw_m: F32) -> None:
    """Writes the barrier, and marks the steps on which it stands."""
    g = fire.ground
    fire.hold_kw_m[cells] = kw_m
    direction, gate = g.gate_of.T
    starts = cells[:, None] - gate
    d = np.broadcast_to(direction, starts.shape)
    inside = (starts >= 0) & (starts < g.size)
    inside[inside] = g.burnable[starts[inside]]
    starts, d = starts[inside], d[inside]
    stands = _step_hold(fire, starts, d) > 0.0
    bit = np.left_shift(np.uint32(1), d.astype(np.uint32))
    np.bitwise_or.at(fire.held, starts[stands], bit[stands])
    np.bitwise_and.at(fire.held, starts[~stands], ~bit[~stands])
    fire.any_held = bool(fire.any_held or (kw_m > 0).any())


def _step_hold(fire: Fire, cells: Cells, directions: Ints) -> F32:
    """Up to what intensity barriers bar a step, kW/m; 0 where none stands. Shapes broadcast."""
    gates = fire.ground.gates[directions]
    hold = fire.hold_kw_m[cells[..., None, None] + gates]
    gate = np.minimum(hold[..., 0], hold[..., 1])
    most = gate[..., 0]
    for k in range(1, gate.shape[-1]):
        most = np.maximum(most, gate[..., k])
    return np.asarray(most)


def _hold(fire: Fire, cells: Cells, cost: F64) -> None:
    """Raises the cost of steps that barriers hold, in place. cost: (n, D)."""
    marks = fire.held[cells]
    some = np.flatnonzero(marks)
    if some.size:
        bits = np.arange(cost.shape[1], dtype=np.uint32)
        i, d = np.nonzero((marks[some, None] >> bits) & 1)
        i = some[i]
        cost[i, d] = _held_cost(fire, cells[i], d, cost[i, d])


def _held_cost(fire: Fire, cells: Cells, directions: Ints, cost: F64) -> F64:
    """The cost of steps on which barriers stand: HELD_MIN where they hold."""
    intensity = step_intensity_kw_m(fire, cells, directions, cost)
    holds = intensity <= _step_hold(fire, cells, directions)
    return np.where(holds, np.maximum(cost, HELD_MIN), cost)


def _with_hold(fire: Fire, steps: _UnderWay, cost: F64) -> F64:
    """Minutes of steps with barriers counted; `cost` is without."""
    if not fire.any_held:
        return cost
    some = np.flatnonzero((fire.held[steps.starts] >> steps.d.astype(np.uint32)) & 1)
    if not some.size:
        return cost
    starts, d = steps.starts[some], steps.d[some]
    cost = cost.copy()
    cost[some] = _held_cost(fire, starts, d, cost[some])
    return cost


def _relax(fire: Fire, cells: Cells, label: F64, cost: F64) -> None:
    """Offers every step's arrival to its end; what is bettered joins the front."""
    arrival = cost + label[:, None]
    ends = cells[:, None] + fire.ground.steps
    better = arrival < fire.label_min[ends]
    end = ends[better]
    np.minimum.at(fire.label_min, end, arrival[better])
    _join(fire, end)
    if not fire.left_map:
        fire.left_map = _at_border(fire.ground, cells)


def _at_border(g: Ground, cells: Cells) -> bool:
    """Whether one of the cells lies on the border of the map."""
    row, col = np.divmod(cells, g.width)
    n = g.stencil.reach
    last_row, last_col = n + g.land.rows - 1, n + g.land.cols - 1
    return bool(((row == n) | (row == last_row) | (col == n) | (col == last_col)).any())


def _join(fire: Fire, cells: Cells) -> None:
    """Adds cells to the front, each once."""
    new = cells[~fire.in_front[cells]]
    if new.size:
        order = np.arange(new.size, dtype=np.int32)
        fire.last_in[new] = order  # of a cell that stands here more than once, the last stays
        new = new[fire.last_in[new] == order]
        fire.in_front[new] = True
        fire.front = np.concatenate([fire.front, new])


def _set_span(fire: Fire, cost: F64) -> None:
    """Lets the next batch span most of a quick step of this one."""
    if fire.span_min == 0.0 or len(cost) >= SAMPLE:
        quick = cost[:: max(1, len(cost) // SAMPLE)].min(axis=1)
        span = SPAN_SHARE * float(np.median(quick))
        fire.span_min = span if np.isfinite(span) else 0.0


class _UnderWay(NamedTuple):
    """Steps that fire is taking into waiting cells."""

    cells: Cells  # the waiting cells
    i: Ints  # (S,) which of the cells each step goes to
    d: Ints  # (S,) its direction
    starts: Cells  # (S,) the burnt cell that it comes from


def _under_way(fire: Fire, cells: Cells) -> _UnderWay:
    """The steps from burnt cells into waiting ones."""
    starts = cells[:, None] - fire.ground.steps
    i, d = np.nonzero(fire.label_min[starts] <= fire.time_min)
    return _UnderWay(cells, i, d, starts[i, d])


def _bank(fire: Fire, steps: _UnderWay, cost: F64) -> None:
    """Writes down how far each step has come, at its minutes until now."""
    cells, i, d, starts = steps
    if not cells.size:
        return
    rows = _rows(fire, cells)
    since = np.maximum(fire.label_min[starts], fire.banked_min[rows[i]])
    done = np.where(cost < HELD_MIN, (fire.time_min - since) / cost, 0.0)
    fire.share[rows[i], d] += done
    fire.banked_min[rows] = fire.time_min


def _label(fire: Fire, steps: _UnderWay, cost: F64) -> None:
    """Forecasts waiting cells' arrival anew from what their steps have still to go."""
    cells, i, d, _ = steps
    if not cells.size:
        return
    rows = fire.slot[cells]
    rest = np.maximum(1.0 - fire.share[rows[i], d], 0.0)
    arrival = np.full((cells.size, len(fire.ground.steps)), np.inf)
    # a barrier holds however far the fire had come
    arrival[i, d] = fire.time_min + np.where(cost < HELD_MIN, rest * cost, cost)
    fire.label_min[cells] = arrival.min(axis=1)


def _rows(fire: Fire, cells: Cells) -> Cells:
    """The rows of `share` that belong to cells; new ones where they have none."""
    new = cells[fire.slot[cells] < 0]
    lack = new.size - len(fire.free)
    if lack > 0:
        grown = max(lack, len(fire.share), SAMPLE)
        fire.free.extend(range(len(fire.share), len(fire.share) + grown))
        fire.share = np.concatenate([fire.share, np.zeros((grown, fire.share.shape[1]))])
        fire.banked_min = np.concatenate([fire.banked_min, np.full(grown, -np.inf)])
    if new.size:
        rows = np.array(fire.free[-new.size :], dtype=np.int32)
        del fire.free[-new.size :]
        fire.slot[new] = rows
        fire.share[rows] = 0.0
        fire.banked_min[rows] = -np.inf
    return fire.slot[cells]


def _release(fire: Fire, cells: Cells) -> None:
    """Gives back the rows of cells that burn."""
    rows = fire.slot[cells]
    rows = rows[rows >= 0]
    if rows.size:
        fire.free.extend(rows.tolist())
        fire.slot[cells] = -1


def burnt(fire: Fire) -> Bools:
    """Which cells have burnt by now, (rows, cols)."""
    return np.asarray(fire.ground.map(fire.label_min) <= fire.time_min)


def arrivals(fire: Fire) -> F64:
    """When each cell burnt, minutes, inf where it has not, (rows, cols)."""
    label = fire.ground.map(fire.label_min)
    return np.where(label <= fire.time_min, label, np.inf)


def burnt_ha(fire: Fire) -> float:
    """Area burnt by now."""
    return fire.lit.count(1) * fire.ground.land.cell_ha


def forest_ha(fire: Fire) -> float:
    """Area of forest burnt by now: what the regulation's classes count."""
    land = fire.ground.land
    return int(np.count_nonzero(burnt(fire) & land.forest)) * land.cell_ha
