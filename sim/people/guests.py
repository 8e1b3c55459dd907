"""Households that kin have taken in: host and guests live on what the host's home holds.

Kin live at the seat of the town; which home there takes a household in is a draw of the household.
What a home holds lasts its own people for some ticks of an outage, or of being cut off
(`thirsty_ticks`, `bare_ticks`); with guests it is used up sooner, in proportion to how many they
are. From then on host and guests draw on the site of the host's community, until the power is back
there or the road is open, or the guests go home. While the host has something guests are provided.
Who is at risk is worked out as if nobody had guests: hosts take them in because of the response.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from anlan.sim.chance import stream
from anlan.sim.people.at_risk import AtRisk
from anlan.sim.people.draws import FAR
from anlan.sim.people.surroundings import Surroundings
from anlan.sim.people.taps import Taps, Why
from anlan.sim.people.whereabouts import Whereabouts

Ids = NDArray[np.int64]
HOST = stream("kin.host", "household")
NOT_ON = -1


@dataclass(eq=False, slots=True)
class Host:
    """A home with guests, and how much of one thing it has used of what it holds."""

    home: int
    place: int
    size: int  # people of the home itself
    guests: dict[int, int] = field(default_factory=dict)  # household -> its people
    used: dict[Why, int] = field(default_factory=dict)  # person-ticks, while there is a need
    as_of: dict[Why, int] = field(default_factory=dict)
    dry: dict[Why, int] = field(default_factory=dict)  # from which tick on; FAR: never

    @property
    def eaters(self) -> int:
        """How many live on what the home holds."""
        return self.size + sum(self.guests.values())


class Guests:
    """All guests of a run, their hosts, and what these have left.

    lasts (H,) ticks by reason; since (C,) by reason since when there is a need at each place.
    """

    def __init__(
        self,
        around: Surroundings,
        where: Whereabouts,
        taps: Taps,
        at_risk: AtRisk,
        lasts: dict[Why, NDArray[np.int32]],
    ) -> None:
        self.around = around
        self.where = where
        self.taps = taps
        self.at_risk = at_risk
        self.lasts = lasts
        self.host_of: dict[int, Host] = {}  # guest household -> host
        self._hosts: dict[int, Host] = {}  # by home
        self._as_of = (-1, -1)
        self._came: list[int] = []  # in this tick
        self._due: dict[int, list[tuple[int, Why]]] = {}  # tick -> hosts that have none left then
        self._seats = np.unique(around.world.town_seat)
        self._on = {why: np.full(len(self._seats), NOT_ON, dtype=np.int64) for why in lasts}

    def come(self, home: int) -> None:
        """A household arrives at kin."""
        self._came.append(home)

    def leave(self, home: int, tick: int) -> None:
        """A household goes home from kin."""
        host = self.host_of.pop(home, None)
        if host is None:
            return
        self._settle(host, tick)
        self.taps.abandon(home, tick)
        self.taps.drawn_at[home] = self.where.people.community[home]
        del host.guests[home]
        self._date(host)

    def wake(self, tick: int, as_of: tuple[int, int]) -> bool:
        """Whether anything may have changed for them: power or roads as of a version, who came."""
        asleep = as_of == self._as_of and not self._came and tick not in self._due
        self._as_of = as_of
        return not asleep

    def look(self, tick: int, since: dict[Why, Ids]) -> None:
        """After power and roads of a tick: who has run out, who is provided."""
        for why, begun in since.items():
            now = begun[self._seats]
            was = self._on[why]
            if (now != was).any():
                self._begin_and_stop(why, np.flatnonzero(now != was), now, tick)
                self._on[why] = now
        came, self._came = sorted(self._came), []
        keys = self.where.people.household_key[np.array(came, dtype=np.int64)]
        lots = self.around.streams.uniform64(HOST, keys).tolist()
        for home, u in zip(came, lots, strict=True):
            self._take_in(home, u, tick)
        for number, why in sorted(self._due.pop(tick, [])):
            host = self._hosts[number]
            if host.dry.get(why) == tick:
                self._run_out(host, why, tick)
        for home in came:
            self._provide(home, tick)

    def _begin_and_stop(self, why: Why, seats: Ids, now: Ids, tick: int) -> None:
        at = dict(zip(self._seats[seats].tolist(), now[seats].tolist(), strict=True))
        for number in sorted(self._hosts):
            host = self._hosts[number]
            if host.place not in at:
                continue
            if host.dry.pop(why, FAR) <= tick:
                self._have_again(host, why, tick)
            host.used.pop(why, None)
            if at[host.place] != NOT_ON:
                host.used[why], host.as_of[why] = 0, at[host.place]
            self._date(host)

    def _have_again(self, host: Host, why: Why, tick: int) -> None:
        """The need is over at the host's: guests draw no more, and are provided."""
        for guest in sorted(host.guests):
            self.taps.end(guest, guest_of(why), tick)
            if not self.taps.why[guest]:
                self.at_risk.relieve(guest, tick)

    def _take_in(self, home: int, u: float, tick: int) -> None:
        host = self._host(home, u, tick)
        self._settle(host, tick)
        host.guests[home] = int(self.where.members[home])
        self.host_of[home] = host
        self.taps.drawn_at[home] = host.place
        self._date(host)

    def _host(self, home: int, u: float, tick: int) -> Host:
        """The home at the seat of its town that takes a household in, another one than itself."""
        people, world = self.where.people, self.around.world
        seat = int(world.town_seat[world.town_of[people.community[home]]])
        first, last = (int(n) for n in people.household_start[seat : seat + 2])
        chosen = first + int(u * (last - first))
        if chosen == home:
            chosen = first + (chosen + 1 - first) % (last - first)
        if chosen not in self._hosts:
            host = Host(chosen, seat, int(people.sizes[chosen]))
            at = int(np.searchsorted(self._seats, seat))
            for why, since in self._on.items():
                if since[at] == NOT_ON:
                    continue
                host.used[why], host.as_of[why] = 0, int(since[at])
                own = int(since[at]) + int(self.lasts[why][chosen])
                if own <= tick:  # it had run out before anybody came
                    host.dry[why] = own
            self._hosts[chosen] = host
        return self._hosts[chosen]

    def _settle(self, host: Host, tick: int) -> None:
        """What has been used up to a tick by those who were there."""
        for why in host.used:
            host.used[why] += host.eaters * (tick - host.as_of[why])
            host.as_of[why] = tick

    def _date(self, host: Host) -> None:
        """From when on a home has none left, if nobody comes or goes; it is dry from then on."""
        for why, used in host.used.items():
            lasts = int(self.lasts[why][host.home])
            left = lasts * host.size - used
            if lasts >= FAR:
                host.dry[why] = int(FAR)
            elif left > 0 or why not in host.dry:
                dry = host.as_of[why] + max(0, -(-left // host.eaters))
                host.dry[why] = dry
                self._due.setdefault(dry, []).append((host.home, why))

    def _run_out(self, host: Host, why: Why, tick: int) -> None:
        if len(self.where.at_home(np.array([host.home]))):
            self.taps.begin(host.home, why, tick)
        for guest in sorted(host.guests):
            self.taps.begin(guest, guest_of(why), tick)

    def _provide(self, home: int, tick: int) -> None:
        """Whoever has just come is given what the host has, or draws with them."""
        host = self.host_of[home]
        none_left = [why for why, dry in sorted(host.dry.items()) if dry <= tick]
        for why in none_left:
            self.taps.begin(home, guest_of(why), tick)
        if not none_left:
            self.at_risk.relieve(home, tick)


def guest_of(why: Why) -> Why:
    """The reason of a guest for that of the host."""
    return Why.GUEST_TAP if why == Why.TAP else Why.GUEST_LARDER
