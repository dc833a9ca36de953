from __future__ import annotations

from ecr_blueprints.domain.scanning import ScanFrequency, ScanType
from ecr_blueprints.registry.effective import EffectiveScanning, scanning_for
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved


def configuration(name: str, scan_type: ScanType, *filters: str) -> ScanningConfiguration:
    rule = ScanningRule(frequency=ScanFrequency.SCAN_ON_PUSH, filters=filters)
    return ScanningConfiguration(source=SourceLocation(logical_id=name), scan_type=scan_type, rules=(rule,))


def test_of_several_configurations_what_all_say_is_known_and_the_rest_is_not() -> None:
    registry = Registry(
        scanning=(configuration("A", ScanType.ENHANCED, "prod/*"), configuration("B", ScanType.ENHANCED, "*"))
    )
    assert scanning_for(registry, "prod/api") == EffectiveScanning(
        scan_type=ScanType.ENHANCED, frequency=ScanFrequency.SCAN_ON_PUSH
    )
    assert isinstance(scanning_for(registry, "dev/api"), Unresolved)
    assert scanning_for(Registry(), "dev/api") is None
