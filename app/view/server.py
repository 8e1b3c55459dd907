"""The server of the page: on this machine alone, for the page's own origin alone."""

from __future__ import annotations

import asyncio
import os
import socket
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from anlan.analysis.plots.fonts import packaged_font
from anlan.analysis.words import LANGS, trait, word
from anlan.app.view.look import FONT
from anlan.app.view.security import HOSTS, LOOPBACK, OwnOrigin, origins

SWEEP_S = 5.0
RECONNECT_S = 20.0  # that a tab may be silent before it counts as away: slow machines are


def listening(port: int) -> socket.socket:
    """A socket on this machine's own address, at a port or at any that is free. Raises OSError."""
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((LOOPBACK, port))
        held.listen()  # who asks before all is ready waits
    except OSError:
        held.close()
        raise
    return held


def application(given: str, home: Path, port: int, lang: str) -> Any:
    """The whole application, which refuses strangers before it does anything."""
    from fastapi import FastAPI
    from nicegui import core, ui
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.responses import FileResponse, RedirectResponse

    from anlan.app.view.desk import Desks
    from anlan.app.view.host import Host
    from anlan.app.view.jobs import Pool

    cores = os.cpu_count() or 1
    pool = Pool(cores)
    desks = Desks(pool, given, cores)
    host = Host(pool, desks, given, home)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        sweeper = asyncio.get_running_loop().create_task(_sweep(desks))
        yield
        sweeper.cancel()
        await desks.close()
        await pool.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/")
    def first() -> RedirectResponse:
        return RedirectResponse(f"/{lang}")

    @app.get(FONT)
    def font() -> FileResponse:
        return FileResponse(str(packaged_font()), media_type="font/otf")

    for one in LANGS:
        _add_page(host, one)
    ui.run_with(app, title=word("view.title", lang), reconnect_timeout=RECONNECT_S,
                show_welcome_message=False, tailwind=True)  # fmt: skip
    core.sio.eio.cors_allowed_origins = origins(port)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False)
    return OwnOrigin(app, origins(port))


def _add_page(host: Any, lang: str) -> None:
    from nicegui import ui

    from anlan.app.view.page import open_page

    async def page() -> None:
        await open_page(host, lang)

    language: Any = trait("quasar", lang)
    ui.page(f"/{lang}", title=word("view.title", lang), language=language)(page)


async def _sweep(desks: Any) -> None:
    while True:
        await asyncio.sleep(SWEEP_S)
        await desks.sweep()


def serve(given: str, home: Path, port: int, lang: str, browser: bool) -> None:
    """Serve the page until Ctrl-C. Raises OSError where the port cannot be had."""
    import uvicorn

    with listening(port) as held:
        port = held.getsockname()[1]
        address = f"http://{LOOPBACK}:{port}/{lang}"
        app = application(given, home, port, lang)
        print(word("view.at", lang, address=address), flush=True)
        if browser:
            webbrowser.open(address)
        config = uvicorn.Config(
            app,
            log_level="warning",
            timeout_graceful_shutdown=5,
            lifespan="on",
            server_header=False,
        )
        uvicorn.Server(config).run(sockets=[held])
