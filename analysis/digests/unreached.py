"""Who was at risk and not reached in time, where, and what they waited for: `unreached`.

Whatever the plan's targets are: under another roof before the gale and within ten hours, relief
within ten hours, a crew within an hour where somebody is trapped or hurt. A person may lack
several. What binds a case is that of `analysis/chains/binding.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np

from anlan.analysis.chains import moving, relief, rescues
from anlan.analysis.chains.cases import Cases
from anlan.analysis.digests.late import columns_of, joined, places_of_cases
from anlan.analysis.digests.series import Arrays
from anlan.analysis.measures.facts import Facts
from anlan.analysis.measures.rescue import RESCUE_MIN


def _before_gale(facts: Facts) -> Cases:
    """Those of places that a gale reaches."""
    found = moving.before_gale(facts)
    return found.only(facts.gale_tick[found.home] < facts.end)


# what was lacked -> the cases, in the order of the list; see `lack.<this>` of the words
LACKS: dict[str, Callable[[Facts], Cases]] = {
    "crew": lambda facts: rescues.in_peril(facts, RESCUE_MIN),
    "moved": _before_gale,
    "roof": relief.roofs,
    "relief": relief.relief,
}


def unreached(facts: Facts) -> Arrays:
    """The table `unreached`: a row a lack, binding links, place and cause."""
    sums: dict[tuple[str, str, bool, str, str], float] = defaultdict(float)
    for lack, maker in LACKS.items():
        found = maker(facts)
        found = found.only(found.late & (found.weight > 0.0))
        binds = found.binds
        never = (np.isinf(found.took) & binds).any(axis=1).tolist()
        links, places = joined(binds), places_of_cases(facts, found)
        keys = zip(links, never, places, found.cause.tolist(), strict=True)
        for key, persons in zip(keys, found.weight.tolist(), strict=True):
            sums[lack, *key] += persons
    return columns_of("unreached", ([*key, persons] for key, persons in sorted(sums.items())))
