"""Command and crews as a queue: Poisson arrivals, exponential work, c crews: M/M/c.

A source puts incidents into whole runs of the model: they are found and phoned in at the minute in
which they happen, and read at once. One crew is enough for each, all are in the same place, and
nobody tires, so the wait from happening to the beginning of work is Erlang's, whatever the ticks.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

import numpy as np
import pytest
from scipy.stats import t as student

from anlan import sim
from anlan.sim.command.desk import Desk
from anlan.sim.crews.crew import Crew
from anlan.sim.incidents.incident import Incident
from anlan.sim.model import ResponseModel
from anlan.sim.scenario.schema import Scenario
from tests.oracle.calm import places
from tests.oracle.district import set_parameters
from tests.oracle.runs import calm_run

SERVICE_MIN = 60.0


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


@dataclass
class Jobs:
    """A source: jobs that happen at given minutes and take given crew-hours."""

    model: ResponseModel
    came_min: list[float]
    work_h: list[float]
    all: list[Incident[Crew]] = field(default_factory=list)

    def step(self, tick: int) -> None:
        p = self.model.parts
        while len(self.all) < len(self.came_min):
            number, minute = len(self.all), self.came_min[len(self.all)]
            if minute >= p.clock.minute_of(tick + 1):
                return
            hours = self.work_h[number]
            job = Incident[Crew](
                f"job-{number:05d}", "collapse", 0, tick,
                occurred_min=minute, work_h=hours, work_left_h=hours,
            )  # fmt: skip
            p.incidents.open(job, tick, unseen=True)
            p.notice.found_at(job, minute)
            self.all.append(job)

    def finish(self) -> None:
        """It leaves no facts of its own."""


def district(crews: int, duration_h: int, tick_min: int) -> Scenario:
    """One place, one team of `crews` crews on duty from the start, who never tire nor rest."""
    change = {"kind": "comprehensive", "community": "c0", "members": crews, "crew_size": 1}
    team = sim.load("tiny").teams[0].model_copy(update=change | {"boats": 0})
    made = places(2, [(0, 1, 1.0, 60.0)], teams=(team,))
    settings = {"tick_min": tick_min, "duration_h": duration_h}
    return set_parameters(
        made.model_copy(update={"settings": made.settings.model_copy(update=settings)}),
        team__tired_at_shift_end=1.0,
        team__tired_at_24h=1.0,
        team__shift_h=1e9,
        team__on_duty_most_h=1e9,
        response__desk_min=0.0,
        team__people_first=1.0,
        team__plan_h=1e9,
    )


def arrivals(crews: int, load: float, jobs: int, seed: int) -> tuple[list[float], list[float]]:
    """Minutes at which jobs happen, and their crew-hours."""
    rng = np.random.default_rng(seed)
    came = np.cumsum(rng.exponential(SERVICE_MIN / (load * crews), jobs))
    return came.tolist(), (rng.exponential(SERVICE_MIN / 60.0, jobs)).tolist()


def waits(crews: int, came: list[float], work_h: list[float], tick_min: int) -> np.ndarray:
    """(jobs,) minutes from the happening of each to the beginning of its work."""
    duration_h = int(came[-1] / 60.0) + 200
    model = calm_run(district(crews, duration_h, tick_min))
    jobs = Jobs(model, came, work_h)
    model.parts.sources.append(jobs)
    model.run()
    started = np.array([j.started_min for j in jobs.all])
    done = np.array([j.done_min for j in jobs.all])
    assert done == pytest.approx(started + 60.0 * np.array(work_h), abs=1e-6)
    return started - np.array(came)


def by_recursion(crews: int, came: list[float], work_h: list[float]) -> np.ndarray:
    """Job by job: it starts when it has come and the first of the crews is free."""
    free = [0.0] * crews
    found = []
    for minute, hours in zip(came, work_h, strict=True):
        starts = max(minute, heapq.heappop(free))
        found.append(starts - minute)
        heapq.heappush(free, starts + 60.0 * hours)
    return np.array(found)


@pytest.mark.parametrize("tick_min", [1, 5, 20])
def test_each_job_waits_as_long_as_in_a_queue_whatever_the_tick(tick_min: int) -> None:
    """At load 0.73, where five-minute ticks once made 215 of 122 minutes."""
    came, work_h = arrivals(2, 0.73, 300, seed=3)
    wait = waits(2, came, work_h, tick_min)
    assert wait == pytest.approx(by_recursion(2, came, work_h), abs=1e-6)
    assert wait.mean() > 10.0


@pytest.mark.parametrize(
    ("crews", "load", "jobs"),
    [
        (1, 0.3, 2400),
        (2, 0.6, 3000),
        pytest.param(3, 0.75, 4500, marks=pytest.mark.long),
        pytest.param(2, 0.9, 9000, marks=pytest.mark.long),
    ],
)
def test_mean_wait_is_erlang_s(crews: int, load: float, jobs: int) -> None:
    """Inside a 99 % interval of batch means; the mean of one crew more lies far outside."""
    came, work_h = arrivals(crews, load, jobs, seed=crews)
    wait = waits(crews, came, work_h, 20)
    means = wait.reshape(20, -1)[1:].mean(axis=1)  # the queue began empty
    error = float(means.std(ddof=1) / np.sqrt(len(means)))
    off = float(student.ppf(0.995, len(means) - 1)) * error
    expected = mean_wait_min(crews, load * crews)
    assert abs(float(means.mean()) - expected) < off
    assert abs(float(means.mean()) - mean_wait_min(crews + 1, load * crews)) > off


def mean_wait_min(crews: int, load: float) -> float:
    """Erlang's, at `load` erlangs."""
    return erlang_c(crews, load) * SERVICE_MIN / (crews - load)


def test_first_come_first_served() -> None:
    """With one crew, jobs are taken up in the order in which they came to be known."""
    came, work_h = [10.0, 11.0, 12.5, 14.0, 14.2], [1.0] * 5
    assert waits(1, came, work_h, 5) == pytest.approx(
        [0.0, 59.0, 117.5, 176.0, 235.8]  # 70, 130, 190, 250 less when each came
    )


def test_short_jobs_follow_one_another_within_a_tick() -> None:
    """Five jobs of three minutes each, all within one tick of twenty."""
    wait = waits(1, [21.0] * 5, [0.05] * 5, 20)
    assert wait == pytest.approx([0.0, 3.0, 6.0, 9.0, 12.0])


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


def test_what_is_about_the_same_is_taken_up_together() -> None:
    """The second report of a place waits as the first is begun; the third comes later."""
    desk: Desk[str] = Desk(1)
    desk.put("other place", 10.0)
    desk.put("first", 11.0, about="a place")
    desk.put("another", 11.5, about="another place")
    desk.put("second", 12.0, about="a place")
    desk.put("third", 13.5, about="a place")
    served = list(desk.serve(60.0, 3.0))
    assert served == [
        ("other place", 13.0), ("first", 16.0), ("second", 16.0), ("another", 19.0), ("third", 22.0)
    ]  # fmt: skip
    assert len(desk) == 0
