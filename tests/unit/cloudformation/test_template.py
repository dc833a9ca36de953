from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from ecr_blueprints.cloudformation.references import MAX_DEPTH
from ecr_blueprints.cloudformation.template import MAX_BYTES, Template
from ecr_blueprints.errors import UnusableInputError

REPOSITORY = '{"Resources": {"Api": {"Type": "AWS::ECR::Repository"}}}'


def refusal(text: str, name: str = "t.yaml") -> UnusableInputError:
    with pytest.raises(UnusableInputError) as caught:
        Template.parse(text, name=name)
    return caught.value


def test_json_and_yaml_of_the_same_template_are_the_same() -> None:
    yaml = "Resources:\n  Api:\n    Type: AWS::ECR::Repository\n"

    assert Template.parse(yaml, name="t").resources == Template.parse(REPOSITORY, name="t").resources
    assert Template.parse(REPOSITORY, name="t").resources == {"Api": {"Type": "AWS::ECR::Repository"}}


def test_the_last_of_a_duplicate_key_counts_as_in_cloudformation() -> None:
    json_text = '{"Resources": {"A": {"Type": "X::Y::Z"}, "A": {"Type": "AWS::ECR::Repository"}}}'
    yaml_text = "Resources:\n  A: {Type: 'X::Y::Z'}\n  A: {Type: 'AWS::ECR::Repository'}\n"

    for text in (json_text, yaml_text):
        assert Template.parse(text, name="t").resources == {"A": {"Type": "AWS::ECR::Repository"}}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_are_read_in_the_encodings_that_tools_write(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "t.yaml"
    path.write_bytes("Description: Größe\nResources: {A: {Type: X}}\n".encode(encoding))

    assert Template.read(path).body["Description"] == "Größe"
    assert Template.read(path).name == str(path)


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ('{"Resources": {,}}', "t.yaml:1:16", "not JSON: expecting property name"),
        ('{\n  "Resources": {}', "t.yaml:2:18", "not JSON"),
        ('{"Resources": NaN}', "t.yaml", "NaN is no number"),
        ('{"Description": "\\ud800", "Resources": {"A": {}}}', "t.yaml", "surrogate"),
        ("Resources:\n\tA: 1\n", "t.yaml:2:1", "neither JSON nor YAML"),
        ("Resources:\n  A: [1\n  B: 2\n", "t.yaml:3:4", "neither JSON nor YAML"),
        ("Resources: &a\n  A: *b\n", "t.yaml:2:6", "undefined alias"),
        ("A: 1\n---\nB: 2\n", "t.yaml:2:1", "several YAML documents"),
        ("Resources:\n  A: !!binary aGk=\n", "t.yaml:2:6", "'binary'"),
        ("Resources:\n  ? [a, b]\n  : 1\n", "t.yaml:2:5", "a key that is not text"),
        ("Resources: a\x07b\n", "t.yaml:1", "control character"),
    ],
)
def test_a_syntax_error_names_line_and_column(text: str, place: str, problem: str) -> None:
    error = refusal(text)

    assert error.where == place
    assert problem in error.what
    assert error.fix


def test_surrogate_pairs_are_characters() -> None:
    text = '{"Description": "\\ud83d\\ude00", "Resources": {"A": {}}}'

    assert Template.parse(text, name="t").body["Description"] == "😀"


@pytest.mark.parametrize("text", ["", "  \n\n", "\ufeff"[:0]])
def test_an_empty_file_is_said_to_be_empty(text: str) -> None:
    assert refusal(text).what == "is empty"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("apiVersion: v1\nkind: Pod\n", "a Kubernetes manifest"),
        ("apiVersion: v1\nkind: Pod\n---\napiVersion: v1\nkind: Pod\n", "a Kubernetes manifest"),
        ('{"version": "55.0.0", "artifacts": {}}', "the manifest of a CDK cloud assembly"),
        ('{"app": "python app.py"}', "a CDK configuration"),
        ('{"contractVersion": 1, "registries": []}', "a registry contract"),
        ('{"resource": {"aws_ecr_repository": {}}}', "a Terraform configuration"),
        ('resource "aws_ecr_repository" "api" {\n  name = "api"\n}\n', "a Terraform configuration"),
        ('{"format_version": "1.2", "terraform_version": "1.9"}', "a Terraform plan"),
        ("services:\n  web: {image: nginx}\n", "a Compose file"),
        ('{"name": "x", "version": "1"}', "a package.json"),
        ('{"rules": []}', "an ECR lifecycle policy"),
        ("<html></html>", "HTML or XML"),
        ("resources: {}\n", "Resources"),
        ("Parameters: {}\n", "an incomplete template"),
    ],
)
def test_a_file_of_another_kind_is_recognized(text: str, kind: str) -> None:
    error = refusal(text)

    assert f"it looks like {kind}" in error.what or kind in error.what
    assert error.fix


