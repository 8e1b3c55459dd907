"""A font that can write Chinese: the machine's own if there is one, else one that pip brings."""

from __future__ import annotations

from functools import cache
from pathlib import Path

# Simplified shapes first; the same family has gone by several names
SYSTEM = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
)


@cache
def family() -> str:
    """The name of a font family with Chinese glyphs, known to matplotlib after this call.

    Raises RuntimeError where there is none.
    """
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    for name in SYSTEM:
        if name in known:
            return name
    path = packaged_font()
    if path is None:
        raise RuntimeError("no Chinese font: pip install cvttf-notosanscjk-regular")
    font_manager.fontManager.addfont(str(path))
    return str(font_manager.FontProperties(fname=str(path)).get_name())


def packaged_font() -> Path | None:
    """The font file of the pip package, which holds all CJK glyphs."""
    from importlib.util import find_spec

    spec = find_spec("cvttf_NotoSansCJK_Regular")
    if spec is None or not spec.submodule_search_locations:
        return None
    return next(Path(spec.submodule_search_locations[0]).glob("*.otf"), None)
