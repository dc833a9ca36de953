"""The source's side of replication."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from constructs import Construct

from ecr_blueprints.constructs.accepted_replication import SOURCE_LIFECYCLE, AcceptedReplication
from ecr_blueprints.constructs.argument_type import FLAG, TEXTS, Accepted, check_arguments, check_literal_text
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.copies_at_synthesis import CopiesAtSynthesis
from ecr_blueprints.constructs.creation_template_options import (
    CREATION_TEMPLATE_OPTIONS,
    CreationTemplateOptions,
)
from ecr_blueprints.constructs.registry_environment import check_registry, check_same_environment
from ecr_blueprints.constructs.replication_target import ReplicationTarget
from ecr_blueprints.domain.principals import partition_of
from ecr_blueprints.domain.quotas import FILTERS_PER_REPLICATION_RULE, REPLICATION_RULES
from ecr_blueprints.domain.repository_filter import ReplicationFilter
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.lifecycle.policy import LifecyclePolicy
from ecr_blueprints.lifecycle.retention import Retention
from ecr_blueprints.registry.replication_configuration import ReplicationDestination, ReplicationRule
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

if TYPE_CHECKING:
    from ecr_blueprints.constructs.private_registry import PrivateRegistry

__all__ = ["RegistryReplication"]

_WORDS: Final = 'ReplicationTarget(region="eu-central-1"), or the PrivateRegistry of the destination'
_ACCEPTED: Final = {
    "destinations": Accepted(types=(Sequence,), words=f"a list of {_WORDS}"),
    "prefixes": TEXTS,
    "all_repositories": FLAG,
    "template": CREATION_TEMPLATE_OPTIONS,
    "source_lifecycle": SOURCE_LIFECYCLE,
}
_MANY_RULES: Final = "ecr-blueprints:many-replication-rules"


class RegistryReplication(Construct):
    """One replication rule of a registry: what is pushed under some prefixes is copied to other registries.

    A copy keeps its repository's name, so that replication ships images and does not promote them. It takes
    what is pushed from now on: neither what exists, nor deletions, nor any setting of the repository. The
    settings of the copies are those of a creation template *in the destination*; where that is a
    `PrivateRegistry` of this app, name it as the destination and its side is made too
    (`AcceptedReplication`), so that the copies get lifecycle, mutability, encryption and policy and stay at
    least as long as the originals; its stack is then deployed before the source's. Who may pull the copies is
    said there, ``replication.accepted[0].grant_pull_to_account(…)``: the originals' policies do not travel.
    Elsewhere, whoever owns the destination declares `AcceptedReplication`, and deploys it first.

    Not offered: replicating deletions, and copying what exists (``deleteReplication``, backfill). The API has
    them, CloudFormation's schema does not (facts §7).

    Example:
        from ecr_blueprints import RegistryReplication, ReplicationTarget

        RegistryReplication(
            stack,
            "ToFrankfurt",
            registry=registry,
            prefixes=["prod/"],
            destinations=[ReplicationTarget(region="eu-central-1")],
        )

    Creates:
        A rule of the registry's one replication configuration. AWS bills the transfer between Regions and the
        storage of each copy. Copies stay when the rule goes.

    Args:
        scope: The construct to belong to.
        construct_id: Its id.
        registry: The registry from which images are copied.
        destinations: 1 to 25 over all rules: a `ReplicationTarget`, or a `PrivateRegistry` of this app.
        prefixes: 1 to 100 texts that names start with: ``prod/`` for a namespace; ``prod`` also takes in
            ``production/api``.
        all_repositories: True, in place of prefixes, for every repository.
        template: The settings of the copies in destinations of this app. Default: as `AcceptedReplication`
            says.
        source_lifecycle: The lifecycle policy of what is copied, or the `Retention` of application images,
            for destinations of this app. Default: not known; what this app declares is looked at in any case
            when it is synthesized.

    Attributes:
        prefixes: The filters; empty for every repository.
        accepted: The destination's side, for each destination of this app.

    Raises:
        InvalidValueError: No destination, the registry itself, another partition, a filter of another
            grammar, more than a quota, or neither or both of prefixes and all_repositories.
        RegistryConflictError: A filter selects a build cache; the error names both.

    Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html (facts §7)

    Practices: REPL-1, ACC-2
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        registry: PrivateRegistry,
        destinations: Sequence[ReplicationTarget | PrivateRegistry],
        prefixes: Sequence[str] | None = None,
        all_repositories: bool = False,
        template: CreationTemplateOptions | None = None,
        source_lifecycle: LifecyclePolicy | Retention | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="RegistryReplication")
        path = path_under(scope, construct_id)
        check_registry(registry, where=path)
        check_same_environment(registry, scope, where=path)
        check_arguments(
            {
                "destinations": destinations,
                "prefixes": prefixes,
                "all_repositories": all_repositories,
                "template": template,
                "source_lifecycle": source_lifecycle,
            },
            _ACCEPTED,
            where=path,
            required=("destinations", "all_repositories"),
        )
        filters = _filters(prefixes, all_repositories=all_repositories, where=path)
        targets = _targets(destinations, registry, path)
        rule = ReplicationRule(
            source=SourceLocation(construct_path=path, resource_type="AWS::ECR::ReplicationConfiguration"),
            destinations=tuple(dict.fromkeys(one for one, _ in targets)),
            filters=filters,
        )
        registry.check_contribution(rule)
        receiving = [one for _, one in targets if one is not None]
        if receiving:
            _check_namespaces(filters, where=path)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self.prefixes = filters
        self.accepted = tuple(
            AcceptedReplication(
                one,
                f"ReplicationFrom-{registry.account}-{registry.region}-{construct_id}",
                registry=one,
                source_account=registry.account or "",
                prefixes=filters,
                template=template,
                source_lifecycle=source_lifecycle,
            )
            for one in receiving
        )
        registry.contribute(rule)
        for one in receiving:
            _deploy_first(one, self)
        if receiving:
            self.node.add_validation(CopiesAtSynthesis(registry, receiving, prefixes=filters, path=path))
        self._warn_of_many_rules(registry)

    def _warn_of_many_rules(self, registry: PrivateRegistry) -> None:
        rules = registry.ledger.replication[0].rules
        region = registry.region
        known = REPLICATION_RULES.value if region is None else REPLICATION_RULES.value_in(region)
        if isinstance(rules, tuple) and len(rules) > known:
            cdk.Validations.of(self).add_warning(
                _MANY_RULES,
                f"the registry has {len(rules)} replication rules; the quota table of Amazon ECR says "
                f"{known}, its API 25 (facts §18.2): bring prefixes of the same destinations into one rule",
            )


