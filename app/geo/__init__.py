"""Points and outlines of a GIS (GeoJSON) as rows of a scenario's tables."""
