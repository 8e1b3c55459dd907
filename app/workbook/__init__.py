"""Workbooks in and out: rosters as offices keep them, the template, a scenario as one file.

A workbook passes in one direction: `opening` and `looks` give cells, `regions` finds tables in
them, `heads` says which column is which, `reading` understands the cells, `rows` makes rows of the
registry of them, `into` checks and writes these, and `report` says what became of every cell.
"""
