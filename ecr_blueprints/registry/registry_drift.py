"""How a registry that exists differs from what is declared of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.repository_filter import ROOT
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.difference import Difference, Drift, Impact
from ecr_blueprints.registry.effective import cache_for, template_for
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.repository_drift import (
    repository_differences,
    template_differences,
)
from ecr_blueprints.registry.singleton_drift import singleton_drifts
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["drifts", "secret_name", "template_drifts", "template_of", "templated"]

_RANDOM_SUFFIX = 7
"""Secrets Manager appends a hyphen and six characters to a secret's name in its ARN.

Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
"""


def drifts(
    live: Registry, declared: Registry, *, rendered: Mapping[SourceLocation, Collection[str]] | None = None
) -> Iterator[Drift]:
    """Everything that both have and that is not the same in both.

    Args:
        live: The registry that exists.
        declared: The one that the templates declare.
        rendered: Which properties the templates render, by place; see `repository_differences`.
    """
    by_name = {one.known_name: one for one in live.repositories}
    for repository in declared.repositories:
        found = by_name.get(repository.known_name) if repository.known_name is not None else None
        if found is not None:
            properties = None if rendered is None else rendered.get(repository.source)
            yield from _drift(
                "AWS::ECR::Repository",
                str(repository.known_name),
                repository.source,
                repository_differences(found, repository, rendered=properties),
            )
    templates = {one.known_prefix: one for one in live.creation_templates}
    for template in declared.creation_templates:
        if template.known_prefix in templates and template.known_prefix is not None:
            yield from _drift(
                "AWS::ECR::RepositoryCreationTemplate",
                template.known_prefix,
                template.source,
                template_differences(templates[template.known_prefix], template),
            )
    rules = {one.known_prefix: one for one in live.cache_rules}
    for rule in declared.cache_rules:
        if rule.known_prefix in rules and rule.known_prefix is not None:
            yield from _drift(
                "AWS::ECR::PullThroughCacheRule",
                rule.known_prefix,
                rule.source,
                _cache(rules[rule.known_prefix], rule),
            )
    yield from singleton_drifts(live, declared)


def template_drifts(live: Registry, declared: Registry) -> Iterator[Drift]:
    """The repositories that exist undeclared, beside what ECR would give them if it created them now.

    A creation template counts only when ECR creates a repository; it never reaches one that exists
    (facts §2). What the CDK's bootstrap made is left out.

    Args:
        live: The registry that exists.
        declared: The one that the templates declare.
    """
    names = {one.known_name for one in declared.repositories}
    for repository in live.repositories:
        name = repository.known_name
        if name is None or name in names or repository.is_cdk_asset_repository:
            continue
        template = template_of(declared, name)
        if template is None:
            continue
        wanted = templated(repository, template)
        found = tuple(one for one in repository_differences(repository, wanted) if _is_said(one, template))
        if found:
            yield Drift(
                resource_type="AWS::ECR::Repository",
                identifier=name,
                source=template.source,
                by_template=True,
                differences=found,
            )


def _is_said(difference: Difference, template: CreationTemplate) -> bool:
    """Whether the template says something of it: what it leaves out, a repository may have."""
    said: dict[str, object] = {
        "LifecyclePolicy": template.lifecycle_policy,
        "RepositoryPolicyText": template.policy,
        "EncryptionConfiguration": template.encryption != Encryption() or None,
    }
    return said.get(difference.property, True) is not None


def templated(repository: Repository, template: CreationTemplate) -> Repository:
    """The repository as a creation template would make it.

    Args:
        repository: A repository of that name.
        template: The template.
    """
    return Repository(
        source=template.source,
        name=repository.name,
        tag_mutability=template.tag_mutability,
        lifecycle_policy=template.lifecycle_policy,
        policy=template.policy,
        encryption=template.encryption,
        tags=template.resource_tags,
    )


def secret_name(arn: str) -> str:
    """The name of a secret by its ARN, with or without the suffix that Secrets Manager appends.

    Args:
        arn: The ARN, or the name itself.
    """
    name = arn.rpartition(":secret:")[2]
    suffix = name[-_RANDOM_SUFFIX:]
    return name[:-_RANDOM_SUFFIX] if suffix[:1] == "-" and suffix[1:].isalnum() else name


def template_of(declared: Registry, name: str) -> CreationTemplate | None:
    """The template by which ECR would make a repository of that name."""
    cache = cache_for(declared, name)
    if cache is not None:
        return template_for(declared, name, AppliedFor.PULL_THROUGH_CACHE)
    for mechanism in (AppliedFor.REPLICATION, AppliedFor.CREATE_ON_PUSH):
        found = template_for(declared, name, mechanism)
        if found is not None:
            return found
    return None


def _drift(
    resource_type: str, identifier: str, source: SourceLocation, differences: Iterator[Difference]
) -> Iterator[Drift]:
    found = tuple(differences)
    if found:
        yield Drift(resource_type=resource_type, identifier=identifier, source=source, differences=found)


def _cache(live: CacheRule, declared: CacheRule) -> Iterator[Difference]:
    """A rule's properties are all fixed at creation, for CloudFormation."""
    compared = (
        ("UpstreamRegistryUrl", live.upstream_registry_url, declared.upstream_registry_url),
        ("UpstreamRepositoryPrefix", live.upstream_prefix or ROOT, declared.upstream_prefix or ROOT),
        ("CredentialArn", _credential(live), _credential(declared)),
        ("CustomRoleArn", live.custom_role_arn, declared.custom_role_arn),
    )
    for name, now, then in compared:
        if isinstance(then, Unresolved):
            yield Difference(
                property=name,
                impact=Impact.OPEN,
                message=f"cannot be compared: {then.depends_on or then.expression}",
            )
        elif name == "UpstreamRegistryUrl" and then is None:
            continue  # The template leaves it to ECR.
        elif now != then:
            yield Difference(
                property=name,
                impact=Impact.CANNOT,
                message=f"{now or 'nothing'} is fixed at creation, and {then or 'nothing'} is declared",
            )


def _credential(rule: CacheRule) -> str | Unresolved | None:
    if rule.credential is not None:
        return rule.credential.name
    return (
        rule.credential_arn if not isinstance(rule.credential_arn, str) else secret_name(rule.credential_arn)
    )
