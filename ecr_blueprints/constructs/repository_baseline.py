"""The library's baseline for repositories that an app makes without the library: a mixin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecr as ecr
from constructs import IConstruct, IMixin

from ecr_blueprints.constructs.argument_type import FLAG, TEXTS, Accepted, check_arguments
from ecr_blueprints.constructs.baseline_report import BaselineChange, BaselineRemainder
from ecr_blueprints.constructs.deletion_keys import DELETION_CONTEXT_KEY, is_deletion_allowed
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.repository_deletion import remove_auto_delete
from ecr_blueprints.constructs.resource_tags import check_resource_tags
from ecr_blueprints.domain.tags import MutabilityMode
from ecr_blueprints.domain.wildcard import matches_wildcard
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.document import render_lifecycle_policy
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import Retention

__all__ = ["BASELINE_RETENTION", "RepositoryBaseline", "lifecycle_of"]

BASELINE_RETENTION: Final = Accepted(
    types=(Retention, LifecyclePolicy),
    words="a Retention or a LifecyclePolicy",
    fix='write for example Retention(keep=["v*"])',
)
_ACCEPTED: Final = {
    "retention": BASELINE_RETENTION,
    "replace_lifecycle": FLAG,
    "immutable_tags": FLAG,
    "keep_mutable": TEXTS,
    "tags": Accepted(types=(Mapping,), words="a mapping of texts to texts", fix='write {"key": "value"}'),
    "skip": TEXTS,
}
_DEFAULT_RETENTION: Final = Retention()
_KEPT: Final = "RetainExceptOnCreate"
_BELOW_EVERY_TAG: Final = 10
"""Less than the priority of any tag of CDK, so that what the app says of a key counts."""


@jsii.implements(IMixin, cdk.IAspect)
class RepositoryBaseline:
    """Brings repositories of an app up to what `ImageRepository` does, without changing how they are made.

    For apps and constructs whose code is not yours. It reaches the ``CfnRepository`` of each
    ``ecr.Repository`` and those that stand alone, in any construct and stage. Where nobody has said anything
    it adds: the repository is kept, except when its creation is rolled back; untagged images go; the tags
    that you name are set. What the app says stays: its lifecycle policy, its mutability, its tags. Only when
    told to does it make tags immutable or put its own lifecycle policy in the place of one.

    It never touches name or encryption, which are fixed when a repository is created, so that it replaces
    nothing. It does not touch an `ImageRepository`, nor repositories that the app only refers to.

    A mixin is applied to what there is when it is applied: apply it last, before ``synth``. Lifecycle rules
    that the app adds to an ``ecr.Repository`` later count all the same, in the place of the baseline's. It is
    an aspect too, ``cdk.Aspects.of(app).add(…)``: so it sees what is made later, and reports after ``synth``.

    Example:
        A whole stack, or an app in its place::

            import aws_cdk as cdk
            from aws_cdk import aws_ecr as ecr

            from ecr_blueprints import RepositoryBaseline

            ecr.Repository(stack, "Theirs", repository_name="payments/api")
            baseline = RepositoryBaseline(tags={"owner": "payments"})
            cdk.Mixins.of(stack).apply(baseline)
            print(baseline.report())

        One repository, with tags that stay where they are::

            ecr.Repository(stack, "Other").with_(RepositoryBaseline(immutable_tags=True))

    Creates:
        Nothing. The properties that it sets cost nothing; what the lifecycle policy deletes is billed no
        longer. Taken away again, the repositories are as the app says, which may be deleted with their stack.

    Args:
        retention: The lifecycle policy where there is none: a whole policy, or a `Retention`. None: no policy
            is set. Default: untagged images go, after one day where tags were immutable already, else after
            14, since an image that lost its tag may still run.
        replace_lifecycle: Whether ``retention`` also takes the place of policies that the app has. Default:
            they stay.
        immutable_tags: Whether tags that can move shall not any more. Pipelines that push a tag twice fail
            then. A mode with exclusions stays. Default: mutability stays.
        keep_mutable: Repositories whose tags go on moving, by name or construct path; ``*`` is a wildcard.
            Takes ``immutable_tags``. Default: none.
        tags: Resource tags, where the repository has none of that key. Default: none.
        skip: Repositories that are left alone, by name or construct path; ``*`` is a wildcard. Default: none.

    Attributes:
        changes: What was changed, in the order of changing.
        left: What was left as it is although the baseline says otherwise, and why.

    Raises:
        InvalidValueError: A value of another type, tags that AWS does not take, or ``keep_mutable`` without
            ``immutable_tags``.

    Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
    and https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html

    Practices: NAME-3, NAME-4, PROMO-3, LIFE-1
    """

    def __init__(
        self,
        *,
        retention: Retention | LifecyclePolicy | None = _DEFAULT_RETENTION,
        replace_lifecycle: bool = False,
        immutable_tags: bool = False,
        keep_mutable: Sequence[str] = (),
        tags: Mapping[str, str] | None = None,
        skip: Sequence[str] = (),
    ) -> None:
        where = "RepositoryBaseline"
        given = {
            "retention": retention,
            "replace_lifecycle": replace_lifecycle,
            "immutable_tags": immutable_tags,
            "keep_mutable": keep_mutable,
            "tags": tags,
            "skip": skip,
        }
        required = ("replace_lifecycle", "immutable_tags", "keep_mutable", "skip")
        check_arguments(given, _ACCEPTED, where=where, required=required)
        check_resource_tags({} if tags is None else tags, where=f"{where}(tags=…)")
        if keep_mutable and not immutable_tags:
            raise InvalidValueError(
                "keep_mutable is given, and all tags that move go on moving",
                where=where,
                fix="add immutable_tags=True, or leave keep_mutable out",
            )
        if replace_lifecycle and retention is None:
            raise InvalidValueError(
                "replace_lifecycle is given without a retention to put in the place of others",
                where=where,
                fix="name the retention, or leave replace_lifecycle out",
            )
        self._retention = retention
        self._replace_lifecycle = replace_lifecycle
        self._immutable_tags = immutable_tags
        self._keep_mutable = tuple(keep_mutable)
        self._tags = {} if tags is None else dict(tags)
        self._skip = tuple(skip)
        self._changes: dict[tuple[str, str], BaselineChange] = {}
        self._left: dict[tuple[str, str], BaselineRemainder] = {}

    @property
    def changes(self) -> tuple[BaselineChange, ...]:
        """What was changed, in the order of changing."""
        return tuple(self._changes.values())

    @property
    def left(self) -> tuple[BaselineRemainder, ...]:
        """What was left as it is although the baseline says otherwise, and why."""
        return tuple(self._left.values())

    def report(self) -> str:
        """Both as a text, a line for each; empty if there is nothing to say."""
        return "\n".join(map(str, (*self.changes, *self.left)))

    # What a mixin has

    def supports(self, construct: IConstruct) -> bool:
        """Whether it is a repository that the app makes."""
        return isinstance(construct, ecr.CfnRepository)

    def apply_to(self, construct: IConstruct) -> None:
        """Bring one repository up to the baseline; called by CDK."""
        assert isinstance(construct, ecr.CfnRepository)
        path = construct.node.path
        parent = construct.node.scope
        if isinstance(parent, ImageRepository):
            return
        properties: dict[str, Any] = dict(cdk.Stack.of(construct).resolve(construct._cfn_properties))
        name = properties.get("repositoryName")
        names = [path, path.removesuffix("/Resource"), *([name] if isinstance(name, str) else [])]
        if _is_any(self._skip, names):
            self._leave(path, "everything", "it is named in skip")
            return
        self._keep(construct, parent, properties, path, name if isinstance(name, str) else None)
        mode = properties.get("imageTagMutability", MutabilityMode.MUTABLE.value)
        self._set_lifecycle(construct, properties, path, mode)
        if self._immutable_tags:
            self._fix_tags(construct, path, mode, is_excepted=_is_any(self._keep_mutable, names))
        self._add_tags(construct, path)

    def visit(self, node: IConstruct) -> None:
        """The same as an aspect; called by CDK."""
        if self.supports(node):
            self.apply_to(node)

    # What it does to one repository

    def _keep(
        self,
        resource: ecr.CfnRepository,
        parent: IConstruct | None,
        properties: Mapping[str, Any],
        path: str,
        name: str | None,
    ) -> None:
        policy = resource.cfn_options.deletion_policy
        if policy is cdk.CfnDeletionPolicy.DELETE and is_deletion_allowed(
            resource, repository_name=name, construct_path=path.removesuffix("/Resource")
        ):
            self._leave(
                path, "DeletionPolicy", f"the context value {DELETION_CONTEXT_KEY} allows its deletion"
            )
            return
        on_replace = resource.cfn_options.update_replace_policy
        if (
            policy is cdk.CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE
            and on_replace is cdk.CfnDeletionPolicy.RETAIN
        ):
            return
        resource.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        self._change(path, "DeletionPolicy", None if policy is None else str(policy.name).title(), _KEPT)
        if properties.get("emptyOnDelete"):
            resource.empty_on_delete = None
            self._change(path, "EmptyOnDelete", "true", "nothing")
        if isinstance(parent, ecr.Repository) and remove_auto_delete(parent, resource):
            self._change(path, "Custom::ECRAutoDeleteImages", "there", "nothing")

    def _set_lifecycle(
        self, resource: ecr.CfnRepository, properties: Mapping[str, Any], path: str, mode: object
    ) -> None:
        if self._retention is None:
            return
        was_immutable = mode == MutabilityMode.IMMUTABLE.value
        text = render_lifecycle_policy(lifecycle_of(self._retention, immutable_tags=was_immutable))
        registry_id = (properties.get("lifecyclePolicy") or {}).get("registryId")
        written = ecr.CfnRepository.LifecyclePolicyProperty(
            lifecycle_policy_text=text, registry_id=registry_id
        )
        theirs = (properties.get("lifecyclePolicy") or {}).get("lifecyclePolicyText")
        deferred = resource._cfn_properties.get("lifecyclePolicy")
        if theirs is not None and not self._replace_lifecycle:
            self._leave(path, "LifecyclePolicy", "it has one, and replace_lifecycle is not given")
        elif theirs is not None or not isinstance(resource.node.scope, ecr.Repository):
            resource.lifecycle_policy = written
            self._change(path, "LifecyclePolicy", None if theirs is None else "its own", "the baseline's")
        elif isinstance(deferred, ecr.CfnRepository.LifecyclePolicyProperty):
            # Read through the L1 before, it is a copy, from which rules to come cannot be told.
            self._leave(path, "LifecyclePolicy", "the app has read it, after which nobody else can")
        else:
            self._change(path, "LifecyclePolicy", None, "the baseline's")
            resource.lifecycle_policy = cdk.Lazy.any(
                _LifecycleUnlessAdded(self, cdk.Stack.of(resource), deferred, text, path)
            )

    def _fix_tags(self, resource: ecr.CfnRepository, path: str, mode: object, *, is_excepted: bool) -> None:
        if mode == MutabilityMode.IMMUTABLE.value:
            return
        if is_excepted:
            self._leave(path, "ImageTagMutability", "it is named in keep_mutable")
        elif mode == MutabilityMode.MUTABLE.value:
            resource.image_tag_mutability = MutabilityMode.IMMUTABLE.value
            self._change(path, "ImageTagMutability", MutabilityMode.MUTABLE.value, "IMMUTABLE")
        else:
            self._leave(path, "ImageTagMutability", f"it is {mode}, with exclusions that the app chose")

    def _add_tags(self, resource: ecr.CfnRepository, path: str) -> None:
        present = resource.tags.tag_values() if self._tags else {}
        for key, value in self._tags.items():
            if key in present:
                self._leave(path, f"Tags[{key}]", f"it is {present[key]!r}")
            else:
                resource.tags.set_tag(key, value, _BELOW_EVERY_TAG)
                self._change(path, f"Tags[{key}]", None, value)

    # What it says of that

    def lifecycle_was_added(self, path: str) -> None:
        """Take back what was said of a lifecycle policy: the app has added rules of its own since."""
        self._changes.pop((path, "LifecyclePolicy"), None)
        self._leave(path, "LifecyclePolicy", "the app has added rules since")

    def _change(self, path: str, member: str, before: str | None, after: str) -> None:
        self._changes.setdefault(
            (path, member),
            BaselineChange(
                construct_path=path,
                member=member,
                before="nothing" if before is None else before,
                after=after,
            ),
        )

    def _leave(self, path: str, member: str, reason: str) -> None:
        self._left.setdefault(
            (path, member), BaselineRemainder(construct_path=path, member=member, reason=reason)
        )


@jsii.implements(cdk.IStableAnyProducer)
class _LifecycleUnlessAdded:
    """The lifecycle policy of an ``ecr.Repository``: what the app has added by the end, or the baseline's."""

    def __init__(
        self, baseline: RepositoryBaseline, stack: cdk.Stack, theirs: Any, text: str, path: str
    ) -> None:
        self._baseline = baseline
        self._stack = stack
        self._theirs = theirs
        self._text = text
        self._path = path

    def produce(self) -> Any:
        """Called by CDK whenever the template is rendered."""
        theirs = self._stack.resolve({"policy": self._theirs}).get("policy") or {}
        if "lifecyclePolicyText" in theirs:
            self._baseline.lifecycle_was_added(self._path)
            return theirs
        return {**theirs, "lifecyclePolicyText": self._text}


def lifecycle_of(retention: Retention | LifecyclePolicy, *, immutable_tags: bool) -> LifecyclePolicy:
    """The whole policy.

    Args:
        retention: As given: a whole policy, or what is kept.
        immutable_tags: Whether tags could not be moved so far.
    """
    if isinstance(retention, LifecyclePolicy):
        return retention
    return retention.policy(immutable_tags=immutable_tags)


def _is_any(patterns: Sequence[str], names: Sequence[str]) -> bool:
    return any(matches_wildcard(pattern, name) for pattern in patterns for name in names)
