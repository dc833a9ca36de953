"""Real registries on loopback, images for them, and skopeo pointed at them by its own configuration."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

PROGRAMS = ("skopeo", "docker-registry")
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"


def need_programs() -> None:
    """Skips where the programs are missing; fails in CI, which has to install them."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if not missing:
        return
    words = f"{' and '.join(missing)} missing: `apt-get install {' '.join(missing)}`"
    if os.environ.get("CI"):
        pytest.fail(f"{words}; .ci/run installs them")
    pytest.skip(words)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def docker_registry(folder: Path) -> Iterator[str]:
    """Debian's docker-registry, empty; gives its host and port."""
    port = free_port()
    folder.mkdir(parents=True)
    (folder / "config.yml").write_text(
        json.dumps(
            {
                "version": 0.1,
                "log": {"level": "error"},
                "storage": {
                    "filesystem": {"rootdirectory": str(folder / "data")},
                    "delete": {"enabled": True},
                },
                "http": {"addr": f"127.0.0.1:{port}"},
            }
        )
    )
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            ["docker-registry", "serve", str(folder / "config.yml")], stdout=log, stderr=log
        )
    try:
        _wait(f"http://127.0.0.1:{port}/v2/")
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(url)


def configure_skopeo(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    insecure: list[str],
    aliases: Mapping[str, str] | None = None,
) -> None:
    """registries.conf: loopback hosts speak HTTP, and a public host is read from a loopback one."""
    lines = [f'[[registry]]\nlocation = "{host}"\ninsecure = true\n' for host in insecure]
    lines += [
        f'[[registry]]\nprefix = "{name}"\nlocation = "{host}"\ninsecure = true\n'
        for name, host in (aliases or {}).items()
    ]
    configuration = folder / ".config" / "containers"
    configuration.mkdir(parents=True, exist_ok=True)
    (configuration / "registries.conf").write_text("\n".join(lines))
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(folder / "auth.json"))


@dataclass(kw_only=True)
class Image:
    """A made-up image as an OCI layout."""

    folder: Path
    digest: str
    children: tuple[str, ...] = field(default=())

    def push(self, target: str) -> None:
        """Puts it, whole, where a registry keeps it."""
        subprocess.run(
            [
                "skopeo",
                "copy",
                "--all",
                "--preserve-digests",
                "--quiet",
                f"oci:{self.folder}",
                f"docker://{target}",
            ],
            check=True,
        )


def make_image(folder: Path, content: str, *, platforms: tuple[str, ...] = ()) -> Image:
    """An image of one layer, or an index of one for each platform."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def put(data: bytes) -> tuple[str, int]:
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return f"sha256:{digest}", len(data)

    def manifest(architecture: str) -> tuple[str, int]:
        layer, layer_size = put(f"{content} for {architecture}".encode())
        configuration, size = put(
            json.dumps(
                {
                    "architecture": architecture,
                    "os": "linux",
                    "rootfs": {"type": "layers", "diff_ids": [layer]},
                }
            ).encode()
        )
        return put(
            json.dumps(
                {
                    "schemaVersion": 2,
                    "mediaType": MANIFEST_TYPE,
                    "config": {
                        "mediaType": "application/vnd.oci.image.config.v1+json",
                        "digest": configuration,
                        "size": size,
                    },
                    "layers": [
                        {
                            "mediaType": "application/vnd.oci.image.layer.v1.tar",
                            "digest": layer,
                            "size": layer_size,
                        }
                    ],
                }
            ).encode()
        )

    made = [(platform, *manifest(platform)) for platform in platforms or ("amd64",)]
    media_type, (digest, size) = MANIFEST_TYPE, made[0][1:]
    if platforms:
        media_type = INDEX_TYPE
        digest, size = put(
            json.dumps(
                {
                    "schemaVersion": 2,
                    "mediaType": INDEX_TYPE,
                    "manifests": [
                        {
                            "mediaType": MANIFEST_TYPE,
                            "digest": child,
                            "size": child_size,
                            "platform": {"architecture": platform, "os": "linux"},
                        }
                        for platform, child, child_size in made
                    ],
                }
            ).encode()
        )
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    (folder / "index.json").write_text(
        json.dumps(
            {"schemaVersion": 2, "manifests": [{"mediaType": media_type, "digest": digest, "size": size}]}
        )
    )
    return Image(
        folder=folder, digest=digest, children=tuple(child for _, child, _ in made) if platforms else ()
    )


class FrozenCache:
    """A cache as ECR's with immutable tags: a tag is fetched once, and listed when it has been.

    Args:
        upstream: Host and port of what it caches.
        prefix: What stands before the names, as ECR's cache prefix.
    """

    def __init__(self, upstream: str, *, prefix: str) -> None:
        self.pulled: list[str] = []
        self._lost: set[str] = set()
        self._held: dict[str, tuple[str, bytes]] = {}
        cache = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                cache._answer(self, upstream, prefix)

            do_HEAD = do_GET

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> FrozenCache:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def lose(self, path: str) -> None:
        """Loses something, and gets it from nowhere any more."""
        del self._held[path]
        self._lost.add(path)

    def _answer(self, request: BaseHTTPRequestHandler, upstream: str, prefix: str) -> None:
        path = request.path.removeprefix("/v2/").partition("?")[0]
        if not path:
            self._send(request, 200, "application/json", b"{}")
            return
        name, _, reference = path.rpartition("/")
        name, _, kind = name.rpartition("/")
        upstream_name = name.removeprefix(f"{prefix}/")
        if kind == "tags":
            tags = [key.rpartition("/")[2] for key in self._held if key.startswith(f"{name}/manifests/")]
            named = [tag for tag in tags if not tag.startswith("sha256:")]
            if named:
                self._send(
                    request, 200, "application/json", json.dumps({"name": name, "tags": named}).encode()
                )
            else:
                self._send(request, 404, "application/json", b'{"errors":[{"code":"NAME_UNKNOWN"}]}')
            return
        if path in self._lost:
            self._send(request, 404, "application/json", b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')
            return
        if path not in self._held:
            asked = urllib.request.Request(
                f"http://{upstream}/v2/{upstream_name}/{kind}/{reference}",
                headers={"Accept": f"{INDEX_TYPE}, {MANIFEST_TYPE}"},
            )
            try:
                with urllib.request.urlopen(asked) as answer:
                    self._held[path] = (answer.headers["Content-Type"], answer.read())
            except urllib.error.HTTPError as error:
                self._send(request, error.code, "application/json", error.read())
                return
            self.pulled.append(f"{name}/{kind}/{reference}")
        self._send(request, 200, *self._held[path])

    @staticmethod
    def _send(request: BaseHTTPRequestHandler, code: int, media_type: str, body: bytes) -> None:
        request.send_response(code)
        request.send_header("Content-Type", media_type)
        request.send_header("Content-Length", str(len(body)))
        request.send_header("Docker-Content-Digest", f"sha256:{hashlib.sha256(body).hexdigest()}")
        request.end_headers()
        if request.command == "GET":
            request.wfile.write(body)
