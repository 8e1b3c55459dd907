"""A GeoJSON file -> its features: what each says of itself, and its point or polygons."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anlan.analysis.map_frames import MARKS, Point
from anlan.app.geo.shapes import Polygon, middle
from anlan.sim.scenario.errors import BadInput, Slips, bad, reason, shown, worded

# What the old member `crs` may name: WGS 84, and CGCS2000, which is the same within a metre.
FRAMES = re.compile(r"CRS:?:?84$|EPSG:(\d*:)?:?(4326|4490|4979|4480)$", re.IGNORECASE)
PLAIN = (str, int, float, bool)


@dataclass(frozen=True)
class Feature:
    """A feature of a file, counted from 1. `point`: of a polygon its middle."""

    number: int
    properties: Mapping[str, str | int | float | bool]
    point: Point | None = None
    polygons: Sequence[Polygon] = field(default_factory=tuple)


def read_features(path: Path, trusted: bool) -> list[Feature]:
    """The features of a file. Raises BadInput.

    trusted: the user says that the coordinates are of WGS 84, though something names another.
    """
    file = shown(path.name)
    try:
        held = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise bad(reason(error), file) from None
    except UnicodeDecodeError:
        raise bad(worded("is no text in UTF-8; save it as GeoJSON in UTF-8"), file) from None
    except (json.JSONDecodeError, RecursionError) as error:
        row = getattr(error, "lineno", None)
        raise bad(
            worded("is no JSON, or is cut short; export it anew as GeoJSON"), file, row
        ) from None
    listed = held.get("features") if isinstance(held, dict) else None
    if not isinstance(listed, list):
        problem = worded("is no GeoJSON with features (a FeatureCollection); export it as GeoJSON")
        raise bad(problem, file)
    _check_frame(held, file, trusted)
    features, slips = [], Slips()
    for n, one in enumerate(listed, start=1):
        with slips:
            features.append(_feature(n, one, file))
    slips.raise_first()
    return features


def _check_frame(held: Mapping[str, Any], file: str, trusted: bool) -> None:
    """The file names no other frame than WGS 84 or CGCS2000 in degrees."""
    name = _named(held.get("crs"))
    if name and MARKS.search(name) is None and not FRAMES.search(name):
        problem = worded(
            "is in {frame}; export it in WGS 84 (EPSG:4326), longitude and latitude in degrees",
            frame=shown(name),
        )
        raise bad(problem, file)
    said = [name, *(str(key) for key in held), str(held.get("name", ""))]
    said += [str(key) for one in held["features"] if isinstance(one, dict)
             for key in (one.get("properties") or {})]  # fmt: skip
    marked = next((text for text in said if MARKS.search(text)), None)
    if marked is not None and not trusted:
        raise bad(
            worded(
                "names a web map's frame ({text}: GCJ-02 or BD-09 lie some hundred metres off); "
                "give WGS 84 or CGCS2000, of the natural resources office or Tianditu; where the "
                "geometry is of these already, add --wgs84",
                text=shown(marked),
            ),
            file,
        )


def _named(crs: Any) -> str:
    """What a member `crs` calls the frame; empty where there is none."""
    if crs is None:
        return ""
    said = crs.get("properties") if isinstance(crs, dict) else None
    if isinstance(said, dict) and "code" in said:
        return f"EPSG:{said['code']}"
    return str(said.get("name", crs)) if isinstance(said, dict) else str(crs)


def _feature(number: int, one: Any, file: str) -> Feature:
    held = one if isinstance(one, dict) else {}
    said = held.get("properties")
    properties = {
        str(key): value
        for key, value in (said if isinstance(said, dict) else {}).items()
        if isinstance(value, PLAIN)
    }
    geometry = held.get("geometry")
    shape = geometry if isinstance(geometry, dict) else {}
    try:
        if shape.get("type") == "Point":
            return Feature(number, properties, _point(shape["coordinates"]))
        coordinates: Any = shape.get("coordinates")
        parts: Any = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(
            str(shape.get("type")), []
        )
        polygons = tuple(tuple(tuple(map(_point, ring)) for ring in part) for part in parts)
        if any(len(ring) < 3 for part in polygons for ring in part) or not all(polygons):
            raise TypeError
    except BadInput as error:
        problem = worded("feature {n}: {error}", n=number, error=error.told)
        raise bad(problem, file) from None
    except (TypeError, KeyError, IndexError, ValueError):
        problem = worded("feature {n}: its geometry is none of GeoJSON; export it anew", n=number)
        raise bad(problem, file) from None
    return Feature(number, properties, middle(polygons) if polygons else None, polygons)


def _point(held: Sequence[float]) -> Point:
    lon, lat = float(held[0]), float(held[1])
    if abs(lon) <= 180.0 and abs(lat) <= 90.0:  # false for nan
        return lon, lat
    if abs(lat) <= 180.0 and abs(lon) <= 90.0:
        raise BadInput(
            worded("longitude stands first, then latitude; they are the wrong way round")
        )
    raise BadInput(
        worded("({lon:g}, {lat:g}) are no degrees; export in WGS 84 (EPSG:4326)", lon=lon, lat=lat)
    )
