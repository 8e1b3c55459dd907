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
from anlan.sim.command.desk import Desk
from anlan.sim.crews.crew import Crew
from anlan.sim.incidents.incident import Incident, WorkRules
from anlan.sim.ledger import NEVER
from anlan.sim.model import ResponseModel
from tests.oracle.calm import places
from tests.oracle.district import set_parameters
from tests.oracle.runs import calm_run

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


class Job(Incident[Crew]):
    """An incident whose work is given in crew-hours."""

    work_h = 0.0

    def full_work_h(self, rules: WorkRules) -> float:
        return self.work_h


def job(number: int, known_tick: int, work_h: float) -> Job:
    """A job at the desk, read at a tick."""
    found = Job(f"job-{number:05d}", "collapse", 0, known_tick)
    found.work_h, found.known_tick = work_h, known_tick
    return found


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
    return calm_run(scenario)


def tick_of(model: ResponseModel, tick: int) -> None:
    """One tick of dispatch, crews and work, in the order of the phases."""
    p = model.parts
    p.command.means.dispatch.step(tick)
    for crew in p.crews:
        if crew.state != "working":
            crew.step_crew(tick)
    for incident in p.command.picture.open:
        if incident.open and incident.crews:
            p.workplace.work(incident, tick)


def play(crews: int, load: float, jobs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(wait, service) in ticks of each job; a crew is free for the next one a tick after."""
    rng = np.random.default_rng(seed)
    model = tireless(crews)
    board = model.parts.command.picture
    mean_ticks = SERVICE_H * model.parts.clock.ticks_per_h
    arrivals = np.cumsum(rng.exponential(mean_ticks / load, jobs)).astype(int)
    work_h = rng.exponential(SERVICE_H, jobs)
    everything: list[Job] = []
    tick = 0
    while len(everything) < jobs or any(j.open for j in board.open):
        if not any(j.open for j in board.open):
            tick = max(tick, int(arrivals[len(everything)]))  # nothing happens before
        while len(everything) < jobs and arrivals[len(everything)] <= tick:
            everything.append(job(len(everything), tick, float(work_h[len(everything)])))
            board.know(everything[-1])
        tick_of(model, tick)
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
    jobs = [job(n, 10 - n, 1.0) for n in range(5)]
    for one in jobs:
        model.parts.command.picture.know(one)
    for tick in range(11, 120):
        tick_of(model, tick)
    in_order = sorted(jobs, key=lambda j: j.dispatched_tick)
    assert [j.known_tick for j in in_order] == [6, 7, 8, 9, 10]
    # One tick to drive, an hour's work (12 ticks, the last one done in), the next one after that.
    starts = [j.dispatched_tick for j in in_order]
    assert set(np.diff(starts).tolist()) == {12 + 1}


# -- the desks: reports and calls in a queue with seats -------------------------------------------


@pytest.mark.parametrize(("seats", "load"), [(1, 0.7), (3, 2.4)])
def test_a_desk_is_a_queue_with_constant_service(seats: int, load: float) -> None:
    """Job by job: each begins when it has come and the first of the seats is free; the mean wait
    at one seat is Pollaczek and Khinchine's, half of the exponential one.
    """
    n, takes_min = 40_000, 5.0
    came = np.cumsum(np.random.default_rng(8).exponential(takes_min / load, n))
    desk: Desk[int] = Desk(seats)
    done = np.full(n, np.nan)
    put = 0
    for tick in range(int(came[-1] // 5) + 200):  # served tick by tick, as it comes
        while put < n and came[put] < 5.0 * tick:
            desk.put(put, float(came[put]))
            put += 1
        for which, at in desk.serve(5.0 * tick, takes_min):
            done[which] = at
    assert len(desk) == 0
    free = [0.0] * seats
    heapq.heapify(free)
    for at, over in zip(came.tolist(), done.tolist(), strict=True):
        begins = max(at, heapq.heappop(free))
        assert over == pytest.approx(begins + takes_min)
        heapq.heappush(free, begins + takes_min)
    wait = done - takes_min - came
    if seats == 1:
        theory = load / (2.0 * (1.0 - load)) * takes_min
        batches = wait.reshape(20, -1).mean(axis=1)
        error = float(batches.std(ddof=1) / np.sqrt(len(batches)))
        assert abs(float(wait.mean()) - theory) < 4.0 * error
        assert error < 0.1 * theory


def test_several_alike_take_a_seat_each_and_are_known_at_their_mean_time() -> None:
    desk: Desk[str] = Desk(2)
    desk.put("three alike", 10.0, pieces=3)
    desk.put("one", 11.0)
    served = list(desk.serve(60.0, 6.0))
    assert served == [("three alike", (16.0 + 16.0 + 22.0) / 3.0), ("one", 22.0)]
    assert list(desk.serve(60.0, 6.0)) == []


def test_what_would_begin_later_waits_for_its_tick() -> None:
    desk: Desk[str] = Desk(1)
    for name, came in (("a", 0.0), ("b", 1.0), ("c", 30.0)):
        desk.put(name, came)
    assert [x for x, _ in desk.serve(5.0, 5.0)] == ["a"]
    assert list(desk.serve(10.0, 5.0)) == [("b", 10.0)]
    assert list(desk.serve(30.0, 5.0)) == []
    assert list(desk.serve(35.0, 5.0)) == [("c", 35.0)]
