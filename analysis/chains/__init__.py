"""The chain of time of what came too late in a run, and the link that binds it.

A room before the digests, so that it is worked out where a run was played: `explain` counts it over
runs. `cases` holds the chains, `binding` the rule; each other file makes the cases of one subject
from the ledger, and `targets` says which of them a target of the plan is about.
"""
