"""The plan and the audit for programs meet the schemas that are published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.resource_identifier import IMPORT_IDENTIFIERS
from ecr_blueprints.domain.tags import MutabilityMode, TagMutability
from ecr_blueprints.registry.audit import audit
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.difference import Impact
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.import_candidate import ImportCandidate
from ecr_blueprints.registry.import_plan import plan_import
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.reporters.adoption_json import ADOPTION_SCHEMA_VERSION, audit_document, import_document

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference"
PLAN: dict[str, Any] = json.loads((REFERENCE / "import-plan-schema.json").read_text(encoding="utf-8"))
AUDIT: dict[str, Any] = json.loads((REFERENCE / "audit-schema.json").read_text(encoding="utf-8"))
HERE = SourceLocation(template="t.json", logical_id="X")
MUTABLE = TagMutability(mode=MutabilityMode.MUTABLE)
IMMUTABLE = TagMutability(mode=MutabilityMode.IMMUTABLE)


def registry(*repositories: Repository, **more: Any) -> Registry:
    return Registry(account="111122223333", region="eu-west-1", repositories=repositories, **more)


LIVE = registry(
    Repository(source=HERE, name="prod/api", tag_mutability=MUTABLE, tags={"team": "old"}),
    Repository(source=HERE, name="prod/web", encryption=Encryption(type=EncryptionType.KMS)),
    Repository(source=HERE, name="legacy/batch"),
    Repository(source=HERE, name="hub/nginx"),
    cache_rules=(CacheRule(source=HERE, prefix="hub"),),
)
DECLARED = registry(
    Repository(source=HERE, name="prod/api", tag_mutability=IMMUTABLE, tags={"team": "new"}),
    Repository(source=HERE, name="prod/web", encryption=Encryption(type=EncryptionType.AES256)),
    Repository(source=HERE, name="prod/new"),
)


def candidates() -> list[ImportCandidate]:
    return [
        ImportCandidate(
            stack="payments",
            logical_id=f"L{number}",
            resource_type="AWS::ECR::Repository",
            identifier=name,
            source=HERE,
            has_deletion_policy=name != "prod/web",
        )
        for number, name in enumerate(["prod/api", "prod/web", "prod/new", None])
    ]


@pytest.mark.parametrize("schema", [PLAN, AUDIT])
def test_is_a_schema_of_this_version(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["schemaVersion"] == {"const": ADOPTION_SCHEMA_VERSION}


@pytest.mark.parametrize("schema", [PLAN, AUDIT])
def test_knows_every_type_and_every_impact(schema: dict[str, Any]) -> None:
    definitions = schema["$defs"]
    assert definitions["type"]["enum"] == sorted(IMPORT_IDENTIFIERS)
    item = definitions["drift"]["properties"]["differences"]["items"]
    assert item["properties"]["impact"]["enum"] == list(Impact)


def test_the_mapping_is_by_the_properties_that_an_import_takes() -> None:
    mapping = PLAN["$defs"]["stack"]["properties"]["mapping"]["additionalProperties"]
    assert mapping["propertyNames"]["enum"] == sorted(set(IMPORT_IDENTIFIERS.values()))


def test_both_say_the_same_of_what_differs() -> None:
    assert PLAN["$defs"]["drift"] == AUDIT["$defs"]["drift"]
    assert PLAN["$defs"]["type"] == AUDIT["$defs"]["type"]


def test_a_plan_with_everything_in_it_meets_the_schema() -> None:
    document = json.loads(json.dumps(import_document(plan_import(LIVE, DECLARED, candidates()))))

    jsonschema.validate(document, PLAN)

    (stack,) = document["stacks"]
    assert all(stack[key] for key in ("mapping", "blocked", "new"))
    assert None in [one["identifier"] for one in stack["new"]]
    assert document["differences"]
    assert document["undeclared"]
    assert document["cachedRepositories"] == 1
    assert set(document) == set(PLAN["properties"])
    assert set(stack) == set(PLAN["$defs"]["stack"]["properties"])


def test_an_audit_with_everything_in_it_meets_the_schema() -> None:
    document = json.loads(json.dumps(audit_document(audit(LIVE, DECLARED, candidates()), profile="platform")))

    jsonschema.validate(document, AUDIT)

    assert any(one["commands"] for one in document["found"])
    assert document["missing"]
    assert document["undeclared"]
    assert set(document) == set(AUDIT["properties"])


@pytest.mark.parametrize(
    ("key", "value"),
    [("schemaVersion", "2.0"), ("stacks", None), ("cachedRepositories", -1), ("registry", "x")],
)
def test_what_is_no_plan_does_not_meet_it(key: str, value: Any) -> None:
    document = import_document(plan_import(LIVE, DECLARED, candidates()))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, key: value}, PLAN)
