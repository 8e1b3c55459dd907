"""Orders that a plan gives at an hour of the run, in place of the level that names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from anlan.sim.scenario.clock import Clock
from anlan.sim.scenario.schema import LEVELS, SIGNALS, Orders, Response

# Keys of [orders].
MOVE, MUSTER, OPEN, STORES = "move_h", "muster_h", "open_h", "stores_h"
CONTRAFLOW = "contraflow_h"


@dataclass
class Timed:
    """Which orders are still ahead, and which no level gives until the stand-down."""

    whole: Response  # all that any level sets going
    ahead: dict[str, int] = field(default_factory=dict)  # key of [orders] -> tick
    held: set[str] = field(default_factory=set)  # keys that no level gives

    @classmethod
    def of(cls, orders: Orders, responses: Sequence[Response], clock: Clock) -> Timed:
        """The orders of a scenario at the beginning of a run."""
        ahead = {key: clock.tick_at(60.0 * hour) for key, hour in orders.hours.items()}
        return cls(_all_of(responses), ahead, set(ahead))

    def due(self, tick: int) -> set[str]:
        """The orders that fall due in a tick."""
        found = {key for key, when in self.ahead.items() if when == tick}
        for key in found:
            del self.ahead[key]
        return found

    def only(self, keys: set[str]) -> Response:
        """Of all that any level sets going, what some orders say. Who is to leave needs a roof."""
        whole = self.whole
        return self._without({MOVE, MUSTER, OPEN, CONTRAFLOW} - keys, whole, MOVE in keys)

    def left_to(self, response: Response) -> Response:
        """What a level itself still sets going."""
        return self._without(self.held, response, False) if self.held else response

    def _without(self, keys: set[str], response: Response, opens: bool) -> Response:
        return response.model_copy(
            update={
                "move": () if MOVE in keys else response.move,
                "muster": () if MUSTER in keys else response.muster,
                "contraflow": CONTRAFLOW not in keys and response.contraflow,
                "open_shelters": opens or (OPEN not in keys and response.open_shelters),
            }
        )

    def stand_down(self) -> None:
        """Over: what was given at its hour goes with the levels again, should there be one."""
        self.held = set(self.ahead)


def _all_of(responses: Sequence[Response]) -> Response:
    """All that any level sets going: nothing where the plan has no levels."""
    return Response(
        level=LEVELS[-1],
        signal=SIGNALS[-1],
        move=tuple(dict.fromkeys(dwelling for r in responses for dwelling in r.move)),
        muster=tuple(dict.fromkeys(kind for r in responses for kind in r.muster)),
        open_shelters=any(r.open_shelters for r in responses),
        contraflow=True,  # whoever sets an hour wants it, whatever the levels say
    )
