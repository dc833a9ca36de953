"""``ecr-blueprints preview`` as its users meet it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ecr_blueprints.cli.main import main

ROOT = Path(__file__).parents[2]
ASSEMBLY = ROOT / "tests" / "fixtures" / "assemblies" / "under-the-cli"
INDEX = "application/vnd.oci.image.index.v1+json"


def rule(priority: int, count_type: str, number: int, **selection: object) -> dict[str, Any]:
    """A rule that deletes; one of the last pull archives."""
    unit = {} if count_type == "imageCountMoreThan" else {"countUnit": "days"}
    archives = count_type == "sinceImagePulled"
    return {
        "rulePriority": priority,
        "selection": {**selection, "countType": count_type, **unit, "countNumber": number},
        "action": {"type": "transition", "targetStorageClass": "archive"} if archives else {"type": "expire"},
    }


POLICY = {
    "rules": [
        rule(1, "imageCountMoreThan", 1, tagStatus="tagged", tagPatternList=["v*"]),
        rule(2, "sinceImagePushed", 7, tagStatus="untagged"),
        rule(3, "sinceImagePulled", 60, tagStatus="tagged", tagPatternList=["base-*"]),
        rule(
            4,
            "sinceImageTransitioned",
            90,
            tagStatus="tagged",
            tagPatternList=["base-*"],
            storageClass="archive",
        ),
    ]
}


def image(number: int, pushed: str, *tags: str, **members: object) -> dict[str, Any]:
    return {
        "registryId": "111122223333",
        "repositoryName": "prod/payments/api",
        "imageDigest": f"sha256:{number:064x}"[:7] + f"{number:05x}" + f"{number:064x}"[:59],
        "imageTags": list(tags),
        "imageSizeInBytes": 250_000_000,
        "imagePushedAt": f"{pushed}T12:00:00+00:00",
        "imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json",
        "imageStatus": "ACTIVE",
        **members,
    }


IMAGES = {
    "imageDetails": [
        image(1, "2026-05-01", "v1.0.0"),
        image(2, "2026-05-20", "v1.1.0", "latest"),
        image(3, "2026-05-02", imageSizeInBytes=90_000_000),
        image(4, "2026-05-30"),
        image(5, "2026-03-01", "base-python"),
        image(
            6, "2025-03-01", "base-old", imageStatus="ARCHIVED", lastArchivedAt="2026-05-01T00:00:00+00:00"
        ),
        image(7, "2026-05-21", "nightly", imageManifestMediaType=INDEX),
    ]
}
TEXT = """\
prod/payments/api on 2026-06-01 23:59 UTC: 7 images, 1.3 GB

deleted now: 2 images, 340.0 MB
  rule 1 (1 image, 250.0 MB) deletes the images of [v*] when there are more than
    1
    pushed           size  digest         tags
    2026-05-01   250.0 MB  000010000000*  v1.0.0
  rule 2 (1 image, 90.0 MB) deletes the untagged images after 7 days
    pushed           size  digest         tags
    2026-05-02    90.0 MB  000030000000*  untagged

archived now: 1 image, 250.0 MB
  rule 3 (1 image, 250.0 MB) archives the images of [base-*] after 60 days; they
    are deleted after 2026-08-30
    pushed           size  digest         tags
    2026-03-01   250.0 MB  000050000000*  base-python

later, if nothing else happens: 2 images, 500.0 MB
    after            size  digest
    2026-06-06   250.0 MB  000040000000   deleted, rule 2: untagged
    2026-07-30   250.0 MB  000060000000   deleted, rule 4: base-old

kept: 2 images, 250.0 MB
  rule 1 (1 image, 250.0 MB) deletes the images of [v*] when there are more than
    1
  no rule (1 image, 0 B)

storage, with an estimate in US dollars a month
                  now                 after
  standard     1.1 GB       0.11   500.0 MB       0.05
  archive    250.0 MB       0.03   500.0 MB       0.05
  both         1.3 GB       0.13     1.0 GB       0.10
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policy.json").write_text(json.dumps(POLICY, indent=2))
    (tmp_path / "images.json").write_text(json.dumps(IMAGES))
    return tmp_path


