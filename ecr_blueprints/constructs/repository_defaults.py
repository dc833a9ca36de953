"""The library's baseline for every ``ecr.Repository`` to come: a property injector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from ecr_blueprints.constructs.argument_type import FLAG, check_arguments
from ecr_blueprints.constructs.construct_place import path_under
from ecr_blueprints.constructs.deletion_keys import is_deletion_allowed
from ecr_blueprints.constructs.property_injection import InjectsOthers, has_own_defaults
from ecr_blueprints.constructs.repository_baseline import BASELINE_RETENTION, lifecycle_of
from ecr_blueprints.constructs.repository_deletion import warn_of_kept_repository
from ecr_blueprints.domain.tags import MutabilityMode
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.grammar import ActionType, CountType
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import Retention
from ecr_blueprints.lifecycle.rule import LifecycleRule

__all__ = ["RepositoryDefaults"]

_ACCEPTED: Final = {"retention": BASELINE_RETENTION, "immutable_tags": FLAG}
_DEFAULT_RETENTION: Final = Retention()
_WHERE: Final = "RepositoryDefaults"
_REMOVAL: Final = "removalPolicy"
_MUTABILITY: Final = "imageTagMutability"
_RULES: Final = "lifecycleRules"


@jsii.implements(cdk.IPropertyInjector)
class RepositoryDefaults(InjectsOthers):
    """Gives each ``ecr.Repository`` what `ImageRepository` has, where the line that makes it says nothing.

    For apps whose code is not yours, as `RepositoryBaseline` is. An injector has its say before the
    repository exists, so that what the app does afterwards counts; the mixin has the last word, reaches
    ``CfnRepository`` too, sets tags and says what it did. Prefer the mixin where you can write the line
    before ``synth``.

    What an injector cannot do, by the CDK: see a ``CfnRepository`` that stands alone; see what a method does
    later, such as ``apply_removal_policy`` or ``add_lifecycle_rule`` (a rule for untagged images that is
    added then is a second one, which ECR refuses and the review finds); work together with another injector
    for ``ecr.Repository``: the nearest scope's is the only one that is asked.

    It never touches name or encryption. It does not touch an `ImageRepository` nor a subclass of it, such as
    `BuildCacheRepository`: they have the library's defaults, by their kind, and arguments to change them.

    Example:
        import aws_cdk as cdk
        from aws_cdk import aws_ecr as ecr

        from ecr_blueprints import RepositoryDefaults

        cdk.PropertyInjectors.of(stack).add(RepositoryDefaults(immutable_tags=True))
        ecr.Repository(stack, "Api", repository_name="payments/api")

    Creates:
        Nothing by itself; the repositories of its scope are what they were, with these settings.

    Args:
        retention: The lifecycle policy where no rules are given: a whole policy, or a `Retention`; only what
            the CDK's own rules can say. None: none is set. Default: untagged images go, after one day where
            the repository is made with immutable tags, else after 14.
        immutable_tags: Whether tags are immutable where nothing is said of it. Pipelines that push a tag
            twice fail then. Default: mutability stays.

    Raises:
        InvalidValueError: A value of another type, or a policy that the CDK's rules cannot say.

    Sources: https://docs.aws.amazon.com/cdk/v2/guide/blueprints.html

    Practices: NAME-4, PROMO-3, LIFE-1
    """

    def __init__(
        self,
        *,
        retention: Retention | LifecyclePolicy | None = _DEFAULT_RETENTION,
        immutable_tags: bool = False,
    ) -> None:
        given = {"retention": retention, "immutable_tags": immutable_tags}
        check_arguments(given, _ACCEPTED, where=_WHERE, required=("immutable_tags",))
        self._immutable_tags = immutable_tags
        self._rules: dict[bool, list[LifecycleRule]] = {}
        if retention is not None:
            for immutable in (False, True):
                policy = lifecycle_of(retention, immutable_tags=immutable)
                self._rules[immutable] = [_checked(rule) for rule in policy.rules]

    @property
    def construct_unique_id(self) -> str:
        """The class whose properties it changes; asked by CDK."""
        return ecr.Repository.PROPERTY_INJECTION_ID

    def inject(self, original_props: Any, *, scope: Construct, id: str) -> Mapping[str, Any]:
        """The properties with the defaults; called by CDK, with JavaScript's names.

        Args:
            original_props: As given to ``ecr.Repository``.
            scope: The scope of the repository to come.
            id: Its id.
        """
        properties = dict(original_props)
        if has_own_defaults():
            return properties
        self._keep(properties, scope, id)
        if self._rules and not properties.get(_RULES):
            immutable = properties.get(_MUTABILITY) == MutabilityMode.IMMUTABLE.value
            properties[_RULES] = [_for_cdk(rule) for rule in self._rules[immutable]]
        if self._immutable_tags and properties.get(_MUTABILITY) is None:
            properties[_MUTABILITY] = MutabilityMode.IMMUTABLE.value
        return properties

    def _keep(self, properties: dict[str, Any], scope: Construct, construct_id: str) -> None:
        given = properties.get(_REMOVAL)
        if given not in (None, "destroy", cdk.RemovalPolicy.DESTROY):
            return
        if given is not None:
            name = properties.get("repositoryName")
            path = path_under(scope, construct_id)
            if is_deletion_allowed(scope, repository_name=name, construct_path=path):
                return
            warn_of_kept_repository(scope, name or path)
            properties.pop("emptyOnDelete", None)
            properties.pop("autoDeleteImages", None)
        # A text, as the enumeration is in JavaScript: a Python enumeration cannot travel in a dictionary.
        properties[_REMOVAL] = "retain-on-update-or-delete"


def _checked(rule: LifecycleRule) -> LifecycleRule:
    said = (CountType.SINCE_IMAGE_PUSHED, CountType.IMAGE_COUNT_MORE_THAN)
    if rule.count_type in said and rule.action is ActionType.EXPIRE and rule.storage_class is None:
        return rule
    raise InvalidValueError(
        f"the CDK's lifecycle rules cannot say rule {rule.priority}: {rule.action} by {rule.count_type}",
        where=_WHERE,
        allowed="rules that expire by age since the push or by number",
        fix="use RepositoryBaseline, which writes ECR's whole grammar",
    )


def _for_cdk(rule: LifecycleRule) -> dict[str, Any]:
    """In JavaScript's names, without a number: so the app may add rules that have one."""
    is_age = rule.count_type is CountType.SINCE_IMAGE_PUSHED
    said: dict[str, Any] = {
        "description": rule.description,
        "tagStatus": rule.tag_status.value,
        "tagPatternList": list(rule.tag_patterns) or None,
        "tagPrefixList": list(rule.tag_prefixes) or None,
        "maxImageAge": cdk.Duration.days(rule.count_number) if is_age else None,
        "maxImageCount": None if is_age else rule.count_number,
    }
    return {member: value for member, value in said.items() if value is not None}
