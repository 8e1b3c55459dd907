"""Studies beside Mesa's own batch runner, and what a study costs above its runs.

    python benchmarks/batch.py peers --runs 100   # the two, undisturbed and harmed
    python benchmarks/batch.py pairs --runs 40    # one worker and two, long runs
    python benchmarks/batch.py many --runs 500 2000 10000

`peers` plays tiny in four variants: `anlan study` (`anlan.study`) and `mesa.batch_run`
of the same ResponseModel, which draws from the same streams and gives the same measures; it
says whether they are the same. Then one worker of each is killed midway, and one run of each
raises. Every batch is a process of its own with a time limit: wall time, CPU time of it and all
its workers (wait4), most memory of the whole tree at a moment (proportional set size, so that
shared pages count once; looked at every 0.5 s), and the load of the machine. Needs Linux.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import mesa  # noqa: E402
import numpy as np  # noqa: E402

from anlan import sim  # noqa: E402
from anlan.analysis.digests.digest import RunDigest  # noqa: E402
from anlan.analysis.measures.registry import MEASURES  # noqa: E402
from anlan.sim.chance import Streams  # noqa: E402
from anlan.sim.engine import Engine, prepare  # noqa: E402
from anlan.sim.model import ResponseModel  # noqa: E402
from anlan.sim.scenario.schema import Scenario  # noqa: E402

SEED = 1
WORKERS = 2
FACTOR = "parameters.residents.comply_low_lying"
SHARES = (0.8, 0.9, 0.95, 1.0)  # as in the study that ships with tiny
LOOK_S = 0.5
MOST_RUNS = 1_000_000
TOLD = "told.json"


@dataclass(frozen=True)
class Measured:
    """Every measure of a run, as both batches keep them; fails for the run with a given storm."""

    raises_at: float = -1.0

    def __call__(self, scenario: Scenario, tables: Any) -> dict[str, Any]:
        found = RunDigest(tuple(MEASURES))(scenario, tables)
        last = scenario.p("residents.comply_low_lying") == SHARES[-1]
        if last and found["measures"]["hazard.max_wind_ms"][0] == self.raises_at:
            raise ArithmeticError("this run was made to fail")
        return found


# -- Mesa's batch_run ---------------------------------------------------------------------------


@cache
def engine(share: float) -> Engine:
    """World and hazard of a variant, built once a worker as in a study."""
    return prepare(sim.load("tiny", {FACTOR: str(share)}))


class Batched(ResponseModel):
    """The model as batch_run wants it: made from its parameters, collecting at its end.

    batch_run hands out `rng`; it is the number of the run, whose chance comes from the streams.
    """

    def __init__(self, share: float, raises_at: float, rng: int) -> None:
        shared, streams = engine(share), Streams(SEED, rng)
        super().__init__(shared.world, shared.forcing(streams), streams)
        self.measured = Measured(raises_at)
        self.found: dict[str, Any] = {}
        self.datacollector = mesa.DataCollector({m: _reporter(m) for m in MEASURES})

    def step(self) -> None:
        """One tick, and after the last one what was measured."""
        super().step()
        if self.steps == self.ticks:
            self.finish()
            scenario = self.parts.world.scenario
            self.found = self.measured(scenario, self.ledger.tables())["measures"]
            self.datacollector.collect(self)
            self.running = False


def _reporter(measure: str) -> Callable[[Batched], float]:
    return lambda model: float(model.found[measure][0])


def by_mesa(runs: int, raises_at: float) -> dict[str, Any]:
    """Runs by mesa's batch runner."""
    ticks = sim.load("tiny").ticks
    rows = mesa.batch_run(
        Batched,
        {"share": list(SHARES), "raises_at": raises_at},
        number_processes=WORKERS,
        rng=range(runs),
        max_steps=ticks,
        display_progress=False,
    )
    rows.sort(key=lambda row: (row["share"], row["rng"]))
    return _told(np.array([[row[m] for m in MEASURES] for row in rows]), 0)


# -- a study ------------------------------------------------------------------------------------


def by_study(runs: int, raises_at: float, home: Path) -> dict[str, Any]:
    """The same runs as a study, from a file's contents to its merged tables."""
    from dataclasses import replace

    from anlan.analysis.pipeline import finish
    from anlan.analysis.study.checked import check_study
    from anlan.analysis.study.play import play_study
    from anlan.analysis.study.schema import Design, Factor, Study

    study = Study(
        id="batch",
        question={"zh": "多快？", "en": "How fast?"},
        scenario="tiny",
        seed=SEED,
        replications=runs,
        factors=(Factor(name=FACTOR, values=SHARES),),
        design=Design(kind="grid"),
    )
    checked = check_study(study)
    batch = replace(checked.batch, digest=Measured(raises_at))
    checked = replace(checked, batch=batch)
    play_study(checked, home, WORKERS)
    results = finish(checked, home)
    return _told(results.measures[list(MEASURES)].to_numpy(), len(results.failures))


