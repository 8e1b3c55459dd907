"""The numbers of one run: plain functions of its facts, one registry.

`facts` holds a run's tables with the look-ups that measures share; each other file has the
measures of one subject and lists them in `MEASURES`; `registry` puts all lists together.
`structural` has the numbers that are read off the scenario itself.
"""
