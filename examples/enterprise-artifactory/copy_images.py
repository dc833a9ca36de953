#!/usr/bin/env python3
"""Copies what is released in Artifactory and missing in Amazon ECR, as bridge.json says.

Usage: copy_images.py BRIDGE_JSON [REGION …]

It needs skopeo, logged in at Artifactory and at each registry, and the AWS command line with the bridge's
role. A tag that ECR has is left alone: tags are immutable there. Nothing is ever deleted. It goes on after a
failure, and ends with 1 if there was one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Copy for the Regions that are named, or all."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    regions = json.loads(Path(arguments[0]).read_text())["regions"]
    chosen = arguments[1:] or list(regions)
    unknown = [region for region in chosen if region not in regions]
    if unknown:
        print(f"error: no Region {unknown[0]!r}; there are: {', '.join(regions)}", file=sys.stderr)
        return 2
    failures = 0
    for region in chosen:
        for copy in regions[region]["copies"]:
            failures += _copy(copy, regions[region]["tags"], region)
    return int(failures > 0)


def _copy(copy: dict[str, str], pattern: str, region: str) -> int:
    """Copy the tags of one repository that are missing; gives how often something failed."""
    try:
        released = json.loads(_run("skopeo", "list-tags", f"docker://{copy['source']}"))["Tags"]
        present = _tags_in_ecr(copy["repository"], region)
    except subprocess.CalledProcessError as error:
        return _failed(copy["destination"], error)
    failures = 0
    for tag in sorted(tag for tag in released if fnmatchcase(tag, pattern) and tag not in present):
        target = f"{copy['destination']}:{tag}"
        source = f"docker://{copy['source']}:{tag}"
        try:
            # Every platform, and the digests that were approved.
            _run("skopeo", "copy", "--all", "--preserve-digests", source, f"docker://{target}")
        except subprocess.CalledProcessError as error:
            failures += _failed(target, error)
        else:
            print(f"copied {target}")
    return failures


def _tags_in_ecr(repository: str, region: str) -> set[str]:
    options = ("--region", region, "--repository-name", repository, "--filter", "tagStatus=TAGGED")
    return {
        image["imageTag"]
        for image in json.loads(_run("aws", "ecr", "list-images", *options, "--output", "json"))["imageIds"]
    }


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _failed(what: str, error: subprocess.CalledProcessError) -> int:
    print(f"failed {what}: {error.stderr.strip()}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
