#!/usr/bin/env python3
"""The main job, end to end: a blueprint is synthesized, deployed to a live endpoint, read back and reviewed.

Everything happens on this machine: the endpoint is the emulator, on loopback, and no AWS account is
touched or needed.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from demo_notes import (
    HOW_TO_READ,
    NOT_PROVEN,
    about,
    notes_on_registries,
    notes_on_stack_sets,
    where_next,
)
from example_assemblies import example_names
from local_cloud import ROOT, CloudError, LocalCloud, run_cdk, tool_environment
from local_organization import LocalOrganization

from ecr_blueprints.cloudformation.registry_reader import read_inputs
from ecr_blueprints.config import load_blueprint
from ecr_blueprints.config.blueprint import Blueprint
from ecr_blueprints.config.tenant_managed_blueprint import TenantManagedBlueprint
from ecr_blueprints.domain.naming_convention import NamingConvention
from ecr_blueprints.domain.stages import ProductionScope, Stages
from ecr_blueprints.errors import EcrBlueprintsError
from ecr_blueprints.live import read_live_registry
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.reporters.registry_listing import render_registry_listing

WORK = ROOT / ".demo"
STACK_EVENT = re.compile(r"^\s*[✅❌]\s+(?P<stack>\S+)")


def main() -> int:
    """Runs the demo; 0 if all of it worked and the review found no error."""
    # Also where whoever started this one ignores interrupts, as a shell does for what it puts behind.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    path = Path(sys.argv[1])
    if not path.is_file() and path.parent.parent == Path("examples"):
        print(
            f"error: there is no model {path.parent.name!r}\n  MODEL is one of {', '.join(example_names())}",
            file=sys.stderr,
        )
        return 2
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
    """The six steps."""
    blueprint = load_blueprint(path)
    assembly = WORK / "cdk.out"
    WORK.mkdir(exist_ok=True)
    lock = (WORK / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CloudError("another demo is running in this folder; wait until it is done") from error

    step(1, f"synthesize {path}", started)
    print(about(path), flush=True)
    shutil.rmtree(assembly, ignore_errors=True)
    run_cdk(
        ["synth", "--quiet", "-c", f"blueprint={path}", "--output", str(assembly)],
        env={**tool_environment(), "AWS_REGION": "eu-west-1"},
        on_line=quietly,
    )
    environments = targets(assembly)
    administrator = next(iter(environments))
    print(f"  {len(list(assembly.glob('*.template.json')))} stacks in {shown(assembly)}")

    with LocalCloud(account=administrator, log=WORK / "emulator.log") as cloud:
        step(2, f"start the emulator: {cloud.url}", started)
        step(3, f"bootstrap {len(environments)} accounts, each by itself", started)
        for account, regions in environments.items():
            does = "  deploys to all of them" if account == administrator else ""
            print(f"  {account} in {', '.join(regions)}{does}", flush=True)
        cloud.bootstrap(environments, trusted=administrator, on_line=quietly)
        organization = LocalOrganization(cloud, assembly)
        organization.create(organization.spread(tenants(blueprint)))

        step(4, "cdk deploy --all, every account through its bootstrap roles", started)
        run_cdk(
            ["deploy", "--all", "--concurrency", "4", "--require-approval", "never", "--app", str(assembly)],
            env=cloud.environment(),
            on_line=progress,
        )

        step(5, "read every registry back", started)
        print(f"{HOW_TO_READ}\n")
        registries = read_back(cloud, blueprint, assembly)
        listing(registries)
        notes = [*notes_on_stack_sets(cloud, assembly), *notes_on_registries(registries)]

    step(6, "the emulator is stopped; review what was synthesized", started)
    contract = assembly / "registry.json"
    review = subprocess.run(
        [
            *(sys.executable, "-m", "ecr_blueprints", "review", str(shown(assembly))),
            *(("--registry", str(contract)) if contract.is_file() else ()),
        ],
        cwd=ROOT,
        check=False,
    )
    print(f"\n{NOT_PROVEN}")
    for note in notes:
        print(f"\n{note}")
    print(f"\n{where_next(path, blueprint.model)}\n\nDone in {time.monotonic() - started:.0f} s.")
    return review.returncode


def targets(assembly: Path) -> dict[str, tuple[str, ...]]:
    """The accounts and Regions that the stacks go to; the first account is the one that deploys."""
    found: dict[str, list[str]] = {}
    for artifact in json.loads((assembly / "manifest.json").read_text())["artifacts"].values():
        if artifact["type"] == "aws:cloudformation:stack":
            account, region = artifact["environment"].removeprefix("aws://").split("/")
            regions = found.setdefault(account, [])
            if region not in regions:
                regions.append(region)
    return {account: tuple(regions) for account, regions in found.items()}


def tenants(blueprint: Blueprint) -> list[str]:
    """The teams' accounts, which are in the units that get the baseline."""
    if not isinstance(blueprint, TenantManagedBlueprint):
        return []
    return [team.account for team in blueprint.teams]


def read_back(cloud: LocalCloud, blueprint: Blueprint, assembly: Path) -> list[Registry]:
    """Every registry of the assembly, as ECR's API tells it."""
    production = ProductionScope(
        convention=NamingConvention(blueprint.convention),
        stages=Stages.of({name: stage.production for name, stage in blueprint.stages.items()}),
    )
    found: list[Registry] = []
    for declared in read_inputs([str(assembly)]).registries:
        account, region = str(declared.account), str(declared.region)
        client = cloud.client("ecr", account=account, region=region)
        found.append(read_live_registry(region, client=client, production=production))  # type: ignore[arg-type]
    return found


def listing(registries: list[Registry]) -> None:
    """Prints each registry; one like another of its account is not printed again."""
    printed: dict[str, str] = {}
    texts: list[str] = []
    for registry in registries:
        region = str(registry.region)
        text = render_registry_listing(registry)
        same = text.replace(region, "<region>")
        if same in printed:
            texts.append(f"Registry {registry.label}\n  the same as in {printed[same]}\n")
        else:
            texts.append(text)
            printed[same] = region
    print("\n".join(texts), end="")


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
