"""Fire in a building and from one to the next, and who is caught in it."""
