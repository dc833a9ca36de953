"""The repository in which the CDK keeps the image assets of an account and Region."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.argument_type import TEXT, check_arguments
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.image_repository_arguments import IMAGE_REPOSITORY_ARGUMENTS
from ecr_blueprints.constructs.named_principals import named_accounts
from ecr_blueprints.constructs.registry_environment import RegistryEnvironment, check_same_environment
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.constructs.repository_grants import RepositoryGrants
from ecr_blueprints.domain.actions import PULL
from ecr_blueprints.domain.cdk_asset import (
    DEFAULT_QUALIFIER,
    QUALIFIER_CONTEXT_KEY,
    asset_repository_name,
    check_qualifier,
)
from ecr_blueprints.domain.repository_name import RepositoryName
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["AssetRepository", "bootstrap_qualifier"]

_ACCEPTED: Final = {
    "qualifier": TEXT,
    "repository_name": TEXT,
    "registry": IMAGE_REPOSITORY_ARGUMENTS["registry"],
}


class AssetRepository(Construct):
    """The repository that the CDK's bootstrap stack made for image assets, known to registry and pullers.

    Every ``DockerImageAsset``, ``DockerImageFunction`` and ``ContainerImage.from_asset`` of an account and
    Region lands in it, under tags that are hashes, and it is often the largest of all. The bootstrap stack
    owns it: from here its lifecycle, tags and policy cannot change, and nothing is created. What this gives
    is its name where names are needed: in the registry's ledger, so that it is scanned as production is
    unless it is declared not to be, and is no breach of the convention; and in grants.

    It has no lifecycle on purpose. An asset is run by its hash for as long as a stack names it, a Lambda
    function for years, so that no age and no number tells whether it can go. ``cdk gc`` asks the stacks.

    To let other accounts pull, the bootstrap stack's template has to change (`pull_statement`), or the assets
    go to a repository of yours in the first place (`image_asset_synthesizer`).

    Example:
        from aws_cdk import aws_iam as iam

        from ecr_blueprints import AssetRepository

        assets = AssetRepository(stack, "Assets", registry=registry)
        node = iam.Role(stack, "Node", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        assets.grant_pull(node)

    Creates:
        Nothing of its own; grants write into the policies of principals.

    Args:
        scope: The construct to belong to, in a stack of the repository's account and Region.
        construct_id: Its id.
        qualifier: The bootstrap qualifier, 1 to 10 characters. Default: the app's context, else the CDK's.
        repository_name: The repository's name, where the bootstrap stack was given another one. Default:
            ``cdk-<qualifier>-container-assets-<account>-<region>``.
        registry: The registry to which it belongs, own or by contract. Default: none.

    Attributes:
        repository: The repository, as imported by the CDK.
        qualifier: The bootstrap qualifier.

    Raises:
        InvalidValueError: A qualifier or name that cannot be, or both.
        RegistryConflictError: The registry has a repository of that name.

    Sources: https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html,
    https://docs.aws.amazon.com/cdk/v2/guide/ref-cli-cmd-gc.html

    Practices: SCAN-1, ACC-1
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        qualifier: str | None = None,
        repository_name: str | None = None,
        registry: RegistryReference | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="AssetRepository")
        where = path_under(scope, construct_id)
        given = {"qualifier": qualifier, "repository_name": repository_name, "registry": registry}
        check_arguments(given, _ACCEPTED, where=where)
        if qualifier is not None and repository_name is not None:
            raise InvalidValueError(
                "a qualifier and a repository_name are given",
                where=where,
                allowed="one of them",
                fix="leave the qualifier out: the name says it all",
            )
        chosen = bootstrap_qualifier(scope, qualifier, where=where)
        environment = RegistryEnvironment.of_stack(scope)
        name = (
            asset_repository_name(chosen, environment.account_text, environment.region_text)
            if repository_name is None
            else repository_name
        )
        if not is_token(name):
            name = RepositoryName(name)
        declaration = Repository(
            source=SourceLocation(construct_path=where),
            name=Unresolved(name, depends_on="deployment") if is_token(name) else name,
            tag_mutability=_unknown("tag mutability"),
            lifecycle_policy=_unknown("lifecycle policy"),
            policy=_unknown("repository policy"),
            encryption=_unknown("encryption"),
            deletion_policy=None,
            tags=_unknown("tags"),
            is_cdk_asset_repository=True,
        )
        if registry is not None:
            check_same_environment(registry, scope, where=where)
            registry.check_repository(declaration)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self.qualifier = chosen
        self._where = where
        self._partition = environment.partition
        self._name = name
        self._arn = environment.arn("ecr", f"repository/{name}")
        self._uri = f"{environment.uri}/{name}"
        self.repository: ecr.IRepository = ecr.Repository.from_repository_attributes(
            self, "Repository", repository_arn=self._arn, repository_name=name
        )
        if registry is not None:
            registry.declare_repository(declaration)

    @property
    def repository_name(self) -> str:
        """Its name; holds tokens where account or Region are left open."""
        return self._name

    @property
    def repository_arn(self) -> str:
        """Its ARN."""
        return self._arn

    @property
    def repository_uri(self) -> str:
        """Its address, to which ``:<hash>`` is added."""
        return self._uri

    def grant_pull(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal of this account pull, by its own policy.

        Args:
            grantee: A role, or another principal whose policy the CDK can write. For one of another account,
                the repository's own policy has to allow it too: see `pull_statement`.

        Raises:
            InvalidValueError: It is no principal, or everybody.
        """
        return RepositoryGrants.from_repository(self.repository).pull(grantee)

    def pull_statement(self, *account_ids: str) -> Mapping[str, Any]:
        """The statement that lets other accounts pull, to be added to the bootstrap template.

        It goes into ``ContainerAssetsRepository``'s ``RepositoryPolicyText`` of what
        ``cdk bootstrap --show-template`` prints; ``cdk bootstrap --template`` deploys the result.

        Args:
            account_ids: 12 digits each.

        Raises:
            InvalidValueError: No account, or a malformed one.
        """
        accounts = named_accounts(account_ids, method="pull_statement")
        return {
            "Sid": "PullByAccounts",
            "Effect": "Allow",
            "Principal": {"AWS": [f"arn:{self._partition}:iam::{one}:root" for one in accounts]},
            "Action": list(PULL),
        }


def bootstrap_qualifier(scope: Construct, given: str | None, *, where: str) -> str:
    """The bootstrap qualifier that counts for a construct: as given, as in its context, or the CDK's own.

    Args:
        scope: The construct.
        given: As given; None if nothing is.
        where: What the error names.

    Raises:
        InvalidValueError: It is none.
    """
    chosen = given
    if chosen is None:
        chosen = scope.node.try_get_context(QUALIFIER_CONTEXT_KEY)
    if chosen is None:
        return DEFAULT_QUALIFIER
    check_arguments({"qualifier": chosen}, _ACCEPTED, where=where)
    return str(chosen) if is_token(chosen) else check_qualifier(chosen, where=where)


def _unknown(what: str) -> Unresolved:
    return Unresolved(f"the {what} of the bootstrap stack's repository", depends_on="the bootstrap stack")
