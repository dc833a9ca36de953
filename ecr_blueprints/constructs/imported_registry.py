"""A registry that another app owns, known by its contract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from ecr_blueprints.constructs.argument_type import TEXT, Accepted, check_arguments, check_literal_text
from ecr_blueprints.constructs.cache_address import CacheAddress
from ecr_blueprints.constructs.cache_lookup import find_cache
from ecr_blueprints.constructs.cache_pull_grant import grant_identity_pull
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.construct_place import check_free, check_place, path_under
from ecr_blueprints.constructs.declared_name import check_declared_name, excepting, raise_conflicts
from ecr_blueprints.constructs.grantee import check_grantee
from ecr_blueprints.constructs.image_reference import RegistryImage
from ecr_blueprints.constructs.push_grants import PushersAtSynthesis, PusherToAllowSigning, PushGrants
from ecr_blueprints.constructs.registry_encryption import RegistryEncryption
from ecr_blueprints.constructs.registry_environment import RegistryEnvironment
from ecr_blueprints.constructs.registry_question import production_of, signing_profiles_of, template_of
from ecr_blueprints.constructs.repository_declaration import replacing_repository
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.upstream_registry import UpstreamRegistry
from ecr_blueprints.errors import ContractError
from ecr_blueprints.registry.cache_credential import upstream_of
from ecr_blueprints.registry.contract import Contract, parse_contract
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository

if TYPE_CHECKING:
    from ecr_blueprints.constructs.push_permission import PushGrant

__all__ = ["ImportedPullThroughCache", "ImportedRegistry"]

_ENCRYPTION: Final = Accepted(types=(RegistryEncryption,), words="a RegistryEncryption")
_PATH: Final = Accepted(types=(str, Path), words="the path of a registry.json")


class ImportedPullThroughCache:
    """A pull-through cache of a registry that another app owns.

    Args:
        address: Where it keeps what it caches.
        path: The construct path of the registry, for errors.
    """

    def __init__(self, address: CacheAddress, *, path: str) -> None:
        self._path = path
        self.address = address

    @property
    def prefix(self) -> str:
        """The prefix of its repositories, without a slash at its end, or ``ROOT``."""
        return self.address.prefix

    @property
    def upstream(self) -> UpstreamRegistry:
        """What it caches."""
        return self.address.upstream

    @property
    def repository_arn_pattern(self) -> str:
        """The ARN of every repository of the cache, with ``*``."""
        return self.address.repository_arn_pattern

    def repository_uri(self, name: str) -> str:
        """The URI of a cached repository; see `PullThroughCache.repository_uri`."""
        return self.address.repository_uri(name)

    def image(self, name: str, *, tag: str | None = None, digest: str | None = None) -> RegistryImage:
        """A cached image; see `PullThroughCache.image`."""
        return RegistryImage(self.address.image(name, tag=tag, digest=digest), grant_pull=self.grant_pull)

    def grant_pull(self, grantee: iam.IGrantable, *, create: bool = True) -> iam.Grant:
        """Let a principal of this app pull through the cache, by its own policy.

        If it is of another account than the registry, the registry's app has to let that account pull too.

        Args:
            grantee: A role or user.
            create: Whether the first pull of an image may create its repository. Default: yes.

        Raises:
            InvalidValueError: The grantee has no policy of its own.
        """
        where = f"{self._path}: cache {self.prefix!r}"
        check_grantee(grantee, where=where)
        return grant_identity_pull(
            grantee, repository_arn=self.repository_arn_pattern, create=create, where=where
        )


class ImportedRegistry(Construct):
    """A registry that another app owns. It creates nothing and looks nothing up.

    Made by `PrivateRegistry.from_contract`.

    Example:
        from pathlib import Path

        from ecr_blueprints import ImageRepository, PrivateRegistry

        contract = '''
        {"contractVersion": 1, "registries": [{
          "account": "111122223333", "region": "eu-west-1", "convention": "{stage}/{app}",
          "stages": {"dev": {"production": false}, "prod": {"production": true}}
        }]}
        '''
        Path("registry.json").write_text(contract)  # usually beside the app, from the registry's own

        shared = PrivateRegistry.from_contract(stack, "Shared", path="registry.json")
        ImageRepository(stack, "Api", repository_name="prod/api", registry=shared)

    Creates:
        Nothing, and nothing is looked up: no resource, no cost, nothing left behind.

    Args:
        scope: The construct to belong to.
        construct_id: Its id.
        path: The contract, a ``registry.json``, as a text or a path; relative to the working directory.
        account: Which entry of the contract is meant. Default: as `PrivateRegistry.from_contract` says.
        region: Which entry of the contract is meant. Default: likewise.
        encryption: The KMS key of the registry for new repositories of this app, with the record of those
            that exist. The contract says whether there is a key; which names exist it cannot say, so that the
            key is never taken by itself. Default: AES-256; if there is a key, synthesis warns at each literal
            name of which nothing is said (``ecr-blueprints:encryption-undecided``).

    Raises:
        ContractError: The file is no contract, or holds no such registry.

    Practices: NAME-2
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        path: str | Path,
        account: str | None = None,
        region: str | None = None,
        encryption: RegistryEncryption | None = None,
    ) -> None:
        check_place(scope, construct_id, kind="PrivateRegistry.from_contract")
        own_path = path_under(scope, construct_id)
        _check_arguments(path, account, region, encryption, own_path)
        contract = _read(path)
        stack = cdk.Stack.of(scope)
        stack_account = None if is_token(stack.account) else stack.account
        stack_region = None if is_token(stack.region) else stack.region
        entry = _choose(contract, account, region, stack_account, stack_region, own_path)
        check_free(scope, construct_id)
        super().__init__(scope, construct_id)
        self._ledger = entry
        self._encryption = encryption
        self._environment = RegistryEnvironment.of_registry(entry, stack)
        self._push_grants: PushGrants | None = None

    @property
    def account(self) -> str | None:
        """The account id of the registry; None if the contract leaves it open."""
        return self._ledger.account

    @property
    def region(self) -> str | None:
        """The Region of the registry; None if the contract leaves it open."""
        return self._ledger.region

    @property
    def uri(self) -> str:
        """The registry's host name."""
        return self._environment.uri

    @property
    def encryption(self) -> RegistryEncryption | None:
        """The KMS key of the registry, as this app was told; None if it was not."""
        return self._encryption

    @property
    def ledger(self) -> Registry:
        """What the contract says of the registry, and the repositories that this app declares."""
        return self._ledger

    @property
    def caches(self) -> tuple[ImportedPullThroughCache, ...]:
        """The caches that the contract names."""
        found = []
        for rule in self._ledger.cache_rules:
            upstream = upstream_of(rule)
            if isinstance(upstream, UpstreamRegistry) and rule.known_prefix is not None:
                address = CacheAddress(
                    prefix=rule.known_prefix,
                    upstream=upstream,
                    registry_uri=self.uri,
                    repository_arn_base=self._environment.arn("ecr", "repository"),
                    upstream_prefix=rule.upstream_prefix if isinstance(rule.upstream_prefix, str) else None,
                )
                found.append(ImportedPullThroughCache(address, path=self.node.path))
        return tuple(found)

    def cache(self, name: str) -> ImportedPullThroughCache:
        """The pull-through cache of a prefix or an upstream.

        Args:
            name: The cache's prefix, or the upstream's key, host or common name.

        Raises:
            InvalidValueError: There is none; the error lists those that there are.
        """
        return find_cache(self.caches, name, where=self.node.path)

    def template_for(self, name: str, applied_for: AppliedFor | None = None) -> CreationTemplate | None:
        """The creation template that a name would get, were ECR to create the repository."""
        return template_of(self._ledger, name, applied_for, where=self.node.path)

    def is_production(self, repository_name: str) -> bool | None:
        """Whether a repository is production, as the contract declares; None if nothing declares it."""
        return production_of(self._ledger, repository_name, where=self.node.path)

    def signing_profiles_for(self, repositories: str) -> tuple[str, ...]:
        """The ARNs of the profiles with which images of repositories are signed; see `PrivateRegistry`."""
        return signing_profiles_of(self._ledger, repositories)

    def add_push_grant(self, grant: PushGrant) -> None:
        """Have a push grant carry what signing needs, by the contract's rules; called by grants."""
        if self._push_grants is None:
            self._push_grants = PushGrants(profiles_for=self.signing_profiles_for, account=self.account)
            self.node.add_validation(PushersAtSynthesis(self, self._push_grants))
        self._push_grants.add(grant)

    @property
    def pushers_to_allow_signing(self) -> tuple[PusherToAllowSigning, ...]:
        """Whoever may push what is signed, and whom this app cannot let sign; see `PrivateRegistry`."""
        return () if self._push_grants is None else self._push_grants.to_allow_signing

    def declare_repository(self, repository: Repository, *, exception: str | None = None) -> None:
        """Enter a repository that this app declares; see `PrivateRegistry.declare_repository`."""
        self.check_repository(repository, exception=exception)
        self._ledger = excepting(self._ledger, repository, exception).with_repository(repository)

    def check_repository(self, repository: Repository, *, exception: str | None = None) -> None:
        """Refuse what `declare_repository` would, before anything is created."""
        ledger = excepting(self._ledger, repository, exception)
        check_declared_name(ledger, repository)
        raise_conflicts(ledger, repository)

    def replace_repository(self, earlier: Repository, later: Repository) -> None:
        """Put a repository in the place of one that this app declared; called by `ImageRepository`."""
        self._ledger = replacing_repository(self._ledger, earlier, later)


