"""Modules of one's own that the command line names."""

from __future__ import annotations

from collections.abc import Sequence

from anlan.app.progress import say


def use_named(modules: Sequence[str] | None, lang: str) -> None:
    """Load the modules of one's own that the command line names, and say so. Raises BadInput."""
    if modules:
        from anlan.analysis.own.loading import use

        use(modules, say=say, lang=lang)
