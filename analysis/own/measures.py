"""A measure of one's own: a function of a run's facts, registered by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import get_args

import numpy as np

from anlan.analysis.measures.facts import Facts
from anlan.analysis.measures.measure import Better, Measure
from anlan.analysis.measures.registry import MEASURES
from anlan.analysis.measures.seasonal import SEASONAL
from anlan.analysis.measures.structural import STRUCTURAL
from anlan.analysis.words import FALLBACK, LANGS
from anlan.sim.scenario.errors import BadInput, hidden, nearest, one_line, shown, worded
from anlan.sim.study import KEYS, OwnCodeError, same_origin, source_sha256, told

NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
LONGEST_NAME, LONGEST_TEXT = 80, 500
BUILT_IN = frozenset(MEASURES)
MeasureFunction = Callable[[Facts], float]


@dataclass(frozen=True)
class OwnMeasure(Measure):
    """A measure of one's own; of one that a finished folder describes there is no code."""

    labels: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)
    sha256: str = ""  # where there is no code

    def label(self, lang: str) -> str:
        """What to call it; its name where nobody said it in any language."""
        return self.labels.get(lang) or self.labels.get(FALLBACK) or self._any(self.name)

    def definition(self, lang: str) -> str:
        """How it is worked out, as far as somebody said it."""
        return self.definitions.get(lang) or self.definitions.get(FALLBACK) or ""

    def _any(self, otherwise: str) -> str:
        return next((text for text in self.labels.values() if text), otherwise)

    @property
    def has_code(self) -> bool:
        """Whether it can be worked out here."""
        return isinstance(self.function, Checked)

    @property
    def identity(self) -> str:
        """What says whether it is still the same."""
        return source_sha256(self.function.own) if isinstance(self.function, Checked) else (
            self.sha256
        )  # fmt: skip

    def register(self) -> None:
        """Make it known by its name. Raises BadInput where another one has it."""
        there = MEASURES.get(self.name)
        if isinstance(there, OwnMeasure) and there.has_code:
            if not self.has_code:
                return
            assert isinstance(there.function, Checked)
            assert isinstance(self.function, Checked)
            if not same_origin(there.function.own, self.function.own):
                raise BadInput(
                    worded("measure {name}: there are two of that name; rename one", name=self.name)
                )
        MEASURES[self.name] = self


@dataclass(frozen=True)
class Checked:
    """A measure's function, whose errors and values are told in one line."""

    name: str
    own: MeasureFunction

    def __call__(self, facts: Facts) -> float:
        try:
            found = self.own(facts)
        except Exception as error:
            raise OwnCodeError(
                worded("measure {name}: {problem}", name=self.name, problem=told(error))
            ) from error
        if not isinstance(found, bool | np.bool_ | int | float | np.integer | np.floating):
            raise OwnCodeError(
                worded(
                    "measure {name}: gave {found}; give one number a run, nan where there is "
                    "nothing to judge",
                    name=self.name,
                    found=shown(repr(found)),
                )
            )
        if np.isinf(found):
            raise OwnCodeError(
                worded(
                    "measure {name}: gave {found}; give a number, or nan",
                    name=self.name,
                    found=found,
                )
            )
        return float(found)


@dataclass(frozen=True)
class Described:
    """In the place of a function that is not here."""

    name: str

    def __call__(self, _: Facts) -> float:
        raise OwnCodeError(
            worded("measure {name}: its code is not loaded; name its module", name=self.name)
        )


def measure(
    name: str,
    unit: str = "",
    better: Better = "none",
    label: str | Mapping[str, str] | None = None,
    definition: str | Mapping[str, str] | None = None,
) -> Callable[[MeasureFunction], MeasureFunction]:
    """Register a measure of one's own, as a decorator or by a call: `measure("my.x")(function)`.

    The function is given a run's facts, `facts.scenario` and `facts.tables` (table -> column ->
    array, see docs/ledger.md), and gives one number; nan where there is nothing to judge. `unit`
    is one of anlan's ("h", "person", "share" …) or any short text. `label` and `definition`: a
    text, or one for each language. The name is what studies, targets, `--measure` and
    `Results.measures` call it. Raises BadInput.
    """
    check_name(name)
    if better not in get_args(Better):
        raise BadInput(
            worded(
                "measure {name}: better {better}; {near}",
                name=name,
                better=shown(better),
                near=nearest(better, get_args(Better)),
            )
        )
    if not isinstance(unit, str) or len(unit) > LONGEST_NAME or hidden(unit) or "\n" in unit:
        raise BadInput(
            worded("measure {name}: unit {unit}; give a short text", name=name, unit=shown(unit))
        )
    labels = _texts(name, "label", label)

    def registered(function: MeasureFunction) -> MeasureFunction:
        if not callable(function):
            raise BadInput(
                worded(
                    "measure {name}: {function} is no function", name=name, function=shown(function)
                )
            )
        said = definition if definition is not None else _first_line(function)
        defined = _texts(name, "definition", said)
        OwnMeasure(
            name, unit, better, Checked(name, function), labels=labels, definitions=defined
        ).register()
        return function

    return registered


def _first_line(function: MeasureFunction) -> str:
    return (getattr(function, "__doc__", None) or "").strip().partition("\n")[0][:LONGEST_TEXT]


def check_name(name: object) -> None:
    """Raise BadInput for what cannot be the name of a measure of one's own."""
    if not isinstance(name, str) or len(name) > LONGEST_NAME or not NAME.fullmatch(name):
        raise BadInput(
            worded(
                "measure name {name}: use small letters, digits, '_' and '.', such as my.waiting_h",
                name=shown(name),
            )
        )
    if name in BUILT_IN or name in STRUCTURAL or name in SEASONAL or name in KEYS:
        raise BadInput(worded("measure {name} is anlan's own; choose another name", name=name))


def _texts(name: str, what: str, given: str | Mapping[str, str] | None) -> dict[str, str]:
    if given is None or given == "":
        return {}
    texts = {FALLBACK: given} if isinstance(given, str) else given
    if not isinstance(texts, Mapping):
        raise BadInput(
            worded(
                "measure {name}: {what} {given}; give a text, or one a language",
                name=name,
                what=what,
                given=shown(given),
            )
        )
    for lang, text in texts.items():
        if lang not in LANGS:
            raise BadInput(
                worded(
                    "measure {name}: {what}: no language {lang}; {near}",
                    name=name,
                    what=what,
                    lang=shown(lang),
                    near=nearest(str(lang), LANGS),
                )
            )
        if not isinstance(text, str) or len(text) > LONGEST_TEXT or hidden(text):
            raise BadInput(
                worded(
                    "measure {name}: {what}: {text} is no plain text",
                    name=name,
                    what=what,
                    text=shown(text),
                )
            )
    return {lang: one_line(text) for lang, text in texts.items()}


def own_measures(names: Iterable[str]) -> tuple[OwnMeasure, ...]:
    """Those of one's own among some measures."""
    found = (MEASURES.get(name) for name in names)
    return tuple(m for m in found if isinstance(m, OwnMeasure))


def playable() -> tuple[str, ...]:
    """The names of all measures that can be worked out here."""
    return tuple(n for n, m in MEASURES.items() if not isinstance(m, OwnMeasure) or m.has_code)
