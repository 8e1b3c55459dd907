"""Minutes that the front takes along each step, for the sky of the moment.

Half of a step lies in its first cell and half in its last. Wang and Mao's formula is a product,
so all but the weather is worked out once a landscape. Rothermel's is not: cells are put into
classes of fuel, slope and aspect, and each sky prices the classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from anlan.sim import portable
from anlan.sim.forcing.fire_weather import FireSky
from anlan.sim.nature.forest import ellipse, rothermel, wang_mao
from anlan.sim.nature.forest.beds import EVEN, Beds, Wetness, beds_of
from anlan.sim.nature.forest.crowns import Crowns, Under
from anlan.sim.nature.forest.ground import Cells, Ground, shut_steps
from anlan.sim.nature.forest.stencil import sector_gain
from anlan.sim.scenario.schema import MAX_CODE

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]

# A fire that stands still is one that moves a metre in two years: then every step has a time.
STILL_M_MIN = 1e-6


class Prices(Protocol):
    """What steps cost under one sky. inf: a step that nothing takes."""

    @property
    def heat_kj_m2(self) -> F64:
        """What a square metre gives in the flaming front on the ground, by code of fuel."""
        ...

    @property
    def may_crown(self) -> bool:
        """Whether crowns can burn anywhere under the sky."""
        ...

    def crowning(self, cells: Cells) -> Cells:
        """Those of some cells whose crowns burn in a front that goes in one direction or other."""
        ...

    def crown_share(self, cells: Cells, directions: Ints) -> F32 | None:
        """Share of cells' crowns that burns in a front that goes in a direction; None: none
        does.
        """
        ...

    def crown_kj_m2(self, cells: Cells, directions: Ints) -> F64 | float:
        """What crowns give besides, over a square metre."""
        ...

    def rows(self, cells: Cells) -> F64:
        """Minutes of every step out of the cells, shape (n, D)."""
        ...

    def steps(self, cells: Cells, directions: Ints) -> F64:
        """Minutes of one step out of each cell; shapes broadcast."""
        ...


class Rates(Protocol):
    """A formula for the rate of spread on a ground."""

    @property
    def ground(self) -> Ground:
        """The ground that it was made for."""
        ...

    def price(self, sky: FireSky) -> Prices:
        """The prices under a sky."""
        ...


@dataclass(frozen=True)
class WangMao:
    """Wang and Mao's rates: `minutes[cell, d]` when R0 and Kw are 1."""

    ground: Ground
    minutes: F32
    max_rate_m_min: float
    beds: Beds

    def price(self, sky: FireSky) -> WangMaoPrices:
        """The prices under a sky."""
        st = self.ground.stencil
        force = wang_mao.wind_force(sky.wind_ms)
        r0 = wang_mao.initial_rate_m_min(sky.temperature_c, force, sky.humidity_pct)
        kw = wang_mao.wind_factor(sky.wind_ms, st.bearing_rad - sky.wind_to_rad)
        between = wang_mao.wind_factor(sky.wind_ms, st.mid_rad - sky.wind_to_rad)
        gain = sector_gain(kw, between, st.gap_rad)
        rate = np.maximum(r0 * kw * gain, STILL_M_MIN)
        least = self.ground.length_m / self.max_rate_m_min
        return WangMaoPrices(self.minutes, 1.0 / rate, least, self.beds.heat_kj_m2(sky))


@dataclass(frozen=True)
class WangMaoPrices:
    """The table times one factor a direction, no quicker than the fastest fire."""

    minutes: F32
    factor: F64  # (D,)
    least: F64  # (D,)
    heat_kj_m2: F64  # by code of fuel

    @property
    def may_crown(self) -> bool:
        """False: of crowns Wang and Mao's formula says nothing."""
        return False

    def crowning(self, cells: Cells) -> Cells:
        """None."""
        return cells[:0]

    def crown_share(self, cells: Cells, directions: Ints) -> None:
        """None."""

    def crown_kj_m2(self, cells: Cells, directions: Ints) -> float:
        """Nothing."""
        return 0.0

    def rows(self, cells: Cells) -> F64:
        """Minutes of every step out of the cells, shape (n, D)."""
        return np.maximum(self.minutes[cells] * self.factor, self.least)

    def steps(self, cells: Cells, directions: Ints) -> F64:
        """Minutes of one step out of each cell."""
        cost = self.minutes[cells, directions] * self.factor[directions]
        return np.maximum(cost, self.least[directions])


