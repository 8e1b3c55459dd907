"""Pictures for documents and workbooks: as sharp as a page needs, a fifth of the bytes."""

from __future__ import annotations

import io
from pathlib import Path

LEAST_WIDE_PX = 1400  # over a text of 156 mm: 228 dots an inch
COLOURS = 256


def smaller(path: Path) -> bytes:
    """A picture that was drawn as a PNG of fewer dots and colours; on paper it is as large."""
    from PIL import Image

    with Image.open(path) as drawn:
        dots = drawn.info.get("dpi", (300.0, 300.0))
        share = max(1, drawn.width // LEAST_WIDE_PX)
        picture = drawn.convert("RGB").reduce(share)
    few = picture.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    held = io.BytesIO()
    few.save(held, "PNG", compress_level=6, dpi=tuple(d / share for d in dots))
    return held.getvalue()
