"""The bridge from an enterprise registry into ECR, in one Region."""

from __future__ import annotations

import json
from typing import Any

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.config.enterprise import BridgeIdentityModel
from ecr_blueprints.config.enterprise_blueprint import EnterpriseBlueprint
from ecr_blueprints.config.retention import RetentionModel
from ecr_blueprints.constructs.alert_topics import AlertTopics
from ecr_blueprints.constructs.bridge_access import BridgeAccess
from ecr_blueprints.constructs.bridge_role import BridgeRole
from ecr_blueprints.constructs.cache_consumers import CacheConsumer, ConsumerKind, pull_statements
from ecr_blueprints.constructs.created_repository_baseline import CreatedRepositoryBaseline
from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.private_registry import PrivateRegistry
from ecr_blueprints.constructs.trusted_accounts import TrustedAccounts
from ecr_blueprints.domain.enterprise_registry import harbor_ecr_url
from ecr_blueprints.domain.pipeline_identity import FederatedIdentity
from ecr_blueprints.domain.principals import partition_of, registry_uri
from ecr_blueprints.domain.token_subject import TokenSubject
from ecr_blueprints.domain.wildcard import covers
from ecr_blueprints.lifecycle.retention import Retention
from ecr_blueprints.stacks.enterprise.bridge_settings import bridge_role_arn, harbor_endpoint, harbor_policy

__all__ = ["BridgeStack"]


class BridgeStack(Stack):
    """What the enterprise registry may do in one Region's registry, and what has to be set there.

    The role is IAM's, which has no Regions: the stack of one Region makes it, the others add to it. Where
    Harbor may create repositories that nobody declares, `CreatedRepositoryBaseline` gives them the defaults:
    immutable tags, the blueprint's retention, pulls of the consumers of the whole prefix, the tags.

    Args:
        scope: The app.
        construct_id: The stack's name, ``<name>-bridge-<region>``.
        registry: The Region's registry.
        topics: Where its alerts go; None where there are none.
        blueprint: The blueprint.
        env: The registry's account and Region.

    Attributes:
        access: What the role may do here.
        baseline: The baseline of repositories that Harbor creates; None where it cannot create any.

    Practices: OPS-1, ACC-3, ACC-4
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: PrivateRegistry,
        topics: AlertTopics | None,
        blueprint: EnterpriseBlueprint,
        env: Environment,
    ) -> None:
        super().__init__(
            scope, construct_id, env=env, description="Images of the enterprise registry come to Amazon ECR."
        )
        model = blueprint.enterprise
        creates = model.undeclared == "baseline"
        self.access = BridgeAccess(
            self,
            "Access",
            registry=registry,
            role=self._role(blueprint),
            product=model.product,
            prefix=model.prefix,
            may_create=creates,
        )
        self.baseline: CreatedRepositoryBaseline | None = None
        if creates:
            self.baseline = CreatedRepositoryBaseline(
                self,
                "Created",
                registry=registry,
                prefix=model.prefix,
                creators=[bridge_role_arn(blueprint)],
                options=_defaults(blueprint),
                topics=topics,
            )
        self._outputs(blueprint)

    def _role(self, blueprint: EnterpriseBlueprint) -> iam.IRole:
        if self.region != blueprint.iam_region:
            return iam.Role.from_role_arn(self, "BridgeRole", bridge_role_arn(blueprint))
        identity = blueprint.enterprise.identity
        bridge = BridgeRole(
            self,
            "Bridge",
            assumed_by=_caller(identity),
            create_provider=identity.oidc is not None and identity.oidc.provider == "create",
            role_name=blueprint.enterprise.role_name,
        )
        return bridge.role

    def _outputs(self, blueprint: EnterpriseBlueprint) -> None:
        model, region, account = blueprint.enterprise, self.region, blueprint.registry.account
        CfnOutput(
            self,
            "BridgeRoleArn",
            value=bridge_role_arn(blueprint),
            description="The role in which images come.",
        )
        if model.product == "harbor":
            url = harbor_ecr_url(account, region)
            CfnOutput(self, "HarborEndpointUrl", value=url, description="The endpoint's URL in Harbor.")
            CfnOutput(
                self,
                "HarborRegistry",
                value=_compact(harbor_endpoint(blueprint, region)),
                description="The body of POST /api/v2.0/registries.",
            )
            CfnOutput(
                self,
                "HarborPolicy",
                value=_compact(harbor_policy(blueprint, region)),
                description="The body of POST /api/v2.0/replication/policies, but for the endpoint's id.",
            )
            return
        CfnOutput(
            self,
            "CopyDestination",
            value=f"{registry_uri(account, region)}/{model.prefix}",
            description="Under this address the job copies; bridge.json has every repository.",
        )


def _caller(identity: BridgeIdentityModel) -> FederatedIdentity | TrustedAccounts | None:
    if identity.oidc is not None:
        return TokenSubject(identity.oidc.issuer, identity.oidc.subject, audience=identity.oidc.audience)
    return TrustedAccounts(roles=list(identity.trusted_roles)) if identity.trusted_roles else None


def _defaults(blueprint: EnterpriseBlueprint) -> CreationTemplateOptions:
    """The settings of repositories that nobody declares, as of those that are."""
    return CreationTemplateOptions(
        description="Repositories of the enterprise registry that no team declares",
        tag_mutability="IMMUTABLE",
        lifecycle=_retention(blueprint.retention),
        repository_policy=_policy(blueprint),
        resource_tags=dict(blueprint.tags),
    )


def _policy(blueprint: EnterpriseBlueprint) -> dict[str, Any] | None:
    """Pulls by the consumers of the whole prefix; None where there are none."""
    pattern = f"{blueprint.enterprise.prefix}/*"
    consumers = [
        one for one in blueprint.consumers.values() if any(covers(pull, pattern) for pull in one.pull)
    ]
    accounts = dict.fromkeys(account for one in consumers for account in one.accounts)
    paths = dict.fromkeys(path for one in consumers for path in one.admitted_paths)
    statements = pull_statements(
        [
            *(CacheConsumer(kind=ConsumerKind.ACCOUNT, value=one, account=one) for one in accounts),
            *(CacheConsumer(kind=ConsumerKind.ORGANIZATION_PATH, value=one) for one in paths),
        ],
        partition=partition_of(blueprint.registry.regions[0]).name,
    )
    return {"Version": "2012-10-17", "Statement": statements} if statements else None


def _retention(model: RetentionModel) -> Retention:
    return Retention(
        keep=model.keep, builds=model.builds, builds_days=model.builds_days, untagged_days=model.untagged_days
    )


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
