"""How a registry that exists differs from what is declared of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.scanning import ScanFrequency, ScanType
from ecr_blueprints.domain.tags import ExclusionFilter, MutabilityMode, TagMutability
from ecr_blueprints.registry.cache_rule import CacheRule
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.difference import Difference, Impact
from ecr_blueprints.registry.encryption import Encryption
from ecr_blueprints.registry.policy_document import parse_policy
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.registry_drift import drifts, secret_name, template_drifts
from ecr_blueprints.registry.replication_configuration import (
    ReplicationConfiguration,
    ReplicationDestination,
    ReplicationRule,
)
from ecr_blueprints.registry.repository import Repository
from ecr_blueprints.registry.repository_drift import repository_differences
from ecr_blueprints.registry.scanning_configuration import ScanningConfiguration, ScanningRule
from ecr_blueprints.registry.signing_configuration import SigningConfiguration, SigningRule
from ecr_blueprints.registry.source_location import SourceLocation
from ecr_blueprints.registry.unresolved import Unresolved

ACCOUNT, REGION = "111122223333", "eu-west-1"
IMMUTABLE = TagMutability(mode=MutabilityMode.IMMUTABLE)
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"


def place(name: str) -> SourceLocation:
    return SourceLocation(template="t.json", logical_id=name)


def live(name: str = "prod/api", **more: Any) -> Repository:
    arn = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{name}"
    return Repository(source=SourceLocation(arn=arn), name=name, **more)


def declared(name: str = "prod/api", **more: Any) -> Repository:
    return Repository(source=place("Api"), name=name, **more)


def lifecycle(*rules: tuple[str, int]) -> str:
    """Rules that delete: untagged images, or those of a pattern, after some days."""
    return json.dumps(
        {
            "rules": [
                {
                    "rulePriority": 10 * (index + 1),
                    "selection": {
                        **(
                            {"tagStatus": "tagged", "tagPatternList": [tag]}
                            if tag
                            else {"tagStatus": "untagged"}
                        ),
                        "countType": "sinceImagePushed",
                        "countUnit": "days",
                        "countNumber": days,
                    },
                    "action": {"type": "expire"},
                }
                for index, (tag, days) in enumerate(rules)
            ]
        }
    )


def of(now: Repository, then: Repository, **more: Any) -> list[tuple[str, Impact]]:
    return [(one.property, one.impact) for one in repository_differences(now, then, **more)]


class TestRepository:
    def test_the_same_has_no_difference(self) -> None:
        settings: dict[str, Any] = {"tag_mutability": IMMUTABLE, "tags": {"a": "b"}}
        policy = lifecycle(("sha-*", 60), ("", 7))

        assert (
            of(live(lifecycle_policy=policy, **settings), declared(lifecycle_policy=policy, **settings)) == []
        )

    def test_a_lifecycle_policy_is_compared_by_what_it_does(self) -> None:
        text = lifecycle(("", 7))
        spelled = json.dumps(json.loads(text.replace('"rulePriority": 10', '"rulePriority": 3')), indent=4)

        assert of(live(lifecycle_policy=text), declared(lifecycle_policy=spelled)) == []

    def test_a_rule_that_is_new_is_told_in_words(self) -> None:
        (found,) = repository_differences(live(), declared(lifecycle_policy=lifecycle(("sha-*", 30))))

        assert found == Difference(
            property="LifecyclePolicy",
            impact=Impact.LOSES,
            message="from then on: delete the images of [sha-*] after 30 days",
        )

    def test_no_policy_in_the_place_of_one_keeps_more(self) -> None:
        assert of(live(lifecycle_policy=lifecycle(("", 7))), declared()) == [
            ("LifecyclePolicy", Impact.CHANGES)
        ]

    @pytest.mark.parametrize(
        ("now", "then", "impact"),
        [
            (TagMutability(), IMMUTABLE, Impact.CHANGES),
            (IMMUTABLE, TagMutability(), Impact.LOSES),
            (
                IMMUTABLE,
                TagMutability(
                    mode=MutabilityMode.IMMUTABLE_WITH_EXCLUSION, exclusions=(ExclusionFilter("3.*"),)
                ),
                Impact.CHANGES,
            ),
        ],
    )
    def test_mutability(self, now: TagMutability, then: TagMutability, impact: Impact) -> None:
        assert of(live(tag_mutability=now), declared(tag_mutability=then)) == [("ImageTagMutability", impact)]

    def test_an_encryption_that_is_declared_otherwise_cannot_be(self) -> None:
        kms = Encryption(type=EncryptionType.KMS, kms_key=KEY)

        assert of(live(encryption=kms), declared()) == [("EncryptionConfiguration", Impact.CANNOT)]
        assert of(live(encryption=kms), declared(), rendered={"RepositoryName"}) == []

    def test_tags(self) -> None:
        found = list(
            repository_differences(live(tags={"a": "1", "b": "2"}), declared(tags={"a": "2", "c": "3"}))
        )

        assert [(one.message[:3], one.impact, one.undeclared) for one in found] == [
            ("a=1", Impact.LOSES, False),
            ("c=3", Impact.CHANGES, False),
            ("b=2", Impact.LOSES, True),
        ]

    def test_what_deployment_determines_is_open(self) -> None:
        unknown = Unresolved("Ref: Policy", depends_on="Policy")

        assert of(live(), declared(policy=unknown, lifecycle_policy=unknown)) == [
            ("LifecyclePolicy", Impact.OPEN),
            ("RepositoryPolicyText", Impact.OPEN),
        ]


def registry(**more: Any) -> Registry:
    return Registry(account=ACCOUNT, region=REGION, **more)


class TestSingletons:
    def test_scanning(self) -> None:
        def scanning(kind: ScanType, frequency: ScanFrequency, names: str) -> Registry:
            rule = ScanningRule(frequency=frequency, filters=(names,))
            return registry().with_scanning(
                ScanningConfiguration(source=place("Scanning"), scan_type=kind, rules=(rule,))
            )

        now = scanning(ScanType.ENHANCED, ScanFrequency.SCAN_ON_PUSH, "*")
        then = scanning(ScanType.BASIC, ScanFrequency.SCAN_ON_PUSH, "prod/*")

        (found,) = drifts(now, then)

        assert found.label == "scanning configuration"
        assert [(one.impact, one.message) for one in found.differences] == [
            (Impact.LOSES, "ENHANCED becomes BASIC"),
            (Impact.LOSES, "no longer scanned by SCAN_ON_PUSH: *"),
            (Impact.CHANGES, "from then on scanned by SCAN_ON_PUSH: prod/*"),
        ]
        assert list(drifts(now, now)) == []

    def test_replication(self) -> None:
        def replication(*filters: str) -> Registry:
            rule = ReplicationRule(
                source=place("Replication"),
                destinations=(ReplicationDestination(region="eu-central-1", registry_id=ACCOUNT),),
                filters=filters,
            )
            return registry().with_replication(
                ReplicationConfiguration(source=place("Replication"), rules=(rule,))
            )

        (found,) = drifts(replication(), replication("prod/"))

        assert [one.message for one in found.differences] == [
            "no longer copied to 111122223333/eu-central-1: *",
            "from then on copied to 111122223333/eu-central-1: prod/",
        ]

    def test_a_profile_that_the_stack_makes_takes_the_place_of_another(self) -> None:
        def signing(profile: Any) -> Registry:
            rule = SigningRule(source=place("Signing"), profile_arn=profile, filters=("prod/*",))
            return registry().with_signing(SigningConfiguration(source=place("Signing"), rules=(rule,)))

        (found,) = drifts(signing("arn:old"), signing(Unresolved("Fn::GetAtt: Profile.Arn")))

        assert [(one.impact, one.message) for one in found.differences] == [
            (Impact.LOSES, "no longer signed with arn:old: prod/*"),
            (Impact.CHANGES, "from then on signed with a profile that the stack makes: prod/*"),
        ]


def test_a_cache_is_fixed_at_creation() -> None:
    def cache(url: str, credential: Any) -> Registry:
        rule = CacheRule(
            source=place("Cache"), prefix="hub", upstream_registry_url=url, credential_arn=credential
        )
        return registry().with_cache_rule(rule)

    arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:ecr-pullthroughcache/hub"
    now = cache("registry-1.docker.io", f"{arn}-AbCdEf")

    assert list(drifts(now, cache("registry-1.docker.io", arn))) == []
    (found,) = drifts(now, cache("quay.io", None))
    assert [(one.property, one.impact) for one in found.differences] == [
        ("UpstreamRegistryUrl", Impact.CANNOT),
        ("CredentialArn", Impact.CANNOT),
    ]


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:secretsmanager:eu-west-1:1:secret:ecr-pullthroughcache/docker-hub-AbCdEf", "docker-hub"),
        ("arn:aws:secretsmanager:eu-west-1:1:secret:ecr-pullthroughcache/docker-hub", "docker-hub"),
    ],
)
def test_a_secret_by_its_arn(arn: str, name: str) -> None:
    assert secret_name(arn) == f"ecr-pullthroughcache/{name}"


class TestByTemplate:
    """Repositories that nothing declares, beside what a creation template would make now."""

    template = CreationTemplate(
        source=place("Hub"),
        prefix="hub",
        applied_for=(AppliedFor.PULL_THROUGH_CACHE,),
        lifecycle_policy=lifecycle(("", 14)),
        resource_tags={"owner": "platform"},
    )
    rules = registry(
        creation_templates=(template,),
        cache_rules=(CacheRule(source=place("Cache"), prefix="hub", upstream_registry_url="quay.io"),),
    )

    def test_a_cached_repository_is_held_against_it(self) -> None:
        now = registry(repositories=(live("hub/nginx"), live("other")))

        (found,) = template_drifts(now, self.rules)

        assert (found.identifier, found.by_template) == ("hub/nginx", True)
        assert [one.property for one in found.differences] == ["LifecyclePolicy", "Tags"]

    def test_what_the_template_leaves_out_a_repository_may_have(self) -> None:
        policy = parse_policy(
            '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:PutImage"}]}'
        )
        now = registry(
            repositories=(
                live(
                    "hub/nginx",
                    policy=policy,
                    encryption=Encryption(type=EncryptionType.KMS),
                    lifecycle_policy=lifecycle(("", 14)),
                    tags={"owner": "platform"},
                ),
            )
        )

        assert list(template_drifts(now, self.rules)) == []

    def test_a_declared_repository_is_its_template_s_no_more(self) -> None:
        now = registry(repositories=(live("hub/nginx"),))

        assert list(template_drifts(now, self.rules.with_repository(declared("hub/nginx")))) == []

    def test_a_template_for_another_mechanism_says_nothing(self) -> None:
        other = CreationTemplate(
            source=place("App"), prefix="app", applied_for=(), lifecycle_policy=lifecycle(("", 14))
        )
        now = registry(repositories=(live("app/one"),))

        assert list(template_drifts(now, registry(creation_templates=(other,)))) == []