def wang_mao_rates(
    ground: Ground, slope_cap_deg: float, max_rate_m_min: float, wetness: Wetness = EVEN
) -> WangMao:
    """The rates of a ground; takes two seconds for a million cells, and 64 MB."""
    slow = _slowness(ground, slope_cap_deg)
    for d, step in enumerate(ground.steps):
        half = np.float32(0.5 * ground.length_m[d])
        minutes = half * (slow[d] + np.roll(slow[d], -int(step)))
        minutes[shut_steps(ground, d, ~ground.burnable)] = np.inf
        slow[d] = minutes
    # a cell's steps lie side by side: the front reads them together
    beds = beds_of(ground.land.fuels, wetness)
    return WangMao(ground, np.stack(slow, axis=1), max_rate_m_min, beds)


def _slowness(ground: Ground, cap_deg: float) -> list[F32]:
    """1 / (Ks Kphi gain) of each cell, one array a direction; inf where nothing burns."""
    land, st = ground.land, ground.stencil
    tan = portable.tan(np.radians(land.slope_deg.astype(np.float64))).astype(np.float32)
    up = np.radians(land.aspect_deg.astype(np.float64))
    north = ground.pad(tan * portable.cos(up).astype(np.float32), 0.0)
    east = ground.pad(tan * portable.sin(up).astype(np.float32), 0.0)
    ks = land.fuels.column("ks").astype(np.float32)[land.fuel] * land.moisture_factor
    with np.errstate(divide="ignore"):
        still = 1.0 / ground.pad(ks, 0.0)
    kphi = _both_ways(north, east, st.bearing_rad, cap_deg)
    mid = _both_ways(north, east, st.mid_rad, cap_deg)
    ratio = []
    for d, gap in enumerate(st.gap_rad):
        here, after = kphi[d], kphi[(d + 1) % len(kphi)]
        sector = here * here + after * after + 4.0 * np.square(mid[d])
        ratio.append(sector / (here * after) * np.float32(gap / 6.0 / portable.sin(gap)))
    # The wind's gain holds the share of a circle already: take it out here.
    ones = np.ones(len(kphi))
    circle = sector_gain(ones, ones, st.gap_rad).astype(np.float32)
    gain = [np.sqrt(np.sqrt(ratio[d] * ratio[d - 1])) / circle[d] for d in range(len(kphi))]
    return [still / (k * g) for k, g in zip(kphi, gain, strict=True)]