def _deploy_first(destination: PrivateRegistry, replication: Construct) -> None:
    """Have the destination deployed first: what arrives before its templates misses them for good."""
    source, other = cdk.Stack.of(replication), cdk.Stack.of(destination)
    if source is other or cdk.Stage.of(source) is not cdk.Stage.of(other):
        return
    if any(one is source for one in other.dependencies):
        return  # The two replicate into each other; one has to be first.
    source.add_stack_dependency(other, "the templates of its copies")


def _check_namespaces(filters: Sequence[str], *, where: str) -> None:
    """Refuse filters for which the destination's side cannot be written: it knows namespaces only."""
    wrong = next((text for text in filters if not text.endswith("/")), None)
    if wrong is not None:
        raise InvalidValueError(
            f"the prefix {wrong!r} is no namespace, and a destination is a registry of this app",
            where=where,
            allowed="prefixes with '/' at their end, for which the destination gets templates",
            fix=f"write {wrong + '/'!r}",
        )
    if not filters:
        raise InvalidValueError(
            "every repository would be replicated into a registry of this app",
            where=where,
            allowed="prefixes with '/' at their end, for which the destination gets templates",
            fix="name prefixes such as 'prod/', or write a ReplicationTarget and prepare it elsewhere",
        )


def _filters(prefixes: Sequence[str] | None, *, all_repositories: bool, where: str) -> tuple[str, ...]:
    if all_repositories:
        if prefixes:
            raise InvalidValueError(
                "prefixes are named, and all repositories asked for",
                where=where,
                allowed="one of the two",
            )
        return ()
    if not prefixes:
        raise InvalidValueError(
            "no prefixes are named, which would replicate every repository, caches included",
            where=where,
            allowed="1 to 100 texts that names start with, such as 'prod/'",
            fix='write prefixes=["prod/"], or all_repositories=True if that is meant',
        )
    for text in prefixes:
        check_literal_text(
            text, argument="a prefix", where=where, because="the destination's templates follow from it"
        )
    filters = tuple(ReplicationFilter(text).value for text in dict.fromkeys(prefixes))
    if len(filters) > FILTERS_PER_REPLICATION_RULE.value:
        raise InvalidValueError(
            f"the rule would have {len(filters)} filters",
            where=where,
            allowed=f"at most {FILTERS_PER_REPLICATION_RULE.value}",
            fix="use prefixes that take in many repositories",
        )
    return filters


