"""What the shell offers when Tab is pressed: names of scenarios, what `--set` takes, measures.

Names of commands and options come at once; what a scenario holds is read only where one of its
names is asked for. A shell that asks gets an answer or nothing: never an error between two words
that somebody is typing.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from anlan.analysis.words import LANGS, word
from anlan.analysis.words.errors import in_words
from anlan.sim.scenario.errors import BadInput, reason, shown

if TYPE_CHECKING:
    from anlan.sim.scenario.schema import Scenario

ASKED = "_ANLAN_COMPLETE"  # the variable in which a shell says which shell it is, and what it wants
PROGRAM = "anlan"
TYPER = "typer.completion"  # does not say for mypy what it offers
LONGEST = 36  # characters of what a name means: the shell shows both on one line
MANY = 60  # more names than these are offered up to their next dot, as folders are
SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")
FINISHED = "out"  # the argument that names a folder of results
WHERE = ("scenario", "scenarios", "plans")  # the arguments that name scenarios

Offer = tuple[str, str]  # a word, and what it is


def answer(group: Any, lang: str) -> int:
    """Give the shell what it asks for; the exit code."""
    completion = import_module(TYPER)
    completion.completion_init()
    before = _join_words() if os.environ[ASKED].endswith("_bash") else ""
    told = io.StringIO()
    with suppress(Exception), redirect_stdout(told):
        completion.shell_complete(group, {"obj": lang}, PROGRAM, ASKED, os.environ[ASKED])
    for line in told.getvalue().splitlines():
        print(line.removeprefix(before))
    return 0


def _join_words() -> str:
    """Bash takes `key=value` for three words: make it one, and give what it has of the last one."""
    words, at = os.environ.get("COMP_WORDS", "").split("\n"), int(os.environ.get("COMP_CWORD", "0"))
    joined, place = list[str](), 0
    for i, one in enumerate(words):
        if joined and (one == "=" or joined[-1].endswith("=")) and i > 1:
            joined[-1] += one
        else:
            joined.append(one)
        if i == at:
            place = len(joined) - 1
    os.environ["COMP_WORDS"], os.environ["COMP_CWORD"] = "\n".join(joined), str(place)
    if place == len(joined) or "=" not in joined[place]:
        return ""
    return joined[place].rpartition("=")[0] + "="


def install(lang: str) -> str:
    """Have the user's shell ask from now on; what to say of it. Raises BadInput."""
    try:
        with redirect_stdout(io.StringIO()):
            shell, path = import_module(TYPER).install(prog_name=PROGRAM)
    except typer.Exit:
        raise BadInput(word("cli.bad.shell", lang, shells=", ".join(SHELLS))) from None
    except OSError as error:
        told = in_words(reason(error), lang)
        out = shown(error.filename or "")
        raise BadInput(word("cli.bad.out_unwritable", lang, out=out, why=told)) from None
    return word("cli.completion.installed", lang, shell=shell, path=path)


def scenarios(incomplete: str) -> list[str]:
    """The scenarios that ship; of a path the shell knows better."""
    if incomplete.startswith((".", os.sep, "~")):
        return []
    from anlan.sim import shipped

    return [name for name, _, _ in shipped()]


def settings(context: typer.Context, incomplete: str) -> list[Offer]:
    """What `--set` takes of the scenario that was named before it."""
    from anlan.app.factors import settable

    lang, found, values = str(context.obj), dict[str, str](), dict[str, str]()
    key, sign, _ = incomplete.partition("=")
    for scenario in _named(context):
        for one in settable(scenario, lang):
            found[one.name] = shown(one.called.get(lang, ""), LONGEST)
            if sign and one.name == key:
                values |= {f"{key}={value}": "" for value in one.words}
    return list(values.items()) if sign else stepwise(found, incomplete)


def _named(context: typer.Context) -> Iterator[Scenario]:
    """The scenarios that stand on the line so far, unchecked, which takes as long again.

    What is none, such as a folder of results, is not among them.
    """
    from anlan import sim

    for name in _typed(context, *WHERE):
        with suppress(sim.BadInput):
            yield sim.read(sim.folder_of(name), sim.Scenario)[0]


def _typed(context: typer.Context, *arguments: str) -> list[str]:
    """What was typed for some arguments, and what the parser has not come to sort.

    It gives up sorting at an option without a value, which is what is being completed.
    """
    known = [
        p.name
        for p in context.command.params
        if p.name in arguments and p.param_type_name == "argument"
    ]
    if not known:
        return []
    given = context.params.get(str(known[0])) or context.args
    return [str(given)] if isinstance(given, str | Path) else list(map(str, given))


def stepwise(names: dict[str, str], begun: str) -> list[Offer]:
    """The names that begin so; many of them only up to the dot at which they part."""
    left = {name: what for name, what in names.items() if name.startswith(begun)}
    if len(left) <= MANY:
        return list(left.items())
    for dots in range(begun.count(".") + 1, max(n.count(".") for n in left) + 1):
        steps = dict.fromkeys(".".join(name.split(".")[:dots]) + "." for name in left)
        if len(steps) > 1:  # a single one would be taken for the whole name
            return [(step, "") for step in steps]
    return list(left.items())


def measures(incomplete: str) -> list[str]:
    """The measures of runs."""
    from anlan.analysis.measures.registry import MEASURES

    return [name for name in MEASURES if name.startswith(incomplete)]


def targets(context: typer.Context) -> list[Offer]:
    """The targets of the plan of a scenario, or of the results in a folder."""
    from anlan.analysis.words.names import said

    lang = str(context.obj)
    plans = [scenario.plan for scenario in _named(context)]
    for folder in _typed(context, FINISHED)[:1]:
        from anlan.analysis.results.folder import load

        plans.append(load(folder).scenario.plan)
    return [(t.id, said(t.text, lang)) for plan in plans for t in plan.targets]


def orders() -> list[str]:
    """The orders of a plan."""
    from anlan.analysis.deadline.orders import ORDERS

    return list(ORDERS)


def languages() -> list[str]:
    """The languages that anlan speaks."""
    return LANGS
