"""Modules of one's own that the command line or a study names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from anlan.app.progress import say

if TYPE_CHECKING:
    from anlan.analysis.study.schema import Study


def use_named(modules: Sequence[str] | None, lang: str, scenarios: Sequence[str] = ()) -> None:
    """Load the modules of one's own that the command line names, and say so.

    Raises BadInput, beside which stands what is wrong with the files of the scenarios.
    """
    if modules:
        from anlan.analysis.own.loading import use

        _used(partial(use, modules, say=say, lang=lang), lambda: scenarios)


def use_of_study(study: Study, lang: str) -> None:
    """Load the modules that a study names, and say so. Raises BadInput as `use_named` does."""
    from anlan.analysis.own.loading import use_modules

    _used(partial(use_modules, study, say, lang), lambda: [study.scenario_folder])


def _used(use: Callable[[], None], scenarios: Callable[[], Sequence[str | Path]]) -> None:
    from anlan.sim import places_of
    from anlan.sim.scenario.errors import Slips

    slips = Slips()
    with slips:
        use()
    if slips.found:  # a policy or measure that is missed now may be theirs, and is not told
        with slips:
            for scenario in scenarios():
                with slips:
                    places_of(scenario)
    slips.raise_first()