def give(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))


def repository(name: object, policy: object = None) -> dict[str, Any]:
    held = {"LifecyclePolicy": {"LifecyclePolicyText": policy}} if policy is not None else {}
    return {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": name, **held}}


def write_template(folder: Path, **repositories: dict[str, Any]) -> None:
    (folder / "template.json").write_text(json.dumps({"Resources": repositories}))


class TestText:
    def test_to_the_letter(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["preview", "policy.json", "images.json", "--on", "2026-06-01"]) == 0

        captured = capsys.readouterr()
        assert captured.out.startswith(TEXT)
        assert captured.err == ""

    def test_says_where_the_prices_are_from(self, capsys: pytest.CaptureFixture[str]) -> None:
        main(["preview", "policy.json", "images.json", "--on", "2026-06-01"])

        words = " ".join(capsys.readouterr().out.removeprefix(TEXT).split())
        assert words.startswith("What is archived now costs 0.08 at least, since 90 days in the archive")
        assert "price: 0.10 per GB-month of standard storage, 0.10 per GB-month of the archive" in words
        assert "price: 0.03 per GB restored (https://devjapan.com/, ap-northeast-1, 2026-03-22)" in words
        assert "not verified with AWS. Compare https://aws.amazon.com/ecr/pricing/" in words
        assert words.count("note: ") == 1

    def test_takes_your_prices(self, capsys: pytest.CaptureFixture[str]) -> None:
        options = ["--on", "2026-06-01", "--standard-price", "20", "--archive-price", "4.0"]
        main(["preview", "policy.json", "images.json", *options])

        out = capsys.readouterr().out
        assert "  standard     1.1 GB      21.80   500.0 MB      10.00\n" in out
        assert "  archive    250.0 MB       1.00   500.0 MB       2.00\n" in out
        assert "given as --standard-price" in out

    def test_of_an_empty_repository(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "images.json").write_text('{"imageDetails": []}')

        assert main(["preview", "policy.json", "images.json", "--on", "2026-06-01"]) == 0
        out = capsys.readouterr().out
        assert out.startswith("images.json on 2026-06-01 23:59 UTC: 0 images, 0 B\n\nstorage, ")
        assert "not verified with AWS" in out

    @pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
    def test_fits_in_80_columns_and_shows_no_control_character(
        self, encoding: str, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        details = [image(number, "2026-05-01", *["v" + "…\x1b\u4e00x" * 9] * number) for number in range(30)]
        details[3]["imageDigest"] = "\x1b" * 40
        details[4]["repositoryName"] = details[0]["repositoryName"] = "\x1b[31m" + "name/" * 40
        for one in details:
            one["repositoryName"] = details[0]["repositoryName"]
        (folder / "images.json").write_text(json.dumps({"imageDetails": details}))
        stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        monkeypatch.setattr(sys, "stdout", stream)

        assert main(["preview", "policy.json", "images.json"]) == 0

        text = stream.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]
        assert "\x1b" not in text
        assert "and 8 more: --format json lists them" in text
        assert max(len(line) + line.count("\u4e00") for line in text.splitlines()) <= 80


def test_the_help_says_how_to_get_the_images(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "--help"]) == 0

    out = capsys.readouterr().out
    assert "aws ecr describe-images --repository-name NAME --filter imageStatus=ANY" in out
    assert max(map(len, out.splitlines())) <= 80


