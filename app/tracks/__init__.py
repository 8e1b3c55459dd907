"""Best tracks of storms as agencies publish them, as rows of a scenario's `tracks.csv`."""
