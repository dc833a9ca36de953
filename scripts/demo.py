#!/usr/bin/env python3
"""The main job, end to end: a blueprint is synthesized, deployed to a live endpoint, read back and reviewed.

Everything happens on this machine: the endpoint is the emulator, on loopback, and no AWS account is
touched or needed.
"""

from __future__ import annotations

import fcntl
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from local_cloud import ROOT, CloudError, LocalCloud, run_cdk, tool_environment

from ecr_blueprints.config import load_blueprint
from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.stages import ProductionScope, Stages
from ecr_blueprints.errors import EcrBlueprintsError
from ecr_blueprints.live import read_live_registry
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.reporters.registry_listing import render_registry_listing

WORK = ROOT / ".demo"
STACK_EVENT = re.compile(r"^\s*[✅❌]\s+(?P<stack>\S+)")
NOT_PROVEN = """\
What this run shows: the templates deploy, wire up and read back as declared.
What it cannot show, as no AWS is involved: that IAM lets in and keeps out whom
the policies say, that images are scanned, copied, signed or cached, and which
images ECR expires. emulator/README.md has the list."""


def main() -> int:
    """Runs the demo; 0 if all of it worked and the review found no error."""
    # Also where whoever started this one ignores interrupts, as a shell does for what it puts behind.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    path = Path(sys.argv[1])
    started = time.monotonic()
    try:
        return run(path, started)
    except (CloudError, EcrBlueprintsError) as error:
        print(f"\nerror: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted; the emulator is stopped", file=sys.stderr)
        return 130


def run(path: Path, started: float) -> int:
    """The seven steps."""
    blueprint = load_blueprint(path)
    assembly = WORK / "cdk.out"
    WORK.mkdir(exist_ok=True)
    lock = (WORK / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CloudError("another demo is running in this folder; wait until it is done") from error

    step(1, f"synthesize {path}", started)
    run_cdk(
        ["synth", "--quiet", "-c", f"blueprint={path}", "--output", str(assembly)],
        env={**tool_environment(), "AWS_REGION": blueprint.registry.regions[0]},
        on_line=quietly,
    )
    print(f"  {len(list(assembly.glob('*.template.json')))} stacks in {shown(assembly)}")

    with LocalCloud(account=blueprint.registry.account, log=WORK / "emulator.log") as cloud:
        step(2, f"start the emulator: {cloud.url}", started)
        environments = targets(blueprint)
        step(3, f"bootstrap {len(environments)} accounts, each by itself", started)
        cloud.bootstrap(environments, trusted=blueprint.registry.account, on_line=quietly)

        step(4, "cdk deploy --all, every account through its bootstrap roles", started)
        run_cdk(
            ["deploy", "--all", "--concurrency", "4", "--require-approval", "never", "--app", str(assembly)],
            env=cloud.environment(),
            on_line=progress,
        )

        step(5, "read the registry back", started)
        listing(cloud, blueprint)

    step(6, "the emulator is stopped; review what was synthesized", started)
    review = subprocess.run(
        [
            sys.executable,
            "-m",
            "ecr_blueprints",
            "review",
            str(shown(assembly)),
            "--registry",
            str(assembly / "registry.json"),
        ],
        cwd=ROOT,
        check=False,
    )
    print(f"\n{NOT_PROVEN}\n\nDone in {time.monotonic() - started:.0f} s.")
    return review.returncode


def targets(blueprint: Blueprint) -> dict[str, tuple[str, ...]]:
    """The accounts and Regions that the blueprint deploys to."""
    registry = blueprint.registry
    found: dict[str, list[str]] = {registry.account: list(blueprint.pull_regions)}
    for consumer in blueprint.consumers.values():
        accounts = [*consumer.accounts]
        if consumer.units and blueprint.organization is not None:
            accounts.append(blueprint.organization.administrator)
        for account in accounts:
            found.setdefault(account, [registry.regions[0]])
    for account, regions in blueprint.networks.items():
        found[account] = list(dict.fromkeys((*found[account], *regions)))
    return {account: tuple(regions) for account, regions in found.items()}


def listing(cloud: LocalCloud, blueprint: Blueprint) -> None:
    """Prints what ECR's API says of every Region; a Region like the first is not printed again."""
    production = ProductionScope(
        convention=NamingConvention(blueprint.convention),
        stages=Stages.of({name: stage.production for name, stage in blueprint.stages.items()}),
    )
    first: tuple[str, str] | None = None
    for region in blueprint.pull_regions:
        client = cloud.client("ecr", account=blueprint.registry.account, region=region)
        registry: Registry = read_live_registry(region, client=client, production=production)  # type: ignore[arg-type]
        text = render_registry_listing(registry)
        same = text.replace(region, "<region>")
        if first is not None and same == first[1]:
            print(f"Registry {registry.label}\n  the same as in {first[0]}")
            continue
        print(text)
        first = first if first is not None else (region, same)


def step(number: int, text: str, started: float) -> None:
    """Announces a step with the time since the start."""
    print(f"\n[{time.monotonic() - started:4.0f} s] {number}/6 {text}", flush=True)


def progress(line: str) -> None:
    """Shows each stack as it is finished."""
    found = STACK_EVENT.match(line)
    if found:
        print(f"  {found.group('stack')}", flush=True)


def quietly(line: str) -> None:
    """Shows warnings and errors only."""
    if re.search(r"\b(warning|error)\b", line, re.IGNORECASE):
        print(f"  {line.strip()}", flush=True)


def shown(path: Path) -> Path:
    """The path as a person in the project's folder writes it."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
