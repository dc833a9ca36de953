"""A profile of AWS Signer with which ECR signs images."""

from __future__ import annotations

import re
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_signer as signer
from constructs import Construct

from ecr_blueprints.constructs.argument_type import Accepted, check_arguments, check_literal_text
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.claimed_name import check_unclaimed, claim
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.named_principals import named_accounts, named_roles
from ecr_blueprints.constructs.registry_environment import RegistryEnvironment
from ecr_blueprints.domain.signing import (
    DEFAULT_VALIDITY,
    PLATFORM_ID,
    SIGN_PAYLOAD,
    SignatureValidity,
    check_signing_profile_name,
    check_signing_region,
)

__all__ = ["SigningProfile", "check_profile_name", "profile_name_with"]

_ACCEPTED: Final = {
    "validity": Accepted(
        types=(SignatureValidity,), words="a SignatureValidity", fix="write SignatureValidity(12)"
    )
}
_NO_STATEMENT_ID: Final = re.compile(r"[^0-9A-Za-z]+")


class SigningProfile(Construct):
    """A signing profile for container images, with a name that trust policies can be written for.

    Whoever verifies signatures trusts a profile by its ARN, which holds the name; so the name is chosen here
    and not by CloudFormation. All properties of a profile are create-only and a name is never free again:
    a profile that is deleted is *canceled* and keeps its name until its signatures have expired, and six
    months more. A validity other than the default is therefore part of the name: changing it makes a second
    profile beside the first, which is retained.

    A first deployment that is rolled back retains it, too, since deleting it would burn its name; the next
    one then fails because the name is taken. Take it back with ``cdk import``, or hand its ARN to
    `ManagedSigning` as ``profile``.

    Example:
        from ecr_blueprints import SigningProfile

        profile = SigningProfile(stack, "Release", profile_name="release")
        profile.allow_signing_by_account("222233334444")

    Creates:
        The profile (AWS Signer has no charge of its own for container signing, unverified; signatures are
        stored as artifacts of the repository) and a permission for each other account. The profile stays when
        its stack goes.

    Args:
        scope: The construct to belong to.
        construct_id: Its id; the logical IDs follow from it.
        profile_name: 2 to 64 letters, digits or ``_``, unique in the account and Region.
        validity: How long a signature is valid. Default: 135 months, AWS Signer's own default.

    Attributes:
        profile_name: The name, with the validity where that is not the default: ``release_12_MONTHS``.
        profile_arn: Its ARN, a token only where the stack leaves account or Region open.
        resource: The CloudFormation resource.

    Raises:
        InvalidValueError: No such name can be, or the Region is known to lack managed signing.
        RegistryConflictError: The app makes a profile of that name there already; the error names both.

    Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-signer-signingprofile.html
    and https://docs.aws.amazon.com/signer/latest/developerguide/retention.html

    Practices: SIGN-2
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        profile_name: str,
        validity: SignatureValidity | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="SigningProfile")
        path = path_under(scope, construct_id)
        check_arguments({"validity": validity}, _ACCEPTED, where=path)
        check_literal_text(
            profile_name, argument="profile_name", where=path, because="whoever verifies has to know it"
        )
        chosen = DEFAULT_VALIDITY if validity is None else validity
        name = profile_name_with(profile_name, chosen)
        environment = RegistryEnvironment.of_stack(scope)
        if environment.region is not None:
            check_signing_region(environment.region, where=path)
        check_profile_name(scope, environment, name, where=path)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        claim(self, _key(environment, name), path)
        self.profile_name = name
        self.profile_arn = environment.arn("signer", f"/signing-profiles/{name}")
        self._account = environment.account
        self._partition = environment.partition
        self.resource = signer.CfnSigningProfile(
            self,
            "Resource",
            platform_id=PLATFORM_ID,
            profile_name=name,
            signature_validity_period=signer.CfnSigningProfile.SignatureValidityPeriodProperty(
                type=str(chosen.unit), value=chosen.value
            ),
        )
        self.resource.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    def allow_signing_by_account(self, *account_ids: str) -> None:
        """Let other accounts' principals sign with the profile, as far as their own account lets them.

        Needed where whoever pushes belongs to another account than the profile.

        Args:
            account_ids: 12 digits each.

        Raises:
            InvalidValueError: No account, or a malformed one.

        Source: https://docs.aws.amazon.com/signer/latest/developerguide/signing-profile-cross-account.html
        """
        for account in named_accounts(account_ids, method="allow_signing_by_account"):
            self._allow(f"Account{account}", account)

    def allow_signing_by_role(self, *role_arns: str) -> None:
        """Let roles of other accounts sign with the profile; each role has to exist when this is deployed.

        Args:
            role_arns: Their ARNs; the account id in each must be literal.

        Raises:
            InvalidValueError: No role, or one that is no role's ARN.
        """
        for _, arn in named_roles(role_arns, method="allow_signing_by_role"):
            self._allow(f"Role{_NO_STATEMENT_ID.sub('', arn.partition('::')[2])}", arn)

    def _allow(self, construct_id: str, principal: str) -> None:
        if self.node.try_find_child(construct_id) is not None or principal == self._account:
            return
        permission = signer.CfnProfilePermission(
            self,
            construct_id,
            action=SIGN_PAYLOAD,
            principal=principal,
            profile_name=self.profile_name,
            statement_id=construct_id[:100],
        )
        permission.add_resource_dependency(self.resource)

    @property
    def is_fixed(self) -> bool:
        """Whether the ARN is known before deployment."""
        return not is_token(self.profile_arn)


def profile_name_with(profile_name: str, validity: SignatureValidity | None) -> str:
    """The name of a profile as it is made: with its validity where that is not the default.

    Raises:
        InvalidValueError: No profile can have it.
    """
    is_usual = validity is None or validity == DEFAULT_VALIDITY
    suffix = "" if validity is None or is_usual else f"_{validity.value}_{validity.unit}"
    return check_signing_profile_name(f"{profile_name}{suffix}")


def check_profile_name(scope: Construct, environment: RegistryEnvironment, name: str, *, where: str) -> None:
    """Refuse a name that another profile of the app has in the same account and Region.

    Args:
        scope: A construct of the app.
        environment: Where the profile would be.
        name: Its whole name.
        where: The construct, for the error.

    Raises:
        RegistryConflictError: It is taken; the error names both.
    """
    check_unclaimed(
        scope,
        _key(environment, name),
        what=f"the signing profile {name!r}",
        path=where,
        fix="give each a profile_name of its own, or make the profile once and pass it to both",
    )


def _key(environment: RegistryEnvironment, name: str) -> tuple[object, ...]:
    return "signing profile", *environment.key, name
