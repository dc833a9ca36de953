"""A page of the documentation as a script: its blocks run in order, in a folder of the page's own.

* Python is run as a program, under the name in its first line (``# team-app/app.py``) or ``app.py``.
* YAML and JSON are read as what they are: a template is reviewed, a blueprint or a part of one is loaded,
  a lifecycle policy has no violation. What is none of these is an error.
* A line of ``sh`` is run where that needs nothing but this machine, and is otherwise held against what
  exists: make targets, stacks of the assembly, operations of AWS.
* ``text`` is what the block before it prints, to the letter.
* A project that ``ecr-blueprints init`` makes is synthesized and tested where a page says so; its questions
  are answered with `ANSWERS`.
"""

from __future__ import annotations

import contextlib
import fnmatch
import io
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import jsonschema
import pytest
import yaml
from docs_markdown import FencedBlock, fenced_blocks
from generate_docs import CONSTRUCT_PAGES
from local_cloud import tool_environment
from page_registry import page_images, page_registry
from warm_app import run_warm

from ecr_blueprints.cli.main import main
from ecr_blueprints.config import load_blueprint
from ecr_blueprints.config.operating_model import BLUEPRINTS
from ecr_blueprints.domain.upstream_registry import CREDENTIAL_KEYS
from ecr_blueprints.lifecycle.document import find_violations
from ecr_blueprints.live import image_reader, registry_reader, session, stack_reader
from ecr_blueprints.registry.seeding_list import parse_seeding_list

ROOT = Path(__file__).resolve().parents[2]
FIXTURE_ASSEMBLY = ROOT / "tests" / "fixtures" / "assemblies" / "under-the-cli"
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
EXTRAS = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
CDK_COMMANDS: dict[str, set[str]] = {
    "bootstrap": set(),
    "synth": {"--quiet"},
    "deploy": {"--all", "--exclusively", "--revert-drift"},
    "destroy": {"--all", "--exclusively"},
    "diff": set(),
    "drift": set(),
    "import": {"--resource-mapping"},
}
DOCKER_COMMANDS: dict[str, set[str]] = {
    "login": {"--username", "--password-stdin"},
    "pull": set(),
    "push": set(),
    "tag": set(),
}
"""Of https://docs.docker.com/reference/cli/docker/, what the pages use."""
SKOPEO_COMMANDS: dict[str, set[str]] = {
    "copy": {"--all", "--preserve-digests"},
    "inspect": {"--raw"},
    "login": {"--username", "--password-stdin"},
    "manifest-digest": set(),
}
"""Of https://github.com/containers/skopeo/tree/main/docs, what the pages use."""
ANSWERS = ("12", "8", "", "", "", "", "", "", "")
"""To the questions of ``ecr-blueprints init``: accounts, teams, then what an empty answer stands for."""
BOOTSTRAPPED = re.compile(
    r"aws://(?P<account>\d{12})/[a-z0-9-]+"
    r"(?: --profile [a-z]+)?"
    r"(?: --trust (?P<trusted>\d{12}) --cloudformation-execution-policies arn:aws:iam::aws:policy/\w+)?"
)
NEEDS_NODE = re.compile(r"aws_cdk|cdk synth")
GLOBAL_OPTIONS = {"--region", "--profile", "--query", "--output"}
"""Of the AWS CLI: https://docs.aws.amazon.com/cli/latest/reference/#global-options"""
CLI_OPERATIONS: dict[tuple[str, str], set[str]] = {
    ("ecr", "get-login-password"): set(),
    ("configure", "set"): set(),
    ("cloudformation", "wait"): {"--stack-name"},
    ("cloudformation", "deploy"): {
        *("--stack-name", "--template-file", "--parameter-overrides", "--capabilities"),
    },
}
"""What the AWS CLI has beyond the API's operations: https://docs.aws.amazon.com/cli/latest/reference/"""
HARBOR_PATHS = {
    *("/api/v2.0/registries", "/api/v2.0/replication/policies", "/api/v2.0/replication/executions"),
}
ASSIGNMENT = re.compile(r"[A-Z_]+=\$\((.*)\)")
NAMED = re.compile(r"# ([\w./-]+\.\w+)\n")

CONTRACT = json.dumps(
    {
        "contractVersion": 1,
        "registries": [
            {
                "account": "111122223333",
                "region": "eu-west-1",
                "convention": "{stage}/{team}/{app}",
                "stages": {"dev": {"production": False}, "prod": {"production": True}},
            }
        ],
    }
)


