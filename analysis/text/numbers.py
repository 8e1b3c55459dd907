"""How numbers and amounts are written."""

from __future__ import annotations

import math

from anlan.analysis.words import trait, word, words
from anlan.analysis.words.counted import one_of


def number(value: float) -> str:
    """Some three figures, thousands set off by commas."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    digits = 0 if size >= 100 or value == round(value) else 1 if size >= 10 else 2
    text = f"{value:,.{digits}f}"
    return "0" if text in ("-0", "-0.00", "0.00") else text.replace("-", "−")


def percent(value: float) -> str:
    """A share as per cent; never rounded up to 100 % nor down to 0 %."""
    if math.isnan(value):
        return "–"
    if value in (0.0, 1.0):
        return f"{100 * value:.0f}%"
    shown = 100.0 * value
    if abs(shown - round(shown)) < 1e-9:
        return f"{shown:.0f}%".replace("-", "−")
    size = abs(shown)
    near = min(size, abs(100.0 - size))  # a difference's end may lie beyond 100 %
    digits = 1 if near >= 0.05 else 2 if near >= 0.005 else 4
    return f"{shown:.{digits}f}%".replace("-", "−")


def amount(value: float, unit: str, lang: str, short: bool = False) -> str:
    """A number with its unit; `short` leaves the unit out (but never the per cent sign)."""
    if math.isnan(value):
        return "–"
    if unit == "share":
        return percent(value) if math.isfinite(value) else number(value)
    if short:
        return number(value)
    text = number(value)
    if not unit:
        return text
    called = unit_word(unit, lang)
    if text == "1":
        called = one_of(called, trait("one", lang))
    return text + trait("unit_gap", lang) + called


def unit_word(unit: str, lang: str) -> str:
    """A unit in words; one that the list does not have, such as a measure's of one's own, as is."""
    return words().get(f"unit.{unit}", {}).get(lang, unit)


def ends_text(low: float, high: float, unit: str, lang: str) -> str:
    """'71.0% – 83.0%', or that there is no interval."""
    if math.isinf(low):
        return word("interval.none", lang)
    return " – ".join(amount(end, unit, lang, short=True) for end in (low, high))
