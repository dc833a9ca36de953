"""A registry's key reaches what is new, and never what exists."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Annotations, Match

from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.existing_encryption import UNDECIDED_WARNING
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.registry_encryption import RegistryEncryption, encryption_of_registry
from ecr_blueprints.constructs.registry_encryption_key import RegistryEncryptionKey
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.contract import render_contract
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.existing_repositories import ExistingRepositories, ExistingRepository

TemplateOf = Callable[[cdk.Stack], dict[str, Any]]
OfType = Callable[[dict[str, Any], str], list[dict[str, Any]]]
Lint = Callable[[dict[str, Any]], list[str]]

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER = KEY.replace("1234abcd", "9999abcd")
AWS_ECR = KEY.replace("1234abcd", "0000abcd")
KMS = EncryptionType.KMS
EXISTING = ExistingRepositories(
    [
        ExistingRepository(name="old/aes", encryption=Encryption()),
        ExistingRepository(name="old/same", encryption=Encryption(type=KMS, kms_key=KEY)),
        ExistingRepository(name="old/managed", encryption=Encryption(type=KMS, kms_key=AWS_ECR)),
    ],
    source="existing-repositories.json",
)


@pytest.fixture
def registry(stack: cdk.Stack) -> PrivateRegistry:
    return PrivateRegistry(stack, "Registry", encryption=RegistryEncryption(key=KEY, existing=EXISTING))


def encryption_of(repository: ecr.Repository) -> Any:
    resource = repository.node.default_child
    assert isinstance(resource, ecr.CfnRepository)
    properties = cdk.Stack.of(repository).resolve(resource._cfn_properties)
    return properties.get("encryptionConfiguration")


class TestNewNames:
    def test_they_get_the_key(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        repository = ImageRepository(stack, "New", repository_name="new/api", registry=registry)
        assert encryption_of(repository) == {"encryptionType": "KMS", "kmsKey": KEY}
        (declared,) = registry.ledger.repositories
        assert declared.encryption == Encryption(type=KMS, kms_key=KEY)

    def test_what_is_said_counts(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        plain = ImageRepository(
            stack, "Plain", repository_name="new/a", registry=registry, encryption=EncryptionType.AES256
        )
        other = ImageRepository(
            stack, "Other", repository_name="new/b", registry=registry, encryption_key=OTHER
        )
        assert encryption_of(plain) is None
        assert encryption_of(other)["kmsKey"] == OTHER

    def test_a_name_that_nobody_knows_gets_none(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        token = cdk.CfnParameter(stack, "Name").value_as_string
        assert encryption_of(ImageRepository(stack, "Generated", registry=registry)) is None
        later = ImageRepository(stack, "Later", repository_name=token, registry=registry)
        assert encryption_of(later) is None

    def test_without_a_registry_nothing_changes(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        assert encryption_of(ImageRepository(stack, "Alone", repository_name="new/api")) is None


class TestExistingNames:
    def test_what_has_no_key_gets_none(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        repository = ImageRepository(stack, "Old", repository_name="old/aes", registry=registry)
        assert encryption_of(repository) is None

    def test_turning_on_the_key_changes_none_of_two_hundred(
        self, stack: cdk.Stack, template_of: TemplateOf, of_type: OfType
    ) -> None:
        names = [f"team-{number % 20}/service-{number}" for number in range(200)]
        record = ExistingRepositories(
            ExistingRepository(name=name, encryption=Encryption()) for name in names
        )
        encryption = RegistryEncryption(key=KEY, existing=record)
        registry = PrivateRegistry(stack, "Registry", encryption=encryption)
        for name in (*names, "team-1/new"):
            ImageRepository(stack, name, repository_name=name, registry=registry)
        encrypted = [
            one["Properties"]["RepositoryName"]
            for one in of_type(template_of(stack), "AWS::ECR::Repository")
            if "EncryptionConfiguration" in one["Properties"]
        ]
        assert encrypted == ["team-1/new"]

    def test_what_has_this_key_keeps_it(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        repository = ImageRepository(stack, "Old", repository_name="old/same", registry=registry)
        assert encryption_of(repository) == {"encryptionType": "KMS", "kmsKey": KEY}

    def test_what_has_another_has_to_say_so(self, stack: cdk.Stack, registry: PrivateRegistry) -> None:
        with pytest.raises(InvalidValueError, match="AES256 would replace it") as refused:
            ImageRepository(stack, "Old", repository_name="old/managed", registry=registry)
        assert refused.value.fix is not None
        assert f'encryption_key="{AWS_ECR}", or encryption=EncryptionType.KMS' in refused.value.fix
        kept = ImageRepository(
            stack, "Old", repository_name="old/managed", registry=registry, encryption=EncryptionType.KMS
        )
        assert encryption_of(kept) == {"encryptionType": "KMS"}

    @pytest.mark.parametrize(
        ("name", "arguments"),
        [
            ("old/aes", {"encryption": EncryptionType.KMS}),
            ("old/aes", {"encryption_key": KEY}),
            ("old/aes", {"encryption": ecr.RepositoryEncryption.KMS}),
            ("old/same", {"encryption": EncryptionType.AES256}),
            ("old/same", {"encryption": EncryptionType.KMS_DSSE, "encryption_key": KEY}),
            ("old/same", {"encryption_key": OTHER}),
        ],
    )
    def test_a_change_is_refused(
        self, stack: cdk.Stack, registry: PrivateRegistry, name: str, arguments: dict[str, Any]
    ) -> None:
        with pytest.raises(InvalidValueError, match="the repository exists and is encrypted by"):
            ImageRepository(stack, "Old", repository_name=name, registry=registry, **arguments)
        assert stack.node.try_find_child("Old") is None
        assert registry.ledger.repositories == ()

    def test_a_key_that_only_deployment_knows_is_no_proof(self, stack: cdk.Stack) -> None:
        key = RegistryEncryptionKey(stack, "ImagesKey")
        encryption = RegistryEncryption(key=key, existing=EXISTING)
        registry = PrivateRegistry(stack, "Registry", encryption=encryption)
        with pytest.raises(InvalidValueError, match="would replace it"):
            ImageRepository(stack, "Old", repository_name="old/same", registry=registry)

    def test_unless_its_arn_is_known(self, stack: cdk.Stack) -> None:
        key = RegistryEncryptionKey(stack, "ImagesKey")
        encryption = RegistryEncryption(key=key, existing=EXISTING, known_arn=KEY)
        registry = PrivateRegistry(stack, "Registry", encryption=encryption)
        same = ImageRepository(stack, "Same", repository_name="old/same", registry=registry)
        assert encryption_of(same)["kmsKey"] == stack.resolve(key.key_arn)


class TestWithoutRegistry:
    def test_the_repository_itself_may_say_what_it_has(self, stack: cdk.Stack) -> None:
        with pytest.raises(InvalidValueError, match="leave encryption and encryption_key out"):
            ImageRepository(
                stack,
                "Old",
                repository_name="old/aes",
                encryption_key=KEY,
                existing_encryption=EncryptionType.AES256,
            )
        with pytest.raises(InvalidValueError, match=r"write encryption=EncryptionType\.KMS"):
            ImageRepository(stack, "Old", existing_encryption=EncryptionType.KMS)

    def test_or_a_record(self, stack: cdk.Stack) -> None:
        with pytest.raises(InvalidValueError, match="would replace it"):
            ImageRepository(
                stack, "Old", repository_name="old/aes", encryption_key=KEY, existing_encryption=EXISTING
            )
        new = ImageRepository(
            stack, "New", repository_name="new", encryption_key=KEY, existing_encryption=EXISTING
        )
        assert encryption_of(new)["kmsKey"] == KEY

    def test_the_word_will_do(self, stack: cdk.Stack) -> None:
        with pytest.raises(InvalidValueError, match=r"write encryption=EncryptionType\.KMS"):
            ImageRepository(stack, "Old", existing_encryption="KMS")

    def test_something_else_is_refused(self, stack: cdk.Stack) -> None:
        with pytest.raises(InvalidValueError, match="existing_encryption is 'AES-256'"):
            ImageRepository(stack, "Old", existing_encryption="AES-256")

    def test_an_injector_does_not_get_past_it(self, tmp_path: Any) -> None:
        @jsii.implements(cdk.IPropertyInjector)
        class Encrypted:
            @property
            def construct_unique_id(self) -> str:
                return ecr.Repository.PROPERTY_INJECTION_ID

            def inject(self, original_props: Any, *, scope: Any, id: Any) -> Any:
                return {**original_props, "encryption": ecr.RepositoryEncryption.KMS}

        app = cdk.App(outdir=str(tmp_path), property_injectors=[Encrypted()])
        with pytest.raises(InvalidValueError, match="KMS would replace it"):
            ImageRepository(cdk.Stack(app, "Stack"), "Old", existing_encryption=EncryptionType.AES256)


class TestTemplates:
    def test_all_get_the_key_and_the_role_for_it(
        self,
        stack: cdk.Stack,
        registry: PrivateRegistry,
        template_of: TemplateOf,
        of_type: OfType,
        lint: Lint,
    ) -> None:
        registry.add_pull_through_cache("quay")
        registry.add_creation_template("dev", applied_for=["CREATE_ON_PUSH"])
        template = template_of(stack)
        rendered = {
            one["Properties"]["Prefix"]: one["Properties"]
            for one in of_type(template, "AWS::ECR::RepositoryCreationTemplate")
        }
        assert set(rendered) == {"ROOT", "quay", "dev"}
        for properties in rendered.values():
            assert properties["EncryptionConfiguration"] == {"EncryptionType": "KMS", "KmsKey": KEY}
            assert "CustomRoleArn" in properties
        for role in of_type(template, "AWS::IAM::Role"):
            by_key = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][1]
            assert by_key["Action"] == ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"]
            assert by_key["Resource"] == KEY
        assert lint(template) == []

    def test_what_is_said_counts(
        self, stack: cdk.Stack, registry: PrivateRegistry, template_of: TemplateOf, of_type: OfType
    ) -> None:
        registry.add_creation_template("a", applied_for=["REPLICATION"], encryption=EncryptionType.AES256)
        registry.add_creation_template("b", applied_for=["REPLICATION"], encryption_key=OTHER)
        rendered = {
            one["Properties"]["Prefix"]: one["Properties"]["EncryptionConfiguration"]
            for one in of_type(template_of(stack), "AWS::ECR::RepositoryCreationTemplate")
        }
        assert rendered["a"] == {"EncryptionType": "AES256"}
        assert rendered["b"] == {"EncryptionType": "KMS", "KmsKey": OTHER}

    def test_options_without_a_say(self) -> None:
        encryption = RegistryEncryption(key=KEY, existing=ExistingRepositories.none())
        assert encryption.for_template(CreationTemplateOptions.harmless()).encryption_key == KEY
        said = CreationTemplateOptions(encryption=EncryptionType.KMS)
        assert encryption.for_template(said) is said


class TestDeclaration:
    def test_a_key_without_a_record_is_refused(self) -> None:
        with pytest.raises(InvalidValueError, match="it is not said which repositories exist") as refused:
            RegistryEncryption(key=KEY, existing=None)  # type: ignore[arg-type]
        assert refused.value.fix is not None
        assert "aws ecr describe-repositories > existing-repositories.json" in refused.value.fix

    @pytest.mark.parametrize("key", [None, 3, "alias/images", KEY.replace(":key/", ":alias/")])
    def test_what_is_no_key_is_refused(self, key: Any) -> None:
        with pytest.raises(InvalidValueError, match="key"):
            RegistryEncryption(key=key, existing=ExistingRepositories.none())

    def test_an_alias_is_refused(self, stack: cdk.Stack) -> None:
        alias = kms.Alias(stack, "Alias", alias_name="alias/images", target_key=kms.Key(stack, "Key"))
        with pytest.raises(InvalidValueError, match="an alias, which creation templates cannot name"):
            RegistryEncryption(key=alias, existing=ExistingRepositories.none())

    def test_a_known_arn_that_is_none_is_refused(self) -> None:
        with pytest.raises(InvalidValueError, match="'images' cannot be the key of a registry"):
            RegistryEncryption(key=KEY, existing=ExistingRepositories.none(), known_arn="images")

    def test_a_key_as_a_construct(self, stack: cdk.Stack) -> None:
        key = kms.Key(stack, "Key")
        encryption = RegistryEncryption(key=key, existing=ExistingRepositories.none())
        assert stack.resolve(encryption.key_arn) == stack.resolve(key.key_arn)

    def test_nothing_is_declared(self, stack: cdk.Stack) -> None:
        assert encryption_of_registry(None) is None


class TestKeysOfOtherRegions:
    def test_of_a_stack_elsewhere(self, app: cdk.App, stack: cdk.Stack) -> None:
        elsewhere = cdk.Stack(app, "Else", env=cdk.Environment(account="111122223333", region="us-east-1"))
        with pytest.raises(InvalidValueError, match="lies in us-east-1, the registry in eu-west-1"):
            ImageRepository(stack, "Api", encryption_key=kms.Key(elsewhere, "Key"))

    def test_of_a_template(self, app: cdk.App, stack: cdk.Stack) -> None:
        elsewhere = cdk.Stack(app, "Else", env=cdk.Environment(account="111122223333", region="us-east-1"))
        encryption = RegistryEncryption(
            key=RegistryEncryptionKey(elsewhere, "Key"), existing=ExistingRepositories.none()
        )
        with pytest.raises(InvalidValueError, match="lies in us-east-1, the registry in eu-west-1"):
            PrivateRegistry(stack, "Registry", encryption=encryption)

    def test_of_a_stack_that_leaves_it_open(self, app: cdk.App, stack: cdk.Stack) -> None:
        key = kms.Key.from_key_arn(cdk.Stack(app, "Open"), "Key", cdk.Fn.import_value("key"))
        assert encryption_of(ImageRepository(stack, "Api", encryption_key=key))["encryptionType"] == "KMS"


class TestByContract:
    """The owner's key is known to a team's app, and goes nowhere unasked."""

    @pytest.fixture
    def contract(self, registry: PrivateRegistry, tmp_path: Path) -> Path:
        path = tmp_path / "registry.json"
        path.write_text(render_contract([registry.ledger]))
        return path

    def test_a_repository_of_which_nothing_is_said_is_warned_of(
        self, stack: cdk.Stack, contract: Path
    ) -> None:
        shared = PrivateRegistry.from_contract(stack, "Shared", contract)
        undecided = ImageRepository(stack, "Undecided", repository_name="a/undecided", registry=shared)
        assert encryption_of(undecided) is None
        said: list[dict[str, Any]] = [
            {"encryption_key": OTHER},
            {"encryption": EncryptionType.AES256},
            {"existing_encryption": "AES256"},
        ]
        for number, arguments in enumerate(said):
            ImageRepository(stack, f"R{number}", repository_name=f"r/{number}", registry=shared, **arguments)
        ImageRepository(stack, "Generated", registry=shared)
        told = Annotations.from_stack(stack).find_warning("*", Match.any_value())
        (warning,) = [one for one in told if UNDECIDED_WARNING in str(one.entry.data)]
        assert warning.id == "/Stack/Undecided"
        assert f'encryption=RegistryEncryption(key="{KEY}", existing=' in str(warning.entry.data)

    def test_with_the_key_and_the_record_nothing_is_left_to_say(
        self, stack: cdk.Stack, contract: Path
    ) -> None:
        encryption = RegistryEncryption(key=KEY, existing=EXISTING)
        shared = PrivateRegistry.from_contract(stack, "Shared", contract, encryption=encryption)
        new = ImageRepository(stack, "New", repository_name="new", registry=shared)
        old = ImageRepository(stack, "Old", repository_name="old/aes", registry=shared)
        assert encryption_of(new)["kmsKey"] == KEY
        assert encryption_of(old) is None
        assert Annotations.from_stack(stack).find_warning("*", Match.any_value()) == []

    def test_a_key_that_only_deployment_knows_is_told_without_its_arn(self, stack: cdk.Stack) -> None:
        key = RegistryEncryption(key=kms.Key(stack, "Key"), existing=EXISTING)
        registry = PrivateRegistry(stack, "Registry", encryption=key)
        (entry,) = json.loads(render_contract([registry.ledger]))["registries"]
        assert entry["encryption"] == {"type": "KMS"}


class TestDualLayer:
    """By the guide in GovCloud alone; elsewhere it is warned of and not refused."""

    @pytest.mark.parametrize(("region", "warnings"), [("eu-west-1", 2), ("us-gov-west-1", 0), (None, 0)])
    def test_it_is_warned_of(self, app: cdk.App, region: str | None, warnings: int) -> None:
        account = None if region is None else "111122223333"
        stack = cdk.Stack(app, "Stack", env=cdk.Environment(account=account, region=region))
        registry = PrivateRegistry(stack, "Registry", root_template=False)
        ImageRepository(stack, "Api", encryption=EncryptionType.KMS_DSSE)
        template = registry.add_creation_template(
            "dev", applied_for=["CREATE_ON_PUSH"], encryption=EncryptionType.KMS_DSSE
        )
        assert template.model.encryption == Encryption(type=EncryptionType.KMS_DSSE)
        found = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("asks for KMS_DSSE"))
        assert len(found) == warnings
