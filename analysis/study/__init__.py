"""What a study's runs mean: when to stop, what differs, which factor matters, where the plan fails.

Pure functions on tables: `runs` has a row a (variant, run) and a column a measure, `variants` a
row a variant and a column a factor.
"""
