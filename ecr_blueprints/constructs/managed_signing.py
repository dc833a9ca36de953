"""Images that ECR signs when they are pushed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_signer as signer
from constructs import Construct

from ecr_blueprints.constructs.argument_type import TEXT, TEXTS, Accepted, check_arguments, check_literal_text
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.registry_environment import check_registry, check_same_environment
from ecr_blueprints.constructs.signing_profile import (
    SigningProfile,
    check_profile_name,
    profile_name_with,
)
from ecr_blueprints.constructs.stage_patterns import stage_patterns
from ecr_blueprints.domain.quotas import FILTERS_PER_SIGNING_RULE
from ecr_blueprints.domain.repository_filter import SigningFilter
from ecr_blueprints.domain.signing import (
    SignatureValidity,
    SigningProfileArn,
    check_signing_region,
)
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.registry.signing_configuration import SigningRule
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["ManagedSigning"]

_ACCEPTED: Final = {
    "repositories": TEXTS,
    "profile_name": TEXT,
    "validity": Accepted(
        types=(SignatureValidity,), words="a SignatureValidity", fix="write SignatureValidity(12)"
    ),
}
_PROFILE_ID: Final = "Profile"
_NO_NAME: Final = re.compile(r"[^0-9a-zA-Z_]+")


class ManagedSigning(Construct):
    """One signing rule of a registry: which images ECR signs when they are pushed, and with which profile.

    ECR signs with the identity of whoever pushes, so that every push grant to a covered repository also
    allows ``signer:SignPayload`` on the profile: those of this library do, whether they are made before or
    after the rule. One rule for each environment, each with a profile of its own, lets a cluster trust what
    was built for production and nothing else. Signing is no substitute for scanning.

    A signature is stored beside its image and counts as one of the repository's images. It is made after the
    push; that a push succeeds where signing fails is implied by the asynchronous status and not stated by AWS
    (unverified): watch it with `OperationalAlerts`.

    Example:
        from ecr_blueprints import ManagedSigning

        ManagedSigning(stack, "Production", registry=registry, repositories=["prod/*"])
        ManagedSigning(stack, "Development", registry=registry, repositories=["dev/*"])

    Creates:
        A rule of the registry's one signing configuration, and a signing profile unless one is given. The
        profile is retained; signatures stay when the rule goes.

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical IDs follow from it, and the profile's name unless that is given.
        registry: The registry that it is part of.
        repositories: 1 to 100 filters such as ``prod/*``, anchored at both ends; ``prod/`` is none. Default:
            the names of the stages that the registry declares as production.
        profile: The signing profile: a `SigningProfile`, one of CDK, or the ARN of one of the same Region, of
            this account or another; one of another stack is deployed before the registry's. Default: one is
            made, beside the registry's signing configuration.
        profile_name: The name of the profile that is made. Default: ``ecr_`` and the construct's id.
        validity: How long a signature is valid. Default: 135 months.

    Attributes:
        profile: The profile that was made; None if one was given.
        profile_arn: The profile's ARN.
        repositories: The filters.

    Raises:
        InvalidValueError: A filter of another grammar, a profile of another Region or version, a Region that
            is known to lack managed signing, an eleventh rule.
        RegistryConflictError: A filter selects what a pull-through cache or a build cache stores; the error
            names both.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html (facts §8)

    Practices: SIGN-1, SIGN-2, SIGN-5
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: PrivateRegistry,
        repositories: Sequence[str] | None = None,
        profile: SigningProfile | signer.ISigningProfile | str | None = None,
        profile_name: str | None = None,
        validity: SignatureValidity | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="ManagedSigning")
        path = path_under(scope, construct_id)
        check_registry(registry, where=path)
        check_same_environment(registry, scope, where=path)
        given = {"repositories": repositories, "profile_name": profile_name, "validity": validity}
        check_arguments(given, _ACCEPTED, where=path)
        if registry.region is not None:
            check_signing_region(registry.region, where=path)
        filters = _filters(repositories, registry, path)
        if profile is not None and (profile_name is not None or validity is not None):
            raise InvalidValueError(
                "a profile is given, and a name or validity for one that would be made",
                where=path,
                allowed="profile, or profile_name and validity",
            )
        arn = _given_arn(profile, registry, path)
        name = ""
        if arn is None:
            name = f"ecr_{_NO_NAME.sub('_', construct_id)}" if profile_name is None else profile_name
            check_literal_text(
                name, argument="profile_name", where=path, because="whoever verifies has to know it"
            )
            check_profile_name(
                scope, registry.environment, profile_name_with(name, validity), where=f"{path}/{_PROFILE_ID}"
            )
            arn = registry.arn("signer", f"/signing-profiles/{name}")
        rule = SigningRule(
            source=SourceLocation(construct_path=path, resource_type="AWS::ECR::SigningConfiguration"),
            profile_arn=_resolvable(arn),
            filters=filters,
        )
        registry.check_contribution(rule)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self.repositories = filters
        self.profile: SigningProfile | None = None
        resource: SigningProfile | None = profile if isinstance(profile, SigningProfile) else None
        if name:
            # Where the rule is rendered: stacks that need each other could not be deployed.
            together = cdk.Stack.of(registry) is cdk.Stack.of(self)
            resource = self.profile = SigningProfile(
                self if together else registry,
                _PROFILE_ID if together else f"SigningProfile-{construct_id}",
                profile_name=name,
                validity=validity,
            )
            arn = self.profile.profile_arn
            rule = SigningRule(source=rule.source, profile_arn=_resolvable(arn), filters=filters)
        self.profile_arn = arn
        if resource is not None:
            registry.add_signing_profile(resource)
        registry.contribute(rule)
        configuration = registry.signing_configuration
        if (
            resource is not None
            and configuration is not None
            and cdk.Stack.of(resource) is cdk.Stack.of(registry)
        ):
            configuration.add_resource_dependency(resource.resource)


def _filters(repositories: Sequence[str] | None, registry: PrivateRegistry, where: str) -> tuple[str, ...]:
    if repositories is None:
        found = stage_patterns(registry.ledger.production, production=True)
        if not found:
            raise InvalidValueError(
                "no repositories are named, and no name tells what production is",
                where=where,
                allowed="filters such as 'prod/*'",
                fix='write repositories=["prod/*"], or declare convention and stages on the registry',
            )
        return tuple(SigningFilter(text).value for text in found)
    if not repositories:
        raise InvalidValueError(
            "the list of repositories is empty",
            where=where,
            allowed="1 to 100 filters",
            fix='write repositories=["*"] for every repository, or leave the rule out',
        )
    for text in repositories:
        check_literal_text(
            text, argument="a filter", where=where, because="synthesis decides who has to be able to sign"
        )
    filters = tuple(SigningFilter(text).value for text in dict.fromkeys(repositories))
    if len(filters) > FILTERS_PER_SIGNING_RULE.value:
        raise InvalidValueError(
            f"the rule would have {len(filters)} filters",
            where=where,
            allowed=f"at most {FILTERS_PER_SIGNING_RULE.value}",
            fix="use filters such as 'prod/*' that take in many repositories",
        )
    return filters


def _given_arn(
    profile: SigningProfile | signer.ISigningProfile | str | None, registry: PrivateRegistry, where: str
) -> str | None:
    """The ARN of the profile that is given, checked as far as it is known; None if none is given."""
    if profile is None:
        return None
    if isinstance(profile, SigningProfile):
        arn = profile.profile_arn
    elif isinstance(profile, str):
        arn = profile
    elif hasattr(type(profile), "signing_profile_arn") or hasattr(profile, "signing_profile_arn"):
        arn = profile.signing_profile_arn
    else:
        raise InvalidValueError(
            f"profile is of the type {type(profile).__name__}",
            where=where,
            allowed="a SigningProfile, an ISigningProfile of aws_cdk.aws_signer, or a profile's ARN",
        )
    if not is_token(arn):
        known = SigningProfileArn(arn)
        if registry.region is not None and known.region != registry.region:
            raise InvalidValueError(
                f"the signing profile is in {known.region} and the registry in {registry.region}",
                where=where,
                allowed="a profile of the registry's Region, of any account",
                fix=f"make one in {registry.region}, by leaving profile out",
            )
    return arn


def _resolvable(arn: str) -> str | Unresolved:
    return Unresolved(arn, depends_on="the signing profile") if is_token(arn) else arn
