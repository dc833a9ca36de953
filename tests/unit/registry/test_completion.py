from __future__ import annotations

import pytest

from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.scanning import ScanFrequency, ScanType
from ecr_blueprints.domain.stages import ProductionScope, Stages
from ecr_blueprints.errors import ContractError
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.completion import complete_registry, entry_for, select_entry
from ecr_blueprints.registry.conflicts import find_conflicts
from ecr_blueprints.registry.contract import Contract, parse_contract, render_contract
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.effective import EffectiveScanning, scanning_for
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule
from ecr_blueprints.registry.source_location import SourceLocation

ACCOUNT = "111122223333"
IRELAND = Registry(account=ACCOUNT, region="eu-west-1")
FRANKFURT = Registry(account=ACCOUNT, region="eu-central-1")
FILE = SourceLocation(template="registry.json")
DECLARED = SourceLocation(template="team.json", logical_id="Api")


def scanning(source: SourceLocation, scan_type: ScanType = ScanType.ENHANCED) -> ScanningConfiguration:
    return ScanningConfiguration(
        source=source,
        scan_type=scan_type,
        rules=(ScanningRule(frequency=ScanFrequency.CONTINUOUS_SCAN, filters=("prod/*",)),),
    )


ENTRY = Registry(
    account=ACCOUNT,
    region="eu-west-1",
    has_contract=True,
    production=ProductionScope(
        convention=NamingConvention("{stage}/{team}/{app}"), stages=Stages.of({"dev": False, "prod": True})
    ),
    scanning=(scanning(FILE),),
    creation_templates=(CreationTemplate(source=FILE, prefix="docker-hub"),),
    cache_rules=(CacheRule(source=FILE, prefix="docker-hub", upstream_registry="docker-hub"),),
)


class TestEntryFor:
    CONTRACT = Contract(registries=(IRELAND, FRANKFURT))

    def test_the_entry_of_the_same_account_and_region(self) -> None:
        found = entry_for(Registry(account=ACCOUNT, region="eu-central-1"), self.CONTRACT)

        assert found is FRANKFURT

    def test_another_account_has_none(self) -> None:
        assert entry_for(Registry(account="999900001111", region="eu-west-1"), self.CONTRACT) is None

    def test_another_region_has_none(self) -> None:
        assert entry_for(Registry(account=ACCOUNT, region="us-east-1"), self.CONTRACT) is None

    def test_an_unknown_environment_takes_the_only_entry(self) -> None:
        assert entry_for(Registry(scope="team.json"), Contract(registries=(IRELAND,))) is IRELAND

    def test_a_known_part_chooses(self) -> None:
        assert entry_for(Registry(region="eu-central-1"), self.CONTRACT) is FRANKFURT

    def test_a_known_part_that_differs_excludes_even_the_only_entry(self) -> None:
        assert entry_for(Registry(region="us-east-1"), Contract(registries=(IRELAND,))) is None

    @pytest.mark.parametrize("registry", [Registry(scope="team.json"), Registry(account=ACCOUNT)])
    def test_several_entries_that_agree_are_listed_and_none_is_guessed(self, registry: Registry) -> None:
        with pytest.raises(ContractError, match="holds 2 registries") as caught:
            entry_for(registry, self.CONTRACT)

        assert caught.value.allowed == "111122223333/eu-west-1, 111122223333/eu-central-1"
        assert caught.value.fix is not None

    def test_an_entry_without_an_environment_stands_for_any(self) -> None:
        anywhere = Registry()

        assert entry_for(IRELAND, Contract(registries=(anywhere,))) is anywhere

    def test_the_exact_entry_is_preferred_to_one_without_an_environment(self) -> None:
        assert entry_for(IRELAND, Contract(registries=(Registry(), IRELAND))) is IRELAND


