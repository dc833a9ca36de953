"""The mixin and the injector in apps of other teams: nothing is replaced, and what they said stays."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from adoption import APPS, Adoption, synthesize

from ecr_blueprints.constructs.repository_baseline import RepositoryBaseline
from ecr_blueprints.constructs.repository_defaults import RepositoryDefaults

pytestmark = pytest.mark.node

WAYS = ("mixin", "injector")


def selections(text: str) -> list[dict[str, object]]:
    """The rules in order, without their numbers."""
    return [rule["selection"] for rule in json.loads(text)["rules"]]


@pytest.fixture(scope="module", params=APPS, ids=lambda path: path.stem)
def before(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Adoption:
    path = request.param
    folder = tmp_path_factory.mktemp(path.stem)
    return Adoption(name=path.stem, before=synthesize(path, folder / "before"), after=folder)


@pytest.fixture(scope="module", params=WAYS)
def adoption(request: pytest.FixtureRequest, before: Adoption) -> Adoption:
    path = next(path for path in APPS if path.stem == before.name)
    output = before.after / request.param
    if request.param == "mixin":
        baseline = RepositoryBaseline(immutable_tags=True, tags={"cost-center": "images"})
        synthesize(path, output, before_synth=lambda app: cdk.Mixins.of(app).apply(baseline))
    else:
        synthesize(path, output, injectors=[RepositoryDefaults(immutable_tags=True)])
    return Adoption(name=f"{before.name}, {request.param}", before=before.before, after=output)


def test_cloudformation_replaces_nothing(adoption: Adoption) -> None:
    # What deletes the images of a repository that is kept from now on goes with it.
    gone = [place for place in adoption.replaced() if "AutoDelete" not in place]
    assert gone == []


def test_every_repository_is_kept(adoption: Adoption) -> None:
    for place, before, after in adoption.repositories():
        if adoption.name.endswith("mixin"):
            assert after["DeletionPolicy"] == "RetainExceptOnCreate", place
            assert after["UpdateReplacePolicy"] == "Retain", place
        elif before.get("DeletionPolicy") is None:
            assert after == before, place  # A CfnRepository, of which an injector knows nothing.


def test_every_repository_has_a_lifecycle(adoption: Adoption) -> None:
    for place, before, after in adoption.properties():
        if after == before and adoption.name in ("handwritten, injector", "governed, injector"):
            continue  # Resources, and an injector that is nearer.
        assert after["LifecyclePolicy"]["LifecyclePolicyText"], place


def test_what_they_said_stays(adoption: Adoption) -> None:
    for place, before, after in adoption.properties():
        rules = before.get("LifecyclePolicy", {}).get("LifecyclePolicyText")
        if rules is not None:
            ours = selections(after["LifecyclePolicy"]["LifecyclePolicyText"])
            # An injector speaks before the app's later calls: its rule for untagged images is there too.
            is_added = len(ours) - len(selections(rules))
            assert ours[is_added:] == selections(rules), place
            assert is_added == 0 or (is_added == 1 and adoption.name == "retained, injector"), place
        for tag in before.get("Tags", ()):
            is_auto_delete = tag["Key"] == "aws-cdk:auto-delete-images"
            assert is_auto_delete or tag in after["Tags"], place
        assert after.get("RepositoryPolicyText") == before.get("RepositoryPolicyText"), place
        if "EXCLUSION" in before.get("ImageTagMutability", ""):
            assert after["ImageTagMutability"] == before["ImageTagMutability"], place


def test_all_of_them_run_in_one_app_in_turn(tmp_path: Path) -> None:
    """The same baseline for several apps says of each what it did there."""
    baseline = RepositoryBaseline()
    for path in APPS[:2]:
        synthesize(path, tmp_path / path.stem, before_synth=lambda app: cdk.Mixins.of(app).apply(baseline))
    assert len({change.construct_path.split("/")[0] for change in baseline.changes}) >= 2
