"""Who may talk to the page: this machine's own browser, and nobody in its name.

A page of a stranger that is open in the same browser can send requests to any port of this machine.
What it sends names the stranger's origin; what reaches the port under a stranger's name (a name
that was pointed at this machine) names that host. Both are refused, for plain requests and for
websockets alike, before anything of the page is asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

LOOPBACK = "127.0.0.1"
HOSTS = (LOOPBACK, "localhost")  # under which the page may be asked for
MOST_BYTES = 32_000_000  # of a request's body: a workbook of an office has a few
FORBIDDEN, TOO_LARGE = 403, 413

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class TooLarge(Exception):  # noqa: N818 (what it is)
    """A body that goes on beyond what is taken."""


def origins(port: int) -> list[str]:
    """The origins of the page itself."""
    return [f"http://{host}:{port}" for host in HOSTS]


class OwnOrigin:
    """Refuses what another page sends (403), and bodies that are too large (413)."""

    def __init__(self, app: App, allowed: list[str]) -> None:
        self.app, self.allowed = app, frozenset(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what the page's own browser asks."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        given = _headers(scope)
        if any(origin not in self.allowed for origin in given.get("origin", ())):
            await _refuse(scope, receive, send, FORBIDDEN)
            return
        if scope["type"] == "http" and _length(given) > MOST_BYTES:
            await _refuse(scope, receive, send, TOO_LARGE)
            return
        await self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count a body that does not say its length, or says a wrong one."""
        taken, begun = 0, False

        async def counting() -> MutableMapping[str, Any]:
            nonlocal taken
            message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                if taken > MOST_BYTES:
                    raise TooLarge
            return message

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, counting, sending)
        except TooLarge:
            if not begun:
                await _refuse(scope, receive, send, TOO_LARGE)


def _headers(scope: Scope) -> dict[str, list[str]]:
    """Name in small letters -> every value that was given of it."""
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _length(given: dict[str, list[str]]) -> int:
    texts = given.get("content-length", [])
    return max((int(text) for text in texts if text.isdigit()), default=0)


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int) -> None:
    """Answer with a number and nothing else; a websocket is closed before it is open (403)."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return
    head = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": b""})
