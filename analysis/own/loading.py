"""The modules that a study or a command names: loaded, and said."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.own.measures import Checked, OwnMeasure
from anlan.analysis.words import FALLBACK, trait, word
from anlan.sim.scenario.errors import Slips
from anlan.sim.study import OwnModule, load_modules, registered_policies

OPTION = "--module"
log = logging.getLogger("anlan")


class Naming(Protocol):
    """What names modules, such as a study."""

    @property
    def modules(self) -> tuple[str, ...]:
        """Names of modules."""
        ...

    @property
    def folder(self) -> Path:
        """Where they lie, unless they are installed."""
        ...

    @property
    def modules_at(self) -> str:
        """Where they are named: file, row and key."""
        ...


def use_modules(
    study: Naming, say: Callable[[str], None] = log.warning, lang: str = FALLBACK
) -> None:
    """Load the modules that a study file names, beside it or installed. Raises BadInput."""
    use(study.modules, study.folder, study.modules_at, say, lang)


def use(
    names: Iterable[str],
    folder: Path = Path(),
    where: str = OPTION,
    say: Callable[[str], None] = log.warning,
    lang: str = FALLBACK,
) -> None:
    """Load modules, and say of each that its code is executed and what it registers.

    Raises BadInput for the first that cannot be loaded, the others beside it.
    """
    slips = Slips()
    for name in names:
        with slips:
            [module] = load_modules([name], folder, where)
            what = trait("between_names", lang).join(_registered_by(module))
            what = what or word("own.nothing", lang)
            say(word("own.loaded", lang, file=module.file or module.name, what=what))
    slips.raise_first()


def _registered_by(module: OwnModule) -> list[str]:
    measures = [
        m.name
        for m in MEASURES.values()
        if isinstance(m, OwnMeasure)
        and isinstance(m.function, Checked)
        and _module_of(m.function.own) == module.name
    ]
    policies = [
        f"policy.{p.seat}={p.name}"
        for p in registered_policies()
        if p.function is not None and _module_of(p.function) == module.name
    ]
    return [*measures, *policies]


def _module_of(function: object) -> str:
    return str(getattr(function, "__module__", None) or type(function).__module__)
