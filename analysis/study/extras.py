"""Libraries that only studies need: loaded when asked for, and missed in one line."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

from anlan.sim.scenario.errors import BadInput, worded


def needed(module: str) -> Any:
    """The module, imported now. Raises BadInput that says how to install it where it is missing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of extras of the extra
            return import_module(module)
    except ModuleNotFoundError as error:
        package = module.split(".")[0]
        if error.name is None or error.name.split(".")[0] != package:
            raise  # the library is there and lacks something itself
        raise BadInput(
            worded("this needs {package}: pip install -e '.[study]'", package=package)
        ) from None
