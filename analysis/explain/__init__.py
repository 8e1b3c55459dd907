"""Why targets are not met: what the late cases waited for, over runs, and confirmed by experiment.

What binds a case is worked out in each run (`analysis/chains/`, kept in the table `late`); here it
is counted over runs (`counted`), held against runs in which a link is relaxed (`relaxed`,
`confirmed`), and put into sentences (`said`). `explanation` is all of it together.
"""
