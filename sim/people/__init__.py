"""The residents of a run, what they hear and need, and the shelters that take them in."""
