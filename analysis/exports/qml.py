"""How QGIS is to draw a layer: its style file (QML), with the colours of the report's map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from xml.etree import ElementTree as Xml

from anlan.analysis.exports.layers import CLOSED_SHARE, Layer
from anlan.analysis.plots.map_key import FILLS, ROAD_STEPS, ROADS, STEPS
from anlan.analysis.plots.style import GREEN, ORANGE, VERMILION
from anlan.analysis.results.place_means import LATE_SHARE
from anlan.analysis.text.numbers import percent
from anlan.analysis.words import LANGS

HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
VERSION = "3.22.0"  # the oldest QGIS that is meant
SITES = {"teams": ("triangle", VERMILION), "stores": ("square", GREEN),
         "shelters": ("diamond", ORANGE)}  # fmt: skip
BETWEEN = " / "  # between the languages in what a column is called
Symbol = Mapping[str, str]


def qml(layer: Layer) -> str:
    """The style of a layer: classes for places and roads, one symbol for sites."""
    root = Xml.Element("qgis", version=VERSION, styleCategories="Symbology|Fields")
    if layer.name == "places":
        symbols: list[Symbol] = [_marker("circle", fill, "3") for fill in FILLS]
        _graduated(root, layer, LATE_SHARE, STEPS, symbols)
    elif layer.name == "roads":
        symbols = [_line(colour, width) for colour, width, _ in ROADS]
        _graduated(root, layer, CLOSED_SHARE, (*ROAD_STEPS, 1.0), symbols)
    else:
        shape, colour = SITES[layer.name]
        renderer = _renderer(root, "singleSymbol")
        _symbols(renderer, layer, [_marker(shape, colour, "2.4")])
    aliases = Xml.SubElement(root, "aliases")
    for i, (column, told) in enumerate(layer.columns.items()):
        called = BETWEEN.join(told[lang] for lang in LANGS)
        Xml.SubElement(aliases, "alias", index=str(i), field=column, name=called)
    Xml.SubElement(root, "layerGeometryType").text = "0" if layer.geometry == "Point" else "1"
    Xml.indent(root)
    return HEAD + Xml.tostring(root, encoding="unicode") + "\n"


def _graduated(
    root: Xml.Element, layer: Layer, column: str, steps: Sequence[float], symbols: Sequence[Symbol]
) -> None:
    renderer = _renderer(root, "graduatedSymbol", attr=column, graduatedMethod="GraduatedColor")
    ranges = Xml.SubElement(renderer, "ranges")
    # The first class is nought alone: its upper end is the tiny number at which the next begins.
    for i, (low, high) in enumerate(pairwise(steps)):
        label = percent(0.0) if not i else f"≤ {percent(high)}"
        Xml.SubElement(ranges, "range", lower=repr(low), upper=repr(high), label=label,
                       symbol=str(i), render="true")  # fmt: skip
    _symbols(renderer, layer, symbols[: len(steps) - 1])


def _renderer(root: Xml.Element, kind: str, **more: str) -> Xml.Element:
    plain = {"type": kind, "symbollevels": "0", "enableorderby": "0", "forceraster": "0"}
    return Xml.SubElement(root, "renderer-v2", plain | more)


def _symbols(renderer: Xml.Element, layer: Layer, symbols: Sequence[Symbol]) -> None:
    held = Xml.SubElement(renderer, "symbols")
    point = layer.geometry == "Point"
    for i, properties in enumerate(symbols):
        symbol = Xml.SubElement(held, "symbol", type="marker" if point else "line", name=str(i),
                                alpha="1", clip_to_extent="1", force_rhr="0")  # fmt: skip
        kind = "SimpleMarker" if point else "SimpleLine"
        drawn = Xml.SubElement(
            symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"}
        )
        options = Xml.SubElement(drawn, "Option", type="Map")
        for name, value in properties.items():
            Xml.SubElement(options, "Option", type="QString", name=name, value=value)
        for name, value in properties.items():  # QGIS before 3.26 reads these
            Xml.SubElement(drawn, "prop", k=name, v=value)


def _marker(shape: str, fill: str, size: str) -> Symbol:
    return {"name": shape, "color": _rgba(fill), "size": size, "size_unit": "MM",
            "outline_color": _rgba("#4A4A4A"), "outline_style": "solid", "outline_width": "0.2",
            "outline_width_unit": "MM"}  # fmt: skip


def _line(colour: str, width: float) -> Symbol:
    return {"line_color": _rgba(colour), "line_width": f"{0.35 * width:g}",
            "line_width_unit": "MM", "line_style": "solid", "capstyle": "round",
            "joinstyle": "round"}  # fmt: skip


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)) + ",255"
