"""The four grammars of repository filters."""

from __future__ import annotations

import time

import pytest

from ecr_blueprints.domain.repository_filter import (
    CachePrefix,
    CreationTemplatePrefix,
    ReplicationFilter,
    ScanningFilter,
    SigningFilter,
)
from ecr_blueprints.errors import InvalidValueError

ANY_FILTER = ScanningFilter | SigningFilter | ReplicationFilter | CreationTemplatePrefix | CachePrefix
GRAMMARS: list[type[ANY_FILTER]] = [
    ScanningFilter,
    SigningFilter,
    ReplicationFilter,
    CreationTemplatePrefix,
    CachePrefix,
]


@pytest.mark.parametrize(
    ("text", "valid_in"),
    [
        ("prod", {ScanningFilter, SigningFilter, ReplicationFilter, CreationTemplatePrefix, CachePrefix}),
        ("prod/", {ReplicationFilter, CreationTemplatePrefix, CachePrefix}),
        ("prod/*", {ScanningFilter, SigningFilter}),
        ("prod-", {ReplicationFilter}),
        ("prod*", {ScanningFilter, SigningFilter}),
        ("*", {ScanningFilter, SigningFilter}),
        ("ROOT", {CreationTemplatePrefix, CachePrefix}),
        ("a", {ScanningFilter, SigningFilter, CreationTemplatePrefix}),
        ("a" * 31, {ScanningFilter, SigningFilter, ReplicationFilter, CreationTemplatePrefix}),
        ("a" * 256, {SigningFilter, ReplicationFilter, CreationTemplatePrefix}),
        ("a" * 257, set()),
        ("", set()),
        ("Prod", set()),
        ("a//b", set()),
        ("a--b", {ReplicationFilter, CreationTemplatePrefix, CachePrefix}),
        ("prod\n", set()),
    ],
)
def test_the_table_of_what_is_valid_where(text: str, valid_in: set[type[ANY_FILTER]]) -> None:
    assert {grammar for grammar in GRAMMARS if grammar.accepts(text)} == valid_in
    for grammar in GRAMMARS:
        if grammar in valid_in:
            assert grammar(text).value == text
        else:
            with pytest.raises(InvalidValueError):
                grammar(text)


@pytest.mark.parametrize(
    ("selection", "name", "expected"),
    [
        # AWS's own table for scanning filters
        *[
            (ScanningFilter(text), name, answer == "Y")
            for text, answers in {
                "prod": "YYYYY",
                "*prod": "YYNNN",
                "prod*": "YNYNY",
                "*prod*": "YYYYY",
                "prod*repo": "NNYNY",
            }.items()
            for name, answer in zip(
                ["prod", "repo-prod", "prod-repo", "repo-prod-repo", "prodrepo"], answers, strict=True
            )
        ],
        (ScanningFilter("prod"), "repo-prod-x", True),
        (ScanningFilter("prod/*"), "production/api", False),
        (SigningFilter("prod/*"), "prod/payments/api", True),
        (SigningFilter("prod/*"), "prod", False),
        (SigningFilter("prod/*"), "my/prod/api", False),
        (SigningFilter("prod"), "prod", True),
        (SigningFilter("prod"), "repo-prod-x", False),
        (SigningFilter("*"), "anything/at-all", True),
        (ReplicationFilter("prod"), "production/api", True),
        (ReplicationFilter("prod/"), "production/api", False),
        (ReplicationFilter("prod/"), "prod/api", True),
        (ReplicationFilter("prod/"), "my/prod/api", False),
        (ReplicationFilter("prod-"), "prod-x/api", True),
        (CreationTemplatePrefix("prod"), "prod/api", True),
        (CreationTemplatePrefix("prod/"), "prod/api", True),
        (CreationTemplatePrefix("prod"), "prod-x/api", False),
        (CreationTemplatePrefix("prod"), "production/api", False),
        (CreationTemplatePrefix("prod"), "prod", False),
        (CreationTemplatePrefix("ROOT"), "anything", True),
        (CachePrefix("docker-hub"), "docker-hub/library/nginx", True),
        (CachePrefix("docker-hub"), "docker-hub2/library/nginx", False),
        (CachePrefix("ROOT"), "library/nginx", True),
    ],
)
def test_matches(selection: ANY_FILTER, name: str, expected: bool) -> None:
    assert selection.matches(name) is expected


@pytest.mark.parametrize(
    ("selection", "pattern"),
    [
        (ScanningFilter("prod"), "*prod*"),
        (ScanningFilter("prod*"), "prod*"),
        (SigningFilter("prod"), "prod"),
        (ReplicationFilter("prod"), "prod*"),
        (ReplicationFilter("prod/"), "prod/*"),
        (CreationTemplatePrefix("prod"), "prod/*"),
        (CreationTemplatePrefix("prod/"), "prod/*"),
        (CachePrefix("ROOT"), "*"),
    ],
)
def test_pattern_is_the_same_selection_for_all_to_compare(selection: ANY_FILTER, pattern: str) -> None:
    assert selection.pattern == pattern


