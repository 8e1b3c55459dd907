"""The notebook of docs/examples runs from top to bottom, and is committed without outputs.

Without outputs because pictures and tables would differ with every version of a library and of
the model; what they say is looked at here instead, every time.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "docs" / "examples" / "study.ipynb"
LONGEST_S = 600  # of one cell, on a machine with much else to do


def test_it_is_committed_without_outputs() -> None:
    told = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    cells = [c for c in told["cells"] if c["cell_type"] == "code"]
    assert len(cells) > 8
    assert all(c["outputs"] == [] and c["execution_count"] is None for c in cells)
    assert told["metadata"]["kernelspec"]["name"] == "python3"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What its cells show when a kernel runs them, in an empty folder."""
    for name in ("nbclient", "ipykernel", "SALib", "ema_workbench"):
        pytest.importorskip(name)
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    folder = tmp_path_factory.mktemp("notebook")
    client = NotebookClient(
        notebook, timeout=LONGEST_S, resources={"metadata": {"path": str(folder)}}
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))  # for a checkout that is not installed
        patch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
        for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):  # leave the user's own alone
            patch.setenv(name, str(tmp_path_factory.mktemp(name)))
        client.execute()  # raises where a cell raises
    shown = [o for c in notebook.cells if c["cell_type"] == "code" for o in c["outputs"]]
    assert list(folder.iterdir()) == []  # it writes where it says, nowhere else
    return shown


@pytest.mark.long
def test_every_cell_runs_and_says_what_the_text_promises(outputs: list[dict[str, Any]]) -> None:
    pictures = [o for o in outputs if "image/png" in o.get("data", {})]
    assert len(pictures) == 3
    tables = " ".join(o["data"]["text/html"] for o in outputs if "text/html" in o.get("data", {}))
    for word in ("not met", "undecided", "decided", "variance_ratio", "rank"):
        assert word in tables
    said = " ".join(o["text"] for o in outputs if o.get("name") == "stdout")
    assert "of 60 variants fail" in said
    assert "of those inside fail" in said  # a region was found and confirmed
    assert not [o for o in outputs if o.get("output_type") == "error"]
