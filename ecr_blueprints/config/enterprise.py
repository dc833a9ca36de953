"""The enterprise registry, and the bridge from it into ECR, as the blueprint says them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from ecr_blueprints.config.model import BlueprintModel
from ecr_blueprints.config.values import RoleArn, RoleName, checked_text
from ecr_blueprints.domain import enterprise_registry

__all__ = ["BridgeIdentityModel", "EnterpriseModel", "IssuerModel"]

_LONG_LIVED = ("access_key", "access_key_id", "secret_access_key", "user", "key", "keys")

RegistryUrl = Annotated[
    str,
    checked_text(enterprise_registry.check_registry_url),
    Field(description="An address, such as https://harbor.example.com."),
]
SourceName = Annotated[
    str,
    checked_text(enterprise_registry.check_source_name),
    Field(description="A part of an image's name in the enterprise registry."),
]
TagFilter = Annotated[
    str, checked_text(enterprise_registry.check_tag_filter), Field(description="A pattern of tags.")
]
HarborSchedule = Annotated[
    str,
    checked_text(enterprise_registry.check_harbor_schedule),
    Field(description="A schedule of Harbor: six fields, the seconds first, which are 0."),
]


class IssuerModel(BlueprintModel):
    """An issuer of OpenID Connect tokens, and the one subject that may cross the bridge."""

    issuer: str = Field(
        description="The issuer without https://, such as oidc.eks.eu-west-1.amazonaws.com/id/0123ABCD."
    )
    subject: str = Field(
        description="The token's subject, such as system:serviceaccount:harbor:harbor-replication."
    )
    audience: str | None = Field(default=None, description="The token's audience. Default: that of STS.")
    provider: Literal["create", "exists"] = Field(
        default="create",
        description="Whether the issuer's identity provider is made in the registry account. An account has "
        "one for each issuer: exists where it is there.",
    )


class BridgeIdentityModel(BlueprintModel):
    """Who crosses the bridge: exactly one of the three, none with a key that lives for long."""

    oidc: IssuerModel | None = Field(
        default=None, description="The bearer of a token, such as a service account of a cluster."
    )
    instance_profile: bool = Field(
        default=False, description="EC2 instances of the registry account, by an instance profile made here."
    )
    trusted_roles: tuple[RoleArn, ...] = Field(
        default=(),
        strict=False,
        description="ARNs of roles that assume the bridge's, such as that of the job that copies.",
    )

    @model_validator(mode="before")
    @classmethod
    def _no_keys(cls, value: Any) -> Any:
        held = [key for key in _LONG_LIVED if isinstance(value, dict) and key in value]
        if held:
            raise ValueError(
                f"`{held[0]}` would be a key that lives for long and that this library does not make; fix: "
                "give `oidc`, or have a job with a token of its own copy the images, as "
                "docs/how-to/bridge-from-artifactory.md shows for a service that has no identity in AWS"
            )
        return value

    @model_validator(mode="after")
    def _one(self) -> BridgeIdentityModel:
        given = [self.oidc is not None, self.instance_profile, bool(self.trusted_roles)]
        if sum(given) != 1:
            raise ValueError(
                f"{'nobody' if not any(given) else 'more than one'} is named who crosses the bridge; fix: "
                "give one of `oidc`, `instance_profile: true` and `trusted_roles`"
            )
        return self


class EnterpriseModel(BlueprintModel):
    """Where images are built, promoted and governed, and how they come to ECR."""

    product: Literal["harbor", "artifactory"] = Field(
        description="harbor: Harbor replicates into ECR itself. artifactory: it cannot, and a job copies."
    )
    url: RegistryUrl = Field(description="Its address, such as https://harbor.example.com.")
    prefix: str = Field(
        description="The prefix in ECR under which everything from it lies, and nothing else; often a stage."
    )
    projects: tuple[SourceName, ...] = Field(
        default=(),
        strict=False,
        description="Harbor's projects that are replicated. `payments/api` becomes `<prefix>/payments/api`.",
    )
    repository: SourceName | None = Field(
        default=None,
        description="Artifactory's repository whose images are copied, such as docker-prod-local.",
    )
    tags: TagFilter = Field(
        default="v*",
        min_length=1,
        description="Which tags come, with * for any run of characters; what is built and not released "
        "stays there.",
    )
    schedule: HarborSchedule = Field(
        default="0 */15 * * * *", description="When Harbor replicates, as it writes schedules."
    )
    undeclared: Literal["refuse", "baseline"] = Field(
        default="refuse",
        description="Repositories of Harbor that no team declares. refuse: the bridge cannot create them. "
        "baseline: Harbor creates them under the prefix, and a function gives them the defaults; it needs a "
        "CloudTrail trail in each Region.",
    )
    identity: BridgeIdentityModel = Field(description="Who crosses the bridge.")
    role_name: RoleName = Field(
        default="ecr-enterprise-bridge",
        description="The name of the bridge's role in the registry account; it has one for all Regions.",
    )

    @model_validator(mode="after")
    def _of_product(self) -> EnterpriseModel:
        if self.product == "harbor":
            self._harbor()
        else:
            self._artifactory()
        return self

    def _harbor(self) -> None:
        if not self.projects:
            raise ValueError("no project of Harbor is named; fix: add `projects`")
        if self.repository is not None:
            raise ValueError("`repository` is Artifactory's; fix: leave it out, and name Harbor's `projects`")
        if self.identity.trusted_roles:
            raise ValueError(
                "Harbor assumes no role, so that `trusted_roles` would let nobody in; fix: give `oidc` for "
                "its service account, or `instance_profile: true`"
            )

    def _artifactory(self) -> None:
        if self.repository is None:
            raise ValueError("no repository of Artifactory is named; fix: add `repository`")
        for key in ("projects", "schedule"):
            if key in self.model_fields_set:
                raise ValueError(f"`{key}` is Harbor's; fix: leave it out, Artifactory's images are copied")
        if self.undeclared == "baseline":
            raise ValueError(
                "the job copies what is declared, and creates no repository; fix: leave `undeclared` out "
                "and declare each repository"
            )
