"""Quotas."""

from __future__ import annotations

from ecr_blueprints.domain import quotas


def test_every_quota_is_listed_once_and_has_a_source() -> None:
    constants = [value for value in vars(quotas).values() if isinstance(value, quotas.Quota)]
    assert list(quotas.QUOTAS) == constants
    assert len({quota.name for quota in quotas.QUOTAS}) == len(quotas.QUOTAS)
    assert all(quota.source.startswith("https://docs.aws.amazon.com/") for quota in quotas.QUOTAS)
    assert all(quota.value > 0 for quota in quotas.QUOTAS)


def test_replication_rules_differ_by_region() -> None:
    assert quotas.REPLICATION_RULES.value_in("eu-west-1") == 10
    assert quotas.REPLICATION_RULES.value_in("ca-central-1") == 25


def test_where_aws_contradicts_itself_a_note_says_so() -> None:
    disputed = {quota.name for quota in quotas.QUOTAS if "facts §18" in quota.note}
    assert disputed == {
        quotas.REPLICATION_RULES.name,
        quotas.REPLICATION_RULES_OF_API.name,
        quotas.SIGNING_RULES.name,
        quotas.SIGNING_RULES_OF_CLOUDFORMATION.name,
        quotas.LAYER_PART_SIZE.name,
    }