def _check_arguments(path: object, account: object, region: object, encryption: object, where: str) -> None:
    given = {"path": path, "account": account, "region": region, "encryption": encryption}
    accepted = {"path": _PATH, "account": TEXT, "region": TEXT, "encryption": _ENCRYPTION}
    check_arguments(given, accepted, where=where, required=("path",))
    because = "the contract's entry is chosen at synthesis"
    for argument, value in given.items():
        if isinstance(value, str):
            check_literal_text(value, argument=argument, where=where, because=because)


def _read(path: str | Path) -> Contract:
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ContractError(
            f"the contract cannot be read: {reason}",
            where=str(Path(path)),
            fix="synthesize the registry app and give the path of the registry.json in its cloud assembly",
        ) from error
    return parse_contract(text, where=str(path))


def _choose(
    contract: Contract,
    account: str | None,
    region: str | None,
    stack_account: str | None,
    stack_region: str | None,
    where: str,
) -> Registry:
    """The entry that is meant: as asked, else the stack's own, else that of its Region, else the only one."""
    wanted_account = stack_account if account is None else account
    wanted_region = stack_region if region is None else region
    attempts = [(wanted_account, wanted_region)]
    if account is None:
        attempts.append((None, wanted_region))
    if region is None:
        attempts += [(account, None)]
    errors: list[ContractError] = []
    for attempt in dict.fromkeys(attempts):
        try:
            return contract.registry_for(*attempt)
        except ContractError as error:
            errors.append(error)
    first = errors[0]
    raise ContractError(first.what, where=where, allowed=first.allowed, fix=first.fix) from first
