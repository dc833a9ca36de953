"""The key of a whole registry, and the names to which it must not be applied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from aws_cdk import aws_kms as kms
from aws_cdk.interfaces.aws_kms import IKeyRef

from ecr_blueprints.constructs.argument_type import TEXT, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.encryption_key import check_key, key_arn
from ecr_blueprints.domain.encryption import EncryptionType, check_template_kms_key
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.existing_repositories import RECORD_COMMAND, ExistingRepositories
from ecr_blueprints.registry.unresolved import Unresolved

if TYPE_CHECKING:
    from ecr_blueprints.constructs.registry_reference import RegistryReference

__all__ = ["RegistryEncryption", "encryption_of_registry"]

_WHERE: Final = "RegistryEncryption"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryEncryption:
    """The KMS key that new repositories of a registry get where nothing else is said.

    Encryption is fixed when a repository is created: a key that came to a repository which exists would
    replace it, and its images would be gone from under its name. Hence the record of what exists has no
    default, and the key goes to nothing in it; see ``docs/adr/0013-encryption-of-existing-names.md``. The
    settings of creation templates may change at any time, since they reach new repositories only.

    Example:
        A new registry with a key::

            from ecr_blueprints import ExistingRepositories, RegistryEncryption, RegistryEncryptionKey

            RegistryEncryption(
                key=RegistryEncryptionKey(stack, "ImagesKey"), existing=ExistingRepositories.none()
            )

    Args:
        key: A `RegistryEncryptionKey`, another key as a construct, or its full ARN; never an alias, which
            creation templates cannot name.
        existing: The repositories that exist, from ``ExistingRepositories.from_file``; for a registry that is
            new, ``ExistingRepositories.none()``.
        known_arn: The ARN that the key has, where ``key`` is a construct and the record is written anew after
            repositories were created with it: so the record can tell that they have this very key. Default:
            the ARN itself where ``key`` is one.

    Raises:
        InvalidValueError: No key, or no record.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html

    Practices: ENC-1
    """

    key: IKeyRef | str
    existing: ExistingRepositories
    known_arn: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is no key, and a key that could reach names that exist."""
        check_key(self.key, argument="key", where=_WHERE)
        if isinstance(self.key, kms.Alias):
            raise InvalidValueError(
                "key is an alias, which creation templates cannot name",
                where=_WHERE,
                allowed="a key as a construct, or its full ARN as a text",
                fix="give the key that the alias names",
            )
        check_arguments({"known_arn": self.known_arn}, {"known_arn": TEXT}, where=_WHERE)
        for arn in (self.key, self.known_arn):
            if isinstance(arn, str) and not is_token(arn):
                _check_arn(arn)
        if not isinstance(self.existing, ExistingRepositories):
            raise InvalidValueError(
                "it is not said which repositories exist",
                where=_WHERE,
                allowed="ExistingRepositories.from_file(…); for a new registry ExistingRepositories.none()",
                fix=f"run {RECORD_COMMAND}, commit the file, and read it with from_file",
            )

    @property
    def key_arn(self) -> str:
        """The key's ARN, or the token that stands for it."""
        return key_arn(self.key)

    @property
    def in_model(self) -> Encryption:
        """What new repositories are encrypted with, as the read model holds it."""
        arn = self.known_arn or (self.key if isinstance(self.key, str) else None)
        if arn is None or is_token(arn):
            return Encryption(
                type=EncryptionType.KMS, kms_key=Unresolved("the registry's key", depends_on="deployment")
            )
        return Encryption(type=EncryptionType.KMS, kms_key=arn)

    def is_certainly(self, recorded: Encryption) -> bool:
        """Whether a recorded repository has this very key; False where that cannot be told.

        Args:
            recorded: What the repository has.
        """
        arn = self.known_arn or (self.key if isinstance(self.key, str) else None)
        return recorded.type is EncryptionType.KMS and arn is not None and recorded.kms_key == arn

    def for_template(self, options: CreationTemplateOptions) -> CreationTemplateOptions:
        """The settings of a creation template, with the key where they say nothing of encryption.

        Args:
            options: The settings as given.
        """
        if options.encryption is not None or options.encryption_key is not None:
            return options
        return replace(options, encryption_key=self.key)


def encryption_of_registry(registry: RegistryReference | None) -> RegistryEncryption | None:
    """The encryption that a registry declares; None without a registry, or if it declares none.

    Args:
        registry: The registry, own or by contract; None where there is none.
    """
    return None if registry is None else registry.encryption


def _check_arn(arn: str) -> None:
    try:
        check_template_kms_key(arn)
    except InvalidValueError as error:
        raise InvalidValueError(
            f"{arn!r} cannot be the key of a registry", where=_WHERE, allowed=error.allowed, fix=error.fix
        ) from None
