"""A cell -> an amount: the number, the unit written beside it, and what is doubtful about it.

Nothing is guessed: what leaves a choice is asked about. What is proposed follows from the cell
(a sum worked out, l0 as 10); where to copy it would be a guess nothing is.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, replace

from anlan.app.workbook.cells import Raw
from anlan.app.workbook.known import folded, marks, units

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_LEAD = (
    r"大约|大概|约|将近|近|逾|超过|超|≈|~|共计|共|计|"
    r"不少于|不低于|至少|不超过|不多于|最多|≥|>=|>|≤|<=|<"
)
_TAIL = r"左右|上下|以上|以下|以内|余|多|来|许|\+"
_WHOLE = re.compile(
    rf"(?P<lead>{_LEAD})?(?P<number>{_NUMBER})(?P<odd>余|多|几|来)?(?P<scale>[十百千万亿]+)?"
    rf"(?P<more>余|多|来|许)?(?P<unit>[^\d(]*?)(?P<tail>{_TAIL})?(?:\((?P<bracket>.*)\))?",
)
_RANGE = re.compile(rf"({_NUMBER})[^\d(]{{0,3}}?[-~—–至到]+({_NUMBER})[^\d]*")
_SCALES = {"十": 10.0, "百": 100.0, "千": 1e3, "万": 1e4, "亿": 1e8}
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_SPELT = {"km2": "平方公里", "m3/h": "立方米/小时", "m2": "平方米", "m3": "立方米"}
_SUPERSCRIPT = re.compile(r"(?<=[\d万千百])(km2|m3/h|m2|m3)(?![\d])", re.IGNORECASE)
_HAN = re.compile(r"(?P<number>[零〇一二两三四五六七八九十百千万]+)(?P<unit>[^\d]*)")
ABOUT = {"大约", "大概", "约", "将近", "近", "逾", "超过", "超", "≈", "~", "左右", "上下",
         "余", "多", "来", "许", "几", "+", ">"}  # fmt: skip
BOUND = {"不少于", "不低于", "至少", "不超过", "不多于", "最多", "≥", ">=", "≤", "<=", "<",
         "以上", "以下", "以内"}  # fmt: skip
LOOKS_LIKE = str.maketrans({"l": "1", "I": "1", "O": "0", "o": "0", "|": "1"})


@dataclass(frozen=True)
class Amount:
    """What a cell says: a value or None, its unit as written, and the doubt about it."""

    value: float | None
    unit: str = ""
    doubt: str = ""  # a key of the word list behind `book.doubt.`; empty: none
    asked: bool = False  # no value until it is answered
    suggested: float | None = None


def asked(doubt: str, suggested: float | None = None, unit: str = "") -> Amount:
    """No value, but a question."""
    return Amount(None, unit, doubt, True, suggested)


def understood(raw: Raw) -> Amount:
    """What a cell that should hold an amount says; blank cells are the caller's."""
    if isinstance(raw, bool):
        return asked("not_a_number")
    if isinstance(raw, (int, float)):
        return Amount(float(raw)) if raw >= 0 else asked("negative")
    if isinstance(raw, (dt.datetime, dt.date, dt.time, dt.timedelta)):
        return asked("date_number")
    return _of_text("".join(unicodedata.normalize("NFKC", str(raw or "")).split()))


def _of_text(text: str) -> Amount:
    for mark in ("none", "dash", "vague", "ditto"):
        if folded(text) in marks(mark):
            return Amount(0.0, doubt="none") if mark == "none" else asked(mark)
    text = _SUPERSCRIPT.sub(lambda found: _SPELT[found[1].casefold()], text.replace("。", "."))
    if re.fullmatch(r"-\d+(\.\d+)?", text):
        return asked("negative")
    if found := _WHOLE.fullmatch(text):
        return _of_match(found)
    if found := _RANGE.fullmatch(text):
        return asked("range")
    if found := _HAN.fullmatch(text):
        value = han_number(found["number"])
        if value is not None and (not found["unit"] or folded(found["unit"]) in units()):
            return Amount(value, found["unit"], "han_number")
    return _several(text)


def _several(text: str) -> Amount:
    """What a text says that is no single amount."""
    swapped = text.translate(LOOKS_LIKE)
    if swapped != text and re.fullmatch(rf"(?:{_NUMBER})[^\da-zA-Z]*", swapped):
        return replace(asked("letters"), suggested=understood(swapped).value)
    numbers = re.findall(_NUMBER, text)
    if not numbers:
        return asked("not_a_number")
    if len(numbers) == 1 and text.startswith("各"):
        return asked("each")
    if re.fullmatch(rf"(?:{_NUMBER})[^\d]*(?:\+(?:{_NUMBER})[^\d]*)+", text):
        return asked("sum", sum(map(_plain, numbers)))
    return asked("several" if len(numbers) > 1 else "words")


def _plain(number: str) -> float:
    return float(number.replace(",", ""))


def _scale(text: str | None) -> float:
    value = 1.0
    for sign in text or "":
        value *= _SCALES[sign]
    return value


def _of_match(found: re.Match[str]) -> Amount:
    value = _plain(found["number"]) * _scale(found["scale"])
    unit, bracket = found["unit"], found["bracket"]
    if unit and folded(unit) not in units():
        if unit == "%":
            return asked("percent")
        return _odd_unit(unit, value)
    said = {found["lead"], found["odd"], found["more"], found["tail"]} - {None, ""}
    if said & BOUND:
        return asked("bound", unit=unit)
    plain = Amount(value, unit, "about" if said & ABOUT else "")
    return _bracketed(plain, bracket) if bracket else plain


def _odd_unit(unit: str, value: float) -> Amount:
    """A number followed by a word that is no unit: two units with a slash, or an explanation."""
    swapped = unit.translate(LOOKS_LIKE)
    if swapped.isdigit():
        return asked("letters", float(f"{value:g}{swapped}"))
    parts = [p for p in re.split(r"[/、或]", unit) if p]
    if len(parts) > 1 and all(folded(p) in units() for p in parts):
        return Amount(value, parts[0])
    return asked("words")


def _bracketed(plain: Amount, bracket: str) -> Amount:
    """An amount with something in brackets behind it."""
    value, unit = plain.value or 0.0, plain.unit
    inside = re.findall(_NUMBER, bracket)
    lessens = any(word in folded(bracket) for word in marks("minus"))
    if inside:
        less = value - _plain(inside[0])
        return asked("part", less if lessens and less >= 0 else value, unit)
    if folded(bracket) in units():
        return plain
    if lessens or any(word in folded(bracket) for word in marks("doubt")):
        return asked("bracket_doubt", 0.0 if lessens else value, unit)
    return Amount(value, unit, "bracket")


def han_number(text: str) -> float | None:
    """The number that Chinese characters write; None for what is none."""
    total = section = digit = 0
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign == "万":
            total, section, digit = (total + section + digit) * 10_000, 0, 0
        else:
            section, digit = section + (digit or 1) * int(_SCALES[sign]), 0
    return float(total + section + digit) if text else None


def unit_in(text: str) -> tuple[str, float] | None:
    """What `万条` or `人` counts in, and how many of it one is; None for what is no unit."""
    plain = folded(text)
    if plain in units():
        return units()[plain]
    if plain[:1] in _SCALES and (plain[1:] in units() or not plain[1:]):
        base, factor = units().get(plain[1:], ("", 1.0))
        return base, factor * _SCALES[plain[0]]
    parts = [p for p in re.split(r"[/、()]", plain) if p]
    if len(parts) > 1 and all(p in units() for p in parts):
        return units()[parts[0]]
    return None