class TestJson:
    def test_holds_every_image(self, capsys: pytest.CaptureFixture[str]) -> None:
        options = ["--format", "json", "--on", "2026-06-01"]
        assert main(["preview", "policy.json", "images.json", *options]) == 0

        document = json.loads(capsys.readouterr().out)
        assert document["schemaVersion"] == 1
        assert document["repository"] == "prod/payments/api"
        assert document["now"].startswith("2026-06-01T23:59:59")
        assert [one["state"] for one in document["images"]] == [
            *("due", "kept", "due", "later", "due", "later", "kept"),
        ]
        assert document["images"][4] == {
            "digest": IMAGES["imageDetails"][4]["imageDigest"],
            "tags": ["base-python"],
            "pushedAt": "2026-03-01T12:00:00+00:00",
            "sizeInBytes": 250_000_000,
            "isIndex": False,
            "storageClass": "standard",
            "state": "due",
            "rule": 3,
            "action": "transition",
            "dueAt": "2026-04-30T12:00:00+00:00",
            "deletedAt": "2026-08-30T23:59:59.999999+00:00",
            "mayBeHeld": True,
            "heldBy": [],
        }
        assert document["totals"]["deleted"] == {"images": 2, "bytes": 340_000_000}
        assert document["storage"]["after"] == {"standardBytes": 500_000_000, "archiveBytes": 500_000_000}
        cost = document["costEstimate"]
        assert (cost["isEstimate"], cost["isVerified"]) == (True, False)
        assert cost["monthAfter"] == {"standard": "0.0500", "archive": "0.0500", "total": "0.1000"}
        assert all(price["source"] and not price["verified"] for price in cost["prices"].values())
        assert len(document["notes"]) == 1

    def test_of_an_empty_repository(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "images.json").write_text("[]")

        assert main(["preview", "policy.json", "images.json", "--format", "json"]) == 0
        assert json.loads(capsys.readouterr().out)["images"] == []


