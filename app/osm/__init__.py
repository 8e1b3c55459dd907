"""Real roads from an OpenStreetMap extract, as links between a district's places."""
