"""The encryption of one repository: what is asked, what its registry gives, and what it has already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk.interfaces.aws_kms import IKeyRef
from constructs import Construct

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.encryption_change import in_words, is_change
from ecr_blueprints.registry.existing_repositories import ExistingRepositories
from ecr_blueprints.registry.unresolved import Unresolved

if TYPE_CHECKING:
    from ecr_blueprints.constructs.registry_encryption import RegistryEncryption

__all__ = ["UNDECIDED_WARNING", "ExistingEncryption", "find_existing_encryption"]

UNDECIDED_WARNING: Final = "ecr-blueprints:encryption-undecided"
"""The id of the warning that a registry's key is not used by an app that knows it by contract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingEncryption:
    """What the repository of a name is encrypted with, if it exists, and what a new one would get.

    A record withholds the registry's key and refuses a difference. It never writes anything itself: even
    ``AES256`` in the place of nothing would be a change of a property that is fixed at creation.

    Attributes:
        where: How errors name the repository.
        recorded: What the repository has; None if nothing is known of one.
        by_default: The registry's encryption, if a new repository of this name is to get its key.

    Practices: ENC-1
    """

    where: str
    recorded: Encryption | None = None
    by_default: RegistryEncryption | None = None

    def key_for(self, encryption: object, key: IKeyRef | str | None) -> IKeyRef | str | None:
        """The key that was given, or the registry's where nothing at all was said.

        Args:
            encryption: As given to the repository.
            key: As given to the repository.
        """
        if encryption is not None or key is not None or self.by_default is None:
            return key
        if self.recorded is not None and not self.by_default.is_certainly(self.recorded):
            return None
        return self.by_default.key

    def check(
        self, encryption: ecr.RepositoryEncryption | EncryptionType | None, key: IKeyRef | str | None
    ) -> None:
        """Refuse what would change the encryption of a repository that exists.

        Args:
            encryption: The kind, as it goes to the repository.
            key: The key, as it goes to the repository.

        Raises:
            InvalidValueError: It differs from what the repository has.
        """
        self._refuse_change(_wanted(encryption, key))

    def check_rendered(self, configuration: Any) -> None:
        """Refuse the same of what the resource renders, on which a property injector may have had a say.

        Args:
            configuration: The resource's encryption configuration with CDK's names; None if it has none.

        Raises:
            InvalidValueError: It differs from what the repository has.
        """
        if self.recorded is None:
            return
        members = configuration or {}
        kind = members.get("encryptionType", EncryptionType.AES256.value)
        if isinstance(kind, str) and not is_token(kind):
            self._refuse_change(Encryption(type=EncryptionType(kind), kms_key=_known(members.get("kmsKey"))))

    def warn_if_undecided(
        self, repository: Construct, registry: RegistryReference | None, *, name: str | None
    ) -> None:
        """Warn where the registry's owner encrypts with a key, and this app says nothing of encryption.

        Nobody here can tell whether the repository exists, so that nothing takes the key unasked.

        Args:
            repository: The repository, which has no encryption configuration.
            registry: The registry to which it belongs.
            name: Its name, if it is literal.
        """
        if registry is None or name is None or self.recorded is not None or registry.encryption is not None:
            return
        by_owner = registry.ledger.encryption
        if by_owner is None:
            return
        key = f'"{by_owner.kms_key}"' if isinstance(by_owner.kms_key, str) else "…"
        cdk.Validations.of(repository).add_warning(
            UNDECIDED_WARNING,
            f"{name} gets AES-256, for good, and new repositories of its registry are encrypted by "
            f"{in_words(by_owner)}; give from_contract encryption=RegistryEncryption(key={key}, existing=…), "
            "with the record of the repositories that exist, or the repository its own encryption, or "
            "existing_encryption=EncryptionType.AES256 if it exists without a key",
        )

    def _refuse_change(self, wanted: Encryption) -> None:
        if self.recorded is None or not is_change(self.recorded, wanted):
            return
        raise InvalidValueError(
            f"the repository exists and is encrypted by {in_words(self.recorded)}; {in_words(wanted)} would "
            "replace it, since encryption is fixed when a repository is created",
            where=self.where,
            allowed=in_words(self.recorded),
            fix=f"{_as_argument(self.recorded)}; or choose a new name and copy the images",
        )


def find_existing_encryption(
    registry: RegistryReference | None,
    existing: EncryptionType | ExistingRepositories | None,
    *,
    name: str | None,
    account: str | None,
    region: str | None,
    where: str,
) -> ExistingEncryption:
    """What is known of a repository's encryption.

    The registry's key is for literal names that are not in its record: nobody can tell whether a name that
    CloudFormation generates, or that only deployment determines, belongs to a repository that exists.

    Args:
        registry: The registry to which it belongs.
        existing: What the repository itself was told: the kind of its encryption, or a record.
        name: Its name, if it is literal.
        account: Its account; None if it is not known.
        region: Its Region; None if it is not known.
        where: How errors name it.

    Raises:
        InvalidValueError: The record means several repositories by the name.
    """
    by_registry = None if registry is None else registry.encryption
    recorded: Encryption | None = None
    if isinstance(existing, EncryptionType):
        recorded = Encryption(type=existing)
    elif name is not None:
        records = (existing, None if by_registry is None else by_registry.existing)
        for record in records:
            if record is not None and recorded is None:
                recorded = record.encryption_of(name, account=account, region=region)
    return ExistingEncryption(
        where=where, recorded=recorded, by_default=None if name is None else by_registry
    )


def _wanted(
    encryption: ecr.RepositoryEncryption | EncryptionType | None, key: IKeyRef | str | None
) -> Encryption:
    """As the read model has it; a key as a construct is known at deployment."""
    wanted = Encryption()
    if encryption is not None or key is not None:
        kind = EncryptionType.KMS if encryption is None else EncryptionType(encryption.value)
        wanted = replace(wanted, type=kind)
    if key is not None:
        wanted = replace(wanted, kms_key=_known(key))
    return wanted


def _known(key: object) -> str | Unresolved | None:
    if key is None or (isinstance(key, str) and not is_token(key)):
        return key
    return Unresolved("the key's ARN", depends_on="deployment")


def _as_argument(recorded: Encryption) -> str:
    if recorded.type is EncryptionType.AES256:
        return "leave encryption and encryption_key out"
    if isinstance(recorded.kms_key, str):
        other = "encryption=EncryptionType.KMS alone if that is the key aws/ecr"
        return f'write encryption_key="{recorded.kms_key}", or {other}'
    kind = recorded.type.value if isinstance(recorded.type, EncryptionType) else "KMS"
    return f"write encryption=EncryptionType.{kind}, with the key that it has"
