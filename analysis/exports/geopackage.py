"""Layers as one GeoPackage (OGC 12-128r18), each with its style in the table that QGIS reads.

A GeoPackage is an SQLite file with a few tables of fixed form, so the standard library writes it.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from anlan.analysis.exports.layers import Layer, Lonlat
from anlan.analysis.exports.qml import qml

APPLICATION = 0x47504B47  # "GPKG"
VERSION = 10300
SRS = 4326
WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,'
    'AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AUTHORITY["EPSG","4326"]]'
)
FIXED = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
  styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT,
  owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')));
"""


def geopackage(layers: Sequence[Layer]) -> bytes:
    """The layers as the bytes of a GeoPackage; made in memory, so that a file is whole or not."""
    db = sqlite3.connect(":memory:")
    try:
        db.execute(f"PRAGMA application_id = {APPLICATION}")
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.executescript(FIXED)
        unknown = ("undefined", "NONE")
        db.executemany(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
            [
                ("Undefined cartesian SRS", -1, unknown[1], -1, unknown[0], None),
                ("Undefined geographic SRS", 0, unknown[1], 0, unknown[0], None),
                ("WGS 84 geodetic", SRS, "EPSG", SRS, WGS84, None),
            ],
        )
        for layer in layers:
            _write(db, layer)
        db.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
            "VALUES ('layer_styles', 'attributes', 'layer_styles', 0)"
        )
        db.commit()
        return db.serialize()
    finally:
        db.close()


def _write(db: sqlite3.Connection, layer: Layer) -> None:
    columns = list(layer.columns)
    kinds = {c: _kind(layer.rows, c) for c in columns}
    told = "".join(f', "{c}" {kinds[c]}' for c in columns)
    geometry = layer.geometry.upper()
    db.execute(
        f'CREATE TABLE "{layer.name}" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, '
        f"geom {geometry}{told})"
    )
    lon, lat = zip(*(point for points in layer.points for point in points), strict=True)
    db.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, min_x, min_y, max_x, max_y, "
        "srs_id) VALUES (?, 'features', ?, ?, ?, ?, ?, ?)",
        (layer.name, layer.name, min(lon), min(lat), max(lon), max(lat), SRS),
    )
    db.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
        (layer.name, geometry, SRS),
    )
    names = "".join(f', "{c}"' for c in columns)
    db.executemany(
        f'INSERT INTO "{layer.name}" (geom{names}) VALUES (?{", ?" * len(columns)})',
        [
            (_blob(layer.geometry, points), *(row[c] for c in columns))
            for row, points in zip(layer.rows, layer.points, strict=True)
        ],
    )
    db.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
        "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner) "
        "VALUES ('', '', ?, 'geom', ?, ?, '', 1, '', '')",
        (layer.name, layer.name, qml(layer)),
    )


def _kind(rows: Sequence[Mapping[str, Any]], column: str) -> str:
    """The SQL type of a column; a number that is never there is still a number."""
    held = {type(row[column]) for row in rows} - {type(None)}
    if held <= {int, bool}:
        return "INTEGER" if held else "REAL"
    return "REAL" if held <= {int, float} else "TEXT"


def _blob(kind: str, points: Sequence[Lonlat]) -> bytes:
    """A geometry as the standard has it: a header of eight bytes, then well-known binary."""
    head = struct.pack("<2sBBi", b"GP", 0, 1, SRS)  # little-endian, no envelope
    if kind == "Point":
        return head + struct.pack("<BI2d", 1, 1, *points[0])
    flat = [value for point in points for value in point]
    return head + struct.pack(f"<BII{len(flat)}d", 1, 2, len(points), *flat)
