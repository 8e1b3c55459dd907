"""Fires in a run: the fire itself, the crews that meet it, and whom it harms."""
