"""Each of ECR's nine upstreams as a cache; another ECR registry with its role, prefix and other side."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from ecr_blueprints.constructs.cache_address import CacheAddress
from ecr_blueprints.constructs.cache_upstream_access import cache_upstream_statement
from ecr_blueprints.constructs.cache_validation import OnInvalid
from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.pull_through_cache import PullThroughCache
from ecr_blueprints.domain.actions import UPSTREAM_COPY
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.errors import InvalidValueError

TemplateOf = Callable[[cdk.Stack], dict[str, Any]]
OfType = Callable[[dict[str, Any], str], list[dict[str, Any]]]
Lint = Callable[[dict[str, Any]], list[str]]

RULE = "AWS::ECR::PullThroughCacheRule"
ROLE = "AWS::IAM::Role"
SECRET = "AWS::SecretsManager::Secret"
OWN, OTHER = "111122223333", "222233334444"
UPSTREAM = UpstreamRegistry.ecr(OTHER, "eu-central-1")
ROLE_ARN = f"arn:aws:iam::{OWN}:role/cache/copy"
COPY = [
    "ecr:BatchGetImage",
    "ecr:BatchImportUpstreamImage",
    "ecr:CompleteLayerUpload",
    "ecr:GetDownloadUrlForLayer",
    "ecr:GetImageCopyStatus",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
]
NINE = {
    "docker-hub": ("registry-1.docker.io", True),
    "ecr-public": ("public.ecr.aws", False),
    "k8s": ("registry.k8s.io", False),
    "quay": ("quay.io", False),
    "github-container-registry": ("ghcr.io", True),
    "gitlab-container-registry": ("registry.gitlab.com", True),
    "azure-container-registry": ("acme1.azurecr.io", True),
    "chainguard": ("cgr.dev", True),
    "ecr": (f"{OTHER}.dkr.ecr.eu-central-1.amazonaws.com", False),
}


def statement_of(prefix: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        principals=[iam.ArnPrincipal(f"arn:aws:iam::{OTHER}:root")],
        actions=["ecr:CreateRepository"],
        resources=[f"arn:aws:ecr:eu-west-1:{OWN}:repository/{prefix}/*"],
    )


@pytest.fixture
def registry(stack: cdk.Stack) -> PrivateRegistry:
    return PrivateRegistry(stack, "Registry", root_template=False)


def cache_of_ecr(registry: PrivateRegistry, **arguments: Any) -> PullThroughCache:
    return PullThroughCache(registry, "Cache", registry=registry, **{"upstream": UPSTREAM, **arguments})


@pytest.fixture(scope="module")
def templates(module_app: cdk.App, template_of: TemplateOf) -> dict[str, dict[str, Any]]:
    """Two stacks that are synthesized once: each upstream with defaults, and everything set."""
    stacks = {
        name: cdk.Stack(module_app, name, env=cdk.Environment(account=OWN, region=region))
        for name, region in (("Nine", "eu-west-1"), ("Everything", "eu-west-2"))
    }
    nine = PrivateRegistry(stacks["Nine"], "Registry", root_template=False)
    for key, (host, _) in NINE.items():
        PullThroughCache(stacks["Nine"], key, registry=nine, upstream=host)
    everything = PrivateRegistry(stacks["Everything"], "Registry", root_template=False)
    shared = PullThroughCache(
        stacks["Everything"],
        "Shared",
        registry=everything,
        upstream=UPSTREAM,
        prefix="shared/prod",
        upstream_prefix="prod",
        template=CreationTemplateOptions(resource_tags={"owner": "platform"}),
        frozen=True,
        validate=OnInvalid.WARN,
    )
    shared.grant_pull_to_account(OTHER)
    PullThroughCache(
        stacks["Everything"],
        "Hub",
        registry=everything,
        upstream="docker-hub",
        prefix="hub",
        secret_name="ecr-pullthroughcache/company",
        validate=OnInvalid.FAIL,
        wait_for_secret=True,
    )
    return {name: template_of(stack) for name, stack in stacks.items()}


class TestTheNine:
    @pytest.fixture
    def template(self, templates: dict[str, dict[str, Any]]) -> dict[str, Any]:
        return templates["Nine"]

    @pytest.mark.parametrize("key", NINE)
    def test_host_prefix_and_how_it_logs_in(
        self, template: dict[str, Any], of_type: OfType, key: str
    ) -> None:
        host, with_secret = NINE[key]
        (properties,) = (
            one["Properties"]
            for one in of_type(template, RULE)
            if one["Properties"]["EcrRepositoryPrefix"] == key
        )
        login = {"CredentialArn"} if with_secret else {"CustomRoleArn"} if key == "ecr" else set()
        named = {"EcrRepositoryPrefix", "UpstreamRegistry", "UpstreamRegistryUrl"}
        assert set(properties) == named | login
        assert (properties["UpstreamRegistry"], properties["UpstreamRegistryUrl"]) == (key, host)
        names = [one["Properties"]["Name"] for one in of_type(template, SECRET)]
        assert (f"ecr-pullthroughcache/{key}" in names) is with_secret

    def test_cfn_lint_has_nothing_to_say(self, template: dict[str, Any], lint: Lint) -> None:
        assert lint(template) == []


class TestEcr:
    @pytest.fixture
    def template(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf
    ) -> dict[str, Any]:
        cache_of_ecr(registry, prefix="shared", upstream_prefix="prod/")
        return template_of(stack)

    def test_the_rule(self, template: dict[str, Any], of_type: OfType) -> None:
        (rule,) = of_type(template, RULE)
        arn = rule["Properties"].pop("CustomRoleArn")
        assert template["Resources"][arn["Fn::GetAtt"][0]]["Type"] == ROLE
        assert rule["Properties"] == {
            "EcrRepositoryPrefix": "shared",
            "UpstreamRegistry": "ecr",
            "UpstreamRegistryUrl": f"{OTHER}.dkr.ecr.eu-central-1.amazonaws.com",
            "UpstreamRepositoryPrefix": "prod",
        }

    def test_the_role_reaches_the_two_places_of_a_copy(
        self, template: dict[str, Any], of_type: OfType
    ) -> None:
        (role,) = of_type(template, ROLE)
        (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "pullthroughcache.ecr.amazonaws.com"}
        assert "Path" not in role["Properties"]
        read, copy, login = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        assert sorted(read["Action"]) == sorted(UPSTREAM_COPY)
        assert read["Resource"] == f"arn:aws:ecr:eu-central-1:{OTHER}:repository/prod/*"
        assert sorted(copy["Action"]) == COPY
        assert copy["Resource"] == f"arn:aws:ecr:eu-west-1:{OWN}:repository/shared/*"
        assert (login["Action"], login["Resource"]) == ("ecr:GetAuthorizationToken", "*")

    def test_cfn_lint_has_nothing_to_say(self, template: dict[str, Any], lint: Lint) -> None:
        assert lint(template) == []

    def test_all_of_the_upstream(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        cache_of_ecr(registry, prefix="ROOT", upstream_prefix="ROOT")
        (rule,) = of_type(template_of(stack), RULE)
        assert "UpstreamRepositoryPrefix" not in rule["Properties"]
        (role,) = of_type(template_of(stack), ROLE)
        read, copy, _ = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        assert read["Resource"] == f"arn:aws:ecr:eu-central-1:{OTHER}:repository/*"
        assert copy["Resource"] == f"arn:aws:ecr:eu-west-1:{OWN}:repository/*"

    def test_another_region_of_the_same_account_has_a_role_too(self, registry: PrivateRegistry) -> None:
        cache = cache_of_ecr(registry, upstream=UpstreamRegistry.ecr(OWN, "eu-central-1"))
        assert cache.role is not None
        assert cache.secret is None

    @pytest.mark.parametrize("how", ["construct", "imported", "L1", "arn", "token"])
    def test_a_given_role(
        self,
        registry: PrivateRegistry,
        stack: cdk.Stack,
        template_of: TemplateOf,
        of_type: OfType,
        how: str,
    ) -> None:
        role: Any = ROLE_ARN
        if how == "construct":
            role = iam.Role(
                stack, "Own", assumed_by=iam.ServicePrincipal("pullthroughcache.ecr.amazonaws.com")
            )
        elif how == "imported":
            role = iam.Role.from_role_arn(stack, "Own", ROLE_ARN)
        elif how == "L1":
            role = iam.CfnRole(stack, "Own", assume_role_policy_document={})
        elif how == "token":
            role = cdk.CfnParameter(stack, "RoleArn").value_as_string
        cache = cache_of_ecr(registry, role=role)
        assert cache.node.try_find_child("Role") is None
        (rule,) = of_type(template_of(stack), RULE)
        arn = rule["Properties"]["CustomRoleArn"]
        assert arn == ROLE_ARN if how in ("arn", "imported") else isinstance(arn, dict)

    def test_an_open_environment(
        self, app: cdk.App, template_of: TemplateOf, of_type: OfType, lint: Lint
    ) -> None:
        stack = cdk.Stack(app, "Anywhere")
        registry = PrivateRegistry(stack, "Registry", root_template=False)
        cache_of_ecr(registry, upstream_prefix="prod")
        template = template_of(stack)
        (role,) = of_type(template, ROLE)
        read, copy, _ = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        assert read["Resource"] == f"arn:aws:ecr:eu-central-1:{OTHER}:repository/prod/*"
        assert {"Ref": "AWS::Partition"} in copy["Resource"]["Fn::Join"][1]
        assert lint(template) == []

    def test_china(self, app: cdk.App, template_of: TemplateOf, of_type: OfType) -> None:
        stack = cdk.Stack(app, "China", env=cdk.Environment(account=OWN, region="cn-north-1"))
        registry = PrivateRegistry(stack, "Registry", root_template=False)
        cache_of_ecr(registry, upstream=UpstreamRegistry.ecr(OTHER, "cn-northwest-1"))
        template = template_of(stack)
        (rule,) = of_type(template, RULE)
        assert rule["Properties"]["UpstreamRegistryUrl"] == (
            f"{OTHER}.dkr.ecr.cn-northwest-1.amazonaws.com.cn"
        )
        (role,) = of_type(template, ROLE)
        assert "arn:aws:" not in json.dumps(role)

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            ({"upstream": "ecr"}, r"address of ecr is not known.*UpstreamRegistry.ecr\("),
            ({"upstream": UpstreamRegistry.ecr(OWN, "eu-west-1")}, "the cache's own registry"),
            ({"upstream": UpstreamRegistry.ecr(OTHER, "cn-north-1")}, "in the partition aws-cn"),
            ({"upstream": "quay", "upstream_prefix": "prod"}, "the upstream is quay; fix: leave out"),
            ({"prefix": "ROOT", "upstream_prefix": "prod"}, "write prefix='prod'"),
            ({"upstream_prefix": "Prod"}, "not a cache prefix"),
            ({"upstream_prefix": "${Token[TOKEN.1]}"}, "known only at deployment"),
            ({"upstream_prefix": 1}, "upstream_prefix is 1"),
            ({"upstream": "quay", "role": ROLE_ARN}, "quay takes no role"),
            ({"role": ROLE_ARN.replace("1111", "9999")}, "the role lies in account 999922223333"),
            ({"role": "copy"}, "'copy' is not the ARN of an IAM role"),
            ({"role": 1}, "role is of the type int"),
            ({"credential": "ecr-pullthroughcache/x"}, "ecr takes no credential"),
            ({"frozen": "yes"}, "frozen is 'yes'"),
            ({"wait_for_secret": True}, "nothing to wait for"),
            ({"upstream": "quay", "validate": True}, "no log-in to validate"),
            ({"validate": "never"}, "validate is 'never'.*FAIL, WARN"),
        ],
    )
    def test_what_cannot_work_is_refused_and_nothing_is_made(
        self, registry: PrivateRegistry, arguments: dict[str, Any], reason: str
    ) -> None:
        children = len(registry.node.children)
        with pytest.raises(InvalidValueError, match=reason):
            cache_of_ecr(registry, **arguments)
        assert len(registry.node.children) == children
        assert registry.ledger.cache_rules == ()

    def test_it_is_in_the_ledger(self, registry: PrivateRegistry) -> None:
        cache_of_ecr(registry, prefix="shared", upstream_prefix="prod", role=ROLE_ARN)
        (rule,) = registry.ledger.cache_rules
        assert (rule.upstream_prefix, rule.custom_role_arn, rule.frozen) == ("prod", ROLE_ARN, False)

    def test_two_registries_are_told_apart_by_their_hosts(
        self, registry: PrivateRegistry, stack: cdk.Stack
    ) -> None:
        hosts = [UpstreamRegistry.ecr(OTHER, region) for region in ("eu-central-1", "us-east-1")]
        first, second = (
            PullThroughCache(stack, f"C{number}", registry=registry, upstream=host, prefix=f"c{number}")
            for number, host in enumerate(hosts)
        )
        assert registry.cache(str(hosts[0])) is first
        assert registry.cache(str(hosts[1])) is second
        with pytest.raises(InvalidValueError, match="2 caches of 'ecr'"):
            registry.cache("ecr")


class TestNamesOfAnotherEcr:
    """The table of AWS's page on prefixes: from a name at the upstream to that in the cache."""

    @pytest.mark.parametrize(
        ("prefix", "upstream_prefix", "name", "cached"),
        [
            ("ecr-public", None, "my-app/image1", "ecr-public/my-app/image1"),
            ("ROOT", None, "my-app/image1", "my-app/image1"),
            ("team-a", "team-a", "team-a/myapp/image1", "team-a/myapp/image1"),
            ("my-app", "upstream-app", "upstream-app/image1", "my-app/image1"),
            ("prod", None, "prod/api", "prod/prod/api"),
        ],
    )
    def test_mapping(self, prefix: str, upstream_prefix: str | None, name: str, cached: str) -> None:
        address = CacheAddress(
            prefix=prefix,
            upstream=UPSTREAM,
            registry_uri="host",
            repository_arn_base="arn",
            upstream_prefix=upstream_prefix,
        )
        assert address.repository_name(name) == cached

    @pytest.mark.parametrize(
        ("upstream_prefix", "name", "reason"),
        [
            ("prod", "api", "write 'prod/api'"),
            ("prod", "my-app/api", "all that the cache holds"),
            ("prod", "${Token[TOKEN.1]}", "known only at deployment"),
            (None, "ecr/api", "starts with the cache's own prefix"),
            (None, f"{OTHER}.dkr.ecr.eu-central-1.amazonaws.com/api", "starts with the upstream's host"),
        ],
    )
    def test_names_that_are_not_there(self, upstream_prefix: str | None, name: str, reason: str) -> None:
        address = CacheAddress(
            prefix="my-app" if upstream_prefix else "ecr",
            upstream=UPSTREAM,
            registry_uri="host",
            repository_arn_base="arn",
            upstream_prefix=upstream_prefix,
        )
        with pytest.raises(InvalidValueError, match=reason):
            address.repository_name(name)


