"""Start, readiness, and that nothing outlives the parent."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from emulator_process import READY, Account, Emulator

from ecr_emulator.process_lifetime import descendants


def test_ready_within_seconds_and_on_loopback_only() -> None:
    with Emulator() as emulator:
        assert emulator.endpoint.startswith("http://127.0.0.1:")
        assert emulator.seconds_to_ready < 5
        port = int(emulator.endpoint.rpartition(":")[2])
        assert _listening_addresses(port) == {"127.0.0.1"}


def test_prints_exactly_one_line(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Emulator("--log", str(log)) as emulator:
        account = Account(emulator.endpoint, "100000000000", "eu-west-1")
        account.deploy("s", {"R": {"Type": "AWS::ECR::Repository"}})
        output, errors = emulator.process.communicate(timeout=10)
    assert (output, errors) == ("", "")
    assert log.read_text()


def test_ends_with_standard_input() -> None:
    with Emulator() as emulator:
        assert emulator.process.stdin is not None
        emulator.process.stdin.close()
        assert emulator.process.wait(timeout=5) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_on_signal(number: signal.Signals) -> None:
    with Emulator() as emulator:
        emulator.process.send_signal(number)
        assert emulator.process.wait(timeout=5) == 0


def test_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from emulator_process import Emulator; import time; e = Emulator();"
            "print(e.process.pid, flush=True); time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=os.path.dirname(__file__),
    )
    assert parent.stdout is not None
    process = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    _wait_until_gone(process)


# It leaves an orphan behind that neither its own end nor a closed input stops.
_FUNCTION = """
import subprocess

def handler(event, context):
    subprocess.run(["setsid", "sh", "-c", "sleep 120 </dev/null >/dev/null 2>&1 &"], check=True)
    return 1
"""


def test_leaves_no_child_behind() -> None:
    with Emulator() as emulator:
        account = Account(emulator.endpoint, "100000000000", "eu-west-1")
        _start_a_function(account)
        children = descendants(emulator.process.pid)
        assert len(children) >= 2, "the function's process and what it started"
        emulator.process.terminate()
        emulator.process.wait(timeout=6)
    for child in children:
        _wait_until_gone(child)


def test_port_in_use_is_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RuntimeError, match=f"ecr-emulator: cannot listen on 127.0.0.1:{port}: .*in use"):
            Emulator(port=port)


def test_missing_model_file_is_one_line() -> None:
    with pytest.raises(RuntimeError, match="ecr-emulator: --model-path /nowhere: no such file"):
        Emulator("--model-path", "/nowhere")


def test_says_which_private_name_is_gone() -> None:
    code = (
        "import ministack.services.ecr as e; del e._images;"
        "from ecr_emulator.ministack_internals import assert_present; assert_present()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=os.path.dirname(os.path.dirname(__file__)),
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "ecr-emulator: ministack has changed: ministack.services.ecr._images is gone"
    )


def test_the_ready_line_is_what_users_parse() -> None:
    assert READY == "ecr-emulator ready on "


def _start_a_function(account: Account) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.py", _FUNCTION)
    client = account.client("lambda")
    client.create_function(
        FunctionName="f",
        Runtime="python3.12",
        Handler="index.handler",
        Role="arn:aws:iam::100000000000:role/r",
        Code={"ZipFile": archive.getvalue()},
    )
    assert client.invoke(FunctionName="f")["Payload"].read() == b"1"


def _wait_until_gone(process: int) -> None:
    deadline = time.monotonic() + 6
    while time.monotonic() < deadline:
        state = Path(f"/proc/{process}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.05)
    raise AssertionError(f"process {process} is still there")


def _listening_addresses(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            address, state = line.split()[1], line.split()[3]
            host, _, hexadecimal_port = address.partition(":")
            if state == "0A" and int(hexadecimal_port, 16) == port:
                found.add(socket.inet_ntoa(bytes.fromhex(host)[::-1]) if len(host) == 8 else host)
    return found