def _targets(
    destinations: Sequence[ReplicationTarget | PrivateRegistry], registry: PrivateRegistry, where: str
) -> list[tuple[ReplicationDestination, PrivateRegistry | None]]:
    """Each destination, with its registry where that is of this app."""
    if not destinations:
        raise InvalidValueError("there is no destination", where=where, allowed=_WORDS)
    found: list[tuple[ReplicationDestination, PrivateRegistry | None]] = []
    for one in destinations:
        if isinstance(one, ReplicationTarget):
            found.append((_destination(one, registry, where), None))
        elif hasattr(type(one), "contribute"):
            if one.account is None or one.region is None or registry.account is None:
                raise InvalidValueError(
                    "a registry of this app takes part whose stack leaves its account or Region open",
                    where=where,
                    allowed="stacks with an account and a Region",
                    fix="give both stacks env=cdk.Environment(account=…, region=…)",
                )
            target = ReplicationTarget(region=one.region, account=one.account)
            found.append((_destination(target, registry, where), one))
        else:
            raise InvalidValueError(f"a destination is {one!r}", where=where, allowed=_WORDS)
    return found


def _destination(target: ReplicationTarget, registry: PrivateRegistry, where: str) -> ReplicationDestination:
    stack, environment = cdk.Stack.of(registry), registry.environment
    account = environment.account_text
    if target.account is not None and not _is_own(target.account, "AWS::AccountId", stack):
        account = target.account
    own_region = target.region == environment.region_text or _is_own(target.region, "AWS::Region", stack)
    if own_region and account == environment.account_text:
        raise InvalidValueError(
            f"the registry {registry.ledger.label} would replicate into itself",
            where=where,
            allowed="another Region, or another account",
            fix="name the Region that shall have copies",
        )
    if registry.region is not None and not is_token(target.region):
        own, other = partition_of(registry.region).name, partition_of(target.region).name
        if own != other:
            raise InvalidValueError(
                f"the destination {target.region} is in the partition {other} and the registry in {own}",
                where=where,
                allowed=f"Regions of {own}: nothing is replicated between partitions",
            )
    return ReplicationDestination(region=_resolvable(target.region), registry_id=_resolvable(account))


def _is_own(value: str, pseudo_parameter: str, stack: cdk.Stack) -> bool:
    """Whether a token stands for the account or Region of the registry's own stack."""
    return is_token(value) and stack.resolve(value) == {"Ref": pseudo_parameter}


def _resolvable(value: str) -> str | Unresolved:
    return Unresolved(value, depends_on="deployment") if is_token(value) else value
