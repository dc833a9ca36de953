"""The policies of the organization that keep every account to the baseline."""

from __future__ import annotations

from typing import Final

from aws_cdk import Environment, Stack
from aws_cdk import aws_organizations as organizations
from constructs import Construct

from ecr_blueprints.config.blueprint_names import BASELINE
from ecr_blueprints.config.tenant_managed_blueprint import TenantManagedBlueprint
from ecr_blueprints.constructs.quota_warning import warn_of_quota
from ecr_blueprints.domain.organization import MAX_CONTROL_POLICY_LENGTH, PolicyType
from ecr_blueprints.registry.guardrails import SHORTER_GUARDRAILS, Guardrails, policy_length
from ecr_blueprints.stacks.tenant_managed.baseline import BASELINE_PARAMETERS

__all__ = ["GuardrailsStack", "guardrails_of"]

_IDS: Final = {PolicyType.SERVICE_CONTROL: "Principals", PolicyType.RESOURCE_CONTROL: "Resources"}
_DESCRIPTIONS: Final = {
    PolicyType.SERVICE_CONTROL: "Nobody leaves the baseline of Amazon ECR",
    PolicyType.RESOURCE_CONTROL: "Nobody outside the organization reaches a repository",
}


class GuardrailsStack(Stack):
    """One service control policy and one resource control policy, attached to the units.

    Both types have to be enabled in the organization once. Neither reaches the management account. They are
    attached while the units' accounts work: nothing that a team does is denied, which the library's tests
    decide on these very policies.

    Args:
        scope: The app.
        construct_id: The stack's name, ``<name>-platform-guardrails``.
        blueprint: The blueprint.
        env: The management account; policies are global, the Region is where the stack lives.

    Attributes:
        policies: Policy type → policy.

    Practices: OPS-2
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, blueprint: TenantManagedBlueprint, env: Environment
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            env=env,
            description="Guardrails of Amazon ECR: policies of the organization.",
        )
        self.policies: dict[PolicyType, organizations.CfnPolicy] = {}
        guardrails = guardrails_of(blueprint)
        for policy_type, construct_id_ in _IDS.items():
            document = guardrails.policy(policy_type)
            if document is not None:
                self.policies[policy_type] = organizations.CfnPolicy(
                    self,
                    construct_id_,
                    name=f"ecr-guardrails-{construct_id_.lower()}",
                    description=_DESCRIPTIONS[policy_type],
                    type=str(policy_type),
                    content=document,
                    target_ids=list(blueprint.guardrails.units or blueprint.baseline.units),
                )
                warn_of_quota(
                    self.policies[policy_type],
                    str(policy_type).lower().replace("_", "-"),
                    used=policy_length(document),
                    limit=MAX_CONTROL_POLICY_LENGTH,
                    what=f"characters of the {policy_type}",
                    advice=SHORTER_GUARDRAILS,
                )


def guardrails_of(blueprint: TenantManagedBlueprint) -> Guardrails:
    """The guardrails that a blueprint says.

    Args:
        blueprint: The blueprint; it chooses at least one.

    Raises:
        InvalidValueError: It chooses none.
    """
    said = blueprint.guardrails
    return Guardrails(
        organization=blueprint.organization.id,
        baseline=BASELINE,
        parameters=BASELINE_PARAMETERS,
        chosen=said.chosen,
        platform_roles=said.platform_roles,
        partners=said.partners,
    )
