"""The record of what exists, read from what ECR answers, and what counts as a change of encryption."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.encryption_change import in_words, is_change
from ecr_blueprints.registry.existing_repositories import ExistingRepositories, ExistingRepository
from ecr_blueprints.registry.unresolved import Unresolved

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER = KEY.replace("1234abcd", "9999abcd")
ALIAS = "arn:aws:kms:eu-west-1:111122223333:alias/images"
AES = Encryption()
KMS = Encryption(type=EncryptionType.KMS, kms_key=KEY)


def answer(name: str, encryption: dict[str, Any], *, region: str = "eu-west-1") -> dict[str, Any]:
    return {
        "repositoryArn": f"arn:aws:ecr:{region}:111122223333:repository/{name}",
        "repositoryName": name,
        "imageTagMutability": "MUTABLE",
        "encryptionConfiguration": encryption,
    }


def write(path: Path, *repositories: dict[str, Any], **more: Any) -> Path:
    path.write_text(json.dumps({"repositories": list(repositories), **more}))
    return path


def test_what_the_cli_writes_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path / "existing.json",
        answer("b", {"encryptionType": "KMS", "kmsKey": KEY}),
        answer("a/x", {"encryptionType": "AES256"}),
    )
    record = ExistingRepositories.from_file(path)
    assert record.names == ("a/x", "b")
    assert record.encryption_of("a/x", account="111122223333", region="eu-west-1") == AES
    assert record.encryption_of("b") == KMS
    assert record.encryption_of("c") is None
    assert record.source == str(path)


def test_a_repository_of_another_registry_is_another(tmp_path: Path) -> None:
    record = ExistingRepositories.from_file(
        write(tmp_path / "e.json", answer("a", {"encryptionType": "KMS"}))
    )
    assert record.encryption_of("a", region="us-east-1") is None
    assert record.encryption_of("a", account="444455556666") is None


def test_a_file_for_each_region(tmp_path: Path) -> None:
    record = ExistingRepositories.from_file(
        write(tmp_path / "1.json", answer("a", {"encryptionType": "KMS", "kmsKey": KEY})),
        write(tmp_path / "2.json", answer("a", {"encryptionType": "AES256"}, region="us-east-1")),
    )
    assert record.encryption_of("a", region="us-east-1") == AES
    with pytest.raises(InvalidValueError, match="stands there for several registries, encrypted differently"):
        record.encryption_of("a")


def test_the_kind_is_known_where_keys_differ_by_region() -> None:
    record = ExistingRepositories(
        ExistingRepository(
            name="a", region=region, encryption=Encryption(type=EncryptionType.KMS, kms_key=key)
        )
        for region, key in (("eu-west-1", KEY), ("us-east-1", OTHER))
    )
    assert record.encryption_of("a") == Encryption(type=EncryptionType.KMS)


def test_nothing_exists() -> None:
    assert ExistingRepositories.none().names == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "it is no JSON"),
        ("[]", "it holds no list of repositories"),
        ('{"repositories": [{}]}', r"repositories\[0\]: it has no repositoryName"),
        ('{"repositories": [{"repositoryName": "a"}]}', "'a' has no encryptionConfiguration that ECR knows"),
        ('{"repositories": [], "nextToken": "x"}', "it holds 0 repositories and says that there are more"),
    ],
)
def test_a_file_that_is_no_whole_record_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "existing.json"
    path.write_text(text)
    with pytest.raises(InvalidValueError, match=message) as refused:
        ExistingRepositories.from_file(path)
    assert refused.value.fix == "run aws ecr describe-repositories > existing-repositories.json"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="cannot be read: No such file"):
        ExistingRepositories.from_file(tmp_path / "none.json")
    with pytest.raises(InvalidValueError, match="no file is named"):
        ExistingRepositories.from_file()


def test_what_is_no_repository_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="'a' is no repository of a record"):
        ExistingRepositories(["a"])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("existing", "wanted", "changes"),
    [
        (AES, AES, False),
        (AES, KMS, True),
        (KMS, AES, True),
        (KMS, Encryption(type=EncryptionType.KMS_DSSE, kms_key=KEY), True),
        (KMS, KMS, False),
        (KMS, Encryption(type=EncryptionType.KMS, kms_key=OTHER), True),
        (KMS, Encryption(type=EncryptionType.KMS, kms_key=ALIAS), False),
        (KMS, Encryption(type=EncryptionType.KMS), False),
        (KMS, Encryption(type=EncryptionType.KMS, kms_key=Unresolved("Key.Arn")), False),
        (KMS, Encryption(type=Unresolved("Ref: Kind")), False),
    ],
)
def test_what_is_certainly_a_change(existing: Encryption, wanted: Encryption, changes: bool) -> None:
    assert is_change(existing, wanted) is changes


def test_in_words() -> None:
    assert in_words(AES) == "AES256"
    assert in_words(KMS) == f"KMS with the key {KEY}"
    assert in_words(Encryption(type=Unresolved("Ref: Kind"))) == "an unknown encryption"
