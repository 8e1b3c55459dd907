"""The links of all chains, in the order in which they follow one another.

What each is called stands in words/words.csv under `link.<name>`, what is said of one that never
ended under `never.<name>`.
"""

from __future__ import annotations

WARNED = ("signal", "phone", "heard", "answer")
MOVED = ("ordered", "told", "refused", "wind", "ready", "bus", "place", "journey")
RESCUED = ("found", "reported", "read", "wind", "road", "crews", "turned_back", "mustered",
           "departed", "travel", "setup", "work")  # fmt: skip
FOUGHT = ("control", "mop_up")
CARED = ("care", "hospital")
SUPPLIED = ("asked", "road", "stock", "lorries", "review", "load", "drive")
# died or was hurt at once; the hazard came before anybody could have acted
BEYOND = ("at_once", "no_time")

# A link that several chains have stands once.
LINKS = tuple(
    dict.fromkeys((*WARNED, *MOVED, *RESCUED, *FOUGHT, *CARED, *SUPPLIED, *BEYOND))
)  # fmt: skip
