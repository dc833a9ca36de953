"""The registry contract: what other apps may know of a registry, as ``registry.json``.

A company is one registry app and many team apps. The registry app writes the contract when it is
synthesized; a team app reads it instead of looking anything up in an account, and the review reads
it to know what a team's template does not hold. It contains nothing secret: no credential and no
policy; of a key, its ARN.

The file is a JSON object ``{"contractVersion": 1, "registries": [...]}`` with one entry for each
account and Region. Members that a reader does not know are ignored, so that a newer registry app
does not break older team apps.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.principals import check_account_id, check_region, registry_uri
from ecr_blueprints.domain.repository_filter import CachePrefix, CreationTemplatePrefix
from ecr_blueprints.domain.scanning import ScanFrequency, ScanType
from ecr_blueprints.domain.stages import ProductionScope, Stages
from ecr_blueprints.domain.tags import ExclusionFilter, MutabilityMode, TagMutability
from ecr_blueprints.errors import ContractError, InvalidValueError
from ecr_blueprints.registry.build_cache import BuildCache
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.naming_exception import NamingException
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule
from ecr_blueprints.registry.signing_configuration import SigningConfiguration, SigningRule
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["CONTRACT_VERSION", "Contract", "parse_contract", "render_contract"]

CONTRACT_VERSION = 1
_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A parsed ``registry.json``.

    Attributes:
        registries: One registry for each account and Region that the registry app owns.
    """

    registries: tuple[Registry, ...]

    def registry_for(self, account: str | None, region: str | None) -> Registry:
        """The registry of an environment.

        Args:
            account: 12 digits; None if the app leaves it to the deployment.
            region: The Region; None if the app leaves it to the deployment.

        Raises:
            ContractError: No entry fits, or several do.
        """
        fitting = [
            registry
            for registry in self.registries
            if account in (None, registry.account) and region in (None, registry.region)
        ]
        if len(fitting) == 1:
            return fitting[0]
        held = ", ".join(registry.label for registry in self.registries)
        asked = f"{account or 'any account'}/{region or 'any Region'}"
        raise ContractError(
            f"the contract holds {'several registries' if fitting else 'no registry'} for {asked}",
            allowed=held,
            fix="name the registry's account and Region",
        )


