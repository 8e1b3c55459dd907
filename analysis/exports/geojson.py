"""Layers as GeoJSON (RFC 7946: WGS 84, longitude before latitude)."""

from __future__ import annotations

import json

from anlan.analysis.exports.layers import Layer


def geojson(layer: Layer) -> str:
    """A layer as a FeatureCollection; a value that is not there is null."""
    features = [
        {
            "type": "Feature",
            "properties": dict(row),
            "geometry": {
                "type": layer.geometry,
                "coordinates": list(points[0]) if layer.geometry == "Point" else points,
            },
        }
        for row, points in zip(layer.rows, layer.points, strict=True)
    ]
    whole = {"type": "FeatureCollection", "name": layer.name, "features": features}
    return json.dumps(whole, ensure_ascii=False, allow_nan=False) + "\n"
