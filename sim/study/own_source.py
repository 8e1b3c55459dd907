"""Whether a function of one's own is still the same: a hash over its source and what it calls."""

from __future__ import annotations

import ast
import hashlib
import inspect
import sys
import sysconfig
import textwrap
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

PLAIN = (bool, int, float, complex, str, bytes, type(None))
INSTALLED = tuple(
    Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "purelib", "platlib")
)
REGISTERING = ("measure", "policy")
HOUSE = "anlan"  # its own code has a hash of its own


def source_sha256(function: Callable[..., Any]) -> str:
    """SHA-256 over a function's source, what it names of its own module, and its modules.

    Installed packages and anlan itself do not count: their versions stand in the manifest. What a
    module of one's own does beside the function (draw a picture, say) does not count either.
    """
    seen: dict[int, str] = {}
    _look(function, seen)
    return hashlib.sha256("\0".join(seen.values()).encode()).hexdigest()


def _look(thing: Any, seen: dict[int, str]) -> None:
    """Note the source of a thing, and of all that it goes by."""
    if id(thing) in seen:
        return
    if isinstance(thing, partial):
        seen[id(thing)] = f"partial {_plain(thing.args)} {_plain(thing.keywords)}"
        _look(thing.func, seen)
    elif isinstance(thing, ModuleType):
        if _is_own(thing.__name__):
            seen[id(thing)] = _text(Path(thing.__file__ or ""))
    elif isinstance(thing, FunctionType):
        if _is_own(thing.__module__):
            seen[id(thing)] = _source(thing) + _plain(thing.__defaults__ or ())
            for value in _named(thing):
                _look(value, seen)
    elif isinstance(thing, type):
        _look_into_class(thing, seen)
    elif not isinstance(thing, PLAIN) and callable(thing):
        seen[id(thing)] = _plain(getattr(thing, "__dict__", ""))
        _look(type(thing), seen)
    else:
        seen[id(thing)] = _plain(thing)


def _look_into_class(thing: type, seen: dict[int, str]) -> None:
    if not _is_own(thing.__module__):
        return
    seen[id(thing)] = _source(thing)
    for value in (*vars(thing).values(), *thing.__bases__):
        inner = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if isinstance(inner, FunctionType | type):
            _look(inner, seen)


def _named(function: FunctionType) -> list[Any]:
    """What a function names: of its module, and of the function around it; in order of name."""
    inside, codes = set(), [function.__code__]
    while codes:
        code = codes.pop()
        inside |= set(code.co_names)
        codes += [c for c in code.co_consts if isinstance(c, type(function.__code__))]
    found = [function.__globals__[n] for n in sorted(inside) if n in function.__globals__]
    around = inspect.getclosurevars(function).nonlocals
    return found + [around[name] for name in sorted(around)]


def _is_own(name: str) -> bool:
    """Whether a module is neither installed nor part of anlan."""
    if name.partition(".")[0] == HOUSE or name in sys.builtin_module_names:
        return False
    file = getattr(sys.modules.get(name), "__file__", None)
    if file is None:  # typed in, or gone
        return name in ("__main__", "__mp_main__")
    path = Path(file).resolve()
    return not any(path.is_relative_to(folder) for folder in INSTALLED)


def _source(thing: Any) -> str:
    """The source without its comments, layout and registration; else the compiled code."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(thing)))
        for part in tree.body:
            if isinstance(part, ast.FunctionDef | ast.ClassDef):
                part.decorator_list = [d for d in part.decorator_list if not _registers(d)]
        return ast.dump(tree)
    except (OSError, TypeError, SyntaxError, ValueError):
        code = getattr(thing, "__code__", None)
        return repr((code.co_code, code.co_names)) if code is not None else repr(thing)


def _registers(decorator: ast.expr) -> bool:
    """Whether a decorator only gives the function a name and labels."""
    called = decorator.func if isinstance(decorator, ast.Call) else None
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in REGISTERING


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _plain(value: Any) -> str:
    """A value as a text that is the same in every process."""
    if isinstance(value, PLAIN):
        return repr(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {_plain(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_plain, value)) + "]"
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(map(_plain, value))) + "}"
    if hasattr(value, "tobytes") and hasattr(value, "dtype"):  # an array
        return f"{value.dtype} {hashlib.sha256(value.tobytes()).hexdigest()}"
    return type(value).__qualname__
