"""What stays as it is in all runs of a scenario: places, roads, people, land."""
