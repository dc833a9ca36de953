"""A principal whose pulls do not keep an image alive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.excluded_principal import excluded_principal_arn
from ecr_blueprints.constructs.registry_environment import check_registry, check_same_environment
from ecr_blueprints.registry.pull_time_exclusion import PullTimeExclusion
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["PullTimeUpdateExclusion"]


class PullTimeUpdateExclusion(Construct):
    """A role or user whose pulls do not count for lifecycle rules on the last pull.

    A rule that expires or archives what nobody pulls (``sinceImagePulled``) never does where a scanner pulls
    every image every night, or a pipeline pulls them for its tests. Pulls of an excluded principal leave the
    time of the last pull as it is. Pulls by Amazon Inspector never count. Pull-through caches have nothing to
    do with it.

    The exclusion names one principal by its whole ARN and holds for the registry's account and Region. A role
    of another account can be named, as far as ECR's API says; its guide has no such example (unverified).

    Example:
        The role of a scanner::

            from ecr_blueprints import PullTimeUpdateExclusion

            PullTimeUpdateExclusion(
                stack,
                "Scanner",
                registry=registry,
                principal="arn:aws:iam::111122223333:role/image-scanner",
            )

    Creates:
        An ``AWS::ECR::PullTimeUpdateExclusion``, which costs nothing and goes with its stack. From then on
        the principal's pulls count again. The `PrivateRegistry` has resources of its own; its page has the
        smallest one, which creates nothing.

    Args:
        scope: The construct to belong to, in a stack of the registry's account and Region.
        construct_id: Its id.
        registry: The registry.
        principal: The role or user, or its ARN, with the IAM path where it has one; at most 200 characters.

    Attributes:
        resource: The exclusion.
        principal_arn: The principal's ARN; a token where only deployment knows it.

    Raises:
        InvalidValueError: A principal that is no role or user: an account's root, a session of a role, a
            wildcard, a service; or more than 100 exclusions.
        RegistryConflictError: The principal is excluded already; the error names both.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-time-update-exclusions.html,
    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RegisterPullTimeUpdateExclusion.html

    Practices: REG-2
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: PrivateRegistry,
        principal: iam.IRole | iam.IUser | str,
    ) -> None:
        check_place(scope, construct_id, kind="PullTimeUpdateExclusion")
        path = path_under(scope, construct_id)
        check_registry(registry, where=path)
        check_same_environment(registry, scope, where=path)
        arn = excluded_principal_arn(principal, where=path, partition=registry.partition)
        exclusion = PullTimeExclusion(
            source=SourceLocation(construct_path=path, resource_type="AWS::ECR::PullTimeUpdateExclusion"),
            principal_arn=Unresolved(arn, depends_on="deployment") if is_token(arn) else arn,
        )
        registry.check_contribution(exclusion)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self.principal_arn = arn
        self.resource = ecr.CfnPullTimeUpdateExclusion(self, "Resource", principal_arn=arn)
        registry.contribute(exclusion)
