"""A seeding list is worked off into repositories whose tags are immutable, as the registry enforces it."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from local_cloud import LocalCloud
from registries import configure_skopeo, docker_registry, make_image, need_programs

from ecr_blueprints.cli.main import main
from ecr_blueprints.registry.seeding_list import Filling, Seed, render_seeding_list

_accounts = itertools.count(790000000000)


def test_copies_arrive_whole_in_immutable_repositories_and_a_second_run_writes_nothing(
    cloud: LocalCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    need_programs()
    ecr: Any = cloud.client("ecr", account=str(next(_accounts)), region="eu-west-1")
    ecr.create_repository(repositoryName="vendor/historian", imageTagMutability="IMMUTABLE")
    host = cloud.url.removeprefix("http://")
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    (tmp_path / "auth.json").write_text(json.dumps({"auths": {host: {"auth": token}}}))
    with docker_registry(tmp_path / "upstream") as upstream:
        configure_skopeo(
            tmp_path, monkeypatch, insecure=[upstream, host], aliases={"vendor.example": upstream}
        )
        image = make_image(tmp_path / "image", "one", platforms=("amd64", "arm64"))
        image.push(f"{upstream}/scada/historian:8.2")
        other = make_image(tmp_path / "other", "two")
        other.push(f"{upstream}/scada/historian:9.0")

        def seed(digest: str) -> int:
            path = tmp_path / "seeding-list.json"
            path.write_text(
                render_seeding_list(
                    [
                        Seed(
                            source="vendor.example/scada/historian",
                            digest=digest,
                            target=f"{host}/vendor/historian",
                            tag="8.2",
                            region="eu-west-1",
                            filling=Filling.COPY,
                        )
                    ]
                )
            )
            return main(["seed", str(path)])

        assert seed(image.digest) == 0, capsys.readouterr().out
        assert "1 image: 1 filled" in capsys.readouterr().out
        held = ecr.describe_images(repositoryName="vendor/historian")["imageDetails"]
        assert {one["imageDigest"]: one.get("imageTags") for one in held} == {
            image.digest: ["8.2"],
            **dict.fromkeys(image.children),
        }
        # A tag that cannot be written again, even by its own image, is not written again.
        assert seed(image.digest) == 0
        assert "1 image: 1 present" in capsys.readouterr().out
        assert seed(other.digest) == 1
        assert f"is {image.digest} and has to be {other.digest}" in capsys.readouterr().out
        assert ecr.describe_images(repositoryName="vendor/historian")["imageDetails"] == held
