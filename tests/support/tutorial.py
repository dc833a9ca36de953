"""A tutorial, typed from its first line to its last as a reader does it, against the emulator.

The page says it all: its files, its commands, and in a table which profile is which account. What a machine
without a network, Docker or accounts cannot do is stood in for, and held against what it needs:

* ``pip install``, ``npm ci`` and the virtual environment are there already; versions have to be pinned.
* ``cdk bootstrap`` installs the CLI's own bootstrap stack without the CLI. A deployment has to find it in
  each account and Region that it goes to, and there trust the account that deploys.
* ``cdk synth`` runs the project's app in this process; every later command takes that assembly, until one has
  another context.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from aws_callers import AwsCallers, Caller
from aws_cli import AwsCli
from docker_cli import DockerCli, EcrAccess
from docs_markdown import fenced_blocks
from harbor_stand_in import HARBOR_USER, Harbor
from local_cloud import ROOT, LocalCloud, run_cdk, tool_environment
from local_organization import LocalOrganization
from page_shell import Answer, Call, PageShell
from warm_app import run_warm

__all__ = ["Tutorial"]

_PROFILE = re.compile(r"^\| `(?P<profile>[a-z]+)` \| (?P<account>\d{12}) \|", re.MULTILINE)
_NAMED = re.compile(r"# ([\w./-]+\.\w+)\n")
_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
_SWITCHES = {"--all", "--exclusively", "--quiet"}


class Tutorial:
    """One page and all that it is run with.

    Args:
        page: The page.
        cloud: An emulator that nothing else uses.
        folder: Where the reader is.
        scratch: Where the run keeps its own things.
        organization: The organization that the accounts are of, and its management account's profile.
        in_units: The profiles whose accounts are in the units that the project targets.
        harbor: The role that Harbor runs with, where the page has one.
    """

    def __init__(
        self,
        page: Path,
        cloud: LocalCloud,
        folder: Path,
        scratch: Path,
        *,
        organization: tuple[str, str] | None = None,
        in_units: Sequence[str] = (),
        harbor: Caller | None = None,
    ) -> None:
        self.page = page
        self.cloud = cloud
        self.folder = folder
        self.accounts = {found["profile"]: found["account"] for found in _PROFILE.finditer(page.read_text())}
        self.callers = AwsCallers(
            cloud,
            self.accounts,
            organization=None if organization is None else organization[0],
            management=None if organization is None else self.accounts[organization[1]],
        )
        self._in_units = [self.accounts[one] for one in in_units]
        if organization is not None:
            self._turn_off_policies(organization[1])
        self.aws = AwsCli(self.callers)
        self.access = EcrAccess(cloud, self.callers)
        self.docker = DockerCli(self.access, self.aws, self.callers)
        self.bootstrapped: dict[str, set[str]] = {}
        """Environment → the accounts that may deploy into it."""
        self.environments: set[str] = set()
        """The environments of the stacks that were deployed."""
        self.deployed: set[str] = set()
        self.destroyed: set[str] = set()
        self.assembly: Path | None = None
        self._context: dict[str, str] = {}
        programs: dict[str, Callable[[Call], Answer]] = {
            "aws": self.aws,
            "docker": self.docker,
            "ecr-blueprints": self._ecr_blueprints,
            "jq": _jq,
            "npm": self._npm,
            "npx": self._npx,
            "pip": self._pip,
            "python": self._python,
            "python3": self._python3,
        }
        if harbor is not None:
            programs["curl"] = Harbor(self.docker, self.access, harbor)
        self.shell = PageShell(
            folder,
            scratch,
            python=sys.executable,
            programs=programs,
            variables={"HARBOR_USER": HARBOR_USER},
        )

    def run(self) -> None:
        """Runs every block of the page."""
        for block in fenced_blocks(self.page):
            if block.language == "yaml":
                named = _NAMED.match(block.text)
                assert named is not None, f"{self.page.name}:{block.line}: a file without a name"
                path = self.folder / named.group(1)
                assert path.parent.is_dir(), f"{self.page.name}:{block.line}: no folder for {path}"
                path.write_text(block.text)
            elif block.language == "sh":
                try:
                    self.shell.run(block.text)
                except AssertionError as error:
                    raise AssertionError(f"{self.page.name}:{block.line}: {error}") from None

    def client(self, profile: str, service: str) -> Any:
        """A client of an account's administrator."""
        return self.cloud.client(service, account=self.accounts[profile], region="eu-west-1")

    def _turn_off_policies(self, management: str) -> None:
        """The emulator begins with service control policies, an organization without."""
        organizations = self.client(management, "organizations")
        (root,) = organizations.list_roots()["Roots"]
        for kind in root["PolicyTypes"]:
            organizations.disable_policy_type(RootId=root["Id"], PolicyType=kind["Type"])

    # --- What is there already --------------------------------------------------------------------------

    def _pip(self, call: Call) -> Answer:
        match call.arguments:
            case ("install", "ecr-blueprints"):
                pass
            case ("install", "-r", file):
                lines = (call.folder / file).read_text().splitlines()
                assert all(one.startswith("#") or "==" in one or " @ " in one for one in lines), lines
            case _:
                raise AssertionError(str(call))
        return Answer()

    def _npm(self, call: Call) -> Answer:
        assert call.arguments == ("ci",), str(call)
        assert (call.folder / "package-lock.json").is_file(), "there is no package-lock.json"
        return Answer()

    def _python3(self, call: Call) -> Answer:
        assert call.arguments == ("-m", "venv", ".venv"), str(call)
        activate = call.folder / ".venv" / "bin" / "activate"
        activate.parent.mkdir(parents=True)
        activate.write_text("")
        return Answer()

    # --- The project ------------------------------------------------------------------------------------

    def _ecr_blueprints(self, call: Call) -> Answer:
        return self._own_process(call, "-m", "ecr_blueprints", *call.arguments)

    def _python(self, call: Call) -> Answer:
        assert call.arguments == ("-m", "pytest"), str(call)
        return self._own_process(call, "-m", "pytest", "-q", "-p", "no:cacheprovider")

    def _own_process(self, call: Call, *arguments: str) -> Answer:
        environment = tool_environment(
            PYTHONPATH=str(ROOT), PYTHONDONTWRITEBYTECODE="1", CDK_VALIDATION="false", **call.variables
        )
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=call.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return Answer(output=done.stdout, errors=done.stderr, code=done.returncode)

    # --- The CDK ----------------------------------------------------------------------------------------

    def _npx(self, call: Call) -> Answer:
        cdk, command, *rest = call.arguments
        assert cdk == "cdk", str(call)
        options: dict[str, str] = {}
        switches: set[str] = set()
        names: list[str] = []
        while rest:
            word = rest.pop(0)
            if word in _SWITCHES:
                switches.add(word)
            elif word.startswith("-"):
                options[word] = rest.pop(0)
            else:
                names.append(word)
        if command == "synth":
            assert (switches, options, names) == ({"--quiet"}, {}, []), str(call)
            return self._synthesize(call.folder, {})
        account = self.accounts[options.pop("--profile")]
        if command == "bootstrap":
            return self._bootstrap(account, names, options)
        key, _, value = options.pop("-c", "").partition("=")
        context = {key: value} if key else {}
        if context != self._context:
            synthesized = self._synthesize(call.folder, context)
            if synthesized.code:
                return synthesized
        assert not options, str(call)
        assert ("--all" in switches) or names or command == "diff", f"which stacks? {call}"
        return self._on_stacks(command, account, names, switches)

    def _synthesize(self, folder: Path, context: dict[str, str]) -> Answer:
        own = json.loads((folder / "cdk.json").read_text())["context"]
        done = run_warm(
            folder / "app.py", folder=folder, output=folder / "cdk.out", context={**own, **context}
        )
        if self._in_units and self.assembly is None and done.returncode == 0:
            organization = LocalOrganization(self.cloud, folder / "cdk.out")
            organization.create(organization.spread(self._in_units))
        self.assembly = folder / "cdk.out"
        self._context = context
        return Answer(output=done.stdout, errors=done.stderr, code=done.returncode)

    def _bootstrap(self, account: str, names: list[str], options: dict[str, str]) -> Answer:
        trusted = options.pop("--trust", account)
        if trusted != account:
            assert options.pop("--cloudformation-execution-policies") == _ADMINISTRATOR
        assert not options, options
        for name in names:
            found, region = name.removeprefix("aws://").split("/")
            assert found == account, f"{name} is bootstrapped with credentials of {account}"
            self.cloud.install_toolkit({account: [region]}, trusted=trusted)
            self.bootstrapped[name] = {account, trusted}
        return Answer()

    def _on_stacks(self, command: str, account: str, names: list[str], switches: set[str]) -> Answer:
        assert self.assembly is not None, "nothing was synthesized"
        artifacts = json.loads((self.assembly / "manifest.json").read_text())["artifacts"]
        environments = {
            name: one["environment"]
            for name, one in artifacts.items()
            if one["type"] == "aws:cloudformation:stack"
        }
        chosen = set(names) or set(environments)
        assert chosen <= set(environments), f"no such stack: {chosen - set(environments)}"
        if names and "--exclusively" not in switches and command == "deploy":
            # The CDK takes along what the stacks depend on.
            pending = list(chosen)
            while pending:
                new = set(artifacts[pending.pop()].get("dependencies", ())) & set(environments) - chosen
                chosen |= new
                pending += new
        for name in sorted(chosen):
            trusted = self.bootstrapped.get(environments[name], set())
            assert account in trusted, f"{name}: {environments[name]} does not let {account} deploy"
        more = {
            "deploy": ["--require-approval", "never", "--concurrency", "4"],
            "destroy": ["--force", "--concurrency", "4"],
            "diff": [],
        }[command]
        result = run_cdk(
            [command, *names, *sorted(switches), *more, "--app", str(self.assembly)],
            env=self.cloud.environment(account),
            cwd=ROOT / "scripts",
            check=False,
        )
        if command == "deploy":
            self.deployed |= chosen
            self.environments |= {environments[name] for name in chosen}
        elif command == "destroy":
            self.destroyed |= chosen
        return Answer(output=result.stdout, code=result.returncode)


def _jq(call: Call) -> Answer:
    """The two filters of the pages: a part of a document, and that with the number of a registry in it."""
    *options, query, file = call.arguments
    value = json.loads((call.folder / file).read_text())
    path, _, assignment = query.partition(" | ")
    for name, quoted in re.findall(r'\.(\w+)|\["([^"]+)"\]', path):
        value = value[name or quoted]
    if assignment:
        assert (options[:2], assignment) == (["--argjson", "id"], ".dest_registry.id = $id"), str(call)
        value["dest_registry"]["id"] = json.loads(options[2])
    return Answer(output=json.dumps(value))
