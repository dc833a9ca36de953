"""PullThroughCache: the rule, the credential, the template, the addresses, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager

from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.pull_through_cache import PullThroughCache
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.errors import InvalidValueError, RegistryConflictError
from ecr_blueprints.lifecycle.retention import RepositoryKind
from ecr_blueprints.registry.cache_credential import find_credential_faults

TemplateOf = Callable[[cdk.Stack], dict[str, Any]]
OfType = Callable[[dict[str, Any], str], list[dict[str, Any]]]
Lint = Callable[[dict[str, Any]], list[str]]

RULE = "AWS::ECR::PullThroughCacheRule"
SECRET = "AWS::SecretsManager::Secret"
TEMPLATE = "AWS::ECR::RepositoryCreationTemplate"
SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/hub-AbCdEf"
URI = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
DIGEST = f"sha256:{'a' * 64}"


@pytest.fixture
def registry(stack: cdk.Stack) -> PrivateRegistry:
    return PrivateRegistry(stack, "Registry", root_template=False)


class TestWithoutCredential:
    @pytest.fixture
    def template(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf
    ) -> dict[str, Any]:
        registry.add_pull_through_cache("ecr-public")
        registry.add_pull_through_cache("k8s")
        registry.add_pull_through_cache("quay")
        return template_of(stack)

    def test_rules(self, template: dict[str, Any], of_type: OfType) -> None:
        assert [one["Properties"] for one in of_type(template, RULE)] == [
            {"EcrRepositoryPrefix": key, "UpstreamRegistry": key, "UpstreamRegistryUrl": url}
            for key, url in [
                ("ecr-public", "public.ecr.aws"),
                ("k8s", "registry.k8s.io"),
                ("quay", "quay.io"),
            ]
        ]

    def test_no_secret_is_made(self, template: dict[str, Any], of_type: OfType) -> None:
        assert of_type(template, SECRET) == []

    def test_each_has_its_creation_template_before_its_rule(
        self, template: dict[str, Any], of_type: OfType
    ) -> None:
        templates = {
            logical_id: one["Properties"]["Prefix"]
            for logical_id, one in template["Resources"].items()
            if one["Type"] == TEMPLATE
        }
        assert sorted(templates.values()) == ["ecr-public", "k8s", "quay"]
        for rule in of_type(template, RULE):
            (dependency,) = rule["DependsOn"]
            assert templates[dependency] == rule["Properties"]["EcrRepositoryPrefix"]

    def test_the_creation_template_by_default(self, template: dict[str, Any], of_type: OfType) -> None:
        properties = of_type(template, TEMPLATE)[0]["Properties"]
        lifecycle = json.loads(properties.pop("LifecyclePolicy"))
        assert properties == {
            "Prefix": "ecr-public",
            "AppliedFor": ["PULL_THROUGH_CACHE"],
            "EncryptionConfiguration": {"EncryptionType": "AES256"},
            "ImageTagMutability": "MUTABLE",
        }
        (rule,) = lifecycle["rules"]
        assert (rule["selection"]["tagStatus"], rule["selection"]["countNumber"]) == ("untagged", 14)

    def test_cfn_lint_has_nothing_to_say(self, template: dict[str, Any], lint: Lint) -> None:
        assert lint(template) == []


class TestCredential:
    @pytest.fixture
    def template(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf
    ) -> dict[str, Any]:
        registry.add_pull_through_cache("docker-hub")
        return template_of(stack)

    def test_the_secret_is_named_and_keyed_as_ecr_demands(
        self, template: dict[str, Any], of_type: OfType
    ) -> None:
        (secret,) = of_type(template, SECRET)
        assert secret["Properties"]["Name"] == "ecr-pullthroughcache/docker-hub"
        generated = secret["Properties"]["GenerateSecretString"]
        assert json.loads(generated["SecretStringTemplate"]) == {"username": "replace-me"}
        assert generated["GenerateStringKey"] == "accessToken"

    def test_the_secret_holds_no_credential_and_uses_the_default_key(
        self, template: dict[str, Any], of_type: OfType
    ) -> None:
        (secret,) = of_type(template, SECRET)
        assert not {"SecretString", "KmsKeyId"} & secret["Properties"].keys()

    def test_the_secret_is_kept(self, template: dict[str, Any], of_type: OfType) -> None:
        (secret,) = of_type(template, SECRET)
        # A creation that is rolled back must not leave the name taken.
        assert secret["DeletionPolicy"] == "RetainExceptOnCreate"
        assert secret["UpdateReplacePolicy"] == "Retain"

    def test_the_rule_refers_to_the_secret_by_arn_alone(
        self, template: dict[str, Any], of_type: OfType
    ) -> None:
        (rule,) = of_type(template, RULE)
        ((secret_id, _),) = (one for one in template["Resources"].items() if one[1]["Type"] == SECRET)
        assert rule["Properties"] == {
            "CredentialArn": {"Ref": secret_id},
            "EcrRepositoryPrefix": "docker-hub",
            "UpstreamRegistry": "docker-hub",
            "UpstreamRegistryUrl": "registry-1.docker.io",
        }

    def test_cfn_lint_has_nothing_to_say(self, template: dict[str, Any], lint: Lint) -> None:
        assert lint(template) == []

    @pytest.mark.parametrize(
        "upstream",
        [
            "docker-hub",
            "github-container-registry",
            "gitlab-container-registry",
            "chainguard",
            UpstreamRegistry.azure("acme1"),
        ],
    )
    def test_every_upstream_that_needs_one_gets_one_that_works(
        self, registry: PrivateRegistry, upstream: str | UpstreamRegistry
    ) -> None:
        cache = registry.add_pull_through_cache(upstream)
        assert cache.secret is not None
        assert cache.secret.secret_name == f"ecr-pullthroughcache/{cache.prefix}"
        (rule,) = registry.ledger.cache_rules
        assert list(find_credential_faults(rule)) == []

    def test_the_name_of_the_secret_can_be_chosen(self, registry: PrivateRegistry) -> None:
        cache = registry.add_pull_through_cache("docker-hub", secret_name="ecr-pullthroughcache/company")
        assert cache.secret is not None
        assert cache.secret.secret_name == "ecr-pullthroughcache/company"

    def test_an_existing_secret_by_arn(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        registry.add_pull_through_cache("docker-hub", credential=SECRET_ARN)
        template = template_of(stack)
        assert of_type(template, SECRET) == []
        assert of_type(template, RULE)[0]["Properties"]["CredentialArn"] == SECRET_ARN

    def test_an_existing_secret_by_name(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        registry.add_pull_through_cache("docker-hub", credential="ecr-pullthroughcache/hub")
        arn = of_type(template_of(stack), RULE)[0]["Properties"]["CredentialArn"]
        assert arn == SECRET_ARN.removesuffix("-AbCdEf")

    def test_an_existing_secret_as_a_construct(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        imported = secretsmanager.Secret.from_secret_complete_arn(stack, "Imported", SECRET_ARN)
        own = secretsmanager.Secret(stack, "Own", secret_name="ecr-pullthroughcache/own")
        registry.add_pull_through_cache("docker-hub", credential=imported)
        registry.add_pull_through_cache("chainguard", credential=own)
        template = template_of(stack)
        ((own_id, _),) = (one for one in template["Resources"].items() if one[1]["Type"] == SECRET)
        arns = [one["Properties"]["CredentialArn"] for one in of_type(template, RULE)]
        assert arns == [SECRET_ARN, {"Ref": own_id}]

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            ({"credential": "docker-hub"}, "write 'ecr-pullthroughcache/docker-hub'"),
            ({"secret_name": "docker-hub"}, "write 'ecr-pullthroughcache/docker-hub'"),
            ({"credential": SECRET_ARN.replace("ecr-pullthroughcache/", "")}, "no ARN of a secret"),
            ({"credential": SECRET_ARN.replace("eu-west-1", "us-east-1")}, "lies in 111122223333/us-east-1"),
            ({"credential": SECRET_ARN.replace("1111", "9999")}, "lies in 999922223333/eu-west-1"),
            ({"credential": SECRET_ARN, "secret_name": "ecr-pullthroughcache/hub"}, "one of them"),
        ],
    )
    def test_one_that_cannot_work_is_refused(
        self, registry: PrivateRegistry, arguments: dict[str, str], reason: str
    ) -> None:
        children = len(registry.node.children)
        with pytest.raises(InvalidValueError, match=reason):
            registry.add_pull_through_cache("docker-hub", **arguments)  # type: ignore[arg-type]
        assert len(registry.node.children) == children

    def test_a_customer_managed_key_is_refused(self, registry: PrivateRegistry, stack: cdk.Stack) -> None:
        secret = secretsmanager.Secret(
            stack,
            "Own",
            secret_name="ecr-pullthroughcache/own",
            encryption_key=kms.Key(stack, "Key"),
        )
        with pytest.raises(InvalidValueError, match="customer-managed key"):
            registry.add_pull_through_cache("docker-hub", credential=secret)

    @pytest.mark.parametrize("argument", ["credential", "secret_name"])
    def test_one_that_the_upstream_does_not_take_is_refused(
        self, registry: PrivateRegistry, argument: str
    ) -> None:
        with pytest.raises(InvalidValueError, match=f"k8s takes no credential; fix: leave out {argument}"):
            registry.add_pull_through_cache("k8s", **{argument: "ecr-pullthroughcache/k8s"})  # type: ignore[arg-type]


class TestTemplateOptions:
    def test_tags_bring_a_role_under_the_prefix_only(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        options = CreationTemplateOptions(resource_tags={"owner": "platform"})
        cache = registry.add_pull_through_cache("k8s", prefix="cached/k8s/", template=options)
        assert cache.template.role is not None
        template = template_of(stack)
        (role,) = of_type(template, "AWS::IAM::Role")
        (statement,) = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        assert statement["Resource"] == "arn:aws:ecr:eu-west-1:111122223333:repository/cached/k8s/*"
        assert of_type(template, TEMPLATE)[0]["Properties"]["Prefix"] == "cached/k8s"

    def test_consumers_come_behind_a_given_policy(
        self, registry: PrivateRegistry, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        given = {"Effect": "Deny", "Principal": "*", "Action": "ecr:PutImage"}
        options = CreationTemplateOptions(repository_policy={"Version": "2008-10-17", "Statement": given})
        cache = registry.add_pull_through_cache("k8s", template=options)
        cache.grant_pull_to_account("222233334444")
        text = of_type(template_of(stack), TEMPLATE)[0]["Properties"]["RepositoryPolicy"]
        policy = json.loads(text)
        assert policy["Version"] == "2008-10-17"
        assert policy["Statement"][0] == given
        assert policy["Statement"][1]["Principal"] == {"AWS": "arn:aws:iam::222233334444:root"}

    def test_a_bad_option_leaves_nothing_behind(self, registry: PrivateRegistry) -> None:
        children, ledger = len(registry.node.children), registry.ledger
        with pytest.raises(InvalidValueError):
            registry.add_pull_through_cache(
                "k8s", template=CreationTemplateOptions(encryption_key="alias/ecr")
            )
        assert len(registry.node.children) == children
        assert registry.ledger == ledger


class TestRepositoriesUnderTheCache:
    def test_nothing_can_be_pushed_there(self, registry: PrivateRegistry, stack: cdk.Stack) -> None:
        registry.add_pull_through_cache("k8s")
        with pytest.raises(InvalidValueError, match="nothing can be pushed there") as caught:
            ImageRepository(stack, "Mine", repository_name="k8s/pause", registry=registry)
        assert "kind=RepositoryKind.CACHE" in str(caught.value)
        assert stack.node.try_find_child("Mine") is None
        made_before = {"repository_name": "k8s/pause", "kind": RepositoryKind.CACHE}
        ImageRepository(stack, "Pause", registry=registry, **made_before)
        ImageRepository(stack, "Beside", repository_name="k8s-tools/pause", registry=registry)

    def test_every_name_lies_under_root(self, registry: PrivateRegistry, stack: cdk.Stack) -> None:
        registry.add_pull_through_cache("k8s", prefix="ROOT")
        ImageRepository(stack, "Mine", repository_name="k8s/pause", registry=registry)


class TestPrefix:
    def test_equal_prefixes_name_both_constructs(self, registry: PrivateRegistry, stack: cdk.Stack) -> None:
        registry.add_pull_through_cache("k8s", prefix="cached")
        with pytest.raises(RegistryConflictError) as caught:
            PullThroughCache(stack, "Mine", registry=registry, upstream="quay", prefix="cached")
        assert "Stack/Registry/Cache-cached" in str(caught.value)
        assert "Stack/Mine" in str(caught.value)
        assert stack.node.try_find_child("Mine") is None

    def test_nested_prefixes_are_a_conflict(self, registry: PrivateRegistry) -> None:
        registry.add_pull_through_cache("k8s", prefix="cached")
        with pytest.raises(RegistryConflictError, match="one inside the other"):
            registry.add_pull_through_cache("quay", prefix="cached/quay")

    def test_root_goes_with_the_others(self, registry: PrivateRegistry) -> None:
        registry.add_pull_through_cache("k8s")
        cache = registry.add_pull_through_cache("ecr-public", prefix="ROOT")
        assert cache.image("docker/library/nginx", tag="1").uri == f"{URI}/docker/library/nginx:1"
        assert cache.repository_arn_pattern == "arn:aws:ecr:eu-west-1:111122223333:repository/*"

    def test_root_shares_the_registrys_template(
        self, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType, lint: Lint
    ) -> None:
        registry = PrivateRegistry(stack, "Registry")
        cache = registry.add_pull_through_cache("ecr-public", prefix="ROOT")
        assert cache.template is registry.root_template
        cache.grant_pull_to_account("222233334444")
        template = template_of(stack)
        (held,) = of_type(template, TEMPLATE)
        assert "arn:aws:iam::222233334444:root" in held["Properties"]["RepositoryPolicy"]
        (rule,) = of_type(template, RULE)
        assert rule["DependsOn"] == [stack.resolve(cache.template.resource.logical_id)]
        assert lint(template) == []

    @pytest.mark.parametrize(
        ("arguments", "given"),
        [
            ({"template": CreationTemplateOptions()}, "a template of its own"),
            ({"frozen": True}, "frozen=True"),
        ],
    )
    def test_root_with_another_template_names_the_switch(
        self, stack: cdk.Stack, arguments: dict[str, Any], given: str
    ) -> None:
        registry = PrivateRegistry(stack, "Registry")
        with pytest.raises(RegistryConflictError, match=given) as caught:
            registry.add_pull_through_cache("ecr-public", prefix="ROOT", **arguments)
        assert "write root_template=False" in str(caught.value)
        assert registry.ledger.cache_rules == ()

    def test_a_template_that_stands_there_is_a_conflict_and_nothing_is_made(
        self, registry: PrivateRegistry
    ) -> None:
        registry.add_creation_template("k8s", applied_for=["PULL_THROUGH_CACHE"])
        children = len(registry.node.children)
        with pytest.raises(RegistryConflictError, match="CreationTemplate-k8s"):
            registry.add_pull_through_cache("k8s")
        assert len(registry.node.children) == children
        assert registry.ledger.cache_rules == ()

    @pytest.mark.parametrize("prefix", ["x", "Docker", "docker/*", "a" * 31])
    def test_another_grammar_is_refused(self, registry: PrivateRegistry, prefix: str) -> None:
        with pytest.raises(InvalidValueError, match="cache prefix"):
            registry.add_pull_through_cache("k8s", prefix=prefix)


class TestUpstream:
    def test_an_unknown_one_lists_what_there_is(self, registry: PrivateRegistry) -> None:
        with pytest.raises(InvalidValueError, match=r"registry\.k8s\.io"):
            registry.add_pull_through_cache("mcr.microsoft.com")

    def test_azure_needs_its_host(self, registry: PrivateRegistry) -> None:
        with pytest.raises(InvalidValueError, match=r"<registry>\.azurecr\.io"):
            registry.add_pull_through_cache("azure")
        cache = registry.add_pull_through_cache("acme1.azurecr.io", prefix="acme")
        assert cache.resource.upstream_registry_url == "acme1.azurecr.io"


class TestAddress:
    @pytest.fixture
    def hub(self, registry: PrivateRegistry) -> PullThroughCache:
        return registry.add_pull_through_cache("docker-hub")

    def test_image(self, hub: PullThroughCache) -> None:
        assert hub.image("library/nginx", tag="1.27").uri == f"{URI}/docker-hub/library/nginx:1.27"
        assert hub.image("grafana/loki", digest=DIGEST).uri == f"{URI}/docker-hub/grafana/loki@{DIGEST}"

    def test_repository(self, hub: PullThroughCache) -> None:
        assert hub.repository_uri("library/nginx") == f"{URI}/docker-hub/library/nginx"
        assert hub.repository_arn_pattern == "arn:aws:ecr:eu-west-1:111122223333:repository/docker-hub/*"

    def test_tokens_pass(self, hub: PullThroughCache, stack: cdk.Stack) -> None:
        tag = cdk.CfnParameter(stack, "Tag").value_as_string
        assert hub.image("library/nginx", tag=tag).uri == f"{URI}/docker-hub/library/nginx:{tag}"

    @pytest.mark.parametrize(
        ("arguments", "fix"),
        [
            ({"name": "nginx", "tag": "1"}, "write 'library/nginx'"),
            ({"name": "docker.io/library/nginx", "tag": "1"}, "write 'library/nginx'"),
            ({"name": "library/nginx:1.27", "tag": "1"}, "write image('library/nginx', tag=…)"),
            ({"name": f"library/nginx@{DIGEST}", "tag": "1"}, "write image('library/nginx', digest=…)"),
            (
                {"name": "library/nginx"},
                "give tag='…', or digest='sha256:…', which always means the same image",
            ),
            (
                {"name": "library/nginx", "tag": "1", "digest": DIGEST},
                "give tag='…', or digest='sha256:…', which always means the same image",
            ),
            ({"name": "library/nginx", "digest": "a" * 64}, f"write '{DIGEST}'"),
            ({"name": "library/Nginx", "tag": "1"}, "write 'docker-hub/library/nginx'"),
        ],
    )
    def test_what_cannot_be_names_the_fix(
        self, hub: PullThroughCache, arguments: dict[str, str], fix: str
    ) -> None:
        with pytest.raises(InvalidValueError) as caught:
            hub.image(**arguments)
        assert caught.value.fix == fix

    def test_a_malformed_tag_is_refused(self, hub: PullThroughCache) -> None:
        with pytest.raises(InvalidValueError, match="image tag"):
            hub.image("library/nginx", tag="-1")

    def test_other_upstreams_have_images_without_a_namespace(self, registry: PrivateRegistry) -> None:
        assert (
            registry.add_pull_through_cache("k8s").image("pause", tag="3.10").uri == f"{URI}/k8s/pause:3.10"
        )


class TestLookup:
    def test_by_prefix_key_and_common_name(self, registry: PrivateRegistry) -> None:
        hub = registry.add_pull_through_cache("docker-hub", prefix="hub")
        assert registry.cache("hub") is hub
        assert registry.cache("docker-hub") is hub
        assert registry.cache("docker.io") is hub

    def test_what_is_not_there_lists_what_is(self, registry: PrivateRegistry) -> None:
        registry.add_pull_through_cache("k8s")
        registry.add_pull_through_cache("quay", prefix="q1")
        with pytest.raises(InvalidValueError, match=r"allowed: k8s \(registry.k8s.io\), q1 \(quay.io\)"):
            registry.cache("docker-hub")

    def test_two_of_one_upstream_have_to_be_told_apart(self, registry: PrivateRegistry) -> None:
        registry.add_pull_through_cache("quay", prefix="q1")
        second = registry.add_pull_through_cache("quay", prefix="q2")
        with pytest.raises(InvalidValueError, match="2 caches of 'quay'"):
            registry.cache("quay")
        assert registry.cache("q2") is second
