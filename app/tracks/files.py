"""Which format of best tracks a file is in, by what stands in it, and its lines."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path

from anlan.app.tracks import atcf, cma, ibtracs, jma
from anlan.app.tracks.storms import Format
from anlan.sim.scenario.errors import bad, reason, shown, worded

LOOKED_AT = 40  # lines at the beginning: a header, units, some fixes
ENCODING = "utf-8-sig"
CMA = Format("CMA", cma.storms, cma.rows)
JMA = Format("JMA", jma.storms, jma.rows)
ATCF = Format("ATCF", atcf.storms, atcf.rows)
IBTRACS = Format("IBTrACS", ibtracs.storms, ibtracs.rows)
CMA_FIX = re.compile(r"\d{10}\s+\d+\s")
JMA_FIX = re.compile(r"\d{8} +002 ")
DECK = re.compile(r"[A-Za-z]{2}\s*,\s*\d\d\s*,\s*\d{10}\s*,")
FORECASTS = re.compile(r"[A-Za-z]{2}\s*,\s*\d\d\s*,\s*\d{10}\s*,[^,]*,\s*(?!BEST)\w+\s*,")
# beginnings of files that are no text -> what they are
PACKED = {b"\x1f\x8b": "gzip", b"PK": "zip", b"\x89HDF": "netCDF", b"CDF": "netCDF"}


@contextmanager
def opened(path: Path) -> Iterator[tuple[Format, Iterator[str]]]:
    """A file's format and all of its lines. Raises BadInput."""
    try:
        with path.open("rb") as beginning:
            head = beginning.read(8)
        for mark, kind in PACKED.items():
            if head.startswith(mark):
                raise bad(
                    worded(
                        "is packed ({kind}); unpack it, or take the text or CSV file", kind=kind
                    ),
                    shown(path.name),
                )
        with path.open(encoding=ENCODING, errors="strict", newline=None) as file:
            first = list(islice(file, LOOKED_AT))
            yield _format(first, path), chain(first, file)
    except UnicodeDecodeError:
        raise bad(
            worded("is no text in UTF-8; take the file as the agency gives it"), shown(path.name)
        ) from None
    except csv.Error:
        raise bad(
            worded("is no table in CSV, or is spoilt; take it anew"), shown(path.name)
        ) from None
    except OSError as error:
        raise bad(reason(error), shown(path.name)) from None


def _format(first: list[str], path: Path) -> Format:
    """The format of a file by its first lines. Raises BadInput."""
    if first and first[0].upper().startswith(("SID,", '"SID"')):
        return IBTRACS
    for line in first:
        if JMA_FIX.match(line):
            return JMA
        if CMA_FIX.match(line):
            return CMA
    decks = [line for line in first if DECK.match(line)]
    if decks and all(FORECASTS.match(line) for line in decks):
        raise bad(
            worded("holds forecasts (an a-deck), no best track; take the b-deck (bwp….dat)"),
            shown(path.name),
        )
    if decks:
        return ATCF
    raise bad(
        worded(
            "is no best track in a format that is known: CMA's (CHyyyyBST.txt), JMA's "
            "(bst_all.txt), a b-deck of JTWC (bwp….dat) or IBTrACS v04 as CSV"
        ),
        shown(path.name),
    )
