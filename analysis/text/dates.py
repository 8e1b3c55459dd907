"""Moments in local clock time, as a reader of a language writes them."""

from __future__ import annotations

from datetime import datetime

from anlan.analysis.words import word


def date(when: datetime, lang: str) -> str:
    """Day and month: '14 Sep'."""
    return word("date", lang, month=_month(when, lang), day=when.day)


def moment(when: datetime, lang: str) -> str:
    """Day, month, hour and minute: '14 Sep, 08:30'."""
    return word("moment", lang, month=_month(when, lang), day=when.day, time=f"{when:%H:%M}")


def _month(when: datetime, lang: str) -> str:
    return word(f"month.{when.month}", lang)
