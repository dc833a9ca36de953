"""Image assets of the CDK in a repository of one's own."""

from __future__ import annotations

from typing import Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from constructs import Construct, IValidation

from ecr_blueprints.constructs.argument_type import TEXT, Accepted, check_arguments, check_literal_text
from ecr_blueprints.constructs.asset_repository import bootstrap_qualifier
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.construct_place import environment_of
from ecr_blueprints.constructs.registry_environment import RegistryEnvironment
from ecr_blueprints.domain.cdk_asset import ASSET_HASH_LENGTH, ASSET_PUBLISHING, image_publishing_role_name
from ecr_blueprints.domain.principals import check_role_arn
from ecr_blueprints.domain.tags import check_image_tag
from ecr_blueprints.errors import EcrBlueprintsError, InvalidValueError
from ecr_blueprints.lifecycle.asset_image import rule_touching_assets
from ecr_blueprints.lifecycle.document import parse_lifecycle_policy
from ecr_blueprints.registry.effective import signing_for
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["image_asset_synthesizer"]

_WHERE: Final = "image_asset_synthesizer(…)"
_ACCEPTED: Final = {
    "repository": Accepted(
        types=(ecr.Repository,),
        words="an ImageRepository, or an ecr.Repository of this app",
        fix='write for example ImageRepository(stack, "Assets", repository_name="prod/payments/assets")',
    ),
    "qualifier": TEXT,
    "publishing_role_arn": TEXT,
}
_DEFAULT_PREFIX: Final = "asset-"
_OTHER_STAGE: Final = "ecr-blueprints:image-assets-of-another-stage"
"""The id of the warning that nothing has the repository deployed first."""


def image_asset_synthesizer(
    repository: ecr.Repository,
    *,
    tag_prefix: str = _DEFAULT_PREFIX,
    qualifier: str | None = None,
    publishing_role_arn: str | None = None,
) -> cdk.DefaultStackSynthesizer:
    """The synthesizer of stacks whose image assets go to a repository of yours, not to the bootstrap stack's.

    There they have an owner, a policy that other accounts can be let in by, and the scanning, signing and
    replication of their name. The bootstrap stack's role for pushing images is granted what it needs, in the
    repository's policy; its own policy lets it push to the bootstrap stack's repository alone. ECR takes a
    policy only if the role exists: bootstrap the environment first.

    The repository's stack has to be deployed first: the CDK CLI pushes a stack's assets before it deploys the
    stack, and after the stacks that it depends on. So the repository is in another stack, of the same account
    and Region, on which the stacks with the assets depend: that dependency is made here. In another stage it
    cannot be; there, synthesis warns. File assets stay where they were.

    A lifecycle rule that could delete or archive an asset is refused, now and, should one be added later, at
    synthesis: an asset is run for as long as some stack names it. Immutable tags are right for hashes.

    Example:
        import aws_cdk as cdk

        from ecr_blueprints import ImageRepository, image_asset_synthesizer

        images = ImageRepository(stack, "AssetImages", repository_name="payments/assets")
        cdk.Stack(
            cdk.Stage.of(stack),
            "PaymentsApp",
            env=cdk.Environment(account=stack.account, region=stack.region),
            synthesizer=image_asset_synthesizer(images),
        )

    Args:
        repository: The repository, with a literal name.
        tag_prefix: What stands before the hash in an asset's tag, so that patterns such as ``asset-*`` can
            name assets. May be empty. Default: ``asset-``.
        qualifier: The bootstrap qualifier. Default: the app's context, else the CDK's.
        publishing_role_arn: The role that pushes images. Default: the bootstrap stack's, by its name.

    Returns:
        A synthesizer for one or several stacks.

    Raises:
        InvalidValueError: No repository of this app, a name that is known only at deployment, a lifecycle
            rule that could touch an asset, or a signing rule over the repository, for which the role may not
            sign. At synthesis, also: a stack of another account or Region than the repository.

    Sources: https://docs.aws.amazon.com/cdk/v2/guide/customize-synth.html

    Practices: LIFE-1, PROMO-3
    """
    given = {"repository": repository, "qualifier": qualifier, "publishing_role_arn": publishing_role_arn}
    check_arguments(given, _ACCEPTED, where=_WHERE, required=("repository",))
    check_literal_text(
        tag_prefix, argument="tag_prefix", where=_WHERE, because="the CDK CLI pushes before it deploys"
    )
    check_image_tag(f"{tag_prefix}{'0' * ASSET_HASH_LENGTH}")
    name = _literal_name(repository)
    for fault in _faults(repository, tag_prefix):
        raise fault
    chosen = bootstrap_qualifier(repository, qualifier, where=_WHERE)
    if publishing_role_arn is None:
        environment = RegistryEnvironment.of_stack(repository)
        account = environment.account_text
        role = image_publishing_role_name(chosen, account, environment.region_text)
        role_arn = f"arn:{environment.partition}:iam::{account}:role/{role}"
    else:
        role_arn = publishing_role_arn
        if not is_token(role_arn):
            check_role_arn(role_arn)
    repository.grant(iam.ArnPrincipal(role_arn), *ASSET_PUBLISHING)
    synthesizer = _ImageAssetSynthesizer(
        repository, name=name, tag_prefix=tag_prefix, qualifier=chosen, role_arn=publishing_role_arn
    )
    repository.node.add_validation(_AssetsStay(repository, tag_prefix, synthesizer))
    return synthesizer


