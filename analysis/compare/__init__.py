"""Two plans, or more, under the same storms: what differs, run by run."""
