"""The record of the repositories that exist, with how each is encrypted.

Encryption is fixed when a repository is created, and no template says which names are live already. AWS does:
``aws ecr describe-repositories > existing-repositories.json``. The file is committed, and a construct that
would change the encryption of a name in it is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.encryption import Encryption

__all__ = ["RECORD_COMMAND", "ExistingRepositories", "ExistingRepository"]

RECORD_COMMAND = "aws ecr describe-repositories > existing-repositories.json"
"""What writes the record; the CLI puts all pages into one document."""

_ARN_PARTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingRepository:
    """A repository that exists.

    Attributes:
        name: Its name.
        encryption: How it is encrypted, for good.
        account: The account whose registry holds it; None if the record does not say.
        region: Its Region; None if the record does not say.
    """

    name: str
    encryption: Encryption
    account: str | None = None
    region: str | None = None

    def is_in(self, account: str | None, region: str | None) -> bool:
        """Whether it may be the one of that account and Region; what is not known fits."""
        return (account is None or self.account in (None, account)) and (
            region is None or self.region in (None, region)
        )


class ExistingRepositories:
    """The repositories that exist, of one or several registries.

    Args:
        repositories: All of them.
        source: Where they come from, for errors. Default: the program.

    Raises:
        InvalidValueError: A member that is no `ExistingRepository`.

    Practices: ENC-1
    """

    def __init__(self, repositories: Iterable[ExistingRepository], *, source: str = "the program") -> None:
        self._by_name: dict[str, list[ExistingRepository]] = {}
        self.source = source
        for one in repositories:
            if not isinstance(one, ExistingRepository):
                raise InvalidValueError(
                    f"{one!r} is no repository of a record",
                    where="ExistingRepositories",
                    allowed="ExistingRepository, each",
                    fix=f"read the file that this writes with from_file: {RECORD_COMMAND}",
                )
            self._by_name.setdefault(one.name, []).append(one)

    @classmethod
    def none(cls) -> ExistingRepositories:
        """The record of a registry that is new: nothing exists yet."""
        return cls((), source="ExistingRepositories.none()")

    @classmethod
    def from_file(cls, *paths: str | Path) -> ExistingRepositories:
        """Read what ``aws ecr describe-repositories`` has written, one file or one for each Region.

        Args:
            paths: The files, relative to the working directory.

        Raises:
            InvalidValueError: No file is named, or one cannot be read, is something else or holds one page
                of several.
        """
        if not paths:
            raise _unusable("no file is named", "ExistingRepositories.from_file")
        found: list[ExistingRepository] = []
        for path in paths:
            try:
                text = Path(path).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError, TypeError) as error:
                reason = getattr(error, "strerror", None) or "it is no text"
                raise _unusable(f"the file cannot be read: {reason}", str(path)) from None
            found.extend(_parse(text, where=str(path)))
        return cls(found, source=", ".join(map(str, paths)))

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, in alphabetical order."""
        return tuple(sorted(self._by_name))

    def encryption_of(
        self, name: str, *, account: str | None = None, region: str | None = None
    ) -> Encryption | None:
        """How a repository is encrypted; None if it is not in the record.

        Args:
            name: Its name.
            account: The account of the registry; None if it is not known.
            region: The Region of the registry; None if it is not known.

        Raises:
            InvalidValueError: Several are meant, and they are encrypted differently.
        """
        meant = [one for one in self._by_name.get(name, ()) if one.is_in(account, region)]
        found = {one.encryption for one in meant}
        if len({encryption.type for encryption in found}) > 1:
            raise InvalidValueError(
                f"{name!r} stands there for several registries, encrypted differently",
                where=self.source,
                fix="give the stack its account and Region, or the registry the record of its own",
            )
        return meant[0].encryption if len(found) == 1 else _common(found)


def _common(found: set[Encryption]) -> Encryption | None:
    """Of repositories in several Regions: the kind they share, under keys that differ."""
    return Encryption(type=next(iter(found)).type) if found else None


def _parse(text: str, *, where: str) -> list[ExistingRepository]:
    try:
        document = json.loads(text)
    except ValueError:
        raise _unusable("it is no JSON", where) from None
    members = document.get("repositories") if isinstance(document, dict) else None
    if not isinstance(members, list):
        raise _unusable("it holds no list of repositories", where)
    if document.get("nextToken") or document.get("NextToken"):
        raise _unusable(f"it holds {len(members)} repositories and says that there are more", where)
    return [_repository(member, f"{where}: repositories[{index}]") for index, member in enumerate(members)]


def _repository(member: Any, where: str) -> ExistingRepository:
    name = member.get("repositoryName") if isinstance(member, Mapping) else None
    if not isinstance(name, str):
        raise _unusable("it has no repositoryName", where)
    configuration = member.get("encryptionConfiguration")
    if not isinstance(configuration, Mapping) or configuration.get("encryptionType") not in tuple(
        EncryptionType
    ):
        raise _unusable(f"{name!r} has no encryptionConfiguration that ECR knows", where)
    parts = str(member.get("repositoryArn", "")).split(":")
    is_arn = len(parts) == _ARN_PARTS and parts[0] == "arn"
    return ExistingRepository(
        name=name,
        encryption=Encryption(
            type=EncryptionType(configuration["encryptionType"]), kms_key=configuration.get("kmsKey")
        ),
        account=parts[4] if is_arn else None,
        region=parts[3] if is_arn else None,
    )


def _unusable(what: str, where: str) -> InvalidValueError:
    return InvalidValueError(
        what, where=where, allowed="what ECR answers to DescribeRepositories", fix=f"run {RECORD_COMMAND}"
    )