class _ImageAssetSynthesizer(cdk.DefaultStackSynthesizer):
    """CDK binds it to each stack that has it: the stack depends on the repository from then on."""

    def __init__(
        self, repository: ecr.Repository, *, name: str, tag_prefix: str, qualifier: str, role_arn: str | None
    ) -> None:
        self._repository = repository
        self._name = name
        self._tag_prefix = tag_prefix
        self._qualifier = qualifier
        self._role_arn = role_arn
        self.stacks: list[cdk.Stack] = []
        super().__init__(
            qualifier=qualifier,
            image_assets_repository_name=name,
            docker_tag_prefix=tag_prefix,
            image_asset_publishing_role_arn=role_arn,
        )

    def reusable_bind(self, stack: cdk.Stack) -> cdk.IBoundStackSynthesizer:
        """A synthesizer for one stack. CDK's own way, a copy of this one, does not survive jsii."""
        bound = cdk.DefaultStackSynthesizer(
            qualifier=self._qualifier,
            image_assets_repository_name=self._name,
            docker_tag_prefix=self._tag_prefix,
            image_asset_publishing_role_arn=self._role_arn,
        )
        bound.bind(stack)
        self.stacks.append(stack)
        if _stage_path(stack) == _stage_path(self._repository):
            stack.node.add_dependency(self._repository)
        else:
            cdk.Validations.of(stack).add_warning(
                _OTHER_STAGE,
                f"image assets go to {self._repository.node.path}, which is in another stage: this stack "
                "cannot depend on it; deploy that stage first, or put both into one",
            )
        return bound


def _stage_path(scope: Construct) -> str | None:
    stage = cdk.Stage.of(scope)
    return None if stage is None else stage.node.path


def _environment_fault(repository: ecr.Repository, stack: cdk.Stack) -> InvalidValueError | None:
    for what, there, here in zip(
        ("account", "Region"), environment_of(repository), environment_of(stack), strict=True
    ):
        if here is not None and there is not None and here != there:
            return InvalidValueError(
                f"the stack is in the {what} {here}, and the repository of its image assets in {there}",
                where=stack.node.path,
                allowed=f"stacks of the account and Region of {repository.node.path}",
                fix="make a repository and a synthesizer for each account and Region",
            )
    return None


@jsii.implements(IValidation)
class _AssetsStay:
    """CDK asks this once, when the app is synthesized: rules of either kind may have been added since."""

    def __init__(
        self, repository: ecr.Repository, tag_prefix: str, synthesizer: _ImageAssetSynthesizer
    ) -> None:
        self._repository = repository
        self._tag_prefix = tag_prefix
        self._synthesizer = synthesizer

    def validate(self) -> list[str]:
        """What is wrong with the repository or where it is used; nothing for most."""
        elsewhere = [_environment_fault(self._repository, stack) for stack in self._synthesizer.stacks]
        faults = [*_faults(self._repository, self._tag_prefix), *elsewhere]
        return [str(fault) for fault in faults if fault is not None]


def _faults(repository: ecr.Repository, tag_prefix: str) -> list[InvalidValueError]:
    """Why assets cannot be pushed to a repository, or would not stay there."""
    found = (_lifecycle_fault(repository, tag_prefix), _signing_fault(repository))
    return [fault for fault in found if fault is not None]


def _properties(repository: ecr.Repository) -> dict[str, object]:
    resource = repository.node.default_child
    assert isinstance(resource, ecr.CfnRepository)
    return dict(cdk.Stack.of(repository).resolve(resource._cfn_properties))


def _literal_name(repository: ecr.Repository) -> str:
    name = _properties(repository).get("repositoryName")
    if not isinstance(name, str):
        raise InvalidValueError(
            "the repository's name is known only at deployment, and the CDK CLI pushes image assets by name",
            where=_WHERE,
            allowed="a repository with a literal repository_name",
            fix='give it one, such as repository_name="payments/assets"',
        )
    return name


def _lifecycle_fault(repository: ecr.Repository, tag_prefix: str) -> InvalidValueError | None:
    policy = _properties(repository).get("lifecyclePolicy")
    text = policy.get("lifecyclePolicyText") if isinstance(policy, dict) else None
    if not isinstance(text, str):
        return None
    try:
        rule = rule_touching_assets(parse_lifecycle_policy(text), tag_prefix=tag_prefix)
    except EcrBlueprintsError as error:
        return InvalidValueError(error.what, where=f"{_WHERE}: lifecycle policy")
    if rule is None:
        return None
    return InvalidValueError(
        f"rule {rule.priority} of the lifecycle policy can {rule.action} an image asset that a stack runs",
        where=f"{repository.node.path}: lifecycle policy",
        allowed=f"rules that match no tag {tag_prefix}<hash>, or stand behind one that keeps them all",
        fix=f'write retention=Retention(keep=["{tag_prefix}*"], …)'
        if tag_prefix
        else "give the assets a tag_prefix, and keep it",
    )


def _signing_fault(repository: ecr.Repository) -> InvalidValueError | None:
    ledger = getattr(getattr(repository, "_registry_reference", None), "ledger", None)
    if not isinstance(ledger, Registry):
        return None
    name = _literal_name(repository)
    rules = signing_for(ledger, name)
    if isinstance(rules, Unresolved) or not rules:
        return None
    return InvalidValueError(
        f"{rules[0].source.name} has what is pushed to {name!r} signed, and the bootstrap stack's role that "
        "pushes images may not sign",
        where=repository.node.path,
        allowed="a repository that no signing rule selects",
        fix="keep image assets outside of the signing rule's filters",
    )
