"""The section "enough": what `anlan size` has found, where its folder lies in that of the runs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from anlan.analysis.sizing.tables import FILE
from anlan.analysis.text.numbers import number

FOLDER, LIST = "size", "shopping.csv"


def enough(folder: Path, lang: str) -> dict[str, Any] | None:
    """The answer and its shopping list, for the page; None where no size was found."""
    says = enough_text(folder, lang)
    if not says:
        return None
    rows = [
        {
            "what": row[lang],
            **{key: number(float(row[key])) for key in ("today", "enough", "more", "cost")},
            "assumed": row["price_mark"] == "assumption",
        }
        for row in enough_rows(folder)
    ]
    return {"says": says, "rows": rows}


def enough_text(folder: Path, lang: str) -> str:
    """The answer in a sentence; empty where no size was found."""
    return str(_told(folder)["says"][lang]) if _there(folder) else ""


def enough_rows(folder: Path) -> list[dict[str, str]]:
    """The shopping list as its table has it; empty where there is none that is enough."""
    if not _there(folder) or _told(folder)["outcome"] != "enough":
        return []
    text = (folder / FOLDER / LIST).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def _there(folder: Path) -> bool:
    return all((folder / FOLDER / name).is_file() for name in (FILE, LIST))


def _told(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / FOLDER / FILE).read_text(encoding="utf-8"))
    return told
