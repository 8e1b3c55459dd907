"""A quantity of goods -> relief items: how much is in a bottle, how many bottles are in a box."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from anlan.app.workbook.amounts import unit_in
from anlan.app.workbook.known import folded, halves, nears, thing_of, things, units

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(ml|毫升|l|升|公升)(?!(?!x\d)[a-z])")
_TIMES = re.compile(r"[x×*✕](\d{1,4})(?!\d|\.)|(?<![\d.])(\d{1,4})[x×*✕]")
_EACH = re.compile(
    r"/(\d{1,4})(?=[瓶桶盒袋份包碗杯罐个支听套件张条床])|"
    r"(?:每|1)?[箱件提包捆板排](?:装)?(\d{1,4})|(\d{1,4})([瓶桶盒袋份包碗杯罐个支听套件张条床])[/每装]"
)

_LEFT = re.compile(r"(?<=\s)[瓶桶盒袋份包碗杯罐个支听套件张条床]?装?/?[箱件提包捆]?$")


@dataclass(frozen=True)
class Goods:
    """What one counted unit of goods is: of which item, and how many of its units."""

    item: str = ""
    unit: str = "piece"
    factor: float = 1.0
    doubt: str = ""
    asked: bool = False


def goods_of(
    name: str, unit: str, spec: str, per_box: float | None = None, meant: bool = False
) -> Goods:
    """What goods of a name, counted in a unit, are in terms of the relief items.

    `spec` holds sizes such as 550ml×24瓶/箱; `per_box` is a column of its own for the latter.
    `meant`: a person was asked about goods that are near to a relief item, and said how much.
    """
    tries = called(name)
    thing = next((things()[t] for t in tries if t in things()), None)
    base = unit_in(unit) if unit else None
    if unit and base is None:
        return Goods(asked=True, doubt="unknown_unit")
    counted, factor = base or ("piece", 1.0)
    if thing is None:
        if any(t in halves() for t in tries):
            return Goods("", counted or "piece", factor, "half")
        near = near_item(tries[-1])
        if not near or not meant:
            return Goods("", counted or "piece", factor, "near_item" if near else "", bool(near))
        thing = thing_of(near)
    text = folded(f"{spec} {name}")
    classifier = folded(unit).lstrip("十百千万亿") if unit else ""
    scale = factor / units()[classifier][1] if classifier in units() else factor
    if thing.item == "water_ml":
        return _water(counted, factor, scale, classifier, thing.packs, text, per_box)
    return _counted(
        thing.item, counted, scale, classifier, (thing.whole, thing.packs), text, per_box
    )


def called(name: str) -> tuple[str, ...]:
    """What goods are called: as written, without brackets, without sizes and numbers in a box."""
    plain = folded(name)
    bare = re.sub(r"[（(].*?[)）]", "", plain)
    short = _SIZE.sub(" ", bare)
    for pattern in (_TIMES, _EACH):
        short = pattern.sub(" ", short)
    short = _LEFT.sub("", short)
    return plain, bare, re.sub(r"[\s/x×*✕+·,，、_-]+", "", short)


def is_item(name: str) -> bool:
    """Whether goods of a name are a relief item."""
    return any(t in things() for t in called(name))


def near_item(name: str) -> str:
    """The relief item that goods of a name may well be; empty where none is near."""
    for near in nears():
        if any(word in name for word in near.others):
            continue
        if name.endswith(near.ends) or any(word in name for word in near.holds):
            return near.item
    return ""


def _water(
    counted: str, factor: float, scale: float, unit: str, packs: tuple[str, ...], text: str,
    per_box: float | None,
) -> Goods:  # fmt: skip
    if counted == "mL":
        return Goods("water_ml", "mL", factor)
    if counted == "kg":
        return Goods("water_ml", "mL", factor * 1000.0, "litre_is_kg")
    if counted == "m3":
        return Goods("water_ml", "mL", factor * 1e6)
    size = _size_ml(text)
    if size is None:
        return Goods("water_ml", "mL", 1.0, "no_size", True)
    if unit not in packs:
        return Goods("water_ml", "mL", scale * size, "" if unit else "no_unit")
    number = per_box or _number_in(text)
    if number is None:
        return Goods("water_ml", "mL", 1.0, "no_number_in_box", True)
    return Goods("water_ml", "mL", scale * size * number)


def _counted(
    item: str, counted: str, scale: float, unit: str,
    kinds: tuple[tuple[str, ...], tuple[str, ...]], text: str, per_box: float | None,
) -> Goods:  # fmt: skip
    whole, packs = kinds
    canonical = {"meal": "meal", "medicine": "pack"}.get(item, "set")
    if counted != "piece":
        return Goods(item, canonical, 1.0, "unlike_unit", True)
    number = per_box or _number_in(text)
    if unit in packs and (unit not in whole or number is not None):
        if number is None:
            return Goods(item, canonical, 1.0, "no_number_in_box", True)
        return Goods(item, canonical, scale * number, "one_is_one")
    if unit in whole or not unit:
        return Goods(item, canonical, scale, "one_is_one" if unit else "no_unit")
    return Goods(item, canonical, 1.0, "unlike_unit", True)


def _size_ml(text: str) -> float | None:
    sizes = {
        float(number) * (1.0 if unit in ("ml", "毫升") else 1000.0)
        for number, unit in _SIZE.findall(text)
    }
    return sizes.pop() if len(sizes) == 1 else None


def _number_in(text: str) -> float | None:
    """How many are in a box; None where it is not said, or said in two ways."""
    text = unicodedata.normalize("NFKC", text)
    without = _SIZE.sub(" ", text)
    found = {int(a or b) for a, b in _TIMES.findall(without)}
    found |= {int(a or b or c) for a, b, c, _ in _EACH.findall(without)}
    return float(found.pop()) if len(found) == 1 else None
