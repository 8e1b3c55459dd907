"""Kin who take people in, plainly: what each home holds is eaten up tick by tick by all in it.

Part of the oracle of the residents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anlan.sim.chance import declared

if TYPE_CHECKING:
    from tests.oracle.persons import Household

THINGS = ("tap", "larder")


class Kin:
    """All homes, as hosts and as guests."""

    def __init__(self, oracle: Any) -> None:
        self.oracle = oracle
        self.came: list[Household] = []
        self.heads: dict[int, int] = {}  # of each guest household as it came

    def come(self, home: Household) -> None:
        """They are with kin now."""
        self.came.append(home)

    def leave(self, home: Household, tick: int) -> None:
        """They go home."""
        if home.host is None:
            return
        if home.thirsty_since != -1:
            self.oracle._leave_tap(home, home.heads, tick)
        home.thirsty_since = -1
        home.lacks = set()
        home.host = None

    def look(self, tick: int) -> None:
        """Who has run out by now draws on the site; who has just come is given what there is."""
        everybody = self.oracle.households
        for thing in THINGS:
            for host in everybody:
                if host.ran_out >= {thing} and (not _need(host, thing) or _anew(host, thing, tick)):
                    host.ran_out.remove(thing)
                    for guest in self._guests(host):
                        self.oracle._lacks_no_more(guest, f"kin {thing}", tick)
                        if not guest.lacks:
                            guest.is_given(tick)
                if not _need(host, thing) or _anew(host, thing, tick):
                    host.used[thing] = 0
        came, self.came = sorted(self.came, key=lambda home: home.number), []
        for home in came:
            home.host = self._host(home)
            home.host.has_guests = True
            self.heads[home.number] = home.heads
        for host in everybody:
            for thing in THINGS:
                gone = host.used[thing] >= self._holds(host, thing)
                if not _need(host, thing) or not gone or thing in host.ran_out:
                    continue
                host.ran_out.add(thing)
                if not host.has_guests:
                    continue
                if host.at_home:
                    self.oracle._lacks(host, thing, tick)
                for guest in self._guests(host):
                    self.oracle._lacks(guest, f"kin {thing}", tick)
        for home in came:
            missing = [thing for thing in THINGS if thing in home.host.ran_out]
            for thing in missing:
                self.oracle._lacks(home, f"kin {thing}", tick)
            if not missing:
                home.is_given(tick)

    def eat(self) -> None:
        """A tick of an outage, or of being cut off, is over."""
        for host in self.oracle.households:
            for thing in THINGS:
                if _need(host, thing):
                    guests = sum(self.heads[guest.number] for guest in self._guests(host))
                    host.used[thing] += host.size + guests

    def _guests(self, host: Household) -> list[Household]:
        if not host.has_guests:
            return []
        return [home for home in self.oracle.households if home.host is host]

    def _host(self, home: Household) -> Household:
        """Some household at the seat of the town, by a draw of the guests' own."""
        around = self.oracle.around
        seat = int(around.world.town_seat[home.place.town])
        there: list[Household] = [h for h in self.oracle.households if h.place.number == seat]
        keys = around.world.people.household_key[home.number : home.number + 1]
        u = float(around.streams.uniform64(declared()["kin.host"][0], keys)[0])
        at = int(u * len(there))
        return there[(at + 1) % len(there)] if there[at] is home else there[at]

    @staticmethod
    def _holds(host: Household, thing: str) -> int:
        return host.size * (host.thirsty_ticks if thing == "tap" else host.bare_ticks)


def _need(host: Household, thing: str) -> bool:
    return host.place.dark if thing == "tap" else host.place.cut_off


def _anew(host: Household, thing: str, tick: int) -> bool:
    """The need begins in this tick."""
    return tick == (host.place.dark_since if thing == "tap" else host.place.cut_off_since)