class TestTheUpstreamSide:
    def test_of_this_app_lets_the_cache_copy_by_itself(self, app: cdk.App, registry: PrivateRegistry) -> None:
        upstream = cdk.Stack(app, "Upstream", env=cdk.Environment(account=OTHER, region="eu-central-1"))
        theirs = PrivateRegistry(upstream, "Registry")
        elsewhere = cdk.Stack(app, "Elsewhere", env=cdk.Environment(account=OTHER, region="eu-west-1"))
        other = PrivateRegistry(elsewhere, "Registry")
        for prefix in ("base", "golden"):
            registry.add_pull_through_cache(UPSTREAM, prefix=prefix, upstream_prefix=prefix)
        assert theirs.registry_policy is not None
        (statement,) = upstream.resolve(theirs.registry_policy.policy_text)["Statement"]
        arn = f"arn:aws:ecr:eu-central-1:{OTHER}:repository"
        assert statement["Resource"] == [f"{arn}/base/*", f"{arn}/golden/*"]
        assert statement["Principal"] == {"AWS": f"arn:aws:iam::{OWN}:root"}
        assert other.registry_policy is None

    def test_of_one_account_needs_nothing(self, app: cdk.App, registry: PrivateRegistry) -> None:
        stack = cdk.Stack(app, "Upstream", env=cdk.Environment(account=OWN, region="eu-central-1"))
        own = PrivateRegistry(stack, "Registry")
        registry.add_pull_through_cache(UpstreamRegistry.ecr(OWN, "eu-central-1"))
        assert own.registry_policy is None

    def test_a_second_call_adds_to_the_first(self, registry: PrivateRegistry, stack: cdk.Stack) -> None:
        registry.allow_cache_upstream(OTHER, prefixes=["base"])
        registry.allow_cache_upstream(OTHER, prefixes=["golden"])
        for service in ("one", "two", "three"):
            registry.add_to_registry_policy(statement_of(service))
        assert registry.registry_policy is not None
        statements = stack.resolve(registry.registry_policy.policy_text)["Statement"]
        assert [len(one["Resource"]) for one in statements] == [2, 3]

    def test_a_statement_of_a_registry_policy(self) -> None:
        arn = f"arn:aws-cn:ecr:cn-north-1:{OWN}:repository/prod/*"
        assert cache_upstream_statement([OTHER], partition="aws-cn", repository_arns=[arn]) == {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws-cn:iam::{OTHER}:root"},
            "Action": [
                "ecr:BatchGetImage",
                "ecr:BatchImportUpstreamImage",
                "ecr:GetDownloadUrlForLayer",
                "ecr:GetImageCopyStatus",
            ],
            "Resource": arn,
        }

    def test_a_statement_of_a_repository_names_no_resource(self) -> None:
        statement = cache_upstream_statement([OTHER, "333344445555", OTHER], partition="aws")
        assert statement["Principal"]["AWS"] == [
            f"arn:aws:iam::{OTHER}:root",
            "arn:aws:iam::333344445555:root",
        ]
        assert "Resource" not in statement

    @pytest.mark.parametrize("accounts", [[], ["1234"], [OTHER, 1]])
    def test_who_is_none_is_refused(self, accounts: list[Any]) -> None:
        with pytest.raises(InvalidValueError, match="allow_cache_upstream"):
            cache_upstream_statement(accounts, partition="aws")


