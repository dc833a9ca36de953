"""Who pulls, and who takes the role for it."""

from __future__ import annotations

from ecr_blueprints.domain.workload import ASSUME_ACTIONS, WORKLOAD_SERVICES, Workload


def test_every_workload_has_a_service_and_what_it_does() -> None:
    assert set(WORKLOAD_SERVICES) == set(ASSUME_ACTIONS) == set(Workload)
    assert ASSUME_ACTIONS[Workload.PODS] == ("sts:AssumeRole", "sts:TagSession")