def render_contract(registries: Sequence[Registry]) -> str:
    """The contract as JSON text, the same for the same registries."""
    document = {
        "contractVersion": CONTRACT_VERSION,
        "registries": [_render_registry(registry) for registry in registries],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _render_registry(registry: Registry) -> dict[str, Any]:
    uri = None
    if registry.account is not None and registry.region is not None:
        uri = registry_uri(registry.account, registry.region)
    production = registry.production
    entry: dict[str, Any] = {"account": registry.account, "region": registry.region, "uri": uri}
    if production.convention is not None:
        entry["convention"] = production.convention.template
    if production.stages is not None:
        entry["stages"] = {stage.name: {"production": stage.production} for stage in production.stages.stages}
    if production.whole_registry is not None:
        entry["production"] = production.whole_registry
    if registry.base_prefixes:
        entry["basePrefixes"] = list(registry.base_prefixes)
    if registry.naming_exceptions:
        entry["namingExceptions"] = {one.names: one.reason for one in registry.naming_exceptions}
    if registry.scanning and isinstance(registry.scanning[0].scan_type, ScanType):
        entry["scanning"] = _render_scanning(registry.scanning[0])
    entry["creationTemplates"] = [
        _render_template(template) for template in registry.creation_templates if template.known_prefix
    ]
    entry["caches"] = [
        {
            "prefix": rule.known_prefix,
            "upstreamRegistry": _text(rule.upstream_registry),
            "upstreamRegistryUrl": _text(rule.upstream_registry_url),
            "uri": f"{uri}/{rule.known_prefix}" if uri is not None else None,
            **({"upstreamRepositoryPrefix": rule.upstream_prefix} if _text(rule.upstream_prefix) else {}),
            **({} if rule.frozen is None else {"frozen": rule.frozen}),
        }
        for rule in registry.cache_rules
        if rule.known_prefix
    ]
    if registry.signing:
        entry["signing"] = [_render_signing_rule(rule) for rule in _known_rules(registry.signing[0])]
    if registry.required_tags:
        entry["requiredTags"] = list(registry.required_tags)
    if registry.encryption is not None and isinstance(registry.encryption.type, EncryptionType):
        key = _text(registry.encryption.kms_key)
        entry["encryption"] = {
            "type": str(registry.encryption.type),
            **({} if key is None else {"kmsKey": key}),
        }
    if registry.build_caches:
        entry["buildCaches"] = [one.names for one in registry.build_caches]
    return entry


def _known_rules(configuration: SigningConfiguration) -> list[SigningRule]:
    if isinstance(configuration.rules, Unresolved):
        return []
    return [rule for rule in configuration.rules if isinstance(rule, SigningRule)]


def _render_signing_rule(rule: SigningRule) -> dict[str, Any]:
    filters = () if isinstance(rule.filters, Unresolved) else rule.filters
    return {
        "signingProfileArn": _text(rule.profile_arn),
        "filters": [text for text in filters if isinstance(text, str)],
    }


def _render_scanning(configuration: ScanningConfiguration) -> dict[str, Any]:
    rules = () if isinstance(configuration.rules, Unresolved) else configuration.rules
    return {
        "scanType": str(configuration.scan_type),
        "rules": [
            {
                "scanFrequency": str(rule.frequency),
                "filters": []
                if isinstance(rule.filters, Unresolved)
                else [str(text) for text in rule.filters],
            }
            for rule in rules
            if isinstance(rule, ScanningRule)
        ],
    }


def _render_template(template: CreationTemplate) -> dict[str, Any]:
    entry: dict[str, Any] = {"prefix": template.known_prefix}
    if isinstance(template.applied_for, tuple):
        entry["appliedFor"] = [str(mechanism) for mechanism in template.applied_for]
    if isinstance(template.tag_mutability, TagMutability):
        entry["imageTagMutability"] = str(template.tag_mutability.mode)
        if template.tag_mutability.exclusions:
            entry["imageTagMutabilityExclusions"] = [
                exclusion.pattern for exclusion in template.tag_mutability.exclusions
            ]
    if isinstance(template.lifecycle_policy, str):
        entry["lifecyclePolicy"] = json.loads(template.lifecycle_policy)
    return entry


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def parse_contract(text: str, *, where: str = "registry.json") -> Contract:
    """Reads a contract.

    Args:
        text: The JSON text.
        where: How to name it in errors. Default: ``registry.json``.

    Raises:
        ContractError: It is no contract, is of an unknown version, or holds a value of a wrong kind.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ContractError(
            f"not JSON: {error}",
            where=where,
            fix="synthesize the registry app again and take its registry.json",
        ) from error
    if not isinstance(document, dict) or "contractVersion" not in document:
        raise ContractError(
            "not a registry contract: the member contractVersion is missing",
            where=where,
            fix="give the registry.json that synthesizing a PrivateRegistry writes",
        )
    if document["contractVersion"] != CONTRACT_VERSION:
        raise ContractError(
            f"contract version {document['contractVersion']!r} is not known",
            where=where,
            allowed=str(CONTRACT_VERSION),
            fix="use the version of ecr-blueprints that wrote it, or a newer one",
        )
    entries = document.get("registries")
    if not isinstance(entries, list) or not entries:
        raise ContractError(
            "the contract holds no registries", where=where, fix="synthesize the registry app again"
        )
    return Contract(
        registries=tuple(
            _parse_registry(entry, f"{where}: registries[{index}]", where)
            for index, entry in enumerate(entries)
        )
    )


def _parse_registry(entry: object, where: str, file: str) -> Registry:
    try:
        return _registry(_mapping(entry), file)
    except InvalidValueError as error:
        raise ContractError(error.what, where=where, allowed=error.allowed, fix=error.fix) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ContractError(
            f"a value is missing or of the wrong kind ({error})",
            where=where,
            fix="synthesize the registry app again; do not edit the contract by hand",
        ) from error


def _registry(entry: Mapping[str, Any], file: str) -> Registry:
    source = SourceLocation(template=file)
    account, region = _optional(str, entry["account"]), _optional(str, entry["region"])
    stages = entry.get("stages")
    convention = entry.get("convention")
    registry = Registry(
        account=None if account is None else check_account_id(account),
        region=None if region is None else check_region(region),
        has_contract=True,
        production=ProductionScope(
            convention=None if convention is None else NamingConvention(template=convention),
            stages=None
            if stages is None
            else Stages.of({name: bool(stage.get("production", False)) for name, stage in stages.items()}),
            whole_registry=_optional(bool, entry.get("production")),
        ),
    )
    scanning = entry.get("scanning")
    if scanning is not None:
        registry = replace(registry, scanning=(_scanning(_mapping(scanning), source),))
    return replace(
        registry,
        base_prefixes=_texts(entry.get("basePrefixes", [])),
        naming_exceptions=tuple(
            NamingException(names=names, reason=str(reason))
            for names, reason in _mapping(entry.get("namingExceptions", {})).items()
        ),
        creation_templates=tuple(
            _template(_mapping(one), source) for one in entry.get("creationTemplates", [])
        ),
        cache_rules=tuple(
            CacheRule(
                source=source,
                prefix=CachePrefix(one["prefix"]).value,
                upstream_registry=_optional(str, one.get("upstreamRegistry")),
                upstream_registry_url=_optional(str, one.get("upstreamRegistryUrl")),
                upstream_prefix=_optional(str, one.get("upstreamRepositoryPrefix")),
                frozen=_optional(bool, one.get("frozen")),
            )
            for one in entry.get("caches", [])
        ),
        signing=_signing(entry["signing"], source) if "signing" in entry else (),
        required_tags=_texts(entry.get("requiredTags", [])),
        encryption=_encryption(_mapping(entry["encryption"])) if "encryption" in entry else None,
        build_caches=tuple(
            BuildCache(source=source, names=names) for names in _texts(entry.get("buildCaches", []))
        ),
    )


def _signing(entries: object, source: SourceLocation) -> tuple[SigningConfiguration, ...]:
    if not isinstance(entries, list):
        raise TypeError("a list of signing rules was expected")
    rules = []
    for one in map(_mapping, entries):
        arn = _optional(str, one.get("signingProfileArn"))
        rules.append(
            SigningRule(
                source=source,
                profile_arn=Unresolved("the signing profile", depends_on="the registry's deployment")
                if arn is None
                else arn,
                filters=_texts(one["filters"]),
            )
        )
    return (SigningConfiguration(source=source, rules=tuple(rules)),)


def _encryption(entry: Mapping[str, Any]) -> Encryption:
    key = _optional(str, entry.get("kmsKey"))
    return Encryption(
        type=EncryptionType(entry["type"]),
        kms_key=Unresolved("the registry's key", depends_on="the registry's deployment")
        if key is None
        else key,
    )


def _scanning(entry: Mapping[str, Any], source: SourceLocation) -> ScanningConfiguration:
    return ScanningConfiguration(
        source=source,
        scan_type=ScanType(entry["scanType"]),
        rules=tuple(
            ScanningRule(frequency=ScanFrequency(rule["scanFrequency"]), filters=_texts(rule["filters"]))
            for rule in entry["rules"]
        ),
    )


def _template(entry: Mapping[str, Any], source: SourceLocation) -> CreationTemplate:
    policy = entry.get("lifecyclePolicy")
    return CreationTemplate(
        source=source,
        prefix=CreationTemplatePrefix(entry["prefix"]).value,
        applied_for=tuple(AppliedFor(mechanism) for mechanism in entry.get("appliedFor", [])),
        tag_mutability=TagMutability(
            mode=MutabilityMode(entry.get("imageTagMutability", MutabilityMode.MUTABLE)),
            exclusions=tuple(
                ExclusionFilter(pattern=pattern) for pattern in entry.get("imageTagMutabilityExclusions", [])
            ),
        ),
        lifecycle_policy=None if policy is None else json.dumps(policy, separators=(",", ":")),
    )


def _optional(kind: type[_Kind], value: object) -> _Kind | None:
    if value is None or isinstance(value, kind):
        return value
    raise TypeError(f"{kind.__name__} was expected, not {type(value).__name__}")


def _texts(values: object) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise TypeError("a list of texts was expected")
    return tuple(values)


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"an object was expected, not {type(value).__name__}")
    return value