class TestEverythingSet:
    @pytest.fixture
    def template(self, templates: dict[str, dict[str, Any]]) -> dict[str, Any]:
        return templates["Everything"]

    def test_the_rule_waits_for_its_secret_and_is_checked(
        self, template: dict[str, Any], of_type: OfType
    ) -> None:
        (hub,) = (one for one in of_type(template, RULE) if one["Properties"]["EcrRepositoryPrefix"] == "hub")
        awaited = {template["Resources"][one]["Type"] for one in hub["DependsOn"]}
        assert awaited == {"AWS::ECR::RepositoryCreationTemplate", "Custom::SecretReady"}
        checks = {
            one["Properties"]["Prefix"]: one["Properties"]["OnInvalid"]
            for one in of_type(template, "Custom::EcrCacheValidation")
        }
        assert checks == {"shared/prod": "WARN", "hub": "FAIL"}

    def test_cfn_lint_has_nothing_to_say(self, template: dict[str, Any], lint: Lint) -> None:
        assert lint(template) == []

    def test_it_is_as_it_was(self, template: dict[str, Any], snapshot: SnapshotAssertion) -> None:
        held = {
            key: value
            for key, value in template["Resources"].items()
            if not key.startswith(("EcrBlueprints", "Registry")) and "Custom::" not in value["Type"]
        }
        assert held == snapshot(extension_class=JSONSnapshotExtension)