def _told(values: Any, failures: int) -> dict[str, Any]:
    digest = hashlib.sha256(np.ascontiguousarray(values, dtype=float).tobytes()).hexdigest()
    return {"results": len(values), "failures": failures, "sha256": digest}


# -- a batch as a process that is watched -------------------------------------------------------


@dataclass
class Seen:
    """What became of a batch."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float = 0.0  # of the whole tree at one moment
    each_mb: dict[int, float] = field(default_factory=dict)  # process -> its own peak
    waited_s: dict[int, float] = field(default_factory=dict)  # process -> ready, but no core free
    first: int = 0
    ended: str = ""
    load: float = 0.0
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def alone_s(self) -> float:
        """Wall time less what the parent, and the workers on average, waited for a core.

        About what the same would take on a machine with nothing else to do.
        """
        most = max(self.waited_s.values(), default=0.0)
        others = [s for pid, s in self.waited_s.items() if pid != self.first]
        workers = [s for s in others if s > most / 4]  # not those that only keep watch
        mean = sum(workers) / len(workers) if workers else 0.0
        return self.wall_s - self.waited_s.get(self.first, 0.0) - mean

    @property
    def worker_mb(self) -> float:
        """Memory of one worker, MB."""
        return max((mb for pid, mb in self.each_mb.items() if pid != self.first), default=0.0)


def watch(command: list[str], limit_s: float, kill_at_cpu_s: float | None = None) -> Seen:
    """Run a command to its end or the limit; kill one worker when it has used so much CPU."""
    begun, cpu_begun, seen = time.monotonic(), _cpu_s(), Seen()
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True) as child:  # fmt: skip
        seen.first = child.pid
        loads = [os.getloadavg()[0]]
        while child.poll() is None:
            sizes = {pid: _size_mb(pid) for pid in tree(child.pid)}
            seen.peak_mb = max(seen.peak_mb, sum(pss for pss, _ in sizes.values()))
            for pid, (_, peak) in sizes.items():
                seen.each_mb[pid] = max(seen.each_mb.get(pid, 0.0), peak)
                seen.waited_s[pid] = max(seen.waited_s.get(pid, 0.0), _waited_s(pid))
            if kill_at_cpu_s is not None and (victim := _busy(child.pid, kill_at_cpu_s)):
                os.kill(victim, signal.SIGKILL)
                kill_at_cpu_s = None
            if time.monotonic() - begun > limit_s:
                os.killpg(child.pid, signal.SIGKILL)
                seen.ended = "never: stopped at the limit"
                break
            loads.append(os.getloadavg()[0])
            time.sleep(LOOK_S)
        errors = child.stderr.read() if child.stderr else ""
        code = child.wait()
    seen.wall_s = time.monotonic() - begun
    seen.cpu_s = _cpu_s() - cpu_begun
    seen.load = sum(loads) / len(loads)
    last = (errors.strip().splitlines() or [""])[-1]
    seen.ended = seen.ended or ("yes" if code == 0 else f"with exit code {code}: {last}")
    return seen


def _cpu_s() -> float:
    used = os.times()
    return used.children_user + used.children_system


def tree(first: int) -> list[int]:
    """A process and all that come from it."""
    found = [first]
    for pid in found:
        for thread in Path(f"/proc/{pid}/task").glob("*/children"):
            found += [int(child) for child in _read(thread).split()]
    return found


def _size_mb(pid: int) -> tuple[float, float]:
    """Proportional set size now, and the highest resident set so far."""
    pss = _kb(_read(Path(f"/proc/{pid}/smaps_rollup")), "Pss:")
    return pss / 1024.0, _kb(_read(Path(f"/proc/{pid}/status")), "VmHWM:") / 1024.0


def _waited_s(pid: int) -> float:
    """How long the process has stood ready while others had the cores."""
    times = _read(Path(f"/proc/{pid}/schedstat")).split()
    return int(times[1]) / 1e9 if len(times) > 1 else 0.0


def _kb(text: str, key: str) -> int:
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith(key)), 0)


def _busy(first: int, cpu_s: float) -> int | None:
    """A worker that has used so much CPU."""
    for pid in tree(first)[1:]:
        stat = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
        if stat and (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK") >= cpu_s:
            return pid
    return None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:  # the process has ended
        return ""


# -- what is compared ---------------------------------------------------------------------------

HEAD = "| batch | ended | results | failures | wall s | CPU s | peak MB | load |"


def batch(who: str, runs: int, limit_s: float, raises_at: float = -1.0,
          kill_at_cpu_s: float | None = None, note: str = "") -> Seen:  # fmt: skip
    """One batch in processes of its own, watched."""
    with TemporaryDirectory(prefix="anlan-") as folder:
        given = [who, "--runs", str(runs), "--out", folder, "--raises-at", repr(raises_at)]
        seen = watch([sys.executable, __file__, *given], limit_s, kill_at_cpu_s)
        told = Path(folder) / TOLD
        seen.told = json.loads(told.read_text(encoding="utf-8")) if told.exists() else {}
    t = seen.told
    print(f"| {NAMES[who]}{note} | {seen.ended} | {t.get('results', 0)} | {t.get('failures', 0)} | "
          f"{seen.wall_s:.1f} | {seen.cpu_s:.1f} | {seen.peak_mb:.0f} | {seen.load:.1f} |",
          flush=True)  # fmt: skip
    return seen


NAMES = {"mesa": "mesa.batch_run", "study": "study"}


def peers(runs: int) -> None:
    """Both ways of running a batch side by side."""
    print(f"{len(SHARES)} variants of {runs} runs of tiny, {WORKERS} processes, seed {SEED}\n")
    print(f"{HEAD}\n|---|---|---:|---:|---:|---:|---:|---:|")
    fine = {who: batch(who, runs, 3600.0) for who in NAMES}
    limit_s = 30.0 + 3.0 * max(seen.wall_s for seen in fine.values())
    for who, seen in fine.items():
        batch(who, runs, limit_s, kill_at_cpu_s=seen.cpu_s / WORKERS / 2, note=", a worker killed")
    wind = sim.run(sim.load("tiny"), SEED, runs // 2).tables()
    storm = float(Measured()(sim.load("tiny"), wind)["measures"]["hazard.max_wind_ms"][0])
    for who in NAMES:
        batch(who, runs, limit_s, raises_at=storm, note=", a run raises")
    same = fine["mesa"].told["sha256"] == fine["study"].told["sha256"]
    print(f"\nThe same measures, to the bit: {'yes' if same else 'NO'}")


def pairs(scenario: str, runs: int) -> None:
    """The same runs with one worker and with two, by the command that a researcher gives."""
    print(f"{scenario}, {runs} runs\n\n| workers | wall s | less waiting s | CPU s | load |\n"
          "|---:|---:|---:|---:|---:|")  # fmt: skip
    wall_s, alone_s = [], []
    for workers in (1, 2):
        seen = command(scenario, runs, workers)
        wall_s.append(seen.wall_s)
        alone_s.append(seen.alone_s)
        print(f"| {workers} | {seen.wall_s:.1f} | {seen.alone_s:.1f} | {seen.cpu_s:.1f} | "
              f"{seen.load:.1f} |", flush=True)  # fmt: skip
    print(f"\nEfficiency T1 / (2 T2): {wall_s[0] / 2 / wall_s[1]:.3f}; "
          f"less waiting for a core: {alone_s[0] / 2 / alone_s[1]:.3f}")  # fmt: skip


def many(scenario: str, counts: list[int]) -> None:
    """How time and memory grow with the number of runs."""
    print(f"{scenario}, {WORKERS} workers\n\n| runs | wall s | less waiting s | CPU s | "
          f"peak MB of the tree | parent | worker | load |\n{'|---:' * 8}|")  # fmt: skip
    for runs in counts:
        s = command(scenario, runs, WORKERS)
        print(f"| {runs:,} | {s.wall_s:.1f} | {s.alone_s:.1f} | {s.cpu_s:.1f} | {s.peak_mb:.0f} | "
              f"{s.each_mb[s.first]:.0f} | {s.worker_mb:.0f} | {s.load:.1f} |",
              flush=True)  # fmt: skip


def command(scenario: str, runs: int, workers: int) -> Seen:
    """`anlan study` from start to end."""
    with TemporaryDirectory(prefix="anlan-") as folder:
        file = Path(folder) / "study.toml"
        file.write_text(
            f'[study]\nid = "many"\nquestion = {{ zh = "多快？", en = "How fast?" }}\n'
            f'scenario = "{scenario}"\nseed = {SEED}\nreplications = {runs // 2}\n'
            f'most_runs = {MOST_RUNS}\n[[factor]]\nname = "{FACTOR}"\nvalues = [0.8, 0.9]\n'
            '[design]\nkind = "grid"\n',
            encoding="utf-8",
        )
        out = Path(folder) / "out"
        given = ["study", str(file), "--out", str(out), "--workers", str(workers)]
        seen = watch([sys.executable, "-m", "anlan.app", *given], 3600.0)
    if seen.ended != "yes":
        raise SystemExit(seen.ended)
    return seen


def main() -> None:
    """The command line."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    asked.add_argument("what", choices=("peers", "pairs", "many", *NAMES))
    asked.add_argument("--runs", type=int, nargs="+", default=[100])
    asked.add_argument("--scenario", default="")
    asked.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    asked.add_argument("--raises-at", type=float, default=-1.0, help=argparse.SUPPRESS)
    given = asked.parse_args()
    runs = given.runs[0]
    if given.what == "peers":
        peers(runs)
    elif given.what == "pairs":
        pairs(given.scenario or "haimen-typhoon", runs)
    elif given.what == "many":
        many(given.scenario or "tiny", given.runs)
    else:
        mine = given.what == "study"
        told = by_study(runs, given.raises_at, given.out / "home") if mine else by_mesa(
            runs, given.raises_at)  # fmt: skip
        (given.out / TOLD).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main()
