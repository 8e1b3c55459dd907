"""The example of docs/ema.md: an anlan scenario played by the EMA Workbench."""

from __future__ import annotations

import importlib.util
import pickle
from pathlib import Path
from typing import Any

import pytest

# Not imported here: it takes seconds, and whoever collects the tests would wait for it.
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("ema_workbench") is None, reason="needs ema_workbench"
)

PATH = Path(__file__).resolve().parents[2] / "docs" / "examples" / "ema_connector.py"
SHIFT, WATER = "parameters.team.shift_h", "stock.store-1.water_ml"
SHORT = "shortage.water_person_h"
# The power goes with the first breath of wind, and water with it: there are people to be short.
DARK = {
    "power.poles_per_feeder": 500.0, "power.min_gust_ms": 0.0, "power.restore_mean_h": 72.0,
    "residents.water_lost_share": 1.0, "residents.water_lag_h": 0.0, "residents.kit_share": 0.0,
}  # fmt: skip
MEASURES = (SHORT, "relief.within_10h_share", "rescue.response_min_mean")


@pytest.fixture(scope="module")
def connector() -> Any:
    spec = importlib.util.spec_from_file_location("ema_connector", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_workbench_plays_what_sim_plays(connector: Any) -> None:
    from ema_workbench import Sample, perform_experiments

    from anlan import sim
    from anlan.analysis import measure_run

    tiny = sim.load("tiny").replace(parameters=DARK)
    model = connector.model(
        tiny,
        uncertainties={SHIFT: (8.0, 16.0)},
        levers={WATER: (0, 90_000)},
        measures=MEASURES,
        runs=2,
        seed=7,
    )
    scenarios = [Sample(str(h), parameters_team_shift_h=h) for h in (8.0, 9.5)]
    policies = [Sample(str(q), stock_store_1_water_ml=q) for q in (0, 60_000)]
    experiments, outcomes = perform_experiments(model, scenarios, policies)
    assert {name: values.shape for name, values in outcomes.items()} == dict.fromkeys(
        map(connector.identifier, MEASURES), (4, 2)
    )
    runs, variants = connector.tables(model, experiments, outcomes)
    assert list(variants.columns) == [
        "variant",
        "parameters.team.shift_h",
        "stock.store-1.water_ml",
    ]
    assert len(runs) == 8
    for i, shift_h, water_ml in variants.itertuples(index=False):
        changed = tiny.replace(
            parameters={"team.shift_h": shift_h},
            stock={("store-1", "water_ml"): int(water_ml)},
        )
        for run in (0, 1):
            found = measure_run(changed, sim.run(changed, 7, run).tables())
            row = runs[(runs["variant"] == i) & (runs["run"] == run)]
            assert row[list(MEASURES)].to_numpy()[0] == pytest.approx(
                [found[m] for m in MEASURES], nan_ok=True, abs=0, rel=0
            )
    dry = variants.loc[variants[WATER] == 0, "variant"]
    is_dry = runs["variant"].isin(dry)
    assert runs.loc[is_dry, SHORT].mean() > runs.loc[~is_dry, SHORT].mean()


def test_the_player_goes_to_another_process(connector: Any, monkeypatch: Any) -> None:
    import sys

    from anlan import sim

    monkeypatch.setitem(sys.modules, "ema_connector", connector)
    player = connector.Player(
        sim.load("tiny").replace(parameters=DARK), {"water": WATER}, MEASURES, 1
    )
    again = pickle.loads(pickle.dumps(player))
    name = connector.identifier(SHORT)
    assert again(run=0, water=0)[name] == player(run=0, water=0)[name] > 0
