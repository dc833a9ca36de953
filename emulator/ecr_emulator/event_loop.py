"""The loop that answers requests, for work that a resource handler on a thread of its own waits for.

A stack set waits for whole stacks, which the loop deploys: on the loop itself it would wait for itself. So
its handlers run on a thread, as those of nested stacks and custom resources do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from ecr_emulator import ministack_internals

Result = TypeVar("Result")
_loops: list[asyncio.AbstractEventLoop] = []
_background: set[asyncio.Task[Any]] = set()


def serve_here() -> None:
    """The running loop is the one that answers requests."""
    _loops[:] = [asyncio.get_running_loop()]


def wait_for(work: Coroutine[Any, Any, Result]) -> Result:
    """Have the loop do the work, and wait for it; only from another thread."""
    return asyncio.run_coroutine_threadsafe(work, _loops[0]).result()


def begin(work: Coroutine[Any, Any, Any]) -> None:
    """Have the loop, on which this runs, do the work after what it does now."""
    task = asyncio.get_running_loop().create_task(work)
    _background.add(task)
    task.add_done_callback(_background.discard)


def run_on_threads(type_name: str) -> None:
    """Run a type's handlers on threads, and send what its failed update has changed back to what it was."""
    stacks = ministack_internals.cloudformation("stacks")
    runs_on_thread, sends_back = stacks._runs_on_worker_thread, stacks._sends_back_failed_update
    stacks._runs_on_worker_thread = lambda one: one == type_name or runs_on_thread(one)
    stacks._sends_back_failed_update = lambda one: one == type_name or sends_back(one)