def test_a_file_of_no_known_kind_gets_a_way_out() -> None:
    error = refusal('{"hello": "world"}')

    assert error.what == "has no Resources section"
    assert "cloud assembly" in str(error.fix)


@pytest.mark.parametrize(("text", "problem"), [("- a\n- b\n", "is a list"), ("plain", "is a single value")])
def test_what_is_no_mapping_is_refused(text: str, problem: str) -> None:
    assert problem in refusal(text).what


@pytest.mark.parametrize(
    ("resources", "problem"),
    [
        ("{}", "declares no resources"),
        ("null", "declares no resources"),
        ("[]", "no mapping but a list"),
        ("[1]", "no mapping but a list"),
        ("false", "no mapping but a single value"),
        ("0", "no mapping but a single value"),
        ('"x"', "no mapping"),
    ],
)
def test_resources_have_to_be_there(resources: str, problem: str) -> None:
    assert problem in refusal(f'{{"Resources": {resources}}}').what


def test_an_empty_stack_of_an_assembly_is_accepted() -> None:
    assert Template.parse("{}", name="t", may_be_empty=True).resources == {}
    assert Template.parse('{"Resources": {}}', name="t", may_be_empty=True).resources == {}


def test_a_file_has_to_exist_and_be_a_file(tmp_path: Path) -> None:
    for path, problem in ((tmp_path / "none.json", "does not exist"), (tmp_path, "is a directory")):
        with pytest.raises(UnusableInputError, match=problem):
            Template.read(path)


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "image.png"
    path.write_bytes(b"\x89PNG\r\n")

    with pytest.raises(UnusableInputError, match="not text in UTF-8"):
        Template.read(path)


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)

    with pytest.raises(UnusableInputError, match=r"50,000,001 bytes large.*1 MB"):
        Template.read(path)


def test_five_megabytes_are_read() -> None:
    resources = {
        f"R{i}": {"Type": "AWS::SNS::Topic", "Properties": {"Name": "x" * 400}} for i in range(11_000)
    }
    text = json.dumps({"Resources": resources})

    start = time.process_time()
    template = Template.parse(text, name="t")

    assert len(text) > 5_000_000
    assert len(template.resources) == 11_000
    assert time.process_time() - start < 2


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 900, 100_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    for text in (
        '{"Resources": ' + '{"a":' * depth + "1" + "}" * depth + "}",
        "Resources: " + "[" * depth + "]" * depth,
    ):
        assert "nested" in refusal(text).what or "nest" in refusal(text).what


def test_repeated_aliases_are_refused_and_not_expanded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]

    error = refusal("\n".join([*lines, "Resources: {A: *a11}"]))

    assert "3,000,000 values" in error.what


def test_an_alias_that_contains_itself_is_refused() -> None:
    assert "nested more than" in refusal("Resources: &r\n  A: *r\n").what


def test_anchors_and_merge_keys_are_understood() -> None:
    text = (
        "x: &defaults {Type: 'AWS::ECR::Repository', DeletionPolicy: Retain}\n"
        "Resources:\n  A: {<<: *defaults, DeletionPolicy: Delete}\n"
    )

    assert Template.parse(text, name="t").resources["A"] == {
        "Type": "AWS::ECR::Repository",
        "DeletionPolicy": "Delete",
    }


def test_a_tab_is_named_and_a_fault_of_syntax_is_to_be_corrected_where_it_is() -> None:
    tab, comma = refusal("Resources:\n\tApi:\n\t\tType: x\n"), refusal("Resources:\n  A: {Type: x\n")

    assert (tab.where, tab.what) == (
        "t.yaml:2:1",
        "is neither JSON nor YAML: a tab, and YAML is indented with spaces",
    )
    assert tab.fix == comma.fix == "correct the syntax at that line and column"
