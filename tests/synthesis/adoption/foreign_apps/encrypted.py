"""A regulated team: every repository with a key, one of its own, one shared, one of AWS."""

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_kms as kms
from aws_cdk.aws_ecr import Repository

SHARED = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def build(app: App) -> None:
    stack = Stack(app, "Vault", env=Environment(account="111122223333", region="eu-central-1"))
    key = kms.Key(stack, "ImagesKey", enable_key_rotation=True)
    Repository(stack, "Ledger", repository_name="bank/ledger", encryption_key=key)
    Repository(stack, "Cards", encryption=ecr.RepositoryEncryption.KMS, encryption_key=key)
    Repository(stack, "Shared", encryption_key=kms.Key.from_key_arn(stack, "SharedKey", SHARED))
    Repository(stack, "Managed", encryption=ecr.RepositoryEncryption.KMS)
    Repository(stack, "Open", encryption=ecr.RepositoryEncryption.AES_256)
