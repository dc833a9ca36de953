"""The repositories of one ``stack`` key in one Region."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from aws_cdk import CfnWaitConditionHandle, Environment, Stack
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.blueprint_places import placed_errors
from ecr_blueprints.config.declared_repository import DeclaredRepository, declared_repositories
from ecr_blueprints.config.registry_blueprint import RegistryBlueprint
from ecr_blueprints.config.retention import RetentionModel
from ecr_blueprints.config.stack_meaning import resources_of
from ecr_blueprints.constructs.construct_place import path_under, place_stack
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.owner_tags import OWNER_TAG
from ecr_blueprints.constructs.property_injection import stands_alone
from ecr_blueprints.constructs.quota_warning import warn_of_quota
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.constructs.repository_batch import made_together
from ecr_blueprints.constructs.repository_declaration import named_repository
from ecr_blueprints.constructs.repository_grants import RepositoryGrants
from ecr_blueprints.domain.quotas import REPOSITORY_TAGS
from ecr_blueprints.domain.wildcard import matches_wildcard
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy
from ecr_blueprints.lifecycle.retention import RepositoryKind, Retention
from ecr_blueprints.stacks.construct_places import come_from
from ecr_blueprints.stacks.stack_limits import warn_where_nearly_full
from ecr_blueprints.stacks.team_pushers import pipelines_of

__all__ = ["RepositoriesStack"]

_AROUND: Final = 700
"""Bytes of a repository beside its policies: name, tags, deletion policies and the CDK's metadata."""


class RepositoriesStack(Stack):
    """Repositories that share a ``stack`` key; a repository keeps its key, and so its stack, for life.

    A frozen repository has no pushers, and its policy denies pushing to everybody. A retired one is no longer
    in the template: CloudFormation releases it, and it stays in the registry with its images, its policy and
    its lifecycle; the scanning rules go on covering it, and its name stays taken.

    Synthesis warns from 80 % of what CloudFormation takes in a stack.

    The construct id of a repository is its full name with ``:`` for ``/``, so that its logical ID
    depends on the name and the stack and on nothing else.

    Args:
        scope: The app.
        construct_id: The stack's name, ``<name>-repositories-<stack key>-<region>``.
        registry: The Region's registry, to which the repositories contribute.
        blueprint: The blueprint.
        repositories: What the stack holds.
        env: The registry's account and Region.

    Attributes:
        repositories: The constructs by repository name.

    Practices: NAME-4, OPS-1, OPS-2, OPS-3
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: RegistryReference,
        blueprint: Blueprint,
        repositories: Sequence[DeclaredRepository],
        env: Environment,
    ) -> None:
        # Without indentation, a third more repositories fit into a template.
        super().__init__(
            scope,
            construct_id,
            env=env,
            description="Container image repositories.",
            suppress_template_indentation=True,
        )
        place_stack(self, scope, construct_id, env=env)
        stands_alone(self, scope)
        self.repositories: dict[str, ImageRepository] = {}
        kept = [declared for declared in repositories if declared.model.state != "retired"]
        with made_together(self):
            for declared in repositories:
                where = blueprint.where_of_team(declared.team.team, "repositories", declared.app)
                come_from(scope, path_under(self, _id_of(declared)), where)
                with placed_errors(where):
                    if declared.model.state == "retired":
                        self._retire(declared, registry)
                    else:
                        self.repositories[declared.name] = self._repository(declared, registry, blueprint)
        if not kept:
            # CloudFormation takes no stack without a resource, and would keep what is to leave it.
            CfnWaitConditionHandle(self, "Retired")
            return
        key = kept[0].stack
        newest = blueprint.where_of_team(kept[-1].team.team, "repositories", kept[-1].app)
        come_from(scope, construct_id, newest)
        warn_where_nearly_full(
            self,
            key,
            resources=resources_of(kept),
            template_bytes=self.template_bytes,
            taken=(declared.stack for declared in declared_repositories(blueprint)),
        )
        tags, fullest = max((len(_tag_keys(declared, blueprint)), declared.name) for declared in kept)
        warn_of_quota(
            self,
            "repository-tags",
            used=tags,
            limit=REPOSITORY_TAGS.value,
            what=f"{REPOSITORY_TAGS.name} of {fullest}",
            advice="have fewer tags in the blueprint or in the team",
        )

    @property
    def template_bytes(self) -> int:
        """About how large the template will be, without the roles of pipelines."""
        return sum(map(_template_bytes, self.repositories.values()))

    def _retire(self, declared: DeclaredRepository, registry: RegistryReference) -> None:
        """Keep what the registry knows of a repository that is there and no longer in a template.

        Its name stays taken, and its images go on being scanned.
        """
        path = path_under(self, _id_of(declared))
        repository = named_repository(path, declared.name, RepositoryKind(declared.model.kind))
        repository = replace(repository, is_released=True)
        registry.declare_repository(repository, exception=declared.model.exception)

    def _repository(
        self, declared: DeclaredRepository, registry: RegistryReference, blueprint: Blueprint
    ) -> ImageRepository:
        model = declared.model
        lifecycle = None
        if model.lifecycle is not None:
            lifecycle = parse_lifecycle_policy(json.dumps({"rules": list(model.lifecycle)}))
        tags = {**declared.team.tags, **model.tags}
        exclusions = [ecr.ImageTagMutabilityExclusionFilter.wildcard(tag) for tag in model.moving_tags]
        repository = ImageRepository(
            self,
            _id_of(declared),
            repository_name=declared.name,
            registry=registry,
            kind=RepositoryKind(model.kind),
            owner=tags.pop(OWNER_TAG, declared.team.team),
            tags=tags,
            retention=None if declared.retention is None else _retention(declared.retention),
            lifecycle_policy=lifecycle,
            image_tag_mutability=(
                ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION if exclusions else ecr.TagMutability.IMMUTABLE
            ),
            image_tag_mutability_exclusion_filters=exclusions if exclusions else None,
            convention_exception=model.exception,
        )
        grants = RepositoryGrants.from_repository(repository)
        with grants.together():
            if model.state == "frozen":
                grants.deny_push()
            else:
                if declared.team.push.roles:
                    grants.push_to_role(*declared.team.push.roles)
                for identity in pipelines_of(declared):
                    repository.grant_push(identity)
            for consumer in blueprint.consumers.values() if isinstance(blueprint, RegistryBlueprint) else ():
                if any(matches_wildcard(pattern, declared.name) for pattern in consumer.pull):
                    if consumer.accounts:
                        grants.pull_to_account(*consumer.accounts)
                    if consumer.admitted_paths:
                        grants.pull_to_organization_paths(*consumer.admitted_paths)
        return repository


def _id_of(declared: DeclaredRepository) -> str:
    return declared.name.replace("/", ":")


def _tag_keys(declared: DeclaredRepository, blueprint: Blueprint) -> set[str]:
    return {OWNER_TAG, *blueprint.tags, *declared.team.tags, *declared.model.tags}


def _template_bytes(repository: ImageRepository) -> int:
    """About what a repository takes of the template: its texts, quotes escaped, and what is around them."""
    lifecycle = len(json.dumps(repository.lifecycle_policy_text))
    return lifecycle + RepositoryGrants.from_repository(repository).policy_length + _AROUND


@lru_cache(maxsize=256)
def _retention(model: RetentionModel) -> Retention:
    return Retention(
        keep=model.keep, builds=model.builds, builds_days=model.builds_days, untagged_days=model.untagged_days
    )
