"""Team A cannot push, pull or delete in team B: decided by IAM's rules on the example's own templates.

Everybody's identity policies are taken at their widest, an administrator's, beside those of the roles that
the templates make: what holds for an administrator holds for whoever the team gives less.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from iam_evaluator import (
    ADMINISTRATOR,
    FULL_ACCESS,
    Decision,
    OrganizationPolicies,
    Principal,
    Request,
    decide,
)
from synthesized import Assembly
from template_access import FoundRole, TemplateAccess

TEAMS: Final = {
    "claims": "222233334444",
    "pricing": "333344445555",
    "portal": "444455556666",
    "data": "555566667777",
}
CLUSTERS, PARTNER, STRANGER, PLATFORM = "222244446666", "900000000009", "999999999999", "111111111111"
ENGINE: Final = "prod/pricing/engine"

PULL: Final = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
PUSH: Final = (
    "ecr:InitiateLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:CompleteLayerUpload",
    "ecr:PutImage",
)
DELETE: Final = ("ecr:BatchDeleteImage", "ecr:DeleteRepository")
OPEN: Final = ("ecr:SetRepositoryPolicy", "ecr:DeleteRepositoryPolicy", "ecr:PutLifecyclePolicy")


@pytest.fixture(scope="module")
def organization(assembly: Assembly) -> OrganizationPolicies:
    """The guardrails, attached to the teams' accounts, as the template has them."""
    resources = assembly.templates["ecr-platform-guardrails"]["Resources"].values()
    content = {
        one["Properties"]["Type"]: one["Properties"]["Content"]
        for one in resources
        if one["Type"] == "AWS::Organizations::Policy"
    }
    return OrganizationPolicies(
        of_principals={
            account: [FULL_ACCESS, content["SERVICE_CONTROL_POLICY"]] for account in TEAMS.values()
        },
        of_resources={
            account: [FULL_ACCESS, content["RESOURCE_CONTROL_POLICY"]] for account in TEAMS.values()
        },
    )


def administrator(account: str) -> Principal:
    return Principal(
        arn=f"arn:aws:iam::{account}:role/Administrator",
        account=account,
        policies=[ADMINISTRATOR],
        organization=None if account in (PARTNER, STRANGER) else "o-exampleorg",
    )


def asked(
    access: TemplateAccess,
    organization: OrganizationPolicies | None,
    principal: Principal,
    action: str,
    repository: str,
    opened: tuple[Any, ...] = (),
) -> Decision:
    return decide(
        Request(
            principal=principal,
            action=action,
            resource=repository,
            account=repository.split(":")[4],
            resource_policies=[*access.policies_of(repository), *opened],
        ),
        organization,
    )


def name_of(repository: str) -> str:
    return repository.partition("/")[2]


def everybody_of(access: TemplateAccess, account: str) -> Iterator[Principal]:
    """An administrator, and every role that a stack makes in the account."""
    yield administrator(account)
    for role in access.roles:
        if role.principal.account == account:
            yield role.principal


def test_the_templates_have_roles_and_repositories_of_every_team(access: TemplateAccess) -> None:
    owners = {arn.split(":")[4] for arn in access.repositories}
    assert owners == set(TEAMS.values())
    assert {role.principal.account for role in access.roles} >= owners


@pytest.mark.parametrize("team", TEAMS)
def test_no_team_reaches_another_one(
    access: TemplateAccess, organization: OrganizationPolicies, team: str
) -> None:
    tried = 0
    for principal in everybody_of(access, TEAMS[team]):
        for repository in access.repositories:
            if repository.split(":")[4] == TEAMS[team]:
                continue
            admitted = PULL if (team, name_of(repository)) == ("portal", ENGINE) else ()
            for action in (*PULL, *PUSH, *DELETE, *OPEN):
                tried += 1
                if action not in admitted:
                    decision = asked(access, organization, principal, action, repository)
                    assert not decision, (principal.arn, action, repository, decision)
    assert tried > 100


def test_that_is_not_the_guardrails_doing(access: TemplateAccess) -> None:
    portal = administrator(TEAMS["portal"])
    for repository in access.repositories:
        if repository.split(":")[4] != portal.account:
            assert not asked(access, None, portal, "ecr:PutImage", repository)


@pytest.mark.parametrize("account", [STRANGER, PARTNER, PLATFORM])
def test_no_outsider_reaches_a_team(
    access: TemplateAccess, organization: OrganizationPolicies, account: str
) -> None:
    for repository in access.repositories:
        admitted = PULL if (account, name_of(repository)) == (PARTNER, ENGINE) else ()
        for action in (*PULL, *PUSH, *DELETE, *OPEN):
            decision = asked(access, organization, administrator(account), action, repository)
            assert decision.allowed is (action in admitted), (action, repository, decision)


