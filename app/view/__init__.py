"""`anlan view`: a page on the planner's own machine, to try things on.

`command` starts it and `server` serves it, to this machine alone (`security`). A tab has a `desk`
with a `draft` of its own; what takes long is played by a process of its own (`jobs`, `worker`),
which leaves what the page shows as a file (`told`, `frames`). `page` and the `panel_…` modules are
all that knows NiceGUI; no other part of anlan imports it.
"""
