"""ECR102."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from ecr_blueprints.domain.tags import TagMutability
from ecr_blueprints.lifecycle.retention import RepositoryKind
from ecr_blueprints.registry.effective import cache_for
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.unresolved import Malformed, Unresolved
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.rules.declaration import declared
from ecr_blueprints.review.rules.gap import value_of
from ecr_blueprints.review.rules.production import HOW_TO_DECLARE, standing_of
from ecr_blueprints.review.verdict import Severity

__all__ = ["TagMutabilityRule"]

_PROPERTY = "ImageTagMutability"

_RELEASE_TAGS = ("v1.2.3", "1.2.3", "a1b2c3d", "sha-a1b2c3d", "release-1.2.3", "1.2.3-a1b2c3d")
"""What tags that identify a build look like: a version, a commit, or both."""


class TagMutabilityRule(Rule):
    """A tag of production names the same image for ever.

    ## What it does

    Finds repositories in which a tag that identifies a build (a version, a commit) can be pushed again
    for another image: mutable ones, and immutable ones with an exclusion so wide that it frees such tags.

    ## Why is this bad?

    What was tested and approved under a tag is then not what runs under it, a rollback to a tag does not
    roll back, and whoever can push can replace what production pulls.

    ## Example

    ```yaml
    Resources:
      Api:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: prod/payments/api
    ```

    ## Use instead

    ```yaml
    Resources:
      Api:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: prod/payments/api
          ImageTagMutability: IMMUTABLE_WITH_EXCLUSION
          ImageTagMutabilityExclusionFilters:
            - ImageTagMutabilityExclusionFilterType: WILDCARD
              ImageTagMutabilityExclusionFilterValue: buildcache*
    ```

    ## Known limits

    Not held to it: repositories declared as not production, the CDK bootstrap's repository (its tags are
    hashes of what they name), repositories below a pull-through cache's prefix (an immutable tag stops
    following its upstream) and base images below a declared prefix (a tag moves to each patched build;
    what builds on one pins its digest). Where nothing declares the stage the rule fails; a registry
    contract with stages settles it. What a creation template makes is not judged.

    ## References

    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
    - https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-2
    """

    id = "ECR102"
    name = "tag-mutability"
    severity = Severity.WARNING
    other_severities = (Severity.ERROR,)
    practices = ("PROMO-3",)
    crosswalk = (
        "CKV_AWS_51",
        "CT.ECR.PR.3",
        "ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED",
        "ECR.2",
        "AWS-0031",
        "33f41d31-86b1-46a4-81f7-9c9a671f59ac",
        "ecr_repositories_tag_immutability",
        "aws-ecr-mutable-image-tags",
        "ecrRepositoryTagImmutability",
        "ecr_repository_tag_immutability_enabled",
        "ecr-tag-immutability-configured",
        "ecr_require_tag_immutability",
    )
    granular = MappingProxyType(
        {
            "mutable": "a tag that identifies a build cannot be moved",
            "exclusion": "no exclusion frees tags that identify a build",
            "value": "the mutability is one that ECR accepts",
        }
    )

    def check(self, registry: Registry) -> Iterator[Finding]:
        """Judges each repository."""
        for repository in declared(registry.repositories):
            yield self._one(registry, repository)

    def _one(self, registry: Registry, repository: Repository) -> Finding:
        source, mutability, name = repository.source, repository.tag_mutability, repository.known_name
        if isinstance(mutability, Malformed):
            return self.fail(
                source,
                f"repository {repository.label!r}: {mutability.value!r} is refused: {mutability.reason}",
                fix="use IMMUTABLE, or IMMUTABLE_WITH_EXCLUSION with 1 to 5 exclusion filters",
                property_path=_PROPERTY,
                granular="value",
                severity=Severity.ERROR,
            )
        if repository.is_cdk_asset_repository:
            return self.not_applicable(
                source, "the CDK's own repository, whose tags are hashes of their images"
            )
        if name is not None and cache_for(registry, name) is not None:
            return self.not_applicable(source, "a cache's tags follow their upstream")
        if name is not None and registry.is_base_image(name):
            return self.not_applicable(source, "a base image's tags move to each patched build")
        if repository.kind is RepositoryKind.BUILD_CACHE or (
            name is not None and registry.is_build_cache(name)
        ):
            return self.not_applicable(source, "a build cache's tags move with every build")
        standing = standing_of(registry, name)
        if standing.production is False:
            return self.not_applicable(source, standing.reason)
        if isinstance(mutability, Unresolved):
            return self.open(source, value_of(mutability), property_path=_PROPERTY)
        moved = next((tag for tag in _RELEASE_TAGS if mutability.is_overwritable(tag)), None)
        if moved is None and not mutability.defeats_immutability:
            return self.passed(source, property_path=_PROPERTY)
        tag = moved if moved is not None else _RELEASE_TAGS[0]
        fix = (
            "set ImageTagMutability to IMMUTABLE, or to IMMUTABLE_WITH_EXCLUSION with exclusions for "
            "nothing but the tags that have to move"
        )
        return self.fail(
            source,
            f"repository {repository.label!r} {_what_is_wrong(mutability, tag)}; {standing.words}",
            fix=fix if standing.production else f"{fix}; {HOW_TO_DECLARE}",
            property_path=_PROPERTY,
            granular="exclusion" if mutability.mode.startswith("IMMUTABLE") else "mutable",
            witness=f"a second push of the tag {tag} moves it to another image",
        )


def _what_is_wrong(mutability: TagMutability, tag: str) -> str:
    if not mutability.exclusions:
        return f"is {mutability.mode}, so that any pushed tag can be moved to another image"
    patterns = ", ".join(str(exclusion) for exclusion in mutability.exclusions)
    return f"is {mutability.mode} ({patterns}), which lets tags such as {tag} be moved to another image"
