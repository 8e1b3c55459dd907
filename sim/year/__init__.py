"""A year of calls to 119: how many engines are out at once."""
