"""The rule set as a whole: complete, documented, and right in what its pages show."""

from __future__ import annotations

import importlib
import inspect
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

import ecr_blueprints.review.rules
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.ruleset import RULES
from ecr_blueprints.review.verdict import Severity, Verdict

FOLDER = Path(ecr_blueprints.review.rules.__file__).parent
PRACTICES = set(json.loads((Path(__file__).parents[2] / "fixtures" / "practice_ids.json").read_text()))
AREAS = {"1": "repository", "2": "scanning", "3": "lifecycle", "4": "cache", "5": "template", "7": "access"}
HEADINGS = ["What it does", "Why is this bad?", "Example", "Use instead", "Known limits", "References"]

OTHER_TOOLS = {
    "cdk-nag": {"AwsSolutions-ECR1"},
    "checkov": {"CKV_AWS_32", "CKV_AWS_51", "CKV_AWS_136", "CKV_AWS_163"},
    "cfn-guard": {"ECR_REPO_SCAN_ON_PUSH"},
    "control tower": {"CT.ECR.PR.1", "CT.ECR.PR.2", "CT.ECR.PR.3"},
    "cfn_nag": {"W28", "W79"},
    "cfn-lint": {"E3513", "W3037", "E3031", "E3033", "E3019"},
    "cdk": {"CloudFormation-Validate::F3031", "CloudFormation-Validate::E3019"},
    "aws config": {
        "ECR_PRIVATE_IMAGE_SCANNING_ENABLED",
        "ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED",
        "ECR_PRIVATE_LIFECYCLE_POLICY_CONFIGURED",
        "INSPECTOR_ECR_SCAN_ENABLED",
    },
    "security hub": {"ECR.1", "ECR.2", "ECR.3"},
    "trivy": {"AWS-0030", "AWS-0031", "AWS-0032", "AWS-0033"},
    "kics": {
        "33f41d31-86b1-46a4-81f7-9c9a671f59ac",
        "75be209d-1948-41f6-a8c8-e22dd0121134",
        "9025b2b3-e554-4842-ba87-db7aeec36d35",
    },
    "prowler": {
        "ecr_registry_scan_images_on_push_enabled",
        "ecr_registry_enhanced_scanning_enabled",
        "ecr_repositories_scan_images_on_push_enabled",
        "ecr_repositories_lifecycle_policy_enabled",
        "ecr_repositories_not_publicly_accessible",
        "ecr_repositories_tag_immutability",
    },
    "terrascan": {"AC_AWS_0083", "AC_AWS_0084"},
    "semgrep": {
        "aws-ecr-image-scanning-disabled",
        "aws-ecr-mutable-image-tags",
        "aws-ecr-repository-wildcard-principal",
        "ecr-image-scan-on-push",
    },
    "cloudsploit": {"ecrImageVulnerability", "ecrRepositoryPolicy", "ecrRepositoryTagImmutability"},
    "powerpipe": {
        "ecr_repository_image_scan_on_push_enabled",
        "ecr_repository_prohibit_public_access",
        "ecr_repository_tag_immutability_enabled",
        "ecr_repository_lifecycle_policy_configured",
        "inspector_ecr_scanning_enabled",
    },
    "sentinel": {
        "ecr-image-scanning-enabled",
        "ecr-lifecycle-policy-configured",
        "ecr-tag-immutability-configured",
        "inspector-ecr-scan-enabled",
    },
    "tflint": {"aws_ecr_registry_scanning_configuration_invalid_scan_type"},
    "cloud custodian": {"cross-account", "lifecycle-rule", "set-lifecycle"},
    "opa": {
        "ecr_deny_public_access",
        "ecr_require_lifecycle_policy",
        "ecr_require_registry_scanning",
        "ecr_require_scan_on_push",
        "ecr_require_tag_immutability",
    },
    "config rdk": {"ECR_REPOSITORY_SCAN_ON_PUSH_CHECK"},
}
KNOWN_CROSSWALK = set().union(*OTHER_TOOLS.values())

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def documentation(rule: type[Rule]) -> str:
    assert rule.__doc__ is not None
    return inspect.cleandoc(rule.__doc__)


