"""The section "enough": what `anlan size` has found, where its folder lies in that of the runs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from anlan.analysis.sizing.tables import FILE
from anlan.analysis.text.numbers import number

FOLDER = "size"


def enough(folder: Path, lang: str) -> dict[str, Any] | None:
    """The answer and its shopping list, for the page; None where no size was found."""
    here = folder / FOLDER
    if not (here / FILE).is_file() or not (here / "shopping.csv").is_file():
        return None
    told = json.loads((here / FILE).read_text(encoding="utf-8"))
    listed = told["outcome"] == "enough"
    text = (here / "shopping.csv").read_text(encoding="utf-8") if listed else ""
    rows = [
        {
            "what": row[lang],
            **{key: number(float(row[key])) for key in ("today", "enough", "more", "cost")},
            "assumed": row["price_mark"] == "assumption",
        }
        for row in csv.DictReader(io.StringIO(text))
    ]
    return {"says": told["says"][lang], "rows": rows}
