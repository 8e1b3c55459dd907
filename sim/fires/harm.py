"""What a forest fire does to people: crews that it overruns, residents whom it finds at home.

A crew works within reach of short flames and steps through them into the burnt ground beside it;
one that hoses reach stands before flames as long as hoses attack.
It is in danger when, within one tick, flames too long for that come to where it stands, or so near
that it is within some flame lengths of them (Butler and Cohen 1998: safe at four flame heights).
It escapes if it can walk that deep into ground where flames have died or that cannot burn in time.

Who is caught dies with chance 1 - exp(-I / I_d) of the fireline intensity I, and of those who live
is badly hurt with 1 - exp(-I / I_h). A house lets only a part of the intensity in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import Streams, stream
from anlan.sim.crews.crew import Crew
from anlan.sim.fires.blaze import Blaze
from anlan.sim.fires.edge_work import hosed_m
from anlan.sim.fires.forest_scene import ForestScene
from anlan.sim.fires.rules import OverrunRules, VillageRules
from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import facts
from anlan.sim.nature.forest import spread
from anlan.sim.nature.forest.ground import Cells, Ground
from anlan.sim.nature.forest.intensity import flame_m
from anlan.sim.nature.forest.reach import Runs
from anlan.sim.people.at_risk import Cause
from anlan.sim.people.draws import BurnRules, burns
from anlan.sim.place.population import POPULATION_RUN
from anlan.sim.scenario.schema import Community
from anlan.sim.source import Field

F64 = NDArray[np.float64]
CAUGHT = stream("forest.overrun", "crew, at each time that it is caught")
HOME = stream("forest.home", "household")
CREW_AGE = "15-59"
OVERRUN = "overrun"  # cause of a crew's casualties


# ---- crews ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Overrun:
    """Whom fires catch of the crews of one run."""

    field: Field
    rules: OverrunRules
    burn: BurnRules

    def __call__(self, scene: ForestScene, crews: list[Crew], tick: int) -> None:
        """Crews at the edge to whom fiercer fire came within this tick: away in time, or caught."""
        blaze = scene.blaze
        # by cell and flames: crews may stand together
        caught_kw_m: dict[tuple[int, float], float | None] = {}
        for crew in crews:
            post = blaze.posts.get(crew.id)
            if post is None or post.cell < 0 or "air" in crew.capabilities:
                continue
            stands_m = max(self.rules.pass_flame_m, hosed_m(blaze, post, tick))
            here = post.cell, stands_m
            if here not in caught_kw_m:
                caught_kw_m[here] = _caught_kw_m(blaze, self.rules, *here, tick)
            kw_m = caught_kw_m[here]
            if kw_m is not None:
                post.contact, post.cell = None, -1
                self._catch(scene, crew, kw_m, tick)

    def _catch(self, scene: ForestScene, crew: Crew, kw_m: float, tick: int) -> None:
        """What becomes of a crew that is caught; with a casualty it is out for the rest of the
        run.
        """
        field, n, blaze = self.field, crew.people, scene.blaze
        name = f"{blaze.id}/{crew.id}/{tick}"
        u = field.streams.generator(CAUGHT, name).random(n)
        dies, is_hurt = burns(self.burn, np.full(n, kw_m), u)
        dead, hurt = int(dies.sum()), int(is_hurt.sum())
        if not dead + hurt:
            return
        opened = None
        if hurt:
            opened = Incident[Crew](
                f"overrun/{name}", "injury", blaze.place, tick, persons=hurt, others=hurt
            )
            field.incidents.open(opened, tick, unseen=True)
            field.notice.found_at(opened, opened.occurred_min)
            scene.hurt.append(opened)
        for outcome, persons in (("died", dead), ("injured", hurt)):
            for _ in range(persons):
                field.ledger.add(
                    facts.Casualty(
                        incident=opened.id
                        if outcome == "injured" and opened
                        else scene.incident.id,
                        tick=tick,
                        community=field.place_ids[blaze.place],
                        cause=OVERRUN,
                        outcome=outcome,
                        age_band=CREW_AGE,
                        persons=1,
                    )
                )
        scene.dead += dead
        scene.crew_dead += dead
        scene.crew_hurt += hurt
        blaze.posts.pop(crew.id)
        crew.lose(dead + hurt, self.field.clock.minute_of(tick + 1))


def _caught_kw_m(
    blaze: Blaze, rules: OverrunRules, cell: int, stands_m: float, tick: int
) -> float | None:
    """The intensity that catches a crew at a cell in this tick; None where it is safe.

    `stands_m`: the longest flames that do it no harm.
    """
    g = blaze.burning.ground
    around = np.concatenate([[0], spread.neighbours(g)]).astype(np.int32) + cell
    coming, since_min = _coming(blaze.burning, around, tick, blaze.tick_min)
    if not coming.size:
        return None
    kw_m = spread.intensity_at_kw_m(blaze.burning, coming)
    flames_m = flame_m(kw_m)
    near = _apart_m(g, coming, cell) <= rules.safe_flames * flames_m
    fierce = near & (flames_m > stands_m)
    if not fierce.any():
        return None
    left_min = float(blaze.burning.label_min[coming[fierce]].min()) - since_min
    walk_m = (left_min - rules.escape_notice_min) * rules.escape_kmh * 1000.0 / 60.0
    walk_m -= rules.safe_flames * float(flames_m[fierce].max())
    died_down_min = since_min - rules.flames_last_min
    safe = walk_m >= 0.0 and _ground_near(blaze.burning, cell, walk_m, died_down_min)
    return None if safe else float(kw_m[fierce].max())


def _coming(fire: spread.Fire, cells: Cells, tick: int, tick_min: float) -> tuple[Cells, float]:
    """Those of some cells that burn within a tick, and when the tick begins, minutes."""
    label = fire.label_min[cells]
    return cells[(label >= tick * tick_min) & (label < (tick + 1) * tick_min)], tick * tick_min


def _apart_m(g: Ground, cells: Cells, cell: int) -> F64:
    rows, cols = g.row_col(cells)
    row, col = g.row_col(cell)
    return np.asarray(np.hypot(rows - row, cols - col) * g.land.cell_m)


def _ground_near(fire: spread.Fire, cell: int, within_m: float, burnt_by_min: float) -> bool:
    """Whether ground that burnt by a time, or that cannot burn, lies within some metres."""
    g, land = fire.ground, fire.ground.land
    reach = int(within_m / land.cell_m)
    row, col = (int(number) for number in g.row_col(cell))
    top, left = max(row - reach, 0), max(col - reach, 0)
    window = np.s_[top : row + reach + 1, left : col + reach + 1]
    safe = (g.map(fire.label_min)[window] <= burnt_by_min) | ~g.map(g.burnable)[window]
    rows, cols = np.nonzero(safe)
    away_m = np.hypot(rows + top - row, cols + left - col) * land.cell_m
    return bool((away_m <= within_m).any())


# ---- residents -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Edge:
    """Homes of one community that stand beside wildland."""

    homes: NDArray[np.int64]  # (n,) households
    cells: Cells  # (n,) where each stands


class Villages:
    """The homes that a forest fire may come to, in one run."""

    def __init__(self, field: Field, rules: VillageRules, g: Ground) -> None:
        self.field = field
        self.rules = rules
        self.ground = g
        self.discs = [_disc(g, c, rules.village_m) for c in field.scenario.communities]
        cells = np.concatenate(self.discs)
        order = np.argsort(cells, kind="stable")
        self.sorted = cells[order]
        self.owner = np.repeat(np.arange(len(self.discs)), [d.size for d in self.discs])[order]
        self.cells = np.unique(cells)
        self.edges: dict[int, Edge] = {}  # made when a fire first comes near
        at = [g.land.cell_at(c.lon, c.lat) for c in field.scenario.communities]
        self.seats = np.array(at, dtype=np.float64).T  # rows and columns
        self.reached = np.zeros(field.world.people.households, dtype=bool)

    def burn(self, scene: ForestScene, tick: int) -> None:
        """Harm those who are still at home where the fire came within a tick."""
        threatened = self._threaten(scene.blaze, tick)
        self._burn(scene, tick)
        if threatened.size:
            self.field.people.spare(threatened[~self.reached[threatened]], tick)

    def _burn(self, scene: ForestScene, tick: int) -> None:
        blaze = scene.blaze
        burning, _ = _coming(blaze.burning, self.cells, tick, blaze.tick_min)
        if not burning.size:
            return
        kw_m = spread.intensity_at_kw_m(blaze.burning, burning)
        for place in self._places(burning):
            homes, comes_kw_m = self._reach(place, burning, kw_m)
            if homes.size:
                dead, hurt = self.field.people.burn(homes, comes_kw_m, tick, scene.incident)
                scene.dead += dead
                if hurt is not None:
                    scene.hurt.append(hurt)

    def threatened(self, fire: spread.Fire) -> NDArray[np.int64]:
        """Households that a fire could reach within the time of warning; rows, in order."""
        runs = Runs(fire)
        if not runs.cells.size:
            return np.empty(0, dtype=np.int64)
        rules = self.rules
        reach_m = runs.fastest_m_min * rules.warn_lead_min + rules.exposed_m
        wide = (reach_m + rules.village_m) / self.ground.land.cell_m
        row, col = self.seats
        inside = (row >= runs.rows.min() - wide) & (row <= runs.rows.max() + wide)
        inside &= (col >= runs.cols.min() - wide) & (col <= runs.cols.max() + wide)
        near = [n for n in np.flatnonzero(inside).tolist() if self.discs[n].size]
        found = [self._threatened_at(n, runs) for n in near]
        return np.concatenate([np.empty(0, dtype=np.int64), *found])

    def _threatened_at(self, place: int, runs: Runs) -> NDArray[np.int64]:
        edge = self._edge_of(place)
        cells, at = np.unique(edge.cells, return_inverse=True)
        minutes = runs.minutes_to(cells, self.rules.exposed_m, self.rules.warn_lead_min)
        return edge.homes[np.isfinite(minutes)[at] & ~self.reached[edge.homes]]

    def _edge_of(self, place: int) -> Edge:
        if place not in self.edges:
            self.edges[place] = self._edge(place)
        return self.edges[place]

    def _threaten(self, blaze: Blaze, tick: int) -> NDArray[np.int64]:
        """Homes that the fire would come to within a tick if nobody had fought it are at risk."""
        found = [np.empty(0, dtype=np.int64)]
        burning, _ = _coming(blaze.burning_unfought, self.cells, tick, blaze.tick_min)
        for place in self._places(burning) if burning.size else ():
            beside = self._beside(place, burning).any(axis=1)
            homes = self.edges[place].homes[beside]
            if homes.size:
                self.field.people.threaten(homes, tick, Cause.FOREST_FIRE)
                found.append(homes)
        return np.concatenate(found)

    def _places(self, cells: Cells) -> list[int]:
        """Communities round whose seats some cells lie, rising."""
        first, last = (np.searchsorted(self.sorted, cells, side) for side in ("left", "right"))
        owners = [self.owner[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True)]
        return [int(place) for place in np.unique(np.concatenate(owners))]

    def _beside(self, place: int, burning: Cells) -> NDArray[np.bool_]:
        """(n, m) which of m burning cells lie beside each of a place's n homes at its edge."""
        edge = self._edge_of(place)
        rows, cols = self.ground.row_col(burning)
        row, col = self.ground.row_col(edge.cells)
        away2 = np.square(row[:, None] - rows) + np.square(col[:, None] - cols)
        reach = self.rules.exposed_m / self.ground.land.cell_m
        return np.asarray(away2 <= reach**2)

    def _reach(self, place: int, burning: Cells, kw_m: F64) -> tuple[NDArray[np.int64], F64]:
        """Homes of a place that a fire first comes to, and the fiercest beside each, kW/m."""
        beside = self._beside(place, burning)
        edge = self.edges[place]
        fresh = beside.any(axis=1) & ~self.reached[edge.homes]
        homes = edge.homes[fresh]
        self.reached[homes] = True
        return homes, np.where(beside[fresh], kw_m, 0.0).max(axis=1, initial=0.0)

    def _edge(self, place: int) -> Edge:
        """Which homes stand beside wildland, and where: the same in every run."""
        scenario, people = self.field.scenario, self.field.world.people
        community = scenario.communities[place]
        first, last = people.household_start[place], people.household_start[place + 1]
        streams = Streams(scenario.settings.population_seed, POPULATION_RUN)
        keys = people.household_key[first:last]
        u = np.stack([streams.uniform64(HOME, keys, n) for n in (0, 1)], axis=1)
        chosen = np.flatnonzero(u[:, 0] < self.rules.edge_share(community.kind))
        disc = self.discs[place]
        return Edge(first + chosen, disc[(u[chosen, 1] * disc.size).astype(np.int64)])


def _disc(g: Ground, community: Community, radius_m: float) -> Cells:
    """Cells of the map within some metres of a community's seat."""
    land = g.land
    row, col = land.cell_at(community.lon, community.lat)
    reach = int(radius_m / land.cell_m)
    rows, cols = np.mgrid[row - reach : row + reach + 1, col - reach : col + reach + 1]
    near = np.square(rows - row) + np.square(cols - col) <= (radius_m / land.cell_m) ** 2
    near &= (rows >= 0) & (rows < land.rows) & (cols >= 0) & (cols < land.cols)
    return g.flat(rows[near], cols[near])