def snippet(rule: type[Rule], heading: str) -> str:
    section = documentation(rule).split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    found = re.fullmatch(r"\s*```yaml\n(.*?)```\s*", section, flags=re.DOTALL)
    assert found is not None, f"{heading} of {rule.id} is one snippet and nothing else"
    return found.group(1)


def test_the_tuple_holds_every_rule_on_disk_once():
    on_disk = set()
    for path in FOLDER.glob("*/*.py"):
        if path.name == "__init__.py":
            continue
        module = importlib.import_module(
            f"{ecr_blueprints.review.rules.__name__}.{path.parent.name}.{path.stem}"
        )
        found = [
            one for one in vars(module).values() if inspect.isclass(one) and one.__module__ == module.__name__
        ]
        (rule,) = [one for one in found if issubclass(one, Rule)]
        on_disk.add(rule)
    assert set(RULES) == on_disk
    assert len(RULES) == len(on_disk)


def test_ids_and_names_are_unique_and_in_order():
    assert all(first.id < second.id for first, second in pairwise(RULES))
    assert len({rule.name for rule in RULES}) == len(RULES)


@each_rule
def test_a_rule_is_where_its_id_and_name_say(rule):
    assert re.fullmatch(r"ECR[1-8]\d\d", rule.id)
    area, slug = rule.__module__.split(".")[-2:]
    assert AREAS[rule.id[3]] == area
    assert rule.name == slug.replace("_", "-")
    assert importlib.import_module(rule.__module__).__doc__ == f"{rule.id}."


@each_rule
def test_practices_and_crosswalk_exist(rule):
    assert set(rule.practices) <= PRACTICES
    assert len(set(rule.practices)) == len(rule.practices)
    assert rule.practices or rule.id in ("ECR104", "ECR105"), (
        "no practice asks that a template be deployable at all"
    )
    assert set(rule.crosswalk) <= KNOWN_CROSSWALK
    assert len(set(rule.crosswalk)) == len(rule.crosswalk)


@each_rule
def test_a_page_has_every_section_in_order_and_a_reference(rule):
    text = documentation(rule)
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == HEADINGS
    summary = text.partition("\n\n")[0]
    assert summary.endswith(".")
    assert "https://docs.aws.amazon.com/" in text.split("## References", 1)[1]
    for first, second in pairwise([*HEADINGS, ""]):
        section = text.split(f"## {first}\n", 1)[1]
        section = section.split(f"## {second}\n", 1)[0] if second else section
        assert section.strip()


@each_rule
def test_the_example_fails_and_what_to_use_instead_does_not(rule, judge):
    bad = judge(rule, snippet(rule, "Example"))
    assert bad.failed
    good = judge(rule, snippet(rule, "Use instead"))
    assert good.failed == {}
    assert good.open == set()
    assert good.passed or rule.id in ("ECR104", "ECR105", "ECR703"), "these report mistakes alone"


@each_rule
def test_what_to_use_instead_breaks_no_other_rule_in_earnest(rule, judge):
    for other in RULES:
        judged = judge(other, snippet(rule, "Use instead"))
        errors = [
            one for one in judged.findings if one.verdict is Verdict.FAIL and one.severity is Severity.ERROR
        ]
        assert errors == [], other.id


@each_rule
def test_a_failure_is_complete(rule, judge):
    failures = [one for one in judge(rule, snippet(rule, "Example")).findings if one.verdict is Verdict.FAIL]
    for failure in failures:
        assert failure.rule_id == rule.id
        assert failure.name == rule.name
        assert failure.practices == rule.practices
        assert failure.crosswalk == rule.crosswalk
        assert failure.resource.logical_id is not None
        assert (failure.granular in rule.granular) if rule.granular else (failure.granular is None)
        assert not re.match(r"[A-Z][a-z]", failure.message), (
            "a message starts lower case, or with a name of AWS's"
        )
        assert not failure.message.endswith(".")
        assert failure.fix
        assert failure.fix[0].islower()
        assert not failure.fix.endswith(".")
    assert len({one.fingerprint for one in failures}) == len(failures)
