"""`python -m ecr_emulator --port N`: serve on loopback until standard input ends."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import TextIO

_FIXED_ENVIRONMENT = {
    # Listeners and background work of services that no test uses.
    "SFTP_ENABLED": "0",
    "IOT_MTLS_ENABLED": "0",
    # Nothing survives the process.
    "PERSIST_STATE": "0",
    "S3_PERSIST": "0",
    "LOCALSTACK_PERSISTENCE": "0",
    "AUTH": "false",
    "USE_SSL": "0",
    "MINISTACK_WORKER_THREADS": "16",
}


def main(arguments: list[str] | None = None) -> int:
    """Parse the arguments, start, serve; the exit code is 2 when the start fails."""
    parser = argparse.ArgumentParser(
        prog="ecr_emulator", description="A loopback CloudFormation and ECR endpoint for tests."
    )
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0 picks a free one")
    parser.add_argument("--log", type=Path, help="file for log lines (default: none are kept)")
    parser.add_argument(
        "--model-path", type=Path, help="botocore's ECR service-2.json(.gz) to check values against"
    )
    options = parser.parse_args(arguments)
    if options.model_path is not None and not options.model_path.is_file():
        return _fail(f"--model-path {options.model_path}: no such file")
    from ecr_emulator import server

    try:
        listener = server.bind(options.port)
    except (OSError, OverflowError) as error:
        return _fail(f"cannot listen on {server.ADDRESS}:{options.port}: {error}")
    announcement = os.fdopen(os.dup(1), "w")
    _quieten(options.log)
    scratch = tempfile.mkdtemp(prefix="ecr-emulator-")
    tempfile.tempdir = scratch
    try:
        return _run(listener, options.model_path, announcement)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _run(listener: socket.socket, model_path: Path | None, announcement: TextIO) -> int:
    port = listener.getsockname()[1]
    os.environ.update(_FIXED_ENVIRONMENT, GATEWAY_PORT=str(port), TMPDIR=str(tempfile.tempdir))
    from ecr_emulator import ministack_internals, plugin, process_lifetime, server
    from ecr_emulator.model_validation import EcrModel

    try:
        plugin.install(EcrModel.load(model_path))
    except ministack_internals.MinistackChanged as error:
        print(error, file=sys.stderr)
        return 2
    # Functions run as plain processes here: a container could not reach the loopback address.
    ministack_internals.app()._docker_socket_present = lambda: False
    process_lifetime.adopt_orphaned_descendants()

    def announce() -> None:
        print(f"ecr-emulator ready on http://{server.ADDRESS}:{port}", file=announcement, flush=True)

    asyncio.run(server.serve(listener, announce))
    shutil.rmtree(str(tempfile.tempdir), ignore_errors=True)
    process_lifetime.end_now()
    return 0


def _quieten(log: Path | None) -> None:
    """Keep standard output for the one line, and log lines for the file."""
    target = os.open(log if log is not None else os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(target, 1)
    os.environ["LOG_LEVEL"] = "INFO" if log is not None else "ERROR"
    handler: logging.Handler = logging.NullHandler() if log is None else logging.FileHandler(log)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=os.environ["LOG_LEVEL"], force=True)


def _fail(message: str) -> int:
    print(f"ecr-emulator: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
