"""`ecr-blueprints seed` fills real registries by digest, changes nothing twice, and says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from registries import (
    FrozenCache,
    Image,
    configure_skopeo,
    docker_registry,
    free_port,
    make_image,
    need_programs,
)

from ecr_blueprints.cli.main import main
from ecr_blueprints.registry.seeding_list import Filling, Seed, render_seeding_list

UPSTREAM = "docker.io"
OTHER_DIGEST = f"sha256:{'0' * 64}"


@dataclass(kw_only=True)
class World:
    """An upstream, reached by its public name, and a registry to fill."""

    folder: Path
    upstream: str
    registry: str

    def image(self, name: str, *, content: str = "one", platforms: tuple[str, ...] = ()) -> Image:
        made = make_image(
            self.folder / f"{name.replace('/', '-').replace(':', '-')}-{content}",
            content,
            platforms=platforms,
        )
        made.push(f"{self.upstream}/{name}")
        return made

    def seed(
        self,
        source: str,
        digest: str,
        *,
        registry: str = "",
        filling: Filling = Filling.COPY,
        region: str = "eu-west-1",
    ) -> Seed:
        name, _, tag = source.partition(":")
        prefix = "docker-hub" if filling is Filling.PULL_THROUGH else "copies"
        return Seed(
            source=f"{UPSTREAM}/{name}",
            digest=digest,
            target=f"{registry or self.registry}/{prefix}/{name}",
            tag=tag,
            region=region,
            filling=filling,
        )

    def run(self, *seeds: Seed, options: tuple[str, ...] = ()) -> int:
        path = self.folder / "seeding-list.json"
        path.write_text(render_seeding_list(seeds))
        return main(["seed", str(path), *options])


@pytest.fixture(scope="module")
def registries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    need_programs()
    folder = tmp_path_factory.mktemp("registries")
    with docker_registry(folder / "upstream") as upstream, docker_registry(folder / "registry") as registry:
        yield upstream, registry


@pytest.fixture
def world(registries: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    upstream, registry = registries
    configure_skopeo(tmp_path, monkeypatch, insecure=[upstream, registry], aliases={UPSTREAM: upstream})
    return World(folder=tmp_path, upstream=upstream, registry=registry)


def test_an_index_is_copied_whole_by_its_digest_and_a_second_run_does_nothing(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    image = world.image("library/nginx:1.27", platforms=("amd64", "arm64"))
    # The tag at the upstream moves on; the copy is of the digest.
    world.image("library/nginx:1.27", content="two")
    seed = world.seed("library/nginx:1.27", image.digest)
    assert world.run(seed) == 0
    out = capsys.readouterr().out
    assert out == (
        f"filled   {world.registry}/copies/library/nginx:1.27 {image.digest}, an index of 2\n"
        "1 image: 1 filled\n"
    )
    assert world.run(seed) == 0
    assert capsys.readouterr().out.endswith("an index of 2\n1 image: 1 present\n")


def test_another_image_under_the_tag_is_told_and_left_alone(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = world.image("acme/app:1", content="one"), world.image("acme/app:1", content="two")
    assert world.run(world.seed("acme/app:1", first.digest)) == 0
    assert world.run(world.seed("acme/app:1", second.digest)) == 1
    out = capsys.readouterr().out
    assert f"copies/acme/app:1 is {first.digest} and has to be {second.digest}" in out
    assert "fix: if nothing runs it, delete the tag" in out
    assert world.run(world.seed("acme/app:1", first.digest)) == 0


def test_a_check_fills_nothing_and_tells_what_is_missing(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = world.seed("acme/tool:2", world.image("acme/tool:2").digest)
    for _ in range(2):
        assert world.run(seed, options=("--check",)) == 1
        assert capsys.readouterr().out.endswith("1 image: 1 missing\n")
    assert world.run(seed) == 0
    assert world.run(seed, options=("--check",)) == 0


def test_what_fails_does_not_stop_the_others(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    gone = world.seed("acme/gone:1", OTHER_DIGEST)
    here = world.seed("acme/here:1", world.image("acme/here:1").digest)
    assert world.run(gone, here) == 1
    out = capsys.readouterr().out
    assert f"failed   {world.registry}/copies/acme/gone:1" in out
    assert "manifest unknown" in out
    assert out.endswith("2 images: 1 filled, 1 failed\n")


def test_a_cache_is_filled_by_pulling_through_it(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    image = world.image("library/redis:7", platforms=("amd64", "arm64"))
    with FrozenCache(world.upstream, prefix="docker-hub") as cache:
        configure_skopeo(
            world.folder,
            monkeypatch,
            insecure=[world.upstream, cache.host],
            aliases={UPSTREAM: world.upstream},
        )
        seed = world.seed("library/redis:7", image.digest, registry=cache.host, filling=Filling.PULL_THROUGH)
        assert world.run(seed) == 0
        name = "docker-hub/library/redis"
        assert f"{name}/manifests/7" in cache.pulled
        assert {f"{name}/manifests/{child}" for child in image.children} <= set(cache.pulled)
        # Both layers and both configurations were pulled, not the manifests alone.
        assert len([one for one in cache.pulled if "/blobs/" in one]) == 4
        # The upstream moves on; the cache stays, and is not filled again.
        before = list(cache.pulled)
        world.image("library/redis:7", content="two")
        assert world.run(seed) == 0
        assert cache.pulled == before
    assert "1 image: 1 present" in capsys.readouterr().out


def test_a_cache_is_not_asked_for_a_tag_that_its_upstream_has_moved(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = world.image("library/busybox:1", content="one")
    moved = world.image("library/busybox:1", content="two")
    with FrozenCache(world.upstream, prefix="docker-hub") as cache:
        configure_skopeo(
            world.folder,
            monkeypatch,
            insecure=[world.upstream, cache.host],
            aliases={UPSTREAM: world.upstream},
        )
        seed = world.seed(
            "library/busybox:1", wanted.digest, registry=cache.host, filling=Filling.PULL_THROUGH
        )
        assert world.run(seed) == 1
        assert cache.pulled == []
    out = capsys.readouterr().out
    assert f"has moved docker.io/library/busybox:1 to {moved.digest}" in out
    assert "nothing was pulled" in out


def test_an_index_of_which_an_image_is_missing_is_no_success(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    image = world.image("library/half:1", platforms=("amd64", "arm64"))
    with FrozenCache(world.upstream, prefix="docker-hub") as cache:
        configure_skopeo(
            world.folder,
            monkeypatch,
            insecure=[world.upstream, cache.host],
            aliases={UPSTREAM: world.upstream},
        )
        seed = world.seed("library/half:1", image.digest, registry=cache.host, filling=Filling.PULL_THROUGH)
        assert world.run(seed) == 0
        lost = image.children[1]
        cache.lose(f"docker-hub/library/half/manifests/{lost}")
        assert world.run(seed, options=("--check",)) == 1
    assert f"is an index of 2 images, and {lost} of them cannot be read" in capsys.readouterr().out


def test_a_registry_that_does_not_answer_is_no_missing_image(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = world.seed("acme/app:1", OTHER_DIGEST, registry=f"127.0.0.1:{free_port()}")
    assert world.run(nowhere, options=("--check",)) == 1
    out = capsys.readouterr().out
    assert "connection refused" in out
    assert out.endswith("1 image: 1 failed\n")


def test_a_region_is_chosen_or_refused(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    digest = world.image("acme/web:1").digest
    seeds = [world.seed("acme/web:1", digest, region=region) for region in ("eu-west-1", "eu-central-1")]
    assert world.run(*seeds, options=("--region", "eu-central-1")) == 0
    assert capsys.readouterr().out.endswith("1 image: 1 filled\n")
    assert world.run(*seeds, options=("--region", "eu-north-1")) == 2
    assert "allowed: eu-west-1, eu-central-1" in capsys.readouterr().err


def test_without_skopeo_it_says_how_to_get_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "seeding-list.json"
    path.write_text(render_seeding_list([]))
    assert main(["seed", str(path)]) == 2
    assert "skopeo is not installed, or not on the PATH; fix: install it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "not JSON"),
        ("[]", "not a seeding list"),
        ('{"seedingListVersion": 2}', "version 2 of the seeding list is not known; allowed: 1"),
        ('{"seedingListVersion": 1, "seeds": {}}', "the member seeds is no list"),
        ('{"seedingListVersion": 1, "seeds": [3]}', "seeds[0]: is no object"),
        (
            json.dumps({"seedingListVersion": 1, "seeds": [{"source": "--all"}]}),
            "seeds[0]: source is '--all'",
        ),
    ],
)
def test_a_list_that_is_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, what: str
) -> None:
    path = tmp_path / "seeding-list.json"
    path.write_text(text)
    assert main(["seed", str(path)]) == 2
    assert what in capsys.readouterr().err
