"""Synthesis of a blueprint warns from 80 % of each quota that the pages of the models list.

Where a blueprint gets there with little, the limits are AWS's own; where it would take thousands of
repositories or dozens of Regions, they are lowered.

Practices: REG-5
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from docs_model_page import example_names, render_example
from synthesized import synthesize

from ecr_blueprints.constructs import organization_stack_set, registry_endpoints
from ecr_blueprints.registry import quota_use
from ecr_blueprints.stacks import stack_limits

PREFIX = " [ack: Annotation::ecr-blueprints:"
OWN_LIMITS = {
    "quota-lifecycle-policy-length",
    "quota-lifecycle-rules",
    "quota-managed-policies-per-role",
    "quota-managed-policy-length",
    "quota-pull-time-exclusions",
    "quota-registry-policy-length",
    "quota-repository-policy-length",
    "quota-repository-tags",
    "quota-resource-control-policy",
    "quota-service-control-policy",
}
"""Reached by `FULL` and `GUARDED` as they are."""

LOWERED = {
    "PULL_THROUGH_CACHE_RULES": 2,
    "REPLICATION_DESTINATIONS": 1,
    "REPLICATION_RULES": 1,
    "REPOSITORIES": 6,
    "FILTERS_PER_REPLICATION_RULE": 1,
    "FILTERS_PER_SCANNING_RULE": 4,
    "FILTERS_PER_SIGNING_RULE": 2,
    "SIGNING_RULES": 1,
}
"""What `quota_use` compares with."""

FULL = {
    "version": 1,
    "model": "centralized",
    "convention": "{stage}/{team}/{app}",
    "stages": {"dev": {}, "prod": {"production": True}},
    "registry": {"account": "111122223333", "regions": ["eu-west-1", "eu-central-1"]},
    "pull_time_exclusions": [f"arn:aws:iam::111122223333:role/scanner-{number}" for number in range(80)],
    "signing": {"production": True},
    "replication": {"to": ["eu-central-1"]},
    "caches": {"k8s": {}, "ecr-public": {}},
    "tags": {f"tag-{number}": "x" for number in range(40)},
    "consumers": {
        "production": {
            "accounts": ["222233334444"],
            "pull": [f"prod/{'*' * number}/many" for number in range(1, 35)],
            "caches": ["k8s"],
            "pull_roles": {"nodes": {"policies": [f"Managed{number}" for number in range(7)]}},
        },
        "units": {
            "org_paths": [f"o-exampleorg/r-ab12/ou-ab12-{number:08}/*" for number in range(205)],
            "pull": ["*/payments/*"],
            "caches": ["k8s", "ecr-public"],
        },
    },
    "networks": {
        "222233334444": {
            "eu-west-1": {
                "vpc-0a1b2c3d4e5f60001": {
                    "cidrs": ["10.30.0.0/16"],
                    "subnets": {"eu-west-1a": "subnet-0a1b2c3d4e5f60001"},
                    "route_tables": ["rtb-0a1b2c3d4e5f60001"],
                }
            }
        }
    },
    "teams": [
        {
            "team": "payments",
            "repositories": {
                "api": {},
                "ledger": {},
                "many": {
                    "lifecycle": [
                        {
                            "rulePriority": number,
                            "selection": {
                                "tagStatus": "tagged",
                                "tagPatternList": [f"{number}-{'x' * 115}-{more}*" for more in range(4)],
                                "countType": "imageCountMoreThan",
                                "countNumber": 5,
                            },
                            "action": {"type": "expire"},
                        }
                        for number in range(1, 41)
                    ]
                },
            },
        }
    ],
}

GUARDED = {
    "version": 1,
    "model": "tenant-managed",
    "organization": {"id": "o-exampleorg", "administrator": "100000000000"},
    "regions": ["eu-central-1"],
    "stages": {"dev": {}, "prod": {"production": True}},
    "baseline": {"units": ["ou-ab12-11111111"]},
    "guardrails": {
        "platform_roles": [f"platform-{number}-*" for number in range(8)],
        "partners": [str(333300000000 + number) for number in range(260)],
    },
    "security": {"account": "122222222222"},
    "teams": [
        {
            "team": "claims",
            "account": "222233334444",
            "caches": {"ecr-public": {}, "k8s": {}},
            "repositories": {"intake": {}},
        }
    ],
}


def synthesized_warnings(blueprint: dict[str, object], folder: Path) -> dict[str, list[str]]:
    """Id → the texts that have it."""
    folder.mkdir(exist_ok=True)
    path = folder / "blueprint.yaml"
    path.write_text(yaml.safe_dump(blueprint, sort_keys=False))
    result = synthesize(path, folder / "out")
    assert result.returncode == 0, result.stderr
    found: dict[str, list[str]] = {}
    for artifact in json.loads((folder / "out" / "manifest.json").read_text())["artifacts"].values():
        metadata = dict(artifact.get("metadata", {}))
        if "additionalMetadataFile" in artifact:
            metadata |= json.loads((folder / "out" / artifact["additionalMetadataFile"]).read_text())
        for entry in (one for entries in metadata.values() for one in entries):
            if entry["type"] == "aws:cdk:warning":
                text, _, identifier = entry["data"].partition(PREFIX)
                found.setdefault(identifier.removesuffix("]"), []).append(text)
    return found


Warnings = dict[str, list[str]]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Warnings:
    folder = tmp_path_factory.mktemp("own")
    return {
        **synthesized_warnings(FULL, folder / "full"),
        **synthesized_warnings(GUARDED, folder / "guarded"),
    }


@pytest.fixture(scope="module")
def lowered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warnings, Warnings]:
    """Those of `FULL` and of `GUARDED`."""
    folder = tmp_path_factory.mktemp("lowered")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in LOWERED.items():
            quota = replace(getattr(quota_use, name), value=value, regions=())
            patch.setattr(quota_use, name, quota)
        patch.setattr(stack_limits, "MAX_STACK_RESOURCES", 35)
        patch.setattr(registry_endpoints, "ENDPOINT_POLICY_LENGTH", 900)
        patch.setattr(organization_stack_set, "MAX_TEMPLATE_BODY_BYTES", 12_000)
        return (
            synthesized_warnings(FULL, folder / "full"),
            synthesized_warnings(GUARDED, folder / "guarded"),
        )


def listed() -> set[str]:
    """The ids on the pages of the models."""
    pages = "".join(render_example(name) for name in example_names())
    return set(re.findall(r"\| `ecr-blueprints:([a-z-]+)` \|", pages))


def test_each_quota_of_a_page_is_warned_of(own: Warnings, lowered: tuple[Warnings, Warnings]) -> None:
    assert listed()
    assert listed() <= own.keys() | lowered[0].keys() | lowered[1].keys()


def test_what_a_blueprint_can_reach_is_warned_of_at_the_limits_of_aws(own: Warnings) -> None:
    assert own.keys() == OWN_LIMITS | {"s3-layers-only"}
    for identifier in OWN_LIMITS:
        for text in own[identifier]:
            found = re.match(r"([\d,]+) of ([\d,]+) ", text)
            assert found is not None, text
            used, limit = (int(number.replace(",", "")) for number in found.groups())
            assert 0.8 * limit <= used <= limit


def test_the_rest_is_warned_of_where_the_limit_is_lower(
    own: Warnings, lowered: tuple[Warnings, Warnings]
) -> None:
    assert (lowered[0].keys() | lowered[1].keys()) - own.keys() == {
        "quota-endpoint-policy-length",
        "quota-pull-through-cache-rules",
        "quota-replication-destinations",
        "quota-replication-filters",
        "quota-replication-rules",
        "quota-repositories",
        "quota-scanning-filters",
        "quota-signing-filters",
        "quota-signing-rules",
        "quota-stack-set-template",
        "stack-nears-its-limit",
    }


def test_a_stack_that_is_not_of_repositories_names_itself(lowered: tuple[Warnings, Warnings]) -> None:
    said = lowered[1]["stack-nears-its-limit"]
    assert any("'ecr-registry-claims-eu-central-1' has 3" in text for text in said)


def test_a_warning_in_the_template_of_a_stack_set_is_repeated_at_the_stack_set(
    lowered: tuple[Warnings, Warnings],
) -> None:
    # The baseline alone has the scanning configuration, and it is in the template of the stack set.
    said = lowered[1]["quota-scanning-filters"]
    assert len(set(said)) == 1
    assert said[0].startswith("4 of 4 filters per scanning rule")
