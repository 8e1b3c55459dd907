"""A share of a study's runs, as `--shard i/n` names it; what only asks needs nothing heavy."""

from __future__ import annotations

from anlan.sim.scenario.errors import BadInput, worded

Shard = tuple[int, int]  # share i of n
WHOLE: Shard = (1, 1)


def check_shard(text: str) -> Shard:
    """`i/n` as numbers. Raises BadInput."""
    i, _, n = text.partition("/")
    if not (i.isdecimal() and n.isdecimal() and 1 <= int(i) <= int(n)):
        raise BadInput(
            worded("--shard {text}: write i/n, such as 3/10, with i from 1 to n", text=text)
        )
    return int(i), int(n)
