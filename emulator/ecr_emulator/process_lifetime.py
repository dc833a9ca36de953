"""The emulator never outlives its parent, and leaves no child process behind.

The parent keeps the write end of our standard input; when it ends, however it
ends, we read end of file and stop. Children (functions behind custom
resources) are found by walking the process tree, grandchildren included.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_SHUTDOWN_SECONDS = 3.0


def adopt_orphaned_descendants() -> None:
    """On Linux, become the parent of descendants whose own parent ends, so that they are found."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def on_end_of_input(stop: Callable[[], None]) -> None:
    """Call `stop` from a thread when standard input reaches its end."""

    def read() -> None:
        try:
            while os.read(0, 4096):
                pass
        except OSError:
            pass
        stop()

    threading.Thread(target=read, name="end-of-input", daemon=True).start()


def end_by_force_later() -> None:
    """End this process even if the orderly shutdown hangs, a few seconds from now."""
    timer = threading.Timer(_SHUTDOWN_SECONDS, end_now)
    timer.daemon = True
    timer.start()


def end_now() -> None:
    """Kill every descendant and exit, without waiting for threads."""
    for _ in range(5):
        found = descendants(os.getpid())
        if not found:
            break
        for process in found:
            _kill(process)
    os._exit(0)


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


def descendants(root: int) -> list[int]:
    """Every process below `root` in the process tree."""
    parents = _parents_from_proc() if Path("/proc/self/stat").exists() else _parents_from_ps()
    found: list[int] = []
    pending = [root]
    while pending:
        parent = pending.pop()
        children = [process for process, its_parent in parents.items() if its_parent == parent]
        found += children
        pending += children
    return found


def _parents_from_proc() -> dict[int, int]:
    parents = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # The command name is in parentheses and may itself hold spaces.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(folder.name)] = int(fields[1])
    return parents


def _parents_from_ps() -> dict[int, int]:
    listing = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=False)
    rows = (line.split() for line in listing.stdout.splitlines())
    return {int(row[0]): int(row[1]) for row in rows if len(row) == 2}
