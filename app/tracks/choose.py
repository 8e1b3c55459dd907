"""Which storm of a file is meant: by name and year, or by any number that it goes by."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from anlan.app.tracks.storms import AGENCIES, Storm
from anlan.sim.scenario.errors import BadInput, bad, shown, worded

MOST_NAMED = 8
YEAR = re.compile(r"(.*?)[\s,_-]*(\d{4})")


def chosen(
    storms: Iterable[Storm], asked: str | None, agency: str | None, file: str,
    called: Mapping[str, str],
) -> Storm:  # fmt: skip
    """The one storm that is asked for. Raises BadInput where there is none, or several.

    `asked` None: the only one of the file. `called`: names in any language -> those that agencies
    write, in small letters.
    """
    wanted, labels, fitting = _wanted(asked, called), dict[str, None](), list[Storm]()
    for storm in storms:
        if agency is not None and storm.agency != agency:
            continue
        labels[str(storm)] = None
        if asked is None or _fits(storm, wanted):
            # Where several fit none is read: so a file of all storms takes no room.
            fitting.append(storm if not fitting else replace(storm, lines=(), cells=()))
    if len(fitting) == 1:
        return fitting[0]
    if not labels:
        raise _none_at_all(file, agency)
    if not fitting:
        problem = worded(
            "holds no storm {asked}; nearest of its {n}: {names}",
            asked=shown(asked or ""), n=len(labels), names=_listed(_nearest(asked or "", labels)),
        )  # fmt: skip
        raise bad(problem, file)
    names = _listed([str(s) for s in fitting])
    if len({(s.name, s.year) for s in fitting}) == 1 and len({s.agency for s in fitting}) > 1:
        problem = worded(
            "has it by several agencies: {names}; say whose with --agency ({agencies})",
            names=names, agencies=", ".join(dict.fromkeys(s.agency for s in fitting)),
        )  # fmt: skip
    elif asked is None:
        problem = worded(
            "holds {n} storms: {names}; say which with --storm, by name and year or by number",
            n=len(fitting), names=names,
        )  # fmt: skip
    else:
        problem = worded(
            "holds {n} storms that {asked} may mean: {names}; say which by name and year, or by "
            "number",
            n=len(fitting), asked=shown(asked), names=names,
        )  # fmt: skip
    raise bad(problem, file)


def _none_at_all(file: str, agency: str | None) -> BadInput:
    if agency is None:
        return bad(worded("holds no storm"), file)
    name = AGENCIES[agency].name
    return bad(worded("holds no storm by {name}; leave --agency out", name=name), file)


def _wanted(asked: str | None, called: Mapping[str, str]) -> tuple[str, str, str]:
    """What is asked for as one word, and as a name and a year; empty where it is no such."""
    text = (asked or "").strip().lower()
    for name, written in called.items():
        text = text.replace(name, written)
    found = YEAR.fullmatch(text)
    name, year = (found[1], found[2]) if found else ("", "")
    return _bare(text), _bare(name), year


def _fits(storm: Storm, wanted: tuple[str, str, str]) -> bool:
    whole, name, year = wanted
    names = {_bare(one) for one in storm.name.split(":")} - {""}
    numbers = {_bare(one) for one in storm.numbers}
    # 2212 may be written 202212
    numbers |= {f"{str(storm.year)[:2]}{one}" for one in numbers if re.fullmatch(r"\d{4}", one)}
    if whole in names | numbers or whole == str(storm.year):
        return True
    return bool(name) and name in names and year in {str(storm.year), *numbers}


def _bare(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _nearest(asked: str, labels: Iterable[str]) -> list[str]:
    """The labels that look most like what was asked for, the best first."""
    text = _bare(asked)

    def likeness(label: str) -> float:
        return difflib.SequenceMatcher(None, text, _bare(label.partition("(")[0])).ratio()

    return sorted(labels, key=likeness, reverse=True)[: MOST_NAMED + 1]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
