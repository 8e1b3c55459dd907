"""The plan's targets against the runs: met, not met or undecided, and how sure.

`target` says which side of its limit is good, `verdict` holds what was found, `judge` finds it from
the runs of one variant, `stopping` after every batch of them.
"""
