"""What counts: each capability that a planner can edit, taken away, halved and doubled.

`capabilities.csv` and `parameters.csv` say what there is and which measures it is for, `levels`
makes the changed scenarios, `reasons` are what a run may say of why something does not matter,
`played` keeps the runs by the hash of code and data, `judged` decides each cell from paired
differences, `conducted` goes on until all cells are decided or the budget is spent, and `kept`
writes and reads the rows.
"""
