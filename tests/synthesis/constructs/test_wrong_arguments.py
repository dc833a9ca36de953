"""Wrong input of every kind: an error of ours at the line that caused it, before anything exists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager

from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.image_reference import RegistryImage
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.pull_through_cache import PullThroughCache
from ecr_blueprints.constructs.registry_management import Ownership, RegistryManagement
from ecr_blueprints.constructs.registry_scanning import RegistryScanning
from ecr_blueprints.constructs.repository_creation_template import RepositoryCreationTemplate
from ecr_blueprints.constructs.repository_grants import RepositoryGrants
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.tags import MutabilityMode, TagMutability
from ecr_blueprints.errors import EcrBlueprintsError, InvalidValueError
from ecr_blueprints.lifecycle.retention import RepositoryKind, Retention

pytestmark = pytest.mark.node

Call = Callable[[], object]

KEY_ELSEWHERE = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE_ELSEWHERE = "arn:aws:iam::444455556666:role/deploy"
EXCLUDING = ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION
FILTER = ecr.ImageTagMutabilityExclusionFilter.wildcard("dev-*")


@pytest.fixture
def registry(stack: cdk.Stack) -> PrivateRegistry:
    return PrivateRegistry(stack, "Registry")


@pytest.fixture
def repository(stack: cdk.Stack) -> ImageRepository:
    return ImageRepository(stack, "Api", repository_name="team/api")


def refused(call: Call) -> InvalidValueError:
    """The error, which says what, where, and what to do."""
    with pytest.raises(InvalidValueError) as caught:
        call()
    error = caught.value
    assert error.where
    assert error.allowed or error.fix
    return error


class TestImageRepository:
    @pytest.mark.parametrize(
        ("arguments", "what", "fix"),
        [
            ({"repository_name": 5}, "repository_name is 5", "in quotes"),
            ({"repository_name": ("team/api",)}, "repository_name is ('team/api',)", None),
            ({"repository_name": b"team/api"}, "repository_name is b'team/api'", None),
            ({"auto_delete_images": "yes"}, "auto_delete_images is 'yes'", None),
            ({"empty_on_delete": 1}, "empty_on_delete is 1", None),
            ({"image_scan_on_push": "no"}, "image_scan_on_push is 'no'", None),
            ({"encryption": "KMS"}, "encryption is 'KMS'", "EncryptionType.KMS"),
            ({"encryption_key": 5}, "encryption_key is of the type int", None),
            ({"encryption_key": "alias/mine"}, "encryption_key is 'alias/mine'", "the key's ARN"),
            ({"encryption_key": KEY_ELSEWHERE}, "lies in us-east-1, the registry in eu-west-1", "replica"),
            (
                {"image_tag_mutability": "IMMUTABLE"},
                "is 'IMMUTABLE'",
                "image_tag_mutability=ecr.TagMutability.IMMUTABLE",
            ),
            (
                {"image_tag_mutability": MutabilityMode.MUTABLE},
                "MutabilityMode.MUTABLE",
                "image_tag_mutability=ecr.TagMutability.MUTABLE",
            ),
            (
                {"image_tag_mutability": TagMutability(mode=MutabilityMode.MUTABLE)},
                "of the type TagMutability",
                "image_tag_mutability=ecr.TagMutability.MUTABLE",
            ),
            (
                {"image_tag_mutability": EXCLUDING, "image_tag_mutability_exclusion_filters": ["dev-*"]},
                "is ['dev-*']",
                "ImageTagMutabilityExclusionFilter.wildcard",
            ),
            (
                {"image_tag_mutability": EXCLUDING, "image_tag_mutability_exclusion_filters": "dev-*"},
                "is 'dev-*'",
                "ImageTagMutabilityExclusionFilter.wildcard",
            ),
            ({"lifecycle_registry_id": 111122223333}, "lifecycle_registry_id is 111122223333", "in quotes"),
            ({"lifecycle_rules": {"max_image_count": 3}}, "lifecycle_rules is {", "lifecycle_rules=[{"),
            ({"lifecycle_rules": [None]}, "lifecycle_rules is [None]", "retention="),
            ({"lifecycle_rules": [Retention()]}, "lifecycle_rules is [Retention(", "retention="),
            ({"removal_policy": "destroy"}, "is 'destroy'", "cdk.RemovalPolicy.DESTROY"),
            ({"retention": {"keep": ["v*"]}}, "retention is {'keep'", 'Retention(keep=["v*"])'),
            ({"lifecycle_policy": "{}"}, "lifecycle_policy is '{}'", "parse_lifecycle_policy"),
            ({"registry": "registry.json"}, "registry is 'registry.json'", "from_contract"),
            ({"owner": 5}, "owner is 5", "in quotes"),
            ({"tags": ["a"]}, "tags is ['a']", '{"key": "value"}'),
            ({"tags": {"a": 5}}, "the tag 'a' has the value 5", "'a': '5'"),
            ({"kind": "base_image"}, "kind is 'base_image'", "RepositoryKind.BASE_IMAGE"),
            ({"kind": None}, "kind is None", None),
            ({"convention_exception": True}, "convention_exception is True", None),
        ],
    )
    def test_values_of_other_types(
        self, stack: cdk.Stack, arguments: dict[str, Any], what: str, fix: str | None
    ) -> None:
        error = refused(lambda: ImageRepository(stack, "Api", **arguments))
        assert what in error.what
        assert fix is None or fix in str(error.fix)
        assert stack.node.try_find_child("Api") is None

    @pytest.mark.parametrize(
        ("rule", "what"),
        [
            ({"max_image_count": "3"}, "max_image_count is '3'"),
            ({"max_image_count": True}, "max_image_count is True"),
            ({"max_image_count": float("inf")}, "max_image_count is inf"),
            ({"max_image_count": float("nan")}, "max_image_count is nan"),
            ({"max_image_age": 3}, "max_image_age is 3"),
            ({"max_image_count": 3, "rule_priority": "1"}, "rule_priority is '1'"),
            ({"max_image_count": 3, "tag_status": "UNTAGGED"}, "tag_status is 'UNTAGGED'"),
            ({"max_image_count": 3, "tag_prefix_list": [1]}, "tag_prefix_list is [1]"),
            ({"max_image_count": 3, "tag_prefix_list": "v1"}, "tag_prefix_list is 'v1'"),
            ({"max_image_count": 3, "tag_pattern_list": "v*"}, "tag_pattern_list is 'v*'"),
            ({"max_image_count": 3, "description": 5}, "description is 5"),
        ],
    )
    def test_members_of_a_lifecycle_rule(
        self, stack: cdk.Stack, repository: ImageRepository, rule: dict[str, Any], what: str
    ) -> None:
        assert refused(lambda: ImageRepository(stack, "Other", lifecycle_rules=[rule])).what.startswith(what)
        resource = repository.node.default_child
        assert isinstance(resource, ecr.CfnRepository)
        before = stack.resolve(resource._cfn_properties)
        assert refused(lambda: repository.add_lifecycle_rule(**rule)).what.startswith(what)
        assert stack.resolve(resource._cfn_properties) == before

    def test_a_text_in_the_place_of_tag_prefixes_is_no_list_of_letters(self, stack: cdk.Stack) -> None:
        rule = ecr.LifecycleRule(max_image_count=3, tag_prefix_list="v1")
        error = refused(lambda: ImageRepository(stack, "Api", lifecycle_rules=[rule]))
        assert error.fix == "write tag_prefix_list=['v1']"

    def test_a_parameter_is_not_its_value(self, stack: cdk.Stack) -> None:
        parameter = cdk.CfnParameter(stack, "Name")
        call = lambda: ImageRepository(stack, "Api", repository_name=parameter)  # type: ignore[arg-type]  # noqa: E731
        assert refused(call).fix == "write repository_name=parameter.value_as_string"

    def test_the_place(self, app: cdk.App, stack: cdk.Stack) -> None:
        for scope in (None, "Stack", app):
            assert "the scope is" in refused(lambda scope=scope: ImageRepository(scope, "Api")).what  # type: ignore[misc]
        for construct_id in (None, 5, ""):
            assert "the id is" in refused(lambda i=construct_id: ImageRepository(stack, i)).what  # type: ignore[misc]
        for text in ("a\0", "é\ud800"):
            assert "character" in refused(lambda i=text: ImageRepository(stack, i)).what  # type: ignore[misc]
        ImageRepository(stack, "Api")
        assert (
            refused(lambda: ImageRepository(stack, "Api")).what == "there is a construct 'Stack/Api' already"
        )

    def test_what_is_accepted_in_other_spellings(self, stack: cdk.Stack) -> None:
        ImageRepository(stack, "Kind", kind="base-image")  # type: ignore[arg-type]
        ImageRepository(
            stack,
            "Tuples",
            lifecycle_rules=({"max_image_count": 3},),
            image_tag_mutability=EXCLUDING,
            image_tag_mutability_exclusion_filters=(FILTER,),
        )
        ImageRepository(stack, "Key", encryption_key=kms.CfnKey(stack, "Cfn", key_policy={}))
        ImageRepository(stack, "Alias", encryption_key="arn:aws:kms:eu-west-1:111122223333:alias/mine")

    @pytest.mark.parametrize("policy", [None, "destroy", True])
    def test_removal_policies(self, repository: ImageRepository, policy: Any) -> None:
        assert refused(lambda: repository.apply_removal_policy(policy)).allowed == "RemovalPolicy of aws_cdk"

    @pytest.mark.parametrize("statement", [None, {"Effect": "Allow"}])
    def test_statements(self, repository: ImageRepository, statement: Any) -> None:
        assert "from_json" in str(refused(lambda: repository.add_to_resource_policy(statement)).fix)

    @pytest.mark.parametrize("reference", [{"tag": 1.27}, {"tag": ("v1",)}, {"digest": 5}])
    def test_images(self, repository: ImageRepository, reference: dict[str, Any]) -> None:
        assert refused(lambda: repository.image(**reference)).where == "ImageRepository('team/api').image(…)"

    def test_a_reference_that_is_no_text(self) -> None:
        assert refused(lambda: RegistryImage(5)).what == "uri is 5"  # type: ignore[arg-type]


class TestGrants:
    @pytest.mark.parametrize("method", ["grant_pull", "grant_push", "grant_pull_push", "grant_read"])
    @pytest.mark.parametrize(
        ("grantee", "what"),
        [
            (None, "the grantee is None"),
            ("444455556666", "the grantee is '444455556666'"),
            (ROLE_ELSEWHERE, f"the grantee is '{ROLE_ELSEWHERE}'"),
            ([], "the grantee is list"),
            (iam.AccountPrincipal("4444"), "'4444' is not an AWS account id"),
            (iam.CompositePrincipal(iam.AnyPrincipal()), "the grant is to everybody"),
            (iam.AnyPrincipal().with_conditions({}), "the grant is to everybody"),
            (
                iam.ArnPrincipal(ROLE_ELSEWHERE).with_conditions({"Bool": {"aws:SecureTransport": "true"}}),
                "the grantee of another account has conditions, on Bool",
            ),
            (
                iam.CompositePrincipal(
                    iam.ArnPrincipal(ROLE_ELSEWHERE), iam.AccountPrincipal("777788889999")
                ),
                "the grantee is a role or user of another account together with other principals",
            ),
        ],
    )
    def test_grantees(self, repository: ImageRepository, method: str, grantee: Any, what: str) -> None:
        error = refused(lambda: getattr(repository, method)(grantee))
        assert error.what.startswith(what)
        assert error.where == f"ImageRepository('team/api').{method}(…)"

    @pytest.mark.parametrize(
        "actions", [(), ("DescribeImages",), (["ecr:DescribeImages"],), (None,)], ids=repr
    )
    def test_actions(self, stack: cdk.Stack, repository: ImageRepository, actions: Any) -> None:
        role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        refused(lambda: repository.grant(role, *actions))

    def test_an_action_without_its_service(self, stack: cdk.Stack, repository: ImageRepository) -> None:
        role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        assert refused(lambda: repository.grant(role, "DescribeImages")).fix == "write 'ecr:DescribeImages'"

    @pytest.mark.parametrize(
        "method",
        [
            "grant_pull_to_account",
            "grant_pull_to_organization",
            "grant_pull_to_organization_paths",
            "grant_pull_to_role",
        ],
    )
    @pytest.mark.parametrize(
        "value", [None, 444455556666, ["444455556666"], "", iam.AccountPrincipal("4" * 12)]
    )
    def test_ids_of_repositories_and_caches(
        self, registry: PrivateRegistry, repository: ImageRepository, method: str, value: Any
    ) -> None:
        for holder in (repository, registry.add_pull_through_cache("k8s")):
            assert refused(lambda holder=holder: getattr(holder, method)(value)).where == f"{method}(…)"  # type: ignore[misc]

    def test_nobody(self, registry: PrivateRegistry, repository: ImageRepository) -> None:
        for holder in (repository, registry.add_pull_through_cache("k8s")):
            for method in ("grant_pull_to_account", "grant_pull_to_organization_paths", "grant_pull_to_role"):
                assert refused(getattr(holder, method)).what == "nobody is named"

    def test_no_repository(self) -> None:
        assert refused(lambda: RepositoryGrants.from_repository("team/api")).allowed  # type: ignore[arg-type]


class TestRegistry:
    @pytest.mark.parametrize(
        ("arguments", "what", "fix"),
        [
            ({"convention": 5}, "convention is 5", "in quotes"),
            ({"convention": ["{app}"]}, "convention is ['{app}']", None),
            ({"stages": ["dev"], "convention": "{stage}/{app}"}, "stages is ['dev']", '"prod": True'),
            ({"stages": {"dev": "no"}, "convention": "{stage}/{app}"}, "stages['dev'] is 'no'", None),
            ({"stages": {"dev": None}, "convention": "{stage}/{app}"}, "stages['dev'] is None", None),
            ({"stages": {5: True}, "convention": "{stage}/{app}"}, "a stage is 5", "in quotes"),
            ({"production": "no"}, "production is 'no'", None),
            ({"production": 0}, "production is 0", None),
            ({"scanning": "ENHANCED"}, "scanning is 'ENHANCED'", "RegistryScanning("),
            ({"scanning": False}, "scanning is False", "RegistryScanning("),
            ({"root_template": "no"}, "root_template is 'no'", None),
            ({"root_template": None}, "root_template is None", None),
            ({"root_template": 0}, "root_template is 0", None),
            ({"manage": {"scanning": False}}, "manage is {'scanning'", "RegistryManagement("),
            ({"base_prefixes": "base"}, "base_prefixes is 'base'", "base_prefixes=['base']"),
            ({"base_prefixes": None}, "base_prefixes is None", None),
            ({"base_prefixes": ["ROOT"]}, "a base prefix is ROOT", "production=True"),
        ],
    )
    def test_values(self, stack: cdk.Stack, arguments: dict[str, Any], what: str, fix: str | None) -> None:
        error = refused(lambda: PrivateRegistry(stack, "Registry", **arguments))
        assert error.what.startswith(what)
        assert fix is None or fix in str(error.fix)
        assert stack.node.try_find_child("Registry") is None

    @pytest.mark.parametrize(
        ("options", "arguments", "fix"),
        [
            (RegistryScanning, {"scan_type": "enhanced"}, "write ScanType.ENHANCED"),
            (RegistryScanning, {"scan_type": None}, None),
            (RegistryScanning, {"development": False}, None),
            (RegistryScanning, {"development": "on_push"}, "write DevelopmentScanning.ON_PUSH"),
            (RegistryScanning, {"allow_basic_for_production": "yes"}, None),
            (RegistryManagement, {"scanning": True}, "write Ownership.MANAGED"),
            (RegistryManagement, {"registry_policy": False}, "write Ownership.UNMANAGED"),
            (RegistryManagement, {"root_template": "Import"}, "write Ownership.IMPORT"),
            (RegistryManagement, {"owner_parameter": "no"}, None),
            (RegistryManagement, {"owner_parameter": None}, None),
        ],
    )
    def test_options(
        self, options: Callable[..., object], arguments: dict[str, Any], fix: str | None
    ) -> None:
        assert refused(lambda: options(**arguments)).fix == fix

    def test_words_are_members(self) -> None:
        assert RegistryManagement(scanning="import").scanning is Ownership.IMPORT  # type: ignore[arg-type]

    def test_the_place(self, app: cdk.App) -> None:
        for scope in (None, "Stack", app):
            refused(lambda scope=scope: PrivateRegistry(scope, "Registry"))  # type: ignore[misc]

    def test_questions(self, registry: PrivateRegistry) -> None:
        assert refused(lambda: registry.cache(None)).what == "name is None"  # type: ignore[arg-type]
        assert refused(lambda: registry.is_production(5)).what == "repository_name is 5"  # type: ignore[arg-type]
        assert refused(lambda: registry.template_for(None)).what == "name is None"  # type: ignore[arg-type]
        error = refused(lambda: registry.template_for("a/b", "PUSH"))  # type: ignore[arg-type]
        assert error.allowed == "REPLICATION, PULL_THROUGH_CACHE, CREATE_ON_PUSH"

    @pytest.mark.parametrize("statement", [None, {}, "Allow"])
    def test_statements(self, registry: PrivateRegistry, statement: Any) -> None:
        assert "from_json" in str(refused(lambda: registry.add_to_registry_policy(statement)).fix)

    @pytest.mark.parametrize(
        "arguments", [{"path": None}, {"path": 5}, {"path": "x", "region": 5}, {"path": "x", "account": 1}]
    )
    def test_contracts(self, stack: cdk.Stack, arguments: dict[str, Any]) -> None:
        refused(lambda: PrivateRegistry.from_contract(stack, "Registry", **arguments))


class TestCaches:
    @pytest.mark.parametrize(
        ("arguments", "what"),
        [
            ({"upstream": None}, "upstream is None"),
            ({"upstream": 5}, "upstream is 5"),
            ({"upstream": "k8s", "prefix": 5}, "prefix is 5"),
            ({"upstream": "k8s", "template": {"description": "x"}}, "template is {'description'"),
            ({"upstream": "docker-hub", "secret_name": 5}, "secret_name is 5"),
            ({"upstream": "docker-hub", "credential": 5}, "credential is of the type int"),
        ],
    )
    def test_values(self, registry: PrivateRegistry, arguments: dict[str, Any], what: str) -> None:
        assert refused(lambda: registry.add_pull_through_cache(**arguments)).what.startswith(what)
        assert registry.caches == ()

    @pytest.mark.parametrize("argument", ["upstream", "prefix", "secret_name"])
    def test_what_is_fixed_at_creation_is_literal(self, registry: PrivateRegistry, argument: str) -> None:
        token = cdk.CfnParameter(registry, "Parameter").value_as_string
        arguments = {"upstream": "docker-hub", argument: token}
        error = refused(lambda: registry.add_pull_through_cache(**arguments))  # type: ignore[arg-type]
        assert error.what.startswith(f"{argument} is known only at deployment")

    def test_secrets_that_ecr_will_not_look_for(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        def add(credential: Any) -> Call:
            return lambda: registry.add_pull_through_cache("docker-hub", credential=credential)

        unnamed = secretsmanager.Secret(stack, "Unnamed")
        assert "'Stack/Unnamed' is left to CloudFormation" in refused(add(unnamed)).what
        misnamed = secretsmanager.Secret(stack, "Misnamed", secret_name="hub")
        assert refused(add(misnamed)).fix == "write 'ecr-pullthroughcache/hub'"
        imported = secretsmanager.Secret.from_secret_name_v2(stack, "Imported", "hub")
        assert refused(add(imported)).fix == "write 'ecr-pullthroughcache/hub'"
        resource = secretsmanager.CfnSecret(stack, "Resource", name="ecr-pullthroughcache/hub")
        assert refused(add(resource)).fix == "write credential=secret.ref"
        named = secretsmanager.Secret(stack, "Named", secret_name="ecr-pullthroughcache/hub")
        assert registry.add_pull_through_cache("docker-hub", credential=named).secret is None

    @pytest.mark.parametrize("name", [None, 5, ""])
    def test_image_names(self, registry: PrivateRegistry, name: Any) -> None:
        hub = registry.add_pull_through_cache("docker-hub")
        with pytest.raises(EcrBlueprintsError) as caught:
            hub.image(name, tag="1")
        assert "library/''" not in str(caught.value)

    def test_grants(self, registry: PrivateRegistry) -> None:
        cache = registry.add_pull_through_cache("k8s")
        refused(lambda: cache.grant_pull(None))  # type: ignore[arg-type]
        assert refused(lambda: cache.grant_pull_to_account("4" * 12, create="no")).what == "create is 'no'"  # type: ignore[arg-type]

    def test_conditions_of_a_grantee_elsewhere_are_not_lost(self, registry: PrivateRegistry) -> None:
        cache = registry.add_pull_through_cache("k8s")
        role = iam.ArnPrincipal(ROLE_ELSEWHERE).with_conditions({"Bool": {"aws:SecureTransport": "true"}})
        assert "has conditions, on Bool" in refused(lambda: cache.grant_pull(role)).what
        assert registry.registry_policy is None


class TestParts:
    """Parts of a registry belong to a registry of this app, in its account and Region."""

    def make(self, scope: cdk.Stack, registry: Any) -> tuple[Call, Call]:
        return (
            lambda: PullThroughCache(scope, "Cache", registry=registry, upstream="k8s"),
            lambda: RepositoryCreationTemplate(
                scope, "Template", registry=registry, prefix="prod", applied_for=[AppliedFor.REPLICATION]
            ),
        )

    @pytest.mark.parametrize("registry", [None, "registry.json"])
    def test_no_registry(self, stack: cdk.Stack, registry: Any) -> None:
        for call in self.make(stack, registry):
            assert refused(call).what == f"the registry is {registry!r}"

    def test_a_stack_of_another_region(self, app: cdk.App, registry: PrivateRegistry) -> None:
        elsewhere = cdk.Environment(account="111122223333", region="us-east-1")
        for call in self.make(cdk.Stack(app, "Elsewhere", env=elsewhere), registry):
            assert refused(call).what == "its stack is in the Region us-east-1 and its registry in eu-west-1"

    @pytest.mark.parametrize(
        ("arguments", "what"),
        [
            ({"prefix": None}, "prefix is None"),
            ({"prefix": cdk.Aws.REGION}, "prefix is known only at deployment"),
            ({"applied_for": None}, "applied_for is None"),
            ({"applied_for": [None]}, "applied_for is None"),
            ({"applied_for": ["PUSH"]}, "applied_for is 'PUSH'"),
            ({"description": 5}, "description is 5"),
            ({"tag_mutability": 5}, "tag_mutability is 5"),
            ({"tag_mutability": "FIXED"}, "tag_mutability is 'FIXED'"),
            ({"tag_mutability": EXCLUDING}, "IMMUTABLE_WITH_EXCLUSION has 0 exclusion filters"),
            ({"lifecycle": "untagged"}, "lifecycle is 'untagged'"),
            ({"repository_policy": "{}"}, "repository_policy is '{}'"),
            ({"resource_tags": ["a"]}, "resource_tags is ['a']"),
            ({"resource_tags": {"a": 5}}, "the tag 'a' has the value 5"),
            ({"resource_tags": {"a": "x" * 257}}, "a tag's value has 257 characters"),
            ({"encryption": "KMS2"}, "encryption is 'KMS2'"),
            ({"encryption": ecr.RepositoryEncryption.KMS}, "encryption is of the type RepositoryEncryption"),
            ({"encryption_key": 5}, "encryption_key is of the type int"),
            ({"role": 5}, "role is of the type int"),
        ],
    )
    def test_creation_templates(
        self, registry: PrivateRegistry, arguments: dict[str, Any], what: str
    ) -> None:
        given: dict[str, Any] = {"prefix": "prod", "applied_for": ["CREATE_ON_PUSH"], **arguments}
        assert refused(lambda: registry.add_creation_template(**given)).what.startswith(what)
        assert registry.creation_templates == ()

    @pytest.mark.parametrize("given", ["IMMUTABLE", ecr.TagMutability.IMMUTABLE, MutabilityMode.IMMUTABLE])
    def test_tag_mutability_by_a_word_or_cdks_enumeration(self, given: Any) -> None:
        options = CreationTemplateOptions(tag_mutability=given)
        assert options == CreationTemplateOptions(tag_mutability=TagMutability(mode=MutabilityMode.IMMUTABLE))

    def test_exclusions_are_filters(self) -> None:
        mutability = TagMutability(mode=MutabilityMode.MUTABLE_WITH_EXCLUSION, exclusions=("v*",))  # type: ignore[arg-type]
        error = refused(lambda: CreationTemplateOptions(tag_mutability=mutability))
        assert error.fix == 'write exclusions=(ExclusionFilter("dev-*"),)'

    def test_a_template_has_a_removal_policy_of_cdk(
        self, stack: cdk.Stack, registry: PrivateRegistry
    ) -> None:
        call = lambda: RepositoryCreationTemplate(  # noqa: E731
            stack,
            "Template",
            registry=registry,
            prefix="prod",
            applied_for=["REPLICATION"],
            removal_policy="retain",  # type: ignore[arg-type]
        )
        assert refused(call).fix == "write removal_policy=cdk.RemovalPolicy.RETAIN"


def test_every_kind_of_repository_is_given_by_its_word(stack: cdk.Stack) -> None:
    for kind in RepositoryKind:
        ImageRepository(stack, kind.name, kind=kind.value)  # type: ignore[arg-type]
