"""The files of the layers: GeoJSON with a style beside each, and all in one GeoPackage."""

from __future__ import annotations

from pathlib import Path

from anlan.analysis.exports.geojson import geojson
from anlan.analysis.exports.geopackage import geopackage
from anlan.analysis.exports.layers import layers
from anlan.analysis.exports.qml import qml
from anlan.analysis.results.folder import Results
from anlan.sim.study import whole, write_text

MAP = "map"  # the folder of the layers
GEOPACKAGE = "map.gpkg"


def write_map(results: Results) -> list[Path]:
    """Write the layers of the runs of one variant; the files. None where there are several."""
    if len(results.variants) > 1 or not results.run_count:
        return []
    folder, paths = results.folder / MAP, []
    found = layers(results.only(int(results.variants["variant"].iloc[0])))
    for layer in found:
        for end, text in (("geojson", geojson(layer)), ("qml", qml(layer))):
            path = folder / f"{layer.name}.{end}"
            write_text(path, text)
            paths.append(path)
    with whole(folder / GEOPACKAGE) as beside:
        beside.write_bytes(geopackage(found))
    return [*paths, folder / GEOPACKAGE]
