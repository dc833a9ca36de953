"""``ecr-blueprints review`` as its users meet it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ecr_blueprints.cli.main import main, run

ROOT = Path(__file__).parents[2]
ACCOUNT = "111122223333"
KEEP = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "selection": {
                    "tagStatus": "untagged",
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": 1,
                },
                "action": {"type": "expire"},
            }
        ]
    }
)


def repository(name: object, **properties: object) -> dict[str, Any]:
    return {
        "Type": "AWS::ECR::Repository",
        "Properties": {
            "RepositoryName": name,
            "ImageTagMutability": "IMMUTABLE",
            "LifecyclePolicy": {"LifecyclePolicyText": KEEP},
            **properties,
        },
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Metadata": {"aws:cdk:path": f"Payments/{name}/Resource"},
    }


GOOD = {"Resources": {"Api": repository("prod/payments/api")}}
MUTABLE = {"Resources": {"Api": repository("prod/payments/api", ImageTagMutability="MUTABLE")}}
BROKEN = {
    "Resources": {
        "Api": repository("prod/payments/api", LifecyclePolicy={"LifecyclePolicyText": '{"rules": [{}]}'}),
        "Worker": repository(
            "prod/payments/worker", RepositoryPolicyText={"Statement": [{"Effect": "Allow"}]}
        ),
        "Shouting": repository("Prod/PAYMENTS"),
        "Generated": repository({"Ref": "Name"}),
    }
}

Write = Callable[[str, object], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, content: object) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    return write


def contract(*regions: str, scan_type: str = "ENHANCED", **members: object) -> dict[str, Any]:
    return {
        "contractVersion": 1,
        "registries": [
            {
                "account": ACCOUNT,
                "region": region,
                "convention": "{stage}/{team}/{app}",
                "stages": {"dev": {"production": False}, "prod": {"production": True}},
                "scanning": {
                    "scanType": scan_type,
                    "rules": [{"scanFrequency": "CONTINUOUS_SCAN", "filters": ["prod/*"]}],
                },
                **members,
            }
            for region in regions
        ],
    }


def json_report(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["review", "--format", "json", *arguments]) < 2
    captured = capsys.readouterr()
    document: dict[str, Any] = json.loads(captured.out)
    return document


class TestExitCode:
    def test_nothing_wrong_is_0(self, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["review", write("t.json", GOOD)]) == 0

        captured = capsys.readouterr()
        assert captured.err == ""
        assert "1 repository in 1 registry, 1 template: no findings" in captured.out

    def test_an_error_is_1(self, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["review", write("t.json", BROKEN)]) == 1
        assert "    error ECR301" in capsys.readouterr().out

    @pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 1), ("note", 1), ("never", 0)])
    def test_a_warning_fails_from_its_level_on(self, level: str, code: int, write: Write) -> None:
        template = write("t.json", MUTABLE)
        production = write("registry.json", contract("eu-west-1"))

        assert main(["review", template, "--registry", production, "--fail-on", level]) == code

    def test_never_means_that_errors_do_not_fail_either(self, write: Write) -> None:
        assert main(["review", write("t.json", BROKEN), "--fail-on", "never"]) == 0


class TestUnusableInput:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("empty.json", ""),
            ("list.json", "[]"),
            ("text.yaml", "just words"),
            ("broken.json", '{"Resources": '),
            ("broken.yaml", "Resources: [\n"),
            ("binary.json", "\x00\x01"),
        ],
    )
    def test_says_so_in_one_message_and_writes_nothing(
        self, name: str, content: str, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        template, output = write(name, content), write("report.json", "old")

        assert main(["review", template, "--output", output]) == 2

        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("ecr-blueprints: ")
        assert captured.err.count("\n") == 1
        assert name in captured.err
        assert "unexpected" not in captured.err
        assert Path(output).read_text() == "old"
        assert sorted(os.listdir(tmp_path)) == sorted([name, "report.json"])

    def test_a_path_that_does_not_exist(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["review", str(tmp_path / "cdk.out")]) == 2
        assert str(tmp_path / "cdk.out") in capsys.readouterr().err

    def test_a_folder_without_templates(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["review", str(tmp_path)]) == 2
        assert str(tmp_path) in capsys.readouterr().err

    def test_one_unusable_input_among_good_ones(
        self, write: Write, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["review", write("good.json", GOOD), write("bad.json", "{")]) == 2

        captured = capsys.readouterr()
        assert captured.out == ""
        assert "bad.json" in captured.err

    def test_nothing_on_standard_input(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))

        assert main(["review", "-"]) == 2
        assert capsys.readouterr().err.count("\n") == 1


class TestOutput:
    def test_the_report_goes_to_the_file_and_the_counts_to_the_terminal(
        self, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        output = tmp_path / "report.json"

        assert main(["review", write("t.json", BROKEN), "--format", "json", "--output", str(output)]) == 1

        printed = " ".join(capsys.readouterr().out.split())
        assert json.loads(output.read_text())["summary"]["repositories"] == 4
        assert printed.startswith("4 repositories in 1 registry, 1 template: ")
        assert "; written to " in printed

    def test_a_dash_is_standard_output(self, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
        main(["review", write("t.json", GOOD), "--format", "json", "--output", "-"])

        assert json.loads(capsys.readouterr().out)["findings"] == []

    def test_an_unwritable_path_is_2(
        self, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        output = str(tmp_path / "missing" / "report.json")

        assert main(["review", write("t.json", BROKEN), "--output", output]) == 2

        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err == (
            f"ecr-blueprints: {output}: cannot be written: no such file or directory; "
            "fix: give --output a file in a folder that exists and can be written\n"
        )

    def test_the_reviewed_template_is_not_overwritten(
        self, write: Write, capsys: pytest.CaptureFixture[str]
    ) -> None:
        template = write("t.json", GOOD)

        assert main(["review", template, "--output", template]) == 2
        assert json.loads(Path(template).read_text()) == GOOD
        assert "would overwrite" in capsys.readouterr().err

    def test_the_contract_is_not_overwritten(self, write: Write) -> None:
        registry = write("registry.json", contract("eu-west-1"))

        assert main(["review", write("t.json", GOOD), "--registry", registry, "--output", registry]) == 2
        assert json.loads(Path(registry).read_text()) == contract("eu-west-1")


class TestStreams:
    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "ecr_blueprints", "review", *arguments]

    def test_standard_input(self) -> None:
        done = subprocess.run(
            self.command("-", "--format", "json"),
            input=json.dumps(BROKEN),
            capture_output=True,
            text=True,
            check=False,
        )

        assert (done.returncode, done.stderr) == (1, "")
        document = json.loads(done.stdout)
        assert document["summary"]["sources"] == ["standard input"]
        assert document["findings"][0]["resource"]["template"] == "standard input"

    def test_a_reader_that_has_gone_is_met_quietly(self, write: Write) -> None:
        read_end, write_end = os.pipe()
        os.close(read_end)
        with os.fdopen(write_end, "wb") as closed:
            done = subprocess.run(
                self.command(write("t.json", BROKEN)), stdout=closed, stderr=subprocess.PIPE, check=False
            )

        assert (done.returncode, done.stderr) == (1, b"")

    @pytest.mark.parametrize("arguments", [["rules"], ["rules", "ECR301"], ["review", "-"]])
    def test_closed_streams_are_no_defect(self, arguments: list[str]) -> None:
        done = subprocess.run(
            ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-m", "ecr_blueprints", *arguments],
            input=json.dumps(GOOD),
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 2
        assert done.stderr == "ecr-blueprints: standard output: is closed; fix: give --output a file\n"

    def test_an_ascii_terminal_gets_ascii(self, write: Write) -> None:
        template = write("t.json", {"Resources": {"Api": repository("größe/…")}})

        done = subprocess.run(
            self.command(template, "--show-open"),
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": "ascii:strict", "PYTHONUTF8": "0", "LC_ALL": "C"},
            check=False,
        )

        assert (done.returncode, done.stderr) == (1, b"")
        assert b"gr\\xf6\\xdfe" in done.stdout

    def test_an_interrupt_is_quiet(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        class Interrupted(io.RawIOBase):
            def readable(self) -> bool:
                return True

            def readinto(self, _: object) -> int:
                raise KeyboardInterrupt

        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Interrupted())))
        monkeypatch.setattr(sys, "argv", ["ecr-blueprints", "review", "-"])

        assert run() == 130
        assert capsys.readouterr() == ("", "")


class TestReport:
    @pytest.mark.parametrize("option", [[], ["--show-open"]])
    def test_text_fits_80_columns(
        self, option: list[str], write: Write, capsys: pytest.CaptureFixture[str]
    ) -> None:
        main(["review", write(f"{'deep/' * 20}t.json", BROKEN), *option])

        lines = capsys.readouterr().out.splitlines()
        assert len(lines) > 20
        assert [line for line in lines if len(line) > 80] == []

    @pytest.mark.parametrize("option", [[], ["--show-open"]])
    def test_json_keeps_its_contract(
        self, option: list[str], write: Write, capsys: pytest.CaptureFixture[str]
    ) -> None:
        schema = json.loads((ROOT / "docs" / "reference" / "finding-schema.json").read_text(encoding="utf-8"))

        document = json_report(capsys, write("t.json", BROKEN), *option)

        assert list(jsonschema.Draft202012Validator(schema).iter_errors(document)) == []
        assert {"ECR101", "ECR301", "ECR702"} <= {finding["ruleId"] for finding in document["findings"]}
        assert document["open"] != []

    def test_fingerprints_survive_a_move_and_edits_elsewhere(
        self, write: Write, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = json_report(capsys, write("a/t.json", BROKEN))
        grown = {"Resources": {"First": repository("prod/payments/first"), **BROKEN["Resources"]}}
        after = json_report(capsys, write("b/t.json", grown))

        def fingerprints(document: dict[str, Any]) -> set[str]:
            return {finding["fingerprint"] for finding in document["findings"]}

        assert fingerprints(before) <= fingerprints(after)

    def test_fingerprints_are_unique(self, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
        document = json_report(capsys, write("t.json", BROKEN))

        found = [finding["fingerprint"] for finding in document["findings"]]
        assert len(found) == len(set(found))

    def test_the_same_input_gives_the_same_report(
        self, write: Write, capsys: pytest.CaptureFixture[str]
    ) -> None:
        template = write("t.json", BROKEN)

        assert json_report(capsys, template, "--show-open") == json_report(capsys, template, "--show-open")


class TestRegistryContract:
    def test_what_was_open_becomes_known(self, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
        template = write("t.json", MUTABLE)

        alone = json_report(capsys, template)
        informed = json_report(capsys, template, "--registry", write("registry.json", contract("eu-west-1")))

        assert alone["open"] != []
        assert informed["open"] == []
        assert [finding["ruleId"] for finding in informed["findings"]] == ["ECR102"]

    def test_nothing_is_reported_on_the_contract(
        self, write: Write, capsys: pytest.CaptureFixture[str]
    ) -> None:
        members = {
            "creationTemplates": [{"prefix": "team", "appliedFor": ["PULL_THROUGH_CACHE"]}],
            "caches": [{"prefix": "docker-hub", "upstreamRegistry": "docker-hub"}],
        }
        registry = write("registry.json", contract("eu-west-1", scan_type="BASIC", **members))

        document = json_report(capsys, write("t.json", GOOD), "--registry", registry, "--show-open")

        places = [
            finding["resource"]["template"]
            for finding in (
                *document["findings"],
                *(one for question in document["open"] for one in question["findings"]),
            )
        ]
        assert registry not in places

    def test_several_registries_are_not_guessed_between(
        self, write: Write, capsys: pytest.CaptureFixture[str]
    ) -> None:
        registry = write("registry.json", contract("eu-west-1", "eu-central-1"))

        assert main(["review", write("t.json", GOOD), "--registry", registry]) == 2

        error = capsys.readouterr().err
        assert f"allowed: {ACCOUNT}/eu-west-1, {ACCOUNT}/eu-central-1" in error
        assert f"--registry {registry}#{ACCOUNT}/eu-west-1" in error

    def test_one_of_several_can_be_chosen(self, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
        registry = write("registry.json", contract("eu-west-1", "eu-central-1"))

        document = json_report(
            capsys, write("t.json", MUTABLE), "--registry", f"{registry}#{ACCOUNT}/eu-central-1"
        )

        assert [finding["ruleId"] for finding in document["findings"]] == ["ECR102"]

    def test_a_choice_that_the_contract_does_not_hold(
        self, write: Write, capsys: pytest.CaptureFixture[str]
    ) -> None:
        registry = write("registry.json", contract("eu-west-1"))

        assert main(["review", write("t.json", GOOD), "--registry", f"{registry}#{ACCOUNT}/us-east-1"]) == 2
        assert f"allowed: {ACCOUNT}/eu-west-1" in capsys.readouterr().err

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"contractVersion": 2}', '{"contractVersion": 1}'])
    def test_a_file_that_is_no_contract(
        self, content: str, write: Write, capsys: pytest.CaptureFixture[str]
    ) -> None:
        registry = write("registry.json", content)

        assert main(["review", write("t.json", GOOD), "--registry", registry]) == 2

        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith(f"ecr-blueprints: {registry}: ")
        assert "unexpected" not in captured.err

    def test_a_contract_that_does_not_exist(self, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["review", write("t.json", GOOD), "--registry", "no/registry.json"]) == 2
        assert "ecr-blueprints: no/registry.json: cannot be read: no such file" in capsys.readouterr().err

    def test_a_registry_that_the_contract_does_not_know_is_named(
        self, write: Write, capsys: pytest.CaptureFixture[str]
    ) -> None:
        registry = write("registry.json", contract("eu-west-1"))
        template = write("cdk.out/Payments.template.json", GOOD)
        write(
            "cdk.out/manifest.json",
            {
                "version": "48.0.0",
                "artifacts": {
                    "Payments": {
                        "type": "aws:cloudformation:stack",
                        "environment": "aws://999900001111/eu-west-1",
                        "properties": {"templateFile": "Payments.template.json"},
                    }
                },
            },
        )

        assert main(["review", str(Path(template).parent), "--registry", registry]) == 0

        captured = capsys.readouterr()
        assert captured.err == (
            f"ecr-blueprints: note: {registry} says nothing of 999900001111/eu-west-1, "
            "which is reviewed without it\n"
        )
        assert "open: " in captured.out