def _both_ways(north: F32, east: F32, bearing_rad: F64, cap_deg: float) -> list[F32]:
    """Kphi of each cell, one array a bearing; the second half is opposite to the first."""
    half = []
    for bearing in bearing_rad[: len(bearing_rad) // 2]:
        along = north * np.float32(portable.cos(bearing)) + east * np.float32(portable.sin(bearing))
        half.append(wang_mao.slope_factor(along, cap_deg).astype(np.float32))
    return half + [np.float32(1.0) / k for k in half]


@dataclass(frozen=True)
class Facing:
    """Slopes that face the wind: trees shelter them in part only (Rothermel 1983)."""

    wind_share: float = 0.0  # at mid-flame there, of the sky's, at least
    from_deg: float = 90.0  # steep at least so much
    within_deg: float = 0.0  # of the way that the wind blows straight up

    def on(self, tan_slope: F64, upslope_rad: F64, wind_to_rad: float) -> NDArray[np.bool_]:
        """Which of some slopes face a wind."""
        steep = tan_slope >= portable.tan(np.radians(self.from_deg))
        towards = portable.cos(upslope_rad - wind_to_rad)
        return np.asarray(steep & (towards >= portable.cos(np.radians(self.within_deg))))


SHELTERED = Facing()  # trees shelter all slopes alike


@dataclass(frozen=True)
class Rothermel:
    """Rothermel's rates by class of fuel, slope and aspect."""

    ground: Ground
    kind: Cells  # (size,) the class of each cell
    moisture_factor: F32 | None  # (size,); None where it is 1 everywhere
    fuel: NDArray[np.int8]  # (K,) of each class
    tan_slope: F64
    upslope_rad: F64
    shut: NDArray[np.uint32]  # (size,) bit d: a step in direction d that nothing takes
    beds: Beds
    wind_adjustment: F64  # by code: wind at mid-flame over that of the sky
    facing: Facing
    max_rate_m_min: float
    crowns: Crowns | None = None  # None: none on this ground can burn

    def wind_share(self, classes: Ints, wind_to_rad: float) -> F64:
        """(n,) wind at mid-flame over that of the sky, of some classes."""
        under = self.wind_adjustment[self.fuel[classes]]
        slopes = self.tan_slope[classes], self.upslope_rad[classes]
        exposed = self.facing.on(*slopes, wind_to_rad)
        return np.where(exposed, np.maximum(under, self.facing.wind_share), under)

    def price(self, sky: FireSky) -> RothermelPrices:
        """The prices under a sky."""
        wet = self.beds.wetness.under(sky)
        reaction = self.beds.reaction(wet)
        heat = self.beds.heat_kj_m2(sky, reaction)
        with np.errstate(invalid="ignore", divide="ignore"):
            calm = np.asarray(rothermel.base_rate_m_min(self.beds.bed, wet, reaction), dtype=float)
        shape = len(self.fuel), len(self.ground.steps)
        known, under, share = np.zeros(shape[0], dtype=bool), None, None
        if self.crowns is not None and self._crowns_may_catch(sky, calm, heat):
            under = Under(heat, self.crowns.calm_m_min(wet))
            share = np.zeros(shape, dtype=np.float32)
        some = np.zeros(1, dtype=bool)
        return RothermelPrices(self, sky, calm, heat, under, np.empty(shape), known, share, some)

    def _crowns_may_catch(self, sky: FireSky, calm_m_min: F64, heat_kj_m2: F64) -> bool:
        """Whether the fiercest surface fire that this ground has under a sky sets any alight: on
        its steepest slope, with the whole wind straight up it.
        """
        assert self.crowns is not None
        fuel, texture, on_slope, wind_share = self._worst
        more = on_slope + rothermel.wind_factor(texture, sky.wind_ms * wind_share)
        kw_m = heat_kj_m2[fuel] * calm_m_min[fuel] * (1.0 + more) / 60.0
        return bool((kw_m > self.crowns.ignites_kw_m[fuel]).any())

    @cached_property
    def _worst(self) -> tuple[Ints, rothermel.Texture, F64, F64]:
        """(fuels with crowns that can burn, their texture, the slope's factor where it is steepest,
        share of the wind at mid-flame where that is the most).
        """
        assert self.crowns is not None
        here = np.unique(self.fuel)
        fuel = here[self.crowns.heat_kj_m2[here] > 0.0]
        texture = self.beds.bed.texture.take(fuel)
        steep = np.array([self.tan_slope[self.fuel == f].max() for f in fuel])
        wind_share = np.maximum(self.wind_adjustment[fuel], self.facing.wind_share)
        on_slope = np.asarray(rothermel.slope_factor(texture, steep), dtype=float)
        return fuel, texture, on_slope, wind_share

    def slowness(
        self, classes: Ints, sky: FireSky, calm_m_min: F64, under: Under | None
    ) -> tuple[F64, F32 | None]:
        """((n, D) minutes a metre of some classes, (n,), under a sky; inf where nothing burns),
        (n, D) share of their crowns that burns; None: none does.

        `calm_m_min`: rates on the flat without wind, by code of fuel.
        """
        st = self.ground.stencil
        fuel, tan_slope = self.fuel[classes], self.tan_slope[classes]
        upslope_rad = self.upslope_rad[classes]
        with np.errstate(invalid="ignore", divide="ignore"):
            rate, bearing, wind = rothermel.driven(
                calm_m_min[fuel], self.beds.bed.texture.take(fuel),
                sky.wind_ms * self.wind_share(classes, sky.wind_to_rad), sky.wind_to_rad,
                tan_slope, upslope_rad,
            )  # fmt: skip
        # the ellipse needs no more than single precision
        eccentric = ellipse.eccentricity(ellipse.length_to_breadth(wind)).astype(np.float32)[
            :, None
        ]
        head = np.maximum(rate, STILL_M_MIN).astype(np.float32)[:, None]
        off = (st.bearing_rad - bearing[:, None]).astype(np.float32)
        along = ellipse.rate_m_min(head, eccentric, off)
        between = ellipse.rate_m_min(head, eccentric, off + (0.5 * st.gap_rad).astype(np.float32))
        slow = 1.0 / (along * sector_gain(along, between, st.gap_rad))
        slow, share = np.where(np.isfinite(slow), slow, np.inf), None
        if self.crowns is not None and under is not None:
            some = self.crowns.catch(fuel, rate, under)
            if some.size:
                normal = along[some] * ellipse.normal_share(eccentric[some], off[some])
                running = self.crowns.running_m_min(
                    under, sky.wind_ms, sky.wind_to_rad, tan_slope[some], upslope_rad[some]
                )
                share = np.zeros(slow.shape, dtype=np.float32)
                factor, share[some] = self.crowns.burn(
                    fuel[some], normal, rate[some], running, under
                )
                slow[some] /= factor
        return slow, share


@dataclass(frozen=True)
class RothermelPrices:
    """Minutes a metre by class and direction, worked out for a class when a step asks for it.

    A front passes through few of the thousands of classes of a map before the sky changes.
    """

    rates: Rothermel
    sky: FireSky
    calm_m_min: F64  # by code of fuel
    heat_kj_m2: F64  # by code of fuel
    under: Under | None
    _slow: F64  # (K, D)
    _known: NDArray[np.bool_]  # (K,) whether that has been worked out
    _share: F32 | None  # (K, D) of crowns that burns
    _caught: NDArray[np.bool_]  # (1,) whether any has caught so far

    def _of(self, classes: Ints) -> F64:
        """(K, D) minutes a metre, right for some classes at least."""
        new = classes[~self._known[classes]]
        if new.size:
            new = np.unique(new)
            self._slow[new], share = self.rates.slowness(new, self.sky, self.calm_m_min, self.under)
            self._known[new] = True
            if share is not None and self._share is not None:
                self._share[new] = share
                self._caught[0] = True
        return self._slow

    @property
    def may_crown(self) -> bool:
        """Whether crowns can burn anywhere under the sky."""
        return self.under is not None

    def crowning(self, cells: Cells) -> Cells:
        """Those of some cells whose crowns burn in a front that goes in one direction or other."""
        if self._share is None:
            return cells[:0]
        kind = self.rates.kind[cells]
        self._of(kind)
        return cells[self._share[kind].any(axis=1)]

    def crown_share(self, cells: Cells, directions: Ints) -> F32 | None:
        """Share of cells' crowns that burns in a front that goes in a direction; None: none can
        under this sky, or none does.
        """
        if self._share is None:
            return None
        kind = self.rates.kind[cells]
        self._of(kind)
        return self._share[kind, directions] if self._caught[0] else None

    def crown_kj_m2(self, cells: Cells, directions: Ints) -> F64 | float:
        """What crowns give besides, over a square metre."""
        share = self.crown_share(cells, directions)
        if share is None or self.rates.crowns is None:
            return 0.0
        return np.asarray(share * self.rates.crowns.heat_kj_m2[self.rates.ground.fuel[cells]])

    def rows(self, cells: Cells) -> F64:
        """Minutes of every step out of the cells, shape (n, D)."""
        r, g = self.rates, self.rates.ground
        ends = cells[:, None] + g.steps
        here, there = r.kind[cells], r.kind[ends]
        slow = self._of(np.append(there, here))
        count = slow.shape[1]
        last = slow.ravel()[there * count + np.arange(count, dtype=np.int32)]
        first = slow[here]
        if r.moisture_factor is not None:
            first = first / r.moisture_factor[cells][:, None]
            last = last / r.moisture_factor[ends]
        first += last
        cost = np.maximum(first * (0.5 * g.length_m), g.length_m / r.max_rate_m_min)
        marks = r.shut[cells]
        some = np.flatnonzero(marks)
        if some.size:
            bits = np.uint32(1) << np.arange(count, dtype=np.uint32)
            cost[some] = np.where(marks[some, None] & bits, np.inf, cost[some])
        return cost

    def steps(self, cells: Cells, directions: Ints) -> F64:
        """Minutes of one step out of each cell."""
        r, g = self.rates, self.rates.ground
        ends = cells + g.steps[directions]
        here, there = r.kind[cells], r.kind[ends]
        slow = self._of(np.append(there, here))
        first, last = slow[here, directions], slow[there, directions]
        if r.moisture_factor is not None:
            first = first / r.moisture_factor[cells]
            last = last / r.moisture_factor[ends]
        length = g.length_m[directions]
        cost = np.maximum(0.5 * length * (first + last), length / r.max_rate_m_min)
        return np.where((r.shut[cells] >> directions) & 1, np.inf, cost)


SLOPE_CLASS_DEG = 1.0
ASPECT_CLASS_DEG = 5.0


def rothermel_rates(
    ground: Ground,
    wind_adjustment: F64 | float,
    slope_cap_deg: float,
    max_rate_m_min: float,
    wetness: Wetness = EVEN,
    facing: Facing = SHELTERED,
    crowns: Crowns | None = None,
) -> Rothermel:
    """The rates of a ground. Slopes and aspects are classed by 1 and by 5 degrees.

    wind_adjustment: wind at mid-flame over that of the sky, one number or one a code of fuel;
    `facing`: where it is more. crowns: None where they do not count.
    """
    land = ground.land
    slope = np.rint(np.minimum(land.slope_deg, slope_cap_deg) / SLOPE_CLASS_DEG).astype(np.int64)
    turns = round(360.0 / ASPECT_CLASS_DEG)
    aspect = np.rint(land.aspect_deg / ASPECT_CLASS_DEG).astype(np.int64) % turns
    key = ((land.fuel.astype(np.int64) * 100 + slope) * turns) + np.where(slope > 0, aspect, 0)
    unique, kind = np.unique(key, return_inverse=True)
    rest, turn = np.divmod(unique, turns)
    shut = np.zeros(ground.size, dtype=np.uint32)
    for d in range(len(ground.steps)):
        shut |= shut_steps(ground, d, ~ground.burnable).astype(np.uint32) << np.uint32(d)
    return Rothermel(
        ground=ground,
        kind=ground.pad(kind.reshape(land.fuel.shape), 0).astype(np.int32),
        moisture_factor=_unless_one(ground.pad(land.moisture_factor, 1.0)),
        fuel=(rest // 100).astype(np.int8),
        tan_slope=portable.tan(np.radians((rest % 100) * SLOPE_CLASS_DEG)),
        upslope_rad=np.radians(turn * ASPECT_CLASS_DEG),
        shut=shut,
        beds=beds_of(land.fuels, wetness),
        wind_adjustment=np.broadcast_to(np.asarray(wind_adjustment, float), (MAX_CODE + 1,)),
        facing=facing,
        max_rate_m_min=max_rate_m_min,
        crowns=crowns if crowns is not None and crowns.in_any(rest // 100) else None,
    )


def _unless_one(factor: F32) -> F32 | None:
    """The factors, or None where all are 1."""
    return None if bool((factor == 1.0).all()) else factor