@pytest.mark.parametrize(
    ("validate", "credential", "patience"),
    [
        (OnInvalid.WARN, None, "0"),
        (OnInvalid.FAIL, None, "30"),
        (OnInvalid.WARN, "ecr-pullthroughcache/hub", "30"),
    ],
)
def test_a_placeholder_of_which_is_only_told_is_not_waited_for(
    registry: PrivateRegistry,
    stack: cdk.Stack,
    template_of: TemplateOf,
    of_type: OfType,
    validate: bool | OnInvalid,
    credential: str | None,
    patience: str,
) -> None:
    registry.add_pull_through_cache("docker-hub", validate=validate, credential=credential)
    (check,) = of_type(template_of(stack), "Custom::EcrCacheValidation")
    assert check["Properties"]["PatienceSeconds"] == patience


@pytest.mark.parametrize(("credential", "chosen"), [(None, "WARN"), ("ecr-pullthroughcache/hub", "FAIL")])
def test_a_first_deployment_with_a_placeholder_is_not_rolled_back(
    registry: PrivateRegistry,
    stack: cdk.Stack,
    template_of: TemplateOf,
    of_type: OfType,
    credential: str | None,
    chosen: str,
) -> None:
    registry.add_pull_through_cache("docker-hub", validate=True, credential=credential)
    (check,) = of_type(template_of(stack), "Custom::EcrCacheValidation")
    assert check["Properties"]["OnInvalid"] == chosen