@pytest.mark.parametrize(
    ("grammar", "text", "fix"),
    [
        (SigningFilter, "prod/", "write 'prod/*' for every repository under prod/"),
        (ScanningFilter, "prod/", "write 'prod/*' for every repository under prod/"),
        (SigningFilter, "prod-", "write 'prod-*' for every name that starts with prod-"),
        (ReplicationFilter, "prod/*", "write 'prod/' for every repository under prod/"),
        (ReplicationFilter, "prod*", "write 'prod' for every name that starts with prod"),
        (ReplicationFilter, "*", "leave the filters out to replicate every repository"),
        (ReplicationFilter, "ROOT", "leave the filters out to replicate every repository"),
        (CreationTemplatePrefix, "prod/*", "write 'prod' for every repository under prod/"),
        (
            CreationTemplatePrefix,
            "prod-*",
            "write 'prod' for every repository under prod/, the nearest that a prefix can say",
        ),
        (CreationTemplatePrefix, "*", "write 'ROOT' for every repository"),
        (CachePrefix, "docker-hub/*", "write 'docker-hub' for every repository under docker-hub/"),
        (SigningFilter, "ROOT", "write '*' for every repository"),
        (SigningFilter, "PROD/*", "write 'prod/*' for every repository under prod/"),
        (SigningFilter, "Prod", "write 'prod' for a name in lower case, which all names are"),
        (ReplicationFilter, "*prod*", None),
        (CreationTemplatePrefix, "a b", None),
        (CachePrefix, "x", None),
    ],
)
def test_a_refusal_suggests_how_this_grammar_says_it(
    grammar: type[ANY_FILTER], text: str, fix: str | None
) -> None:
    with pytest.raises(InvalidValueError) as raised:
        grammar(text)
    assert raised.value.fix == fix
    assert raised.value.where == grammar.title


def test_a_refusal_says_in_which_grammar_the_text_is_valid() -> None:
    with pytest.raises(InvalidValueError) as raised:
        SigningFilter("prod/")
    assert raised.value.what == (
        "'prod/' is not a signing filter "
        "(it would be valid as replication filter, creation template prefix, cache prefix)"
    )
    with pytest.raises(InvalidValueError) as raised:
        SigningFilter("a b")
    assert raised.value.what == "'a b' is not a signing filter"


def test_the_grammars_cannot_be_mixed_up() -> None:
    assert len({grammar("prod") for grammar in GRAMMARS}) == len(GRAMMARS)
    assert ScanningFilter("prod") != SigningFilter("prod")
    assert ScanningFilter("prod") == ScanningFilter("prod")
    assert not isinstance(ScanningFilter("prod"), str)
    assert str(ScanningFilter("prod")) == "prod"
    with pytest.raises(AttributeError):
        ScanningFilter("prod").value = "dev"  # type: ignore[misc]


@pytest.mark.parametrize("grammar", [CreationTemplatePrefix, CachePrefix])
def test_specificity_orders_prefixes_as_ecr_does(grammar: type[CreationTemplatePrefix | CachePrefix]) -> None:
    prefixes = [grammar("prod"), grammar("ROOT"), grammar("prod/team/")]
    ordered = sorted(prefixes, key=lambda prefix: prefix.specificity, reverse=True)
    assert [prefix.value for prefix in ordered] == ["prod/team/", "prod", "ROOT"]
    assert grammar("prod").specificity == grammar("prod/").specificity
    assert [prefix.is_root for prefix in prefixes] == [False, True, False]
    assert [prefix.namespace for prefix in prefixes] == ["prod", "", "prod/team"]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("prod", "prod/", True),
        ("prod", "prod/team", True),
        ("prod", "prod-x", False),
        ("prod/a", "prod/b", False),
        ("ROOT", "prod", True),
        ("ROOT", "ROOT", True),
    ],
)
def test_overlaps(one: str, other: str, expected: bool) -> None:
    assert CachePrefix(one).overlaps(CachePrefix(other)) is expected
    assert CachePrefix(other).overlaps(CachePrefix(one)) is expected


@pytest.mark.parametrize("grammar", GRAMMARS)
@pytest.mark.parametrize(
    "text", ["a" * 200 + "!", "a-" * 100 + "!", "a/" * 120 + "!", "-" * 250 + "!", "*" * 250 + "!"]
)
def test_no_text_makes_a_check_slow(grammar: type[ANY_FILTER], text: str) -> None:
    started = time.perf_counter()
    assert not grammar.accepts(text)
    assert time.perf_counter() - started < 0.1
