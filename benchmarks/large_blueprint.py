"""A blueprint of any size, as `blueprint_scale.py` synthesizes it: a company of many teams and accounts."""

from __future__ import annotations

import json
from pathlib import Path

__all__ = ["write_large_blueprint"]

STAGES = ("dev", "staging", "prod")
REGISTRY = "111122223333"


def write_large_blueprint(folder: Path, *, repositories: int, teams: int = 150, accounts: int = 30) -> Path:
    """Writes ``blueprint.yaml`` and a file for each team.

    Every team has an own role that pushes, every third a GitHub repository besides; the accounts pull by two
    consumers, staging and production, and a repository has one application in three stages.

    Args:
        folder: Where; it is made.
        repositories: How many, over all stages; a multiple of three.
        teams: Among how many teams.
        accounts: Workload accounts that pull.

    Returns:
        The blueprint's path.
    """
    (folder / "teams").mkdir(parents=True, exist_ok=True)
    ids = [str(222200000000 + number) for number in range(accounts)]
    half = len(ids) // 2
    blueprint = folder / "blueprint.yaml"
    blueprint.write_text(
        "version: 1\n"
        "model: centralized\n"
        'convention: "{stage}/{team}/{app}"\n'
        "stages: {dev: {}, staging: {}, prod: {production: true}}\n"
        f'registry: {{account: "{REGISTRY}", regions: [eu-west-1]}}\n'
        'retention: {keep: ["v*", "deployed-*"], builds: ["sha-*"], builds_days: 90}\n'
        "caches:\n"
        "  docker-hub: {secret: ecr-pullthroughcache/docker-hub}\n"
        "  ecr-public: {}\n"
        "  k8s: {}\n"
        "consumers:\n"
        f'  staging: {{accounts: {json.dumps(ids[:half])}, pull: ["staging/*"], caches: [docker-hub, k8s]}}\n'
        f'  production: {{accounts: {json.dumps(ids[half:])}, pull: ["prod/*"], caches: [ecr-public, k8s]}}\n'
        "tags: {managed-by: ecr-blueprints}\n"
        "include: teams/*.yaml\n"
    )
    apps = repositories // len(STAGES)
    for number in range(min(teams, apps)):
        owned = range(number, apps, teams)
        push = [f'roles: ["arn:aws:iam::{REGISTRY}:role/ci-team-{number:03}"]']
        if number % 3 == 0:
            push.append(f"github: acme/team-{number:03}")
        lines = [
            f"team: team-{number:03}",
            f"push: {{{', '.join(push)}}}",
            f"tags: {{cost-centre: cc-{number:04}}}",
            "repositories:",
            *(f"  service-{app:04}: {{}}" for app in owned),
        ]
        (folder / "teams" / f"team-{number:03}.yaml").write_text("\n".join(lines) + "\n")
    return blueprint
