"""The read model: what one account and Region's registry holds, from whichever source.

Three sources fill it: a template or cloud assembly (``cloudformation``), a registry that exists
(``live``), and the ledger that ``PrivateRegistry`` keeps while constructs contribute. One set of
judgements reads it: :mod:`~ecr_blueprints.registry.effective` and
:mod:`~ecr_blueprints.registry.conflicts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ecr_blueprints.domain.stages import ProductionScope
from ecr_blueprints.domain.wildcard import matches_wildcard
from ecr_blueprints.registry.build_cache import BuildCache
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.dangling_reference import DanglingReference
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.naming_exception import NamingException
from ecr_blueprints.registry.property_fault import PropertyFault
from ecr_blueprints.registry.pull_time_exclusion import PullTimeExclusion
from ecr_blueprints.registry.registry_policy import RegistryPolicy
from ecr_blueprints.registry.replication_configuration import ReplicationConfiguration, ReplicationSource
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration
from ecr_blueprints.registry.signing_configuration import SigningConfiguration
from ecr_blueprints.registry.singleton import Singleton, SingletonKind
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.stack_owner import StackOwner

__all__ = ["Registry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """One registry: an account's ECR in one Region.

    Attributes:
        account: The 12-digit account id; None if the source leaves it to the deployment.
        region: The Region; None if the source leaves it to the deployment.
        scope: What tells two registries of unknown environment apart: a CDK stage's path or a
            template's path. Empty where account and Region are known.
        repositories: The declared private repositories.
        creation_templates: The repository creation templates.
        cache_rules: The pull-through cache rules.
        scanning: The scanning configurations; more than one is a conflict.
        policies: The registry policies; more than one is a conflict.
        replication: The replication configurations; more than one is a conflict.
        signing: The signing configurations; more than one is a conflict.
        pull_time_exclusions: The principals whose pulls do not count as pulls.
        replication_sources: The accounts that it lets replicate into it, where the source tells them apart.
        build_caches: The repositories that hold a builder's layers.
        singletons: Every declaration of a registry-level resource, of the kinds above and of those
            that the model does not hold in detail.
        dangling_references: References in the templates that lead nowhere.
        property_faults: Properties that CloudFormation refuses for their names or types.
        production: How production is declared, if it is.
        naming_exceptions: Names that need not follow the convention, and why.
        base_prefixes: Prefixes under which base images lie: outside the convention, with tags that move.
        required_tags: The keys of the tags that its repositories have to have.
        encryption: What its owner encrypts new repositories with; None if that is not said.
        has_contract: True if a registry contract said what the registry level holds, so that an
            absence is known to be one.
        owners: Type and identifier → the stack that owns it, of what CloudFormation was asked about; for
            live reads.
    """

    account: str | None = None
    region: str | None = None
    scope: str = ""
    repositories: tuple[Repository, ...] = ()
    creation_templates: tuple[CreationTemplate, ...] = ()
    cache_rules: tuple[CacheRule, ...] = ()
    scanning: tuple[ScanningConfiguration, ...] = ()
    policies: tuple[RegistryPolicy, ...] = ()
    replication: tuple[ReplicationConfiguration, ...] = ()
    signing: tuple[SigningConfiguration, ...] = ()
    pull_time_exclusions: tuple[PullTimeExclusion, ...] = ()
    replication_sources: tuple[ReplicationSource, ...] = ()
    build_caches: tuple[BuildCache, ...] = ()
    singletons: tuple[Singleton, ...] = ()
    dangling_references: tuple[DanglingReference, ...] = ()
    property_faults: tuple[PropertyFault, ...] = ()
    production: ProductionScope = field(default_factory=ProductionScope)
    naming_exceptions: tuple[NamingException, ...] = ()
    base_prefixes: tuple[str, ...] = ()
    required_tags: tuple[str, ...] = ()
    encryption: Encryption | None = None
    has_contract: bool = False
    owners: Mapping[tuple[str, str], StackOwner] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The registry as a person refers to it: ``111122223333/eu-west-1``, or what is known of it."""
        if self.account is None and self.region is None:
            return self.scope or "the deployment's account and Region"
        return f"{self.account or 'any account'}/{self.region or 'any Region'}"

    @property
    def is_governed(self) -> bool:
        """True if the source holds this registry's registry-level settings.

        Only then is the absence of a setting a fact about the registry; otherwise another app may
        own it, and a judgement that needs it is open.
        """
        return self.has_contract or bool(self.singletons)

    def is_production(self, repository_name: str | None) -> bool | None:
        """Whether the name is production as declared; None if nothing declares it."""
        if repository_name is None:
            return self.production.whole_registry
        return self.production.is_production(repository_name)

    def is_base_image(self, repository_name: str) -> bool:
        """Whether the name lies under a declared prefix of base images."""
        return any(repository_name.startswith(f"{prefix}/") for prefix in self.base_prefixes)

    def is_build_cache(self, repository_name: str) -> bool:
        """Whether the name is a build cache's."""
        return any(matches_wildcard(cache.names, repository_name) for cache in self.build_caches)

    def with_repository(self, repository: Repository) -> Registry:
        """The registry with one more repository."""
        return replace(self, repositories=(*self.repositories, repository))

    def with_creation_template(self, template: CreationTemplate) -> Registry:
        """The registry with one more creation template."""
        return replace(self, creation_templates=(*self.creation_templates, template))

    def with_cache_rule(self, rule: CacheRule) -> Registry:
        """The registry with one more pull-through cache rule."""
        return replace(self, cache_rules=(*self.cache_rules, rule))

    def with_scanning(self, configuration: ScanningConfiguration) -> Registry:
        """The registry with this scanning configuration in place of the one of the same source."""
        others = tuple(one for one in self.scanning if one.source != configuration.source)
        return replace(
            self._with_singleton(SingletonKind.SCANNING, configuration.source),
            scanning=(*others, configuration),
        )

    def with_policy(self, policy: RegistryPolicy) -> Registry:
        """The registry with this registry policy in place of the one of the same source."""
        others = tuple(one for one in self.policies if one.source != policy.source)
        return replace(
            self._with_singleton(SingletonKind.REGISTRY_POLICY, policy.source), policies=(*others, policy)
        )

    def with_replication(self, configuration: ReplicationConfiguration) -> Registry:
        """The registry with this replication configuration in place of the one of the same source."""
        others = tuple(one for one in self.replication if one.source != configuration.source)
        return replace(
            self._with_singleton(SingletonKind.REPLICATION, configuration.source),
            replication=(*others, configuration),
        )

    def with_signing(self, configuration: SigningConfiguration) -> Registry:
        """The registry with this signing configuration in place of the one of the same source."""
        others = tuple(one for one in self.signing if one.source != configuration.source)
        return replace(
            self._with_singleton(SingletonKind.SIGNING, configuration.source),
            signing=(*others, configuration),
        )

    def with_pull_time_exclusion(self, exclusion: PullTimeExclusion) -> Registry:
        """The registry with one more principal whose pulls do not count."""
        return replace(self, pull_time_exclusions=(*self.pull_time_exclusions, exclusion))

    def with_replication_source(self, accepted: ReplicationSource) -> Registry:
        """The registry with one more account that replicates into it."""
        return replace(self, replication_sources=(*self.replication_sources, accepted))

    def with_build_cache(self, cache: BuildCache) -> Registry:
        """The registry with one more build cache."""
        return replace(self, build_caches=(*self.build_caches, cache))

    def with_naming_exception(self, exception: NamingException) -> Registry:
        """The registry with one more exception to its naming convention."""
        return replace(self, naming_exceptions=(*self.naming_exceptions, exception))

    def with_owners(self, owners: Mapping[tuple[str, str], StackOwner]) -> Registry:
        """The registry with what CloudFormation says of who owns what, its repositories included."""
        found = [
            (one, owners.get(("AWS::ECR::Repository", one.known_name or ""))) for one in self.repositories
        ]
        return replace(
            self,
            owners=owners,
            repositories=tuple(
                replace(one, stack=None if owner is None else owner.stack) for one, owner in found
            ),
        )

    def _with_singleton(self, kind: SingletonKind, source: SourceLocation) -> Registry:
        declared = Singleton(kind=kind, source=source)
        return self if declared in self.singletons else replace(self, singletons=(*self.singletons, declared))
