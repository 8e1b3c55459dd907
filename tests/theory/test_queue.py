"""Command and crews as a queue: Poisson arrivals, exponential work, c crews: M/M/c.

Incidents are put on the desk of the real Command of a calm place; its real dispatch sends the
real crews. One crew is enough for each, all are in the same place, and nobody tires, so the
wait from known to dispatched is that of an M/M/c queue, but for ticks: work starts a tick
after dispatch and ends with a tick. The time that a job holds a crew is therefore measured, and
the reference is Erlang's mean wait at its mean, times (1 + v) / 2 where v is its squared
coefficient of variation (a little less than 1): exact for one crew (Pollaczek and Khinchine), the
usual approximation for more (Lee and Longton 1959).
"""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest

from anlan import sim
from anlan.sim.chance import Streams
from anlan.sim.crews.crew import work
from anlan.sim.incidents.incident import Incident
from anlan.sim.ledger import NEVER
from anlan.sim.model import ResponseModel
from anlan.sim.place.world import build
from tests.oracle.calm import calm, places
from tests.oracle.district import set_parameters

SERVICE_H = 4.0  # mean work; 48 ticks, so that a tick matters little


def erlang_c(crews: int, load: float) -> float:
    """Chance of having to wait in M/M/c at `load` erlangs."""
    last = load**crews / math.factorial(crews) / (1.0 - load / crews)
    return last / (sum(load**k / math.factorial(k) for k in range(crews)) + last)


# V37, textbook values
@pytest.mark.parametrize(
    ("crews", "load", "chance"),
    [(1, 0.5, 0.5), (2, 1.5, 0.64286), (3, 2.0, 0.44444), (5, 4.0, 0.55411), (20, 16.0, 0.25608)],
)
def test_the_reference_itself(crews: int, load: float, chance: float) -> None:
    assert erlang_c(crews, load) == pytest.approx(chance, abs=5e-6)


class Job(Incident):
    """An incident whose work is given in crew-hours."""

    work_h = 0.0

    def full_work_h(self, scenario: object) -> float:
        return self.work_h


def tireless(crews: int) -> ResponseModel:
    """One place, one team of `crews` crews on duty from the start, who never tire nor rest."""
    change = {"kind": "comprehensive", "community": "c0", "members": crews, "crew_size": 1}
    team = sim.load("tiny").teams[0].model_copy(update=change | {"boats": 0})
    scenario = set_parameters(
        places(2, [(0, 1, 1.0, 60.0)], teams=(team,)),
        team__tired_at_shift_end=1.0,
        team__tired_at_24h=1.0,
        team__shift_h=1e9,
    )
    return ResponseModel(build(scenario), calm(scenario, 1_000_000), Streams(1, 0))


def play(crews: int, load: float, jobs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(wait, service) in ticks of each job; a crew is free for the next one a tick after."""
    rng = np.random.default_rng(seed)
    model = tireless(crews)
    model.roads.update(model.realisation, 0)
    command = model.command
    mean_ticks = SERVICE_H * model.world.scenario.ticks_per_h
    arrivals = np.cumsum(rng.exponential(mean_ticks / load, jobs)).astype(int)
    work_h = rng.exponential(SERVICE_H, jobs)
    everything: list[Job] = []
    tick = 0
    while len(everything) < jobs or any(j.open for j in command.open):
        if not any(j.open for j in command.open):
            tick = max(tick, int(arrivals[len(everything)]))  # nothing happens before
        while len(everything) < jobs and arrivals[len(everything)] <= tick:
            job = Job(len(everything), "collapse", 0, 0, -1, tick, np.array([], dtype=np.int64))
            job.work_h, job.known_tick = float(work_h[job.number]), tick
            everything.append(job)
            command.open.append(job)
        command._dispatch(tick)
        for crew in model.crews:
            if crew.state != "working":
                crew.step_crew(tick, roads_changed=False)
        for job in command.open:
            if job.open and job.crews:
                work(model, job, tick)
        tick += 1
    wait = np.array([j.dispatched_tick - j.known_tick for j in everything])
    service = np.array([j.done_tick + 1 - j.dispatched_tick for j in everything])
    _check_by_recursion(arrivals, wait, service, crews)
    assert (service > 0).all()
    assert NEVER not in [j.dispatched_tick for j in everything]
    return wait[jobs // 10 :], service[jobs // 10 :]  # the queue began empty


def _check_by_recursion(
    arrivals: np.ndarray, wait: np.ndarray, service: np.ndarray, crews: int
) -> None:
    """Job by job: it starts when it has come and the first of the crews is free, no later."""
    free = [0] * crews
    heapq.heapify(free)
    for came, waited, took in zip(arrivals, wait, service, strict=True):
        starts = max(int(came), heapq.heappop(free))
        assert waited == starts - came
        heapq.heappush(free, starts + int(took))


@pytest.mark.parametrize(("crews", "load"), [(1, 0.6), (2, 1.4)])
def test_mean_wait_is_erlang_s(crews: int, load: float) -> None:
    wait, service = play(crews, load, 3_000 * crews, seed=crews)
    mean_service = float(service.mean())
    true_load = load * mean_service / (SERVICE_H * 12)
    variation = (1.0 + float(service.var()) / mean_service**2) / 2.0
    expected = erlang_c(crews, true_load) * mean_service / (crews - true_load) * variation
    batches = wait[: len(wait) // 20 * 20].reshape(20, -1).mean(axis=1)
    error = float(batches.std(ddof=1) / np.sqrt(len(batches)))
    assert abs(float(wait.mean()) - expected) < 3.2 * error  # t, 19 degrees, 99.5 %
    assert error < 0.14 * expected  # so that the test can fail
    one_more = erlang_c(crews + 1, true_load) * mean_service / (crews + 1 - true_load)
    assert abs(float(wait.mean()) - one_more) > 3.2 * error
    waited = float((wait > 0).mean())
    assert waited == pytest.approx(erlang_c(crews, true_load), abs=0.05)


def test_first_come_first_served() -> None:
    """With one crew, jobs are taken up in the order in which they came to be known."""
    model = tireless(1)
    model.roads.update(model.realisation, 0)
    for n in range(5):
        job = Job(n, "collapse", 0, 0, -1, 0, np.array([], dtype=np.int64))
        job.work_h, job.known_tick = 1.0, 10 - n
        model.command.open.append(job)
    jobs = list(model.command.open)
    for tick in range(11, 120):
        model.command._dispatch(tick)
        for crew in model.crews:
            if crew.state != "working":
                crew.step_crew(tick, roads_changed=False)
        for job in model.command.open:
            if job.open and job.crews:
                work(model, job, tick)
    assert [j.number for j in sorted(jobs, key=lambda j: j.dispatched_tick)] == [4, 3, 2, 1, 0]
    # One tick to drive, an hour's work (12 ticks, the last one done in), the next one after that.
    starts = sorted(j.dispatched_tick for j in jobs)
    assert set(np.diff(starts).tolist()) == {12 + 1}