def pages() -> list[Path]:
    """README.md and every page below docs, those with blocks.

    Not the pages of constructs, whose examples tests/synthesis/constructs/test_every_example.py runs.
    """
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    elsewhere = ROOT / CONSTRUCT_PAGES
    return [page for page in found if page.parent != elsewhere and fenced_blocks(page)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each page; those that synthesize need Node.js."""
    if "page_with_blocks" in metafunc.fixturenames:
        metafunc.parametrize(
            "page_with_blocks",
            [
                pytest.param(
                    page,
                    id=str(page.relative_to(ROOT)),
                    marks=[pytest.mark.node] if NEEDS_NODE.search(page.read_text()) else [],
                )
                for page in pages()
            ],
        )


class EchoedAnswers(io.StringIO):
    """What a person types, which a terminal shows."""

    def __init__(self, answers: Iterable[str]) -> None:
        super().__init__("".join(answers))

    def readline(self, size: int | None = -1, /) -> str:
        line = super().readline(-1 if size is None else size)
        sys.stdout.write(line)
        return line


@dataclass(kw_only=True)
class PageRun:
    """The run of one page."""

    folder: Path
    output: str | None = field(default=None, init=False)
    bootstrapped: dict[str, str | None] = field(default_factory=dict, init=False)
    place: Path | None = field(default=None, init=False)
    """Where the commands before have gone; None at the start."""

    def run(self, block: FencedBlock) -> None:
        """Runs one block; an assertion that fails says which."""
        kinds: dict[str, Callable[[FencedBlock], None]] = {
            "python": self._python,
            "yaml": self._yaml,
            "json": self._json,
            "sh": self._sh,
            "text": self._text,
        }
        assert block.language in kinds, f"an unknown language {block.language!r}: one of {', '.join(kinds)}"
        kinds[block.language](block)

    def _write(self, block: FencedBlock, default: str) -> Path:
        named = NAMED.match(block.text)
        path = self.folder / (named.group(1) if named else default)
        assert path.resolve().is_relative_to(self.folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text)
        return path

    # --- Python -----------------------------------------------------------------------------------------

    def _python(self, block: FencedBlock) -> None:
        path = self._write(block, "app.py")
        self.output = self._synthesize(path, path.parent)

    def _synthesize(self, program: Path, folder: Path, context: dict[str, Any] | None = None) -> str:
        """Runs a program as ``cdk synth`` runs an app: with the assembly's place and the context."""
        result = run_warm(program, folder=folder, output=folder / "cdk.out", context=context)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    # --- YAML and JSON ----------------------------------------------------------------------------------

    def _yaml(self, block: FencedBlock) -> None:
        document = yaml.load(block.text, Loader=yaml.BaseLoader)
        assert isinstance(document, dict), "not a mapping"
        keys = set(document)
        if "Resources" in keys:
            self._review_one(self._write(block, "template.yaml"))
        elif {"version", "model"} <= keys:
            load_blueprint(self._write(block, "blueprint.yaml"))
        elif "jobs" in keys:
            self._workflow(block, document)
        elif "team" in keys:
            self._team(block)
        else:
            unknown = keys - {key for one in BLUEPRINTS.values() for key in one.model_fields}
            assert not unknown, f"neither a template nor a part of a blueprint: {', '.join(sorted(unknown))}"
            self._fragment(yaml.safe_load(block.text))

    def _review_one(self, path: Path) -> None:
        code, _ = self._cli(["review", path.name], path.parent)
        assert code in (0, 1), "the template cannot be reviewed"

    def _fragment(self, fragment: dict[str, Any]) -> None:
        """A part of a blueprint, in the place of that part of README.md's."""
        whole = next(
            yaml.safe_load(block.text)
            for block in fenced_blocks(ROOT / "README.md")
            if block.language == "yaml" and "model:" in block.text
        )
        if "caches" in fragment:
            whole.pop("consumers")
        path = self.folder / "fragment" / "blueprint.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump({**whole, **fragment}))
        load_blueprint(path)

    def _team(self, block: FencedBlock) -> None:
        path = self._write(block, "teams/team.yaml")
        base: dict[str, Any] = {
            "version": 1,
            "model": "centralized",
            "stages": {
                "dev": {},
                "staging": {},
                "prod": {"production": True},
                "release": {"production": True},
            },
            "registry": {"account": "111122223333", "regions": ["eu-west-1"]},
            "include": str(path.relative_to(self.folder)),
        }
        if "account" in yaml.safe_load(block.text):  # a team with an account of its own
            del base["registry"]
            base |= {
                "model": "tenant-managed",
                "organization": {"id": "o-exampleorg", "administrator": "100000000000"},
                "regions": ["eu-west-1"],
                "baseline": {"units": ["ou-ab12-11111111"]},
                "encryption": {"kms": True, "existing": "none"},
                "signing": {"production": True},
            }
        (self.folder / "with-team.yaml").write_text(yaml.safe_dump(base))
        load_blueprint(self.folder / "with-team.yaml")

    def _workflow(self, block: FencedBlock, document: dict[str, Any]) -> None:
        self._write(block, "workflow.yaml")
        for job in document["jobs"].values():
            for step in job["steps"]:
                assert ("uses" in step) != ("run" in step), step
                for line in step.get("run", "").splitlines():
                    self._line(line, self.folder)

    def _json(self, block: FencedBlock) -> None:
        document = json.loads(block.text)
        if "Resources" in document:
            self._review_one(self._write(block, "template.json"))
        elif "rules" in document:
            assert list(find_violations(block.text)) == []
        elif "Statement" in document:
            self._policy(document)
        elif "schemaVersion" in document:
            schema = json.loads((ROOT / "docs/reference/finding-schema.json").read_text())
            jsonschema.validate(document, schema)
        else:
            assert set(document) == set(CREDENTIAL_KEYS), "JSON of a kind that nothing here knows"
            self._write(block, "credential.json")

    def _policy(self, document: dict[str, Any]) -> None:
        """A policy of IAM: each action is an operation of its service."""
        import botocore.session

        aws = botocore.session.get_session()
        for statement in document["Statement"]:
            for action in statement["Action"]:
                service, _, operation = action.partition(":")
                assert operation in aws.get_service_model(service).operation_names, action

    # --- Commands ---------------------------------------------------------------------------------------

    def _sh(self, block: FencedBlock) -> None:
        folder = self.folder if self.place is None else self.place
        for line in block.text.replace("\\\n", " ").splitlines():
            folder = self._line(line, folder)
        self.place = folder

    def _line(self, line: str, folder: Path) -> Path:
        """Runs or checks one line, and gives the folder in which the next one runs."""
        assigned = ASSIGNMENT.fullmatch(line)
        words = shlex.split(assigned[1] if assigned else line, comments=True)
        if not words:
            return folder
        if "|" in words:
            at = words.index("|")
            self._line(shlex.join(words[:at]), folder)
            return self._line(shlex.join(words[at + 1 :]), folder)
        program, *arguments = words
        match program:
            case "cd":
                folder = (folder / arguments[0]).resolve()
                assert folder.is_dir(), line
                assert folder.is_relative_to(self.folder), line
            case "cp" | "rm":
                paths = [folder / argument for argument in arguments]
                assert all(path.resolve().is_relative_to(self.folder) for path in paths), line
                assert paths[0].is_file(), f"{line}: there is no {arguments[0]}"
                if program == "rm":
                    paths[0].unlink()
                else:
                    paths[1].parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(*paths)
            case "make":
                assert set(arguments) <= TARGETS, f"{line}: no such target"
            case "python3" if arguments[:1] == ["copy_images.py"]:
                # It would copy from the internet; tests/acceptance/test_copy_images.py runs it.
                assert (ROOT / "examples/enterprise-artifactory" / arguments[0]).is_file(), line
            case "jq":
                self._jq(line, arguments, folder)
            case "curl":
                assert {urlsplit(one).path for one in arguments if "://" in one} <= HARBOR_PATHS, line
            case "echo":
                assert all(one.startswith("$") for one in arguments), line
            case "python3" | ".":
                assert line in ("python3 -m venv .venv", ". .venv/bin/activate"), line
            case "npm":
                assert arguments == ["ci"], line
                assert (folder / "package-lock.json").is_file(), f"{line}: there is no package-lock.json"
            case "npx":
                assert arguments[0] == "cdk", line
                self._cdk(line, arguments[1:], folder)
            case "python" | "UPDATE_SNAPSHOT=1":
                self._own_test(line, folder)
            case "pip" if arguments[1:2] == ["-r"]:
                pinned = (folder / arguments[2]).read_text().splitlines()
                assert all(one.startswith("#") or "==" in one or " @ " in one for one in pinned), line
            case "pip":
                (argument,) = arguments[1:]
                match_ = re.fullmatch(r"ecr-blueprints(?:\[(\w+)\])?", argument)
                assert arguments[0] == "install", line
                assert match_ is not None, line
                assert match_.group(1) is None or match_.group(1) in EXTRAS, line
            case "ecr-blueprints" if arguments[0] == "seed":
                # It would copy from the internet; tests/acceptance/test_cli_seed.py runs it.
                assert parse_seeding_list((folder / arguments[1]).read_text()), line
            case "ecr-blueprints":
                self._prepare(arguments, folder)
                with self._registry_that_exists():
                    code, self.output = self._cli(arguments, folder)
                assert code in (0, 1), f"{line}: exit code {code}"
            case "cdk":
                self._cdk(line, arguments, folder)
            case "docker":
                self._program(line, arguments, DOCKER_COMMANDS)
            case "skopeo":
                self._program(line, arguments, SKOPEO_COMMANDS)
            case "aws":
                self._aws(line, arguments, folder)
            case _:
                pytest.fail(f"a command that nothing here knows: {line}")
        return folder

    def _prepare(self, arguments: list[str], folder: Path) -> None:
        """What a reader has and the page does not make: an assembly, and a contract."""
        if "cdk.out" in arguments and not (folder / "cdk.out").exists():
            shutil.copytree(FIXTURE_ASSEMBLY, folder / "cdk.out")
        if "registry.json" in arguments and not (folder / "registry.json").exists():
            (folder / "registry.json").write_text(CONTRACT)

    @contextlib.contextmanager
    def _registry_that_exists(self) -> Iterator[None]:
        """A registry made by hand, in the place of what ECR's API would tell of a reader's."""
        with (
            patch.object(session, "ecr_client", lambda region, *, profile=None: None),
            patch.object(session, "cloudformation_client", lambda region, *, profile=None: None),
            patch.object(session, "kms_client", lambda region, *, profile=None: None),
            patch.object(stack_reader, "read_owners", lambda *_, **__: {}),
            patch.object(registry_reader, "read_live_registry", lambda *_, **__: page_registry()),
            patch.object(registry_reader, "read_blob_mounting", lambda _: False),
            patch.object(image_reader, "read_live_images", lambda _, name: page_images(name)),
        ):
            yield

    def _cli(self, arguments: list[str], folder: Path) -> tuple[int, str]:
        output = io.StringIO()
        with (
            contextlib.chdir(folder),
            contextlib.redirect_stdout(output),
            pytest.MonkeyPatch.context() as terminal,
        ):
            if arguments[0] == "init":
                terminal.setattr("ecr_blueprints.cli.questions.can_ask", lambda: True)
                terminal.setattr("sys.stdin", EchoedAnswers(f"{answer}\n" for answer in ANSWERS))
            code = main(arguments)
        return code, output.getvalue()

    def _own_test(self, line: str, folder: Path) -> None:
        """The test of a project that was made."""
        *variables, program = line.split(maxsplit=1) if line.startswith("UPDATE_") else [line]
        assert program == "python -m pytest", line
        environment = tool_environment(
            CDK_VALIDATION="false",
            PYTHONPATH=str(ROOT),
            PYTHONDONTWRITEBYTECODE="1",
            **dict(one.split("=") for one in variables),
        )
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        result = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, f"{line}: {result.stdout}{result.stderr}"

    def _cdk(self, line: str, arguments: list[str], folder: Path) -> None:
        command, *rest = arguments
        assert command in CDK_COMMANDS, line
        if command == "bootstrap":
            self._bootstrap(line, rest)
            return
        context: dict[str, Any] = {}
        stacks: list[str] = []
        while rest:
            word = rest.pop(0)
            if word == "--profile":
                assert not rest.pop(0).startswith("-"), line
            elif word == "-c":
                key, _, value = rest.pop(0).partition("=")
                context[key] = value
            elif word == "--app":
                assert rest.pop(0) == "cdk.out", line
            elif word == "--resource-mapping":
                assert command == "import", line
                assert (folder / rest.pop(0)).is_file(), f"{line}: there is no mapping"
            elif word.startswith("-"):
                assert word in CDK_COMMANDS[command], f"{line}: {word}"
            else:
                stacks.append(word)
        if command == "synth" and "blueprint" in context:
            self.output = self._synthesize(ROOT / "app.py", folder, context)
        elif command == "synth" and (folder / "cdk.json").is_file():
            context = json.loads((folder / "cdk.json").read_text())["context"]
            self.output = self._synthesize(folder / "app.py", folder, context)
        manifests = [*folder.glob("cdk.out/manifest.json"), *folder.glob("*/cdk.out/manifest.json")]
        assert manifests, f"{line}: no assembly was synthesized before it"
        artifacts = {
            name: one for path in manifests for name, one in json.loads(path.read_text())["artifacts"].items()
        }
        if command == "deploy" and "--all" in arguments and "tenant" not in context:
            self._trusted(line, artifacts.values())
        held = set(artifacts)
        for pattern in stacks:
            assert fnmatch.filter(held, pattern), f"{line}: the assembly holds {', '.join(sorted(held))}"

    def _bootstrap(self, line: str, arguments: list[str]) -> None:
        """Notes whom each account trusts; trust needs the policies that deployments there may have."""
        found = BOOTSTRAPPED.fullmatch(shlex.join(arguments))
        assert found is not None, line
        self.bootstrapped[found["account"]] = found["trusted"]

    def _trusted(self, line: str, artifacts: Iterable[Any]) -> None:
        """Where a page bootstraps, one account deploys: every other one is bootstrapped with trust in it."""
        if not self.bootstrapped:
            return
        deploying = next(iter(self.bootstrapped))
        stacks = [one for one in artifacts if one["type"] == "aws:cloudformation:stack"]
        accounts = {one["environment"].removeprefix("aws://").split("/")[0] for one in stacks}
        untrusting = [one for one in accounts - {deploying} if self.bootstrapped.get(one) != deploying]
        assert not untrusting, f"{line}: no `cdk bootstrap … --trust {deploying}` of {', '.join(untrusting)}"

    def _aws(self, line: str, arguments: list[str], folder: Path) -> None:
        """The operation exists and has the parameters; a file that is passed is there."""
        import botocore.session
        from botocore import xform_name

        service, operation, *options = arguments
        if (service, operation) in CLI_OPERATIONS:
            given = {one for one in options if one.startswith("-")} - GLOBAL_OPTIONS
            assert given <= CLI_OPERATIONS[service, operation], f"{line}: {', '.join(given)}"
            return
        model = botocore.session.get_session().get_service_model(service)
        names = {xform_name(name).replace("_", "-"): name for name in model.operation_names}
        assert operation in names, f"{line}: no such operation"
        shape = model.operation_model(names[operation]).input_shape
        members = {} if shape is None else shape.members
        allowed = {*GLOBAL_OPTIONS, *(f"--{xform_name(name).replace('_', '-')}" for name in members)}
        given = {option for option in options if option.startswith("--")}
        assert given <= allowed, f"{line}: {', '.join(sorted(given - allowed))}"
        required = [] if shape is None else shape.required_members
        assert {f"--{xform_name(name).replace('_', '-')}" for name in required} <= given, line
        for option in options:
            if option.startswith("file://"):
                assert (folder / option.removeprefix("file://")).is_file(), f"{line}: there is no such file"

    def _jq(self, line: str, arguments: list[str], folder: Path) -> None:
        """The part of the file that the filter begins with is there."""
        *_, query, file = arguments
        value = json.loads((folder / file).read_text())
        for name, quoted in re.findall(r'\.(\w+)|\["([^"]+)"\]', query.partition(" | ")[0]):
            assert (name or quoted) in value, line
            value = value[name or quoted]

    def _program(self, line: str, arguments: list[str], commands: dict[str, set[str]]) -> None:
        """The command exists and has the options."""
        command, *rest = arguments
        assert command in commands, line
        options = {word for word in rest if word.startswith("-")}
        assert options <= commands[command], f"{line}: {', '.join(options)}"

    def _text(self, block: FencedBlock) -> None:
        assert block.text == self.output, "not what the block before it prints"


@pytest.fixture
def page_run(tmp_path: Path) -> PageRun:
    """An empty folder to run a page in."""
    return PageRun(folder=tmp_path.resolve())
