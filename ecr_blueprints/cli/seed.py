"""``ecr-blueprints seed``: fills registries without egress from a seeding list."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from typing import TYPE_CHECKING

from ecr_blueprints.cli.exit_code import FINDINGS, NOTHING_FOUND
from ecr_blueprints.cli.input_text import name_of, read_text
from ecr_blueprints.cli.output import write_standard_output
from ecr_blueprints.errors import UnusableInputError

if TYPE_CHECKING:
    from argparse import _SubParsersAction

__all__ = ["add_to"]

_EPILOG = """\
log in first, to each registry of the list and to upstreams that ask for it:
  aws ecr get-login-password --region REGION | skopeo login --username AWS --password-stdin REGISTRY

exit codes:
  0  every image is there, with the digest of the list
  1  an image is missing or another one, or could not be filled; the others were
  2  unusable input or usage, or no skopeo; the reason is on standard error
"""


def add_to(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Adds the command to the program."""
    parser = commands.add_parser(
        "seed",
        help="fill caches and repositories from a seeding list",
        description="Fills the caches and repositories of a registry without egress, each image by\n"
        "its digest and with all its platforms, by skopeo, from a host that reaches both\n"
        "sides. What is there already is verified and left alone.",
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "list", metavar="LIST", help="seeding-list.json of the cloud assembly, or - for standard input"
    )
    parser.add_argument(
        "--region", action="append", metavar="REGION", help="only this Region; can be given again"
    )
    parser.add_argument("--check", action="store_true", help="fill nothing, and tell what is missing")
    parser.set_defaults(run=_run)


def _run(arguments: Namespace) -> int:
    from collections import Counter

    from ecr_blueprints.registry.seeding_list import parse_seeding_list
    from ecr_blueprints.seeding import Outcome, Seeder, Skopeo

    seeds = parse_seeding_list(read_text(arguments.list, argument="LIST"), where=name_of(arguments.list))
    regions = {seed.region: None for seed in seeds}
    for region in arguments.region or ():
        if region not in regions:
            raise UnusableInputError(
                f"the list has nothing for {region!r}", where="--region", allowed=", ".join(regions) or "none"
            )
    chosen = [seed for seed in seeds if not arguments.region or seed.region in arguments.region]
    counts: Counter[Outcome] = Counter()
    for result in Seeder(Skopeo(), check_only=arguments.check).work_off(chosen):
        counts[result.outcome] += 1
        seed = result.seed
        text = f"{result.outcome:8} {seed.target}:{seed.tag} {seed.digest}"
        if result.manifests > 1:
            text += f", an index of {result.manifests - 1}"
        if result.reason:
            text += f"\n         {result.reason}"
        _print(text)
    told = ", ".join(f"{counts[one]} {one}" for one in Outcome if counts[one]) or "nothing to fill"
    _print(f"{len(chosen)} image{'' if len(chosen) == 1 else 's'}: {told}")
    return FINDINGS if counts[Outcome.MISSING] or counts[Outcome.FAILED] else NOTHING_FOUND


def _print(text: str) -> None:
    write_standard_output(lambda stream: print(text, file=stream))
