"""Which factor matters, and where the plan fails: pure functions on tables of a study.

`runs` has a row a (variant, run) and a column a measure, `variants` a row a variant and a column a
factor.
"""
