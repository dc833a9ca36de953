"""The plan and the audit fit a terminal, whatever the names are."""

from __future__ import annotations

from ecr_blueprints.registry.api_call import ApiCall
from ecr_blueprints.registry.audit import Audit, AuditedDrift
from ecr_blueprints.registry.difference import Difference, Drift, Impact
from ecr_blueprints.registry.import_candidate import ImportCandidate
from ecr_blueprints.registry.import_plan import BlockedImport, ImportPlan, StackImport
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.reporters.adoption_text import audit_lines, import_lines

LONG = "prod/" + "-".join(["a-long-name"] * 12)
REPOSITORY = "AWS::ECR::Repository"


def drift(name: str, *differences: Difference) -> Drift:
    return Drift(resource_type=REPOSITORY, identifier=name, source=SourceLocation(), differences=differences)


def difference(message: str = "x", impact: Impact = Impact.LOSES, name: str = "Tags") -> Difference:
    return Difference(property=name, impact=impact, message=message)


def candidate(name: str) -> ImportCandidate:
    return ImportCandidate(
        stack="s", logical_id="L", resource_type=REPOSITORY, identifier=name, source=SourceLocation()
    )


def test_a_plan_is_eighty_columns_wide() -> None:
    blocked = BlockedImport(candidate=candidate(LONG), reason="it refers to " + LONG)
    stack = StackImport(stack="s", imported=(candidate(LONG),), blocked=(blocked,), new=(candidate("b"),))
    plan = ImportPlan(
        registry="111122223333/eu-west-1",
        stacks=(stack,),
        drifts=(drift(LONG, difference("a\x1b[31m " + LONG)),),
        undeclared=(f"repository {LONG}",),
        cached=2,
    )

    lines = list(import_lines(plan))

    assert max(map(len, lines)) <= 80
    assert all(line.isprintable() for line in lines)
    assert lines[-1] == "1 thing differs; 1 would lose something; 1 cannot be imported"
    assert "  2 cached repositories" in lines


def test_what_differs_alike_stands_together() -> None:
    same = difference("owner=a is added", Impact.CHANGES)
    plan = ImportPlan(registry="r", stacks=(), drifts=(drift("one", same), drift("two", same)), undeclared=())

    lines = list(import_lines(plan))

    assert "repository one, repository two" in lines
    assert sum("owner=a is added" in line for line in lines) == 1


def test_every_line_of_an_audit_is_a_comment_or_a_command() -> None:
    encryption = difference("fixed", Impact.CANNOT, "EncryptionConfiguration")
    call = ApiCall(operation="TagResource", parameters={"resourceArn": "arn:x"})
    found = AuditedDrift(drift=drift("one\nrm -rf /", difference(LONG), encryption), calls=(("Tags", call),))
    audit = Audit(
        registry="r",
        region="eu-west-1",
        found=(found,),
        missing=(("repository two", "s"),),
        undeclared=("x",),
    )

    lines = "\n".join(audit_lines(audit)).splitlines()

    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands == ["aws ecr tag-resource --region eu-west-1 \\", "    --resource-arn arn:x"]
    assert max(map(len, lines)) <= 80
    assert any("EncryptionConfiguration is fixed at creation" in line for line in lines)
    assert lines[0] == "# registry r: 1 thing differs, 1 command, 1 missing"


def test_a_clean_audit_says_so_in_a_line() -> None:
    assert list(audit_lines(Audit(registry="r", region="eu-west-1", found=()))) == [
        "# registry r: everything is as it is declared"
    ]