def test_a_team_that_opens_a_repository_to_the_world_opens_it_to_the_organization(
    access: TemplateAccess, organization: OrganizationPolicies
) -> None:
    world = ({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:*"}]},)
    without_registry_policy = TemplateAccess("o-exampleorg", repositories=dict(access.repositories))
    for repository in access.repositories:
        for found in (access, without_registry_policy):
            stranger = asked(found, organization, administrator(STRANGER), PULL[0], repository, world)
            assert not stranger
        assert asked(access, organization, administrator(PLATFORM), PULL[0], repository, world)
        open_before = asked(
            without_registry_policy, None, administrator(STRANGER), PULL[0], repository, world
        )
        assert open_before, "without a guardrail it would be open"


def test_a_team_does_as_it_likes_with_its_own(
    access: TemplateAccess, organization: OrganizationPolicies
) -> None:
    for repository in access.repositories:
        owner = administrator(repository.split(":")[4])
        frozen = name_of(repository) == "prod/portal/campaign-2024"
        for action in (*PULL, *DELETE, *OPEN):
            assert asked(access, organization, owner, action, repository), (action, repository)
        for action in PUSH:
            assert asked(access, organization, owner, action, repository).allowed is not frozen


def test_who_is_admitted_pulls_and_does_nothing_else(
    access: TemplateAccess, organization: OrganizationPolicies
) -> None:
    admitted = {
        (CLUSTERS, "prod/claims/intake"),
        (CLUSTERS, "prod/claims/assessment"),
        (CLUSTERS, "prod/claims/letters"),
        (TEAMS["portal"], ENGINE),
        (PARTNER, ENGINE),
    }
    found = {
        (account, name_of(repository))
        for account in (CLUSTERS, PARTNER, PLATFORM, *TEAMS.values())
        for repository in access.repositories
        if account != repository.split(":")[4]
        and all(asked(access, organization, administrator(account), one, repository) for one in PULL)
    }
    assert found == admitted


def test_clusters_pull_through_the_caches_that_they_are_given(
    access: TemplateAccess, organization: OrganizationPolicies
) -> None:
    claims, pricing = TEAMS["claims"], TEAMS["pricing"]

    def imports(account: str, owner: str, prefix: str) -> bool:
        repository = f"arn:aws:ecr:eu-west-1:{owner}:repository/{prefix}/library/nginx"
        request = Request(
            principal=administrator(account),
            action="ecr:BatchImportUpstreamImage",
            resource=repository,
            account=owner,
            resource_policies=[access.registry_policies[f"eu-west-1:{owner}"]],
        )
        return decide(request, organization).allowed

    assert imports(CLUSTERS, claims, "docker-hub")
    assert imports(claims, claims, "docker-hub")
    assert not imports(CLUSTERS, claims, "prod")
    assert not imports(CLUSTERS, pricing, "ecr-public")
    assert not imports(STRANGER, claims, "docker-hub")


PROJECTS: Final = {
    "claims": "repo:halden/claims:",
    "pricing": "repo:halden/pricing:",
    "data": "repo:halden/data:",
    "portal": "project_path:halden/portal:",
}
"""Team → what the identity of its pipelines begins with, at GitHub or GitLab."""


def pipelines_of(access: TemplateAccess, team: str) -> list[FoundRole]:
    """The roles in a team's account that a pipeline takes on."""
    return [
        role
        for role in access.roles
        if role.principal.account == TEAMS[team] and "WebIdentity" in json.dumps(role.trust)
    ]


@pytest.mark.parametrize("team", ["claims", "pricing", "data"])
def test_a_pipeline_pushes_to_its_own_repositories_of_its_stage(
    access: TemplateAccess, organization: OrganizationPolicies, team: str
) -> None:
    reached: dict[str, set[str]] = {}
    for role in pipelines_of(access, team):
        subject = json.dumps(role.trust)
        stage = next(one for one in ("dev", "prod") if f"environment:{one}" in subject)
        for repository in access.repositories:
            if all(asked(access, organization, role.principal, one, repository) for one in PUSH):
                reached.setdefault(stage, set()).add(name_of(repository))
    owned = {name_of(one) for one in access.repositories if one.split(":")[4] == TEAMS[team]}
    expected = {stage: {one for one in owned if one.startswith(f"{stage}/")} for stage in ("dev", "prod")}
    assert all(expected.values())
    assert reached == expected


def test_a_pipeline_of_gitlab_pushes_to_what_is_not_frozen(
    access: TemplateAccess, organization: OrganizationPolicies
) -> None:
    reached = {
        name_of(repository)
        for role in pipelines_of(access, "portal")
        for repository in access.repositories
        if all(asked(access, organization, role.principal, one, repository) for one in PUSH)
    }
    assert reached == {"dev/portal/web", "dev/portal/bff", "prod/portal/web", "prod/portal/bff"}


@pytest.mark.parametrize("team", PROJECTS)
def test_no_role_of_a_pipeline_is_taken_on_by_another_project(access: TemplateAccess, team: str) -> None:
    trusts = [json.dumps(role.trust) for role in pipelines_of(access, team)]
    assert trusts
    for trust in trusts:
        assert [one for one, project in PROJECTS.items() if project in trust] == [team]


def test_the_baseline_and_the_platform_go_on_working(
    access: TemplateAccess, organization: OrganizationPolicies
) -> None:
    for account in TEAMS.values():
        for name, action in (
            ("stacksets-exec-1f2e3d", "ecr:PutRegistryScanningConfiguration"),
            ("stacksets-exec-1f2e3d", "iam:CreateRole"),
            ("ecr-baseline-settings-eu-west-1", "ecr:PutAccountSetting"),
            ("platform-operator", "ecr:PutRegistryScanningConfiguration"),
        ):
            principal = Principal(
                arn=f"arn:aws:iam::{account}:role/{name}",
                account=account,
                policies=[ADMINISTRATOR],
                organization="o-exampleorg",
            )
            resource = f"arn:aws:iam::{account}:role/ecr-baseline-forward-eu-west-1"
            request = Request(
                principal=principal,
                action=action,
                resource=resource if action.startswith("iam:") else "*",
                account=account,
            )
            assert decide(request, organization), (name, action)