class TestWhereThePolicyIs:
    def deleted(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> int:
        options = ["--format", "json", "--on", "2026-06-01"]
        assert main(["preview", *arguments, *options]) == 0
        return int(json.loads(capsys.readouterr().out)["totals"]["deleted"]["images"])

    def test_on_standard_input(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        give(monkeypatch, b"\xef\xbb\xbf" + json.dumps(POLICY).encode())

        assert self.deleted(capsys, "-", "images.json") == 2

    def test_beside_images_on_standard_input(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        give(monkeypatch, json.dumps(IMAGES).encode("utf-16"))

        assert self.deleted(capsys, "policy.json", "-") == 2

    def test_in_the_answer_of_ecr(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        answer = {"repositoryName": "prod/payments/api", "lifecyclePolicyText": json.dumps(POLICY)}
        (folder / "policy.json").write_text(json.dumps(answer))

        assert self.deleted(capsys, "policy.json", "images.json") == 2

    @pytest.mark.parametrize("name", ["prod/payments/api", "Api"])
    def test_in_a_template(self, name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write_template(
            folder, Api=repository("prod/payments/api", json.dumps(POLICY)), Other=repository("other")
        )

        assert self.deleted(capsys, "template.json", "images.json", "--repository", name) == 2

    def test_in_a_template_with_one_repository(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (folder / "template.yaml").write_text(
            "Resources:\n  Api:\n    Type: AWS::ECR::Repository\n    Properties:\n      LifecyclePolicy:\n"
            f"        LifecyclePolicyText: '{json.dumps(POLICY)}'\n"
        )

        assert self.deleted(capsys, "template.yaml", "images.json") == 2

    def test_in_a_cloud_assembly(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.deleted(capsys, str(ASSEMBLY), "images.json", "--repository", "prod/payments/api") == 0


class TestErrors:
    def fails(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
        assert main(["preview", *arguments]) == 2

        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.count("\n") == 1
        assert captured.err.startswith("ecr-blueprints: ")
        assert "unexpected" not in captured.err
        return captured.err.removeprefix("ecr-blueprints: ").rstrip("\n")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["policy.json"], "the following arguments are required: IMAGES"),
            (["-", "-"], "standard input: cannot hold both the policy and the images"),
            (["none.json", "images.json"], "none.json: cannot be read: no such file or directory"),
            (["policy.json", "none.json"], "none.json: cannot be read: no such file or directory"),
            (["", "images.json"], "POLICY: the path is empty"),
            (["policy.json", ""], "IMAGES: the path is empty"),
            (["policy.json", "."], ".: cannot be read: is a directory; fix: check what is given as IMAGES"),
            (["policy.json", "a\0b"], "cannot be read: embedded null byte"),
            (["images.json", "policy.json"], "images.json: holds images, not a lifecycle policy"),
            (["policy.json", "policy.json"], "policy.json: is no output of describe-images"),
            (["policy.json", "images.json", "--on", "today"], "--on: 'today' is no day; allowed: year"),
            (["policy.json", "images.json", "--on", "2026-02-30"], "--on: '2026-02-30' is no day"),
            (
                ["policy.json", "images.json", "--archive-price", "cheap"],
                "--archive-price: 'cheap' is no price",
            ),
            (["policy.json", "images.json", "--standard-price", "1e400"], "'1e400' is no price"),
            (
                ["policy.json", "images.json", "--repository", "a/b"],
                "is a lifecycle policy, which says of no",
            ),
        ],
    )
    def test_of_arguments(
        self, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert message in self.fails(capsys, *arguments)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\xff",
            b"{",
            b"[]",
            b"null",
            b"3",
            b"[" * 100_000,
            b'{"rules": 1}',
            b'{"rules": []}',
            b"\x00",
        ],
    )
    def test_of_policies(self, content: bytes, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "policy.json").write_bytes(content)

        assert self.fails(capsys, "policy.json", "images.json").startswith("policy.json: ")

    @pytest.mark.parametrize(
        "content", [b"", b"\xff", b"{", b"null", b"[3]", b"[" * 100_000, b"\x00", b"a: 1"]
    )
    def test_of_images(self, content: bytes, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "images.json").write_bytes(content)

        assert self.fails(capsys, "policy.json", "images.json").startswith("images.json: ")

    @pytest.mark.parametrize(
        ("held", "message"),
        [
            (None, "template.json: repository a/b: has no lifecycle policy"),
            ({"Ref": "Text"}, "has a lifecycle policy that only deployment determines: <Ref: Text>"),
            ({"rules": []}, "has no usable lifecycle policy: LifecyclePolicyText is a structure"),
            ("{}", "template.json: repository a/b: 2 violations"),
        ],
    )
    def test_of_a_repository(
        self, held: object, message: str, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        template = {"Parameters": {"Text": {"Type": "String"}}, "Resources": {"Api": repository("a/b", held)}}
        (folder / "template.json").write_text(json.dumps(template))

        assert message in self.fails(capsys, "template.json", "images.json")

    def test_of_which_repository_is_meant(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write_template(folder, A=repository("a/b"), C=repository("c/d", "x"), E=repository("c/d", "y"))

        assert self.fails(capsys, "template.json", "images.json") == (
            "template.json: declares 3 repositories; allowed: a/b, c/d; "
            "fix: choose one, for instance --repository a/b"
        )
        assert "declares no repository 'a/c'; allowed: a/b, c/d; fix: did you mean" in self.fails(
            capsys, "template.json", "images.json", "--repository", "a/c"
        )
        assert "fix: give --repository one of them" in self.fails(
            capsys, "template.json", "images.json", "--repository", "zzz"
        )
        assert "is declared 2 times with different lifecycle policies: C in template.json" in self.fails(
            capsys, "template.json", "images.json", "--repository", "c/d"
        )

    def test_of_a_template_without_a_repository(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write_template(folder, Topic={"Type": "AWS::SNS::Topic"})

        assert "declares no repository" in self.fails(capsys, "template.json", "images.json")

    def test_of_a_template_that_is_none(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "template.yaml").write_text("Resources: [")

        assert self.fails(capsys, "template.yaml", "images.json").startswith(
            "template.yaml:2:1: is neither JSON nor YAML"
        )

    def test_of_closed_standard_input(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "stdin", None)

        assert self.fails(capsys, "policy.json", "-").startswith("IMAGES: there is no standard input")


def test_a_preview_imports_no_template_reader_and_no_yaml(folder: Path) -> None:
    script = (
        "import sys; from ecr_blueprints.cli.main import main\n"
        "assert main(['preview', 'policy.json', 'images.json']) == 0\n"
        "print('\\n' + ' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    modules = set(done.stdout.splitlines()[-1].split())
    assert "ecr_blueprints.lifecycle.preview" in modules
    assert modules & {"yaml", "aws_cdk", "pydantic", "boto3", "ecr_blueprints.cloudformation"} == set()
