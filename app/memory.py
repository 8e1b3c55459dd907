"""Whether there is memory to begin with: below some limit a library ends the process itself."""

from __future__ import annotations

from anlan.analysis.words import word
from anlan.sim.scenario.errors import BadInput

MB = 1 << 20
# Address space of `anlan check` of the largest district that ships, with some to spare. Below it
# the linear algebra of numpy gives up by itself, with an exit code that means a verdict.
LEAST_MB = 600


def check_memory(lang: str) -> None:
    """Raises BadInput where this process may not take as much memory as any command needs."""
    try:
        import resource
    except ImportError:  # there are no such limits on Windows
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < LEAST_MB * MB:
        raise BadInput(word("cli.bad.memory_limit", lang, mb=limit // MB, least=LEAST_MB))
