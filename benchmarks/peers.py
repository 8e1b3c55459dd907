"""This program beside the same rules as one Mesa agent a resident, in one run.

    python3 benchmarks/peers.py [--share 0.01] [--seed 1]

Each measurement is a process of its own; CPU time and peak memory are the system's (rusage of
the child). The plain model is `tests/oracle`, which the tests hold to the same ledger, row by
row. It is played on the whole of Haimen with `share` of its residents, and what its residents
cost above the arrays' is scaled to all of them: cost grows in proportion to residents, since
every one is asked at every tick. Needs Linux or macOS.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.child import told_by  # noqa: E402

SCENARIO = "haimen-typhoon"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--share", type=float, default=0.01, help="of the residents, plain model")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", choices=("none", "arrays", "plain"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child, given.share, given.seed)
    else:
        compare(given.share, given.seed)


def compare(share: float, seed: int) -> None:
    """Measure, print the table, and say what was scaled."""
    whole = measure("arrays", 1.0, seed)
    few = measure("arrays", share, seed)
    plain = measure("plain", share, seed)
    empty = measure("none", 1.0, seed)
    factor = whole["residents"] / plain["residents"]
    cpu_s = whole["cpu_s"] + (plain["residents_s"] - few["residents_s"]) * factor
    peak_mb = whole["peak_mb"] + (plain["peak_mb"] - few["peak_mb"]) * factor
    print(f"{SCENARIO}, one run, seed {seed}: {whole['ticks']} ticks of {whole['tick_min']} min")
    print(f"{'':44}{'residents':>10}{'CPU s':>9}{'of it residents':>17}{'peak MB':>9}")
    row("the program with no run (imports, scenario)", empty)
    row("anlan: residents as arrays", whole)
    row("anlan: residents as arrays", few)
    row("the same rules, one Mesa agent a resident", plain)
    row("  scaled to all residents, not measured", {
        "residents": whole["residents"], "cpu_s": cpu_s,
        "residents_s": whole["residents_s"] + cpu_s - whole["cpu_s"], "peak_mb": peak_mb,
    })  # fmt: skip
    print(
        f"same ledger of the two at {plain['residents']:,.0f}: {few['ledger'] == plain['ledger']}"
    )
    print(f"times as much CPU time {cpu_s / whole['cpu_s']:.0f}, memory "
          f"{peak_mb / whole['peak_mb']:.1f}")  # fmt: skip


def row(name: str, found: dict[str, Any]) -> None:
    """Print one line of the table."""
    print(
        f"{name:44}{found['residents']:>10,.0f}{found['cpu_s']:>9.1f}"
        f"{found['residents_s']:>17.2f}{found['peak_mb']:>9.0f}"
    )


def measure(kind: str, share: float, seed: int) -> dict[str, Any]:
    """Play in a child process."""
    return told_by(__file__, "--child", kind, "--share", str(share), "--seed", str(seed))


def child(kind: str, share: float, seed: int) -> None:
    """What a process of its own measures and prints."""
    from anlan import sim
    from anlan.sim.chance import Streams
    from anlan.sim.engine import prepare
    from anlan.sim.model import ResponseModel
    from anlan.sim.people.residents import Residents
    from tests.oracle.residents import OracleResidents

    scenario = with_share(sim.load(SCENARIO), share)
    told = {
        "residents": scenario.residents,
        "ticks": scenario.ticks,
        "tick_min": scenario.settings.tick_min,
        "residents_s": 0.0,
    }
    if kind != "none":
        spent = 0.0

        def clock(work: Any) -> Any:
            def timed(*args: Any) -> Any:
                nonlocal spent
                begin = time.process_time()
                done = work(*args)
                spent += time.process_time() - begin
                return done

            return timed

        engine = prepare(scenario)
        streams = Streams(seed, 0)
        maker = Residents if kind == "arrays" else OracleResidents
        model = ResponseModel(engine.world, engine.forcing(streams), streams, people=clock(maker))
        people: Any = model.parts.people
        people.step = clock(people.step)
        told["ledger"] = digest(model.run().tables())
        told["residents_s"] = spent
    print(json.dumps(told))


def with_share(scenario: Any, share: float) -> Any:
    """The scenario with a share of its residents and households in every community."""
    if share == 1.0:
        return scenario
    communities = []
    for c in scenario.communities:
        households = max(1, round(c.households * share))
        residents = max(households, round(c.residents * share))
        communities.append(c.model_copy(update={"residents": residents, "households": households}))
    return scenario.model_copy(update={"communities": tuple(communities)})


def digest(tables: dict[str, dict[str, Any]]) -> str:
    """A short hash of every value of a ledger."""
    seen = hashlib.sha256()
    for table, columns in tables.items():
        for column, values in columns.items():
            seen.update(f"{table}.{column}:{values.tolist()!r}".encode())
    return seen.hexdigest()


if __name__ == "__main__":
    main()
