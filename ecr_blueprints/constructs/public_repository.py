"""A repository of Amazon ECR Public, which everybody can pull from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.argument_type import TEXT, Accepted, check_arguments, member_of
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.grantee import account_of, check_grantee, role_arn_of
from ecr_blueprints.constructs.named_principals import named_roles
from ecr_blueprints.constructs.owner_tags import owner_tags
from ecr_blueprints.constructs.registry_policy import POLICY_VERSION, check_policy
from ecr_blueprints.domain.principals import partition_of
from ecr_blueprints.domain.public_repository import (
    MAX_ABOUT_LENGTH,
    MAX_DESCRIPTION_LENGTH,
    MAX_PUBLIC_TAG_KEY_LENGTH,
    MAX_PUBLIC_TAG_VALUE_LENGTH,
    MAX_USAGE_LENGTH,
    PUBLIC_AUTHORIZE,
    PUBLIC_HOST,
    PUBLIC_PUSH,
    PUBLIC_REASON_METADATA,
    PUBLIC_REPOSITORY_REGION,
    PublicArchitecture,
    PublicOperatingSystem,
    PublicRepositoryName,
)
from ecr_blueprints.errors import InvalidValueError

__all__ = ["PublicRepository"]

_MEMBERS: Final = Accepted(types=(Sequence,), words="a list of texts", each=(str,))
_ACCEPTED: Final = {
    "reason": TEXT,
    "repository_name": TEXT,
    "description": TEXT,
    "about": TEXT,
    "usage": TEXT,
    "architectures": _MEMBERS,
    "operating_systems": _MEMBERS,
    "owner": TEXT,
    "tags": Accepted(types=(Mapping,), words="a mapping of texts to texts", fix='write {"key": "value"}'),
}


class PublicRepository(Construct):
    """A public repository: whatever is pushed to it, everybody in the world can see and pull.

    Nothing of the library becomes public by an argument: this construct is the one way, and it wants a
    ``reason``, which stands in the template beside the resource, so that whoever reviews the template finds
    it. ECR Public has no lifecycle policy, immutable tags, scanning, signing or replication; a policy cannot
    keep anybody from pulling. What it can do is grant pushes, here to named roles only.

    CloudFormation has the resource in us-east-1 alone. A stack of another Region is refused; one that leaves
    the Region open is refused by CloudFormation itself elsewhere, before anything is created.

    Example:
        import aws_cdk as cdk
        from aws_cdk import aws_iam as iam

        from ecr_blueprints import PublicRepository

        north_virginia = cdk.Environment(account="111122223333", region="us-east-1")
        public = cdk.Stack(cdk.Stage.of(stack), "Public", env=north_virginia)
        agent = PublicRepository(
            public,
            "Agent",
            repository_name="agent",
            reason="Customers install the agent from here; approved by security, 2026-10-01",
            description="The agent that customers run",
            architectures=["x86-64", "ARM 64"],
            operating_systems=["Linux"],
        )
        release = iam.Role(public, "Release", assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"))
        agent.grant_push(release)

    Creates:
        One ``AWS::ECR::PublicRepository``; storage and transfer are billed by ECR Public. It is kept when its
        stack goes, except when its creation is rolled back; to delete it takes the console or the API.

    Args:
        scope: The construct to belong to; its stack is of us-east-1, or leaves the Region open.
        construct_id: Its id; the logical IDs follow from it.
        reason: Why everybody may have what is in it, and who said so. Goes into the template's metadata.
        repository_name: 2 to 205 characters, without the registry's alias; fixed once created.
        description: What the gallery shows in searches, at most 1,024 characters. Default: none.
        about: A description in Markdown, at most 10,240 characters. Default: none.
        usage: How to use the images, in Markdown, at most 10,240 characters. Default: none.
        architectures: Badges of the gallery: ``ARM``, ``ARM 64``, ``x86``, ``x86-64``. Default: none.
        operating_systems: Badges of the gallery: ``Linux``, ``Windows``. Default: none.
        owner: Whose it is, for the ``owner`` tag. Default: no tag.
        tags: Further resource tags, with keys of at most 127 and values of 1 to 255 characters; with the
            owner's at most 50. Default: none.

    Attributes:
        resource: The ``CfnPublicRepository``.
        repository_name: Its name.
        repository_arn: Its ARN.
        reason: Why it is public.

    Raises:
        InvalidValueError: Another Region, no reason, or a value that ECR Public or CloudFormation refuses.

    Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-publicrepository.html,
    https://docs.aws.amazon.com/AmazonECR/latest/public/public-repository-policy-examples.html

    Practices: NAME-1, NAME-3, NAME-4
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        reason: str,
        repository_name: str,
        description: str | None = None,
        about: str | None = None,
        usage: str | None = None,
        architectures: Sequence[PublicArchitecture | str] = (),
        operating_systems: Sequence[PublicOperatingSystem | str] = (),
        owner: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="PublicRepository")
        where = path_under(scope, construct_id)
        check_arguments(
            {
                "reason": reason,
                "repository_name": repository_name,
                "description": description,
                "about": about,
                "usage": usage,
                "architectures": architectures,
                "operating_systems": operating_systems,
                "owner": owner,
                "tags": tags,
            },
            _ACCEPTED,
            where=where,
            required=("reason", "repository_name", "architectures", "operating_systems"),
        )
        _check_reason(reason, where)
        if not is_token(repository_name):
            repository_name = PublicRepositoryName(repository_name)
        for argument, text, longest in (
            ("description", description, MAX_DESCRIPTION_LENGTH),
            ("about", about, MAX_ABOUT_LENGTH),
            ("usage", usage, MAX_USAGE_LENGTH),
        ):
            _check_length(argument, text, longest, where)
        badges = _badges(PublicArchitecture, architectures, "architectures", where)
        systems = _badges(PublicOperatingSystem, operating_systems, "operating_systems", where)
        resource_tags = _tags(owner, tags, where)
        stack = cdk.Stack.of(scope)
        if not is_token(stack.region) and stack.region != PUBLIC_REPOSITORY_REGION:
            raise InvalidValueError(
                f"its stack is in the Region {stack.region}, and CloudFormation makes public repositories in "
                f"{PUBLIC_REPOSITORY_REGION} alone",
                where=where,
                allowed=PUBLIC_REPOSITORY_REGION,
                fix=f'declare it in a stack with env=cdk.Environment(region="{PUBLIC_REPOSITORY_REGION}")',
            )
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self.reason = reason
        self._where = where
        self._roles: dict[str, str] = {}
        catalog: dict[str, object] = {
            "RepositoryDescription": description,
            "AboutText": about,
            "UsageText": usage,
            "Architectures": badges,
            "OperatingSystems": systems,
        }
        shown = {name: value for name, value in catalog.items() if value is not None}
        self.resource = ecr.CfnPublicRepository(
            self,
            "Resource",
            repository_name=repository_name,
            repository_catalog_data=shown or None,
            tags=[cdk.CfnTag(key=key, value=value) for key, value in resource_tags.items()] or None,
        )
        self.resource.add_metadata(PUBLIC_REASON_METADATA, reason)
        self.resource.apply_removal_policy(cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        self.repository_name = self.resource.ref
        self.repository_arn = self.resource.attr_arn
        self._account = None if is_token(stack.account) else stack.account
        self._partition = stack.partition if is_token(stack.region) else partition_of(stack.region).name

    def uri(self, registry_alias: str) -> str:
        """The address from which everybody pulls.

        Args:
            registry_alias: The public registry's alias, which AWS assigns and which no template knows; see
                ``aws ecr-public describe-registries``.

        Raises:
            InvalidValueError: It is no text.
        """
        given = {"registry_alias": registry_alias}
        check_arguments(given, {"registry_alias": TEXT}, where=f"{self._where}.uri(…)", required=given)
        return f"{PUBLIC_HOST}/{registry_alias}/{self.repository_name}"

    def grant_push(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal push, and log in, by its own policy; a role of another account by both sides.

        Args:
            grantee: A role, or another principal whose policy the CDK can write.

        Raises:
            InvalidValueError: It is no principal, or everybody.
        """
        check_grantee(grantee, where=f"{self._where}.grant_push(…)")
        account, role_arn = account_of(grantee), role_arn_of(grantee)
        if (
            account is not None
            and account != self._account
            and role_arn is not None
            and not is_token(role_arn)
        ):
            self.grant_push_to_role(role_arn)
        # To log in is allowed on every resource or none: the two actions know no resources.
        iam.Grant.add_to_principal(grantee=grantee, actions=list(PUBLIC_AUTHORIZE), resource_arns=["*"])
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=list(PUBLIC_PUSH), resource_arns=[self.repository_arn]
        )

    def grant_push_to_role(self, *role_arns: str) -> None:
        """Let roles of other accounts push that their own accounts let push and log in too.

        The statement names the roles' accounts and holds only where ``aws:PrincipalArn`` is one of the roles,
        as for private repositories, so that a role need not exist yet.

        Args:
            role_arns: The roles' ARNs; the account id in each must be literal.

        Raises:
            InvalidValueError: No role, a malformed ARN, or the policy would be longer than ECR takes.
        """
        roles = {**self._roles, **{arn: account for account, arn in _named(role_arns)}}
        policy = {
            "Version": POLICY_VERSION,
            "Statement": [
                {
                    "Sid": "PushByRoles",
                    "Effect": "Allow",
                    "Principal": {
                        "AWS": [
                            f"arn:{self._partition}:iam::{account}:root"
                            for account in dict.fromkeys(roles.values())
                        ]
                    },
                    "Action": list(PUBLIC_PUSH),
                    "Condition": {"ArnEquals": {"aws:PrincipalArn": list(roles)}},
                }
            ],
        }
        check_policy(policy, where=f"{self._where}: repository policy")
        self._roles = roles
        self.resource.repository_policy_text = policy


def _named(role_arns: Sequence[str]) -> Sequence[tuple[str, str]]:
    return named_roles(role_arns, method="grant_push_to_role")


def _check_reason(reason: str, where: str) -> None:
    if not reason.strip():
        raise InvalidValueError(
            "no reason is given for a public repository",
            where=where,
            allowed="why everybody may have what is in it, and who said so",
            fix='write reason="…", or use an ImageRepository, which is private',
        )


def _check_length(argument: str, text: str | None, longest: int, where: str) -> None:
    if text is not None and not is_token(text) and len(text) > longest:
        raise InvalidValueError(
            f"{argument} has {len(text):,} characters", where=where, allowed=f"at most {longest:,}"
        )


def _badges(
    words: type[PublicArchitecture] | type[PublicOperatingSystem],
    given: Sequence[str],
    argument: str,
    where: str,
) -> list[str] | None:
    found = [
        one if is_token(one) else str(member_of(words, one, argument=argument, where=where)) for one in given
    ]
    return list(dict.fromkeys(found)) or None


def _tags(owner: str | None, tags: Mapping[str, str] | None, where: str) -> dict[str, str]:
    resource_tags = owner_tags(owner=owner, tags=tags, repository_name=None, convention=None)
    for key, value in resource_tags.items():
        for what, text, longest in (
            ("key", key, MAX_PUBLIC_TAG_KEY_LENGTH),
            ("value", value, MAX_PUBLIC_TAG_VALUE_LENGTH),
        ):
            if not is_token(text) and not 1 <= len(text) <= longest:
                raise InvalidValueError(
                    f"the {what} of the tag {key!r} has {len(text)} characters",
                    where=where,
                    allowed=f"1 to {longest}",
                )
    return resource_tags
