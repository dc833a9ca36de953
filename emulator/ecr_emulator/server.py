"""Runs ministack's application on one loopback socket until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable

from ecr_emulator import event_loop, ministack_internals, process_lifetime

ADDRESS = "127.0.0.1"
_GRACE_SECONDS = 0.3


def bind(port: int) -> socket.socket:
    """Bind and listen on the loopback address; 0 picks a free port."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((ADDRESS, port))
    listener.listen(128)
    return listener


async def serve(listener: socket.socket, announce: Callable[[], None]) -> None:
    """Serve, announce readiness once a request is answered, stop on end of input or a signal."""
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config

    loop = asyncio.get_running_loop()
    event_loop.serve_here()
    stop = asyncio.Event()

    def stop_soon() -> None:
        process_lifetime.end_by_force_later()
        loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop_soon)
    process_lifetime.on_end_of_input(stop_soon)

    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = _GRACE_SECONDS
    config.shutdown_timeout = _GRACE_SECONDS
    config.errorlog = None
    announcing = asyncio.create_task(_announce_when_ready(listener, announce))
    try:
        await hypercorn_serve(ministack_internals.app().app, config, shutdown_trigger=stop.wait)
    finally:
        announcing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await announcing


async def _announce_when_ready(listener: socket.socket, announce: Callable[[], None]) -> None:
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    try:
        writer.write(b"GET /_ministack/health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        await writer.drain()
        status = await reader.readline()
        if b" 200 " in status:
            announce()
    finally:
        writer.close()
