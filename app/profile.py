"""`--profile`: where the CPU of the runs went, phase by phase."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from anlan.analysis.words import word
from anlan.analysis.words.names import said
from anlan.app.show import console, table

PHASE = "phase."
DRAW = f"{PHASE}draw"  # before the first tick
STAGES = ("prepare", "run", "digest", "write")  # of a chunk, in their order


class Profile:
    """CPU seconds by what they went to, of all runs together, wherever they were played."""

    def __init__(self) -> None:
        self.cpu_s: Counter[str] = Counter()

    def add(self, cpu_s: Mapping[str, float]) -> None:
        """What a further chunk took."""
        self.cpu_s.update(cpu_s)

    def rows(self) -> list[tuple[str, float]]:
        """Stages in their order, and under the runs the phases of a tick in theirs."""
        from anlan.sim import PHASES

        found: list[tuple[str, float]] = []
        for stage in STAGES:
            if stage in self.cpu_s:
                found.append((stage, self.cpu_s[stage]))
            if stage == "run":
                names = [DRAW, *(f"{PHASE}{phase.name}" for phase in PHASES)]
                found += [(name, self.cpu_s[name]) for name in names if name in self.cpu_s]
        return found


def show_profile(profile: Profile, lang: str) -> None:
    """Print the table; nothing where nothing was played."""
    rows = profile.rows()
    total = sum(cpu_s for name, cpu_s in rows if not name.startswith(PHASE))
    if not total:
        return
    heads = [word(f"cli.profile.{key}", lang) for key in ("what", "cpu", "share")]
    shown = table(word("cli.profile", lang), heads, right=(1, 2))
    for name, cpu_s in rows:
        shown.add_row(_name(name, lang), f"{cpu_s:.2f}", f"{100.0 * cpu_s / total:.1f} %")
    console().print(shown)


def _name(name: str, lang: str) -> str:
    from anlan.sim import PHASES

    if name == DRAW:
        return f"  {word('cli.profile.draw', lang)}"
    if not name.startswith(PHASE):
        return word(f"cli.profile.{name}", lang)
    phase = next(p for p in PHASES if p.name == name.removeprefix(PHASE))
    return f"  {phase.name}  {said(phase, lang)}"
