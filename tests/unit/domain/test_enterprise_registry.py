"""What Harbor and a job that copies take, and call."""

from __future__ import annotations

import pytest

from ecr_blueprints.domain import actions
from ecr_blueprints.domain.enterprise_registry import (
    COPY_ACTIONS,
    HARBOR_ACTIONS,
    HARBOR_CREATE_ACTIONS,
    check_harbor_schedule,
    check_registry_url,
    check_source_name,
    check_tag_filter,
    harbor_ecr_url,
    harbor_names_filter,
    replicated_name,
    url_host,
)
from ecr_blueprints.errors import InvalidValueError


@pytest.mark.parametrize("allowed", [HARBOR_ACTIONS, COPY_ACTIONS, HARBOR_CREATE_ACTIONS])
def test_nothing_is_deleted_changed_or_registry_wide(allowed: tuple[str, ...]) -> None:
    forbidden = {*actions.DELETE, *actions.ADMIN, *actions.REGISTRY_ADMIN, *actions.REPLICATE} - {
        "ecr:CreateRepository"
    }
    assert not forbidden & set(allowed)
    assert "ecr:GetDownloadUrlForLayer" not in allowed


def test_both_push_and_only_harbor_creates() -> None:
    assert set(actions.PUSH) <= set(HARBOR_ACTIONS) & set(COPY_ACTIONS)
    assert HARBOR_CREATE_ACTIONS == ("ecr:CreateRepository",)
    assert "ecr:CreateRepository" not in {*HARBOR_ACTIONS, *COPY_ACTIONS}


def test_harbor_asks_for_the_token_of_the_account_in_the_url() -> None:
    assert (
        harbor_ecr_url("111122223333", "eu-west-1") == "https://111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    )
    assert harbor_ecr_url("111122223333", "cn-north-1").endswith(".amazonaws.com.cn")


def test_names_keep_their_project_behind_the_prefix() -> None:
    assert replicated_name("payments/api", "prod") == "prod/payments/api"


def test_one_project_and_several_are_one_filter() -> None:
    assert harbor_names_filter(("payments",)) == "payments/**"
    assert harbor_names_filter(("payments", "search")) == "{payments,search}/**"


@pytest.mark.parametrize("schedule", ["0 */15 * * * *", "0 0 2 * * MON-FRI", "0 5,35 * * * ?"])
def test_a_schedule_of_harbor(schedule: str) -> None:
    assert check_harbor_schedule(schedule) == schedule


@pytest.mark.parametrize(
    ("schedule", "fix"),
    [
        ("*/15 * * * *", "write '0 */15 * * * *'"),
        ("30 */15 * * * *", None),
        ("0 * * * *  *", None),
        ("0 */15 * * * * *", None),
        ("0 ; * * * *", None),
        ("", None),
    ],
)
def test_what_is_no_schedule_of_harbor(schedule: str, fix: str | None) -> None:
    with pytest.raises(InvalidValueError) as caught:
        check_harbor_schedule(schedule)
    assert caught.value.fix == fix


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://harbor.example.com", "harbor.example.com"),
        ("https://acme.jfrog.io/", "acme.jfrog.io"),
        ("https://harbor:8443", "harbor:8443"),
    ],
)
def test_an_address_and_its_host(url: str, host: str) -> None:
    assert url_host(check_registry_url(url)) == host


@pytest.mark.parametrize(
    "url",
    ["http://harbor.example.com", "harbor.example.com", "https://u:p@harbor.example.com", "https://a/b", ""],
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(InvalidValueError, match="no address of a registry"):
        check_registry_url(url)


@pytest.mark.parametrize("name", ["docker-prod-local", "payments", "a.b_c"])
def test_a_part_of_an_image_s_name(name: str) -> None:
    assert check_source_name(name) == name


@pytest.mark.parametrize("name", ["Payments", "a/b", "-a", "a{b", ""])
def test_what_is_no_part_of_an_image_s_name(name: str) -> None:
    with pytest.raises(InvalidValueError):
        check_source_name(name)


@pytest.mark.parametrize("pattern", ["v*", "v?.*", "{v*,release-*}", "1.2.3"])
def test_a_filter_on_tags(pattern: str) -> None:
    assert check_tag_filter(pattern) == pattern


@pytest.mark.parametrize("pattern", ["^v.*$", "v 1", "(v|w)*", "", "v*\n"])
def test_what_no_tag_matches(pattern: str) -> None:
    with pytest.raises(InvalidValueError, match="no tag matches"):
        check_tag_filter(pattern)
