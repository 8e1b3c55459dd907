"""Modules of one's own: files with measures and policies that somebody named on purpose.

A scenario's files are data, and nothing in them is executed. Only a study file that is played, an
option of the command line, or a script may name a module; whoever loads one says so.
"""

from __future__ import annotations

import importlib
import importlib.util
import linecache
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from anlan.sim.scenario.errors import BadInput, one_line, shown, worded

ENDING = ".py"


@dataclass(frozen=True)
class OwnModule:
    """A module as it was loaded: its name, its file and, of a single file, the text of it.

    Unpickled in a worker process, or on another machine, it is loaded there from this text.
    """

    name: str
    file: str
    source: str | None = None  # None: an installed package, which is there as well

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.name, self.file, self.source)


_loaded: dict[str, OwnModule] = {}


def loaded_modules() -> tuple[OwnModule, ...]:
    """The modules that were loaded here, in that order."""
    return tuple(_loaded.values())


def load_modules(names: Iterable[str], folder: str | Path, where: str) -> list[OwnModule]:
    """Load modules by name from a folder, else from what is installed; a file may be named too.

    A file that has not changed since is not loaded twice. `where` begins an error: the option or
    the key that named them. Raises BadInput, also for whatever the module itself raises.
    """
    return [_load(str(name), Path(folder), where) for name in names]


def _load(given: str, folder: Path, where: str) -> OwnModule:
    path = _file_of(given, folder)
    if path is not None:
        return _of_file(path.name.removesuffix(ENDING), path, where)
    if given.endswith(ENDING) or not all(part.isidentifier() for part in given.split(".")):
        raise BadInput(
            one_line(
                worded(
                    "{where}: there is no module {given} in {folder}",
                    where=where,
                    given=shown(given),
                    folder=folder,
                )
            )
        )
    return _installed(given, folder, where)


def _file_of(given: str, folder: Path) -> Path | None:
    """The file that a name means: `my_measures` or `my_measures.py`; None where there is none."""
    name = given if given.endswith(ENDING) else given + ENDING
    try:
        path = (folder / name).resolve()
        return path if path.is_file() else None
    except (OSError, ValueError):  # a name too long for the disk, or with a NUL
        return None


def _of_file(name: str, path: Path, where: str) -> OwnModule:
    if not name.isidentifier():
        raise BadInput(
            worded(
                "{where}: {name} cannot be a module's name; use letters, digits and _",
                where=where,
                name=shown(path.name),
            )
        )
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise BadInput(
            one_line(
                worded(
                    "{where}: {path} cannot be read: {error}",
                    where=where,
                    path=shown(path),
                    error=error,
                )
            )
        ) from None
    found = OwnModule(name, str(path), source)
    if _loaded.get(name) == found and name in sys.modules:
        return found
    if name not in _loaded:
        _refuse_taken(name, path, where)
    linecache.checkcache(str(path))
    _execute(found, where)
    _loaded[name] = found
    return found


def _refuse_taken(name: str, path: Path, where: str) -> None:
    """Raise BadInput where the name is that of another module, which others rely on."""
    there = sys.modules.get(name)
    if there is None:
        spec = importlib.util.find_spec(name)
        file = spec.origin if spec is not None else None
    else:
        file = getattr(there, "__file__", None) or "built in"
    if file is not None and (file == "built in" or Path(file).resolve() != path):
        raise BadInput(
            worded(
                "{where}: {name} has the name of another module; rename it",
                where=where,
                name=shown(path.name),
            )
        )


def _execute(module: OwnModule, where: str) -> None:
    """Make the module out of its text. What it imports may lie beside it."""
    beside = str(Path(module.file).parent)
    if beside not in sys.path:
        sys.path.append(beside)  # at the end: a file there stands in nobody's way
    made = ModuleType(module.name)
    made.__file__ = module.file
    before = sys.modules.get(module.name)
    sys.modules[module.name] = made
    try:
        exec(compile(module.source or "", module.file, "exec"), made.__dict__)
    except (Exception, SystemExit) as error:
        sys.modules.pop(module.name)
        if before is not None:
            sys.modules[module.name] = before
        raise BadInput(
            worded("{where}: {problem}", where=where, problem=told(error, module.file))
        ) from None


def _installed(name: str, folder: Path, where: str) -> OwnModule:
    try:
        there = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and name.startswith(error.name):
            raise BadInput(
                worded(
                    "{where}: no module {name}; give a file {name}{ending} in {folder}, or an "
                    "installed package",
                    where=where,
                    name=shown(name),
                    ending=ENDING,
                    folder=folder,
                )
            ) from None
        raise BadInput(
            worded("{where}: {name}: {problem}", where=where, name=shown(name), problem=told(error))
        ) from None
    except (Exception, SystemExit) as error:
        raise BadInput(
            worded("{where}: {name}: {problem}", where=where, name=shown(name), problem=told(error))
        ) from None
    found = OwnModule(name, str(getattr(there, "__file__", None) or ""))
    _loaded.setdefault(name, found)
    return found


def _again(name: str, file: str, source: str | None) -> OwnModule:
    """The module in another process: loaded from the same text, unless it is here already."""
    found = OwnModule(name, file, source)
    if _loaded.get(name) != found:
        if source is None:
            importlib.import_module(name)
        else:
            _execute(found, "--module")
        _loaded[name] = found
    return found


def told(error: BaseException, file: str = "") -> str:
    """What code of one's own has raised, in one line with its file and row."""
    what = shown(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__, 200)
    if isinstance(error, SyntaxError):
        what = f"{type(error).__name__}: {error.msg}"
        return _at(Path(error.filename or file).name, error.lineno, what)
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if not file or f.filename == file] or frames
    return _at(Path(own[-1].filename).name, own[-1].lineno, what) if own else one_line(what)


def _at(file: str, row: int | None, problem: str) -> str:
    return one_line(worded("{file}, row {row}: {problem}", file=file, row=row, problem=problem))