class TestSelectEntry:
    CONTRACT = Contract(registries=(IRELAND, FRANKFURT))

    def test_leaves_one(self) -> None:
        selected = select_entry(self.CONTRACT, "111122223333/eu-central-1")

        assert selected.registries == (FRANKFURT,)

    def test_an_unknown_one_is_refused_with_the_choices(self) -> None:
        with pytest.raises(ContractError, match="'eu-west-1'") as caught:
            select_entry(self.CONTRACT, "eu-west-1", where="infra/registry.json")

        assert caught.value.where == "infra/registry.json"
        assert caught.value.allowed == "111122223333/eu-west-1, 111122223333/eu-central-1"


class TestCompleteRegistry:
    def test_production_scanning_templates_and_caches_become_known(self) -> None:
        team = Registry(
            scope="team.json", repositories=(Repository(source=DECLARED, name="prod/payments/api"),)
        )

        completed = complete_registry(team, ENTRY)

        assert completed.repositories == team.repositories
        assert completed.is_production("prod/payments/api") is True
        assert completed.is_production("dev/payments/api") is False
        assert scanning_for(completed, "prod/payments/api") == EffectiveScanning(
            scan_type=ScanType.ENHANCED, frequency=ScanFrequency.CONTINUOUS_SCAN
        )
        assert completed.creation_templates == ENTRY.creation_templates
        assert completed.cache_rules == ENTRY.cache_rules
        assert completed.is_governed

    def test_the_encryption_of_new_repositories_becomes_known(self) -> None:
        entry = Registry(encryption=Encryption(type=EncryptionType.KMS))
        assert complete_registry(Registry(), entry).encryption == entry.encryption
        declared = Registry(encryption=Encryption())
        assert complete_registry(declared, entry).encryption == declared.encryption

    def test_it_stays_the_registry_that_was_read(self) -> None:
        completed = complete_registry(Registry(scope="team.json"), ENTRY)

        assert (completed.account, completed.region, completed.label) == (None, None, "team.json")
        assert completed.singletons == ()

    def test_declared_scanning_wins(self) -> None:
        own = scanning(DECLARED, ScanType.BASIC)

        completed = complete_registry(Registry(scanning=(own,)), ENTRY)

        assert completed.scanning == (own,)

    def test_declared_production_wins_member_by_member(self) -> None:
        stages = Stages.of({"live": True})
        team = Registry(production=ProductionScope(stages=stages, whole_registry=False))

        completed = complete_registry(team, ENTRY)

        assert completed.production.stages is stages
        assert completed.production.whole_registry is False
        assert completed.production.convention == NamingConvention("{stage}/{team}/{app}")

    def test_a_declared_prefix_replaces_the_contract_s(self) -> None:
        own_template = CreationTemplate(source=DECLARED, prefix="docker-hub/")
        own_cache = CacheRule(source=DECLARED, prefix="docker-hub")
        registry = Registry(creation_templates=(own_template,), cache_rules=(own_cache,))

        completed = complete_registry(registry, ENTRY)

        assert completed.creation_templates == (own_template,)
        assert completed.cache_rules == (own_cache,)
        assert list(find_conflicts(completed)) == []

    def test_a_conflict_with_the_contract_is_found_at_the_declaration(self) -> None:
        nested = CacheRule(source=DECLARED, prefix="docker-hub/library")

        completed = complete_registry(Registry(cache_rules=(nested,)), ENTRY)

        assert [conflict.source for conflict in find_conflicts(completed)] == [DECLARED]

    def test_a_registry_completed_by_its_own_contract_does_not_change(self) -> None:
        contract = parse_contract(render_contract([ENTRY]))

        once = complete_registry(ENTRY, contract.registries[0])

        assert once == ENTRY

    def test_completing_twice_changes_nothing_more(self) -> None:
        once = complete_registry(Registry(scope="team.json"), ENTRY)

        assert complete_registry(once, ENTRY) == once

    def test_everything_from_a_contract_is_told_apart_by_its_file(self) -> None:
        contract = parse_contract(render_contract([ENTRY]), where="infra/registry.json")

        completed = complete_registry(Registry(scope="team.json"), contract.registries[0])

        context = (*completed.scanning, *completed.creation_templates, *completed.cache_rules)
        assert len(context) == 3
        assert {one.source.template for one in context} == {"infra/registry.json"}
