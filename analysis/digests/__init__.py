"""What is kept of every run: its measures, its hourly curves, its places, what broke.

Worked out where the run was played, so that the memory of a study stays flat. `tables` names the
tables and their columns, `digest` makes them; each other file makes those of one subject.
"""
