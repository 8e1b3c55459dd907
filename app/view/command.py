"""`anlan view`: the page opened for a scenario."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from anlan.analysis.words import word
from anlan.analysis.words.errors import in_words
from anlan.app.targets import load_judged
from anlan.sim import folder_of
from anlan.sim.scenario.errors import BadInput, reason, worded

HOME = "plans"  # the folder that plans are saved in, where nobody says


def view(scenario: str, port: int, browser: bool, out: Path | None, lang: str) -> int:
    """Serve the page until it is stopped; the exit code. Raises BadInput."""
    if find_spec("nicegui") is None:
        raise BadInput(worded("this needs {package}: pip install -e '.[view]'", package="nicegui"))
    load_judged(scenario, {}, lang)
    given = scenario if not Path(scenario).exists() else str(folder_of(scenario))
    # nicegui keeps settings of its own in the working directory where nobody says otherwise
    os.environ.setdefault("NICEGUI_STORAGE_PATH", os.devnull)
    from anlan.app.view.server import serve

    home = (out if out is not None else Path(HOME)).resolve()
    try:
        serve(given, home, port, lang, browser)
    except OSError as error:
        told = in_words(reason(error), lang)
        raise BadInput(word("view.port", lang, port=port, why=told)) from None
    return 0
