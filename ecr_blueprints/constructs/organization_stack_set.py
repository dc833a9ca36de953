"""One template in every account of organizational units, also in those that join later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aws_cdk as cdk
from constructs import Construct

from ecr_blueprints.constructs.argument_type import (
    FLAG,
    TEXT,
    TEXTS,
    Accepted,
    check_arguments,
    check_literal_text,
    member_of,
)
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.quota_warning import warn_of_quota
from ecr_blueprints.constructs.stand_alone_template import StandAloneTemplate
from ecr_blueprints.domain.organization import check_organizational_unit
from ecr_blueprints.domain.principals import check_region
from ecr_blueprints.domain.stack_set import (
    MAX_STACK_SET_DESCRIPTION_LENGTH,
    MAX_TEMPLATE_BODY_BYTES,
    CallAs,
    RegionConcurrency,
    check_stack_set_name,
)
from ecr_blueprints.errors import InvalidValueError

__all__ = ["OrganizationStackSet", "StackSetOperation"]

_PERCENT: Final = Accepted(types=(int,), words="a whole number of per cent")
_ACCEPTED: Final = {
    "stack_set_name": TEXT,
    "description": TEXT,
    "units": TEXTS,
    "regions": TEXTS,
    "retain_on_account_removal": FLAG,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSetOperation:
    """How far an update of a stack set goes at once, and how many failures stop it.

    They hold for what the stack's deployment does, not for automatic deployment to a new account.

    Attributes:
        max_concurrent_percentage: Of the accounts in a Region, how many are worked on at one time: 1 to 100.
            CloudFormation rounds down, to at least one. Default: 25.
        failure_tolerance_percentage: In how many of a Region's accounts it may fail before it stops there and
            in all Regions that follow: 0 to 100, rounded down. It also bounds how many are worked on at a
            time: one more than may fail. Default: 10.
        region_concurrency: Whether Regions follow one another. Default: in the order of ``regions``, so that
            a mistake stops in the first one.

    Raises:
        InvalidValueError: A value out of its range.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSetOperationPreferences.html
    """

    max_concurrent_percentage: int = 25
    failure_tolerance_percentage: int = 10
    region_concurrency: RegionConcurrency = RegionConcurrency.SEQUENTIAL

    def __post_init__(self) -> None:
        """Check the values."""
        where = "StackSetOperation"
        for argument, lowest in (("max_concurrent_percentage", 1), ("failure_tolerance_percentage", 0)):
            value = getattr(self, argument)
            check_arguments({argument: value}, {argument: _PERCENT}, where=where, required=(argument,))
            if not lowest <= value <= 100:
                raise InvalidValueError(
                    f"{argument} is {value}", where=where, allowed=f"{lowest} to 100 per cent"
                )
        concurrency = member_of(
            RegionConcurrency, self.region_concurrency, argument="region_concurrency", where=where
        )
        object.__setattr__(self, "region_concurrency", concurrency)


class OrganizationStackSet(Construct):
    """A stack in each account of some organizational units, in each of some Regions.

    CloudFormation deploys it to accounts that are in the units or below them, and, by itself, to those that
    are moved there or made there later. It **never** deploys to the organization's management account. The
    template is rendered in an app of its own, with this app's feature flags, and stands in the stack set's
    resource: it can have no assets, no lookups and no references to this app, at most 51,200 bytes, and no
    account or Region: there ``stack.account`` is the account of the deployment. Its text depends on what
    ``build`` makes alone, so that synthesizing again changes nothing.

    Trusted access for CloudFormation's stack sets has to be switched on in the organization once.

    Example:
        A log group in every account of a unit::

            from aws_cdk import aws_logs as logs

            from ecr_blueprints import OrganizationStackSet

            OrganizationStackSet(
                stack,
                "Logs",
                stack_set_name="registry-logs",
                units=["ou-ab12-11111111"],
                regions=["eu-west-1", "eu-central-1"],
                build=lambda inner: logs.LogGroup(inner, "Log", log_group_name="registry"),
            )

    Creates:
        One ``AWS::CloudFormation::StackSet``, and by it a stack in each account and Region. A stack set costs
        nothing itself. When it is deleted, its stacks are; what they retain stays. Tags of the stack set go
        to its stacks and what is in them.

    Args:
        scope: The construct to belong to, in a stack of the management account or of CloudFormation's
            delegated administrator; see ``call_as``.
        construct_id: Its id.
        stack_set_name: Its name, unique in the account and Region; another name is another stack set, which
            would make all stacks anew: 1 to 128 letters, digits and hyphens.
        build: Called once, with the stack to fill.
        units: Ids of organizational units, or of the root: then every account but the management account.
        regions: The Regions of the stacks, in the order of deployment.
        description: For people, at most 1,024 characters. Default: none.
        call_as: From which account. Default: the management account.
        operation: How far updates go at once. Default: a quarter of the accounts, stopping at failures in
            more than a tenth of them, Region after Region.
        retain_on_account_removal: Whether an account that leaves the units keeps its stacks. Default: yes, so
            that an account which is moved by mistake keeps what protects it.

    Attributes:
        stack_set: The stack set.
        template: The template, which is never to be changed.
        template_body: The same as the text in the stack set.

    Raises:
        InvalidValueError: A value that cannot be, or a template that cannot be a stack set's.

    Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stackset.html,
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html

    Practices: OPS-1, OPS-2
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stack_set_name: str,
        build: Callable[[cdk.Stack], object],
        units: Sequence[str],
        regions: Sequence[str],
        description: str | None = None,
        call_as: CallAs = CallAs.SELF,
        operation: StackSetOperation | None = None,
        retain_on_account_removal: bool = True,
    ) -> None:
        check_place(scope, construct_id, kind="OrganizationStackSet")
        where = path_under(scope, construct_id)
        given = {
            "stack_set_name": stack_set_name,
            "description": description,
            "units": units,
            "regions": regions,
            "retain_on_account_removal": retain_on_account_removal,
        }
        required = ("stack_set_name", "units", "regions", "retain_on_account_removal")
        check_arguments(given, _ACCEPTED, where=where, required=required)
        check_literal_text(
            stack_set_name,
            argument="stack_set_name",
            where=where,
            because="another name is another set",
        )
        check_stack_set_name(stack_set_name)
        _check_each(units, "units", check_organizational_unit, where=where)
        _check_each(regions, "regions", check_region, where=where)
        _check_description(description, where)
        caller = member_of(CallAs, call_as, argument="call_as", where=where)
        if operation is not None and not isinstance(operation, StackSetOperation):
            raise InvalidValueError(
                f"operation is of the type {type(operation).__name__}",
                where=where,
                allowed="a StackSetOperation, or None",
            )
        if not callable(build):
            raise InvalidValueError(
                f"build is of the type {type(build).__name__}",
                where=where,
                allowed="a function that takes the stack to fill",
            )
        check_free(scope, construct_id)
        template = StandAloneTemplate.render(scope, build, name=stack_set_name, where=where)
        super().__init__(scope, construct_id)
        self.template: Mapping[str, Any] = template.content
        self.template_body = template.body
        # "Resource" stands in no logical ID.
        self.stack_set = cdk.CfnStackSet(
            self,
            "Resource",
            stack_set_name=stack_set_name,
            description=description,
            permission_model="SERVICE_MANAGED",
            call_as=str(caller),
            auto_deployment=cdk.CfnStackSet.AutoDeploymentProperty(
                enabled=True, retain_stacks_on_account_removal=retain_on_account_removal
            ),
            managed_execution={"Active": True},
            operation_preferences=_preferences(operation or StackSetOperation(), regions),
            capabilities=template.capabilities or None,
            stack_instances_group=[
                cdk.CfnStackSet.StackInstancesProperty(
                    deployment_targets=cdk.CfnStackSet.DeploymentTargetsProperty(
                        organizational_unit_ids=list(units)
                    ),
                    regions=list(regions),
                )
            ],
            template_body=template.body,
        )
        template.repeat_warnings(self)
        warn_of_quota(
            self,
            "stack-set-template",
            used=len(template.body.encode()),
            limit=MAX_TEMPLATE_BODY_BYTES,
            what="bytes of the stack set's template",
            advice="leave out some of it, or make two stack sets",
        )


def _preferences(
    operation: StackSetOperation, regions: Sequence[str]
) -> cdk.CfnStackSet.OperationPreferencesProperty:
    return cdk.CfnStackSet.OperationPreferencesProperty(
        max_concurrent_percentage=operation.max_concurrent_percentage,
        failure_tolerance_percentage=operation.failure_tolerance_percentage,
        region_concurrency_type=str(operation.region_concurrency),
        region_order=list(regions),
    )


def _check_each(values: Sequence[str], argument: str, check: Callable[[str], object], *, where: str) -> None:
    if not values:
        raise InvalidValueError(f"{argument} is empty", where=where, allowed="at least one")
    for value in values:
        check_literal_text(value, argument=argument, where=where, because="it decides who gets the stacks")
        check(value)
        if list(values).count(value) > 1:
            raise InvalidValueError(f"{argument} names {value!r} twice", where=where, fix="name it once")


def _check_description(description: str | None, where: str) -> None:
    if description is not None and not 1 <= len(description) <= MAX_STACK_SET_DESCRIPTION_LENGTH:
        raise InvalidValueError(
            f"the description is {len(description):,} characters long",
            where=where,
            allowed=f"1 to {MAX_STACK_SET_DESCRIPTION_LENGTH:,}",
        )
