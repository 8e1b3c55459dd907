"""When is the last moment: for each order of a plan the latest hour that still meets its target.

`orders` which orders there are, `timing` what is kept of every run, `bottleneck` how soon roads
alone let people out, `leads` hours tried and what they answer, `played` the runs, `clearance` how
long it takes to move a town's people, `found` the tables, `written` the folder.
"""
