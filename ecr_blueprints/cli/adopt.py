"""``ecr-blueprints adopt``: from a registry that exists to a blueprint, its import, and its audit."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from ecr_blueprints.cli.exit_code import FINDINGS, NOTHING_FOUND
from ecr_blueprints.cli.output import (
    print_error,
    standard_output_encoding,
    write_folder,
    write_standard_output,
)
from ecr_blueprints.errors import UnusableInputError

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from ecr_blueprints.lifecycle.inventory import DescribedImage
    from ecr_blueprints.registry.difference import Drift
    from ecr_blueprints.registry.import_candidate import ImportCandidate
    from ecr_blueprints.registry.registry import Registry

    _Lost = Callable[[Sequence[Drift]], tuple[Drift, ...]]

__all__ = ["add_to"]

_EPILOG = """\
in this order:
  ecr-blueprints adopt --stages dev,prod --production prod --output DIR
  cdk synth -c blueprint=DIR/blueprint.yaml
  ecr-blueprints adopt --map cdk.out --output import
  cdk import STACK --resource-mapping import/STACK.json     # each of them
  cdk deploy --all -c blueprint=DIR/blueprint.yaml
  ecr-blueprints adopt --audit cdk.out                      # whenever you like

Reads the registry, which stacks own what is there and whose its key is, and
changes nothing.
Needs the extra [aws].

exit codes:
  0  no difference that loses something (--map), or none at all (--audit)
  1  such a difference, or something that cannot be imported
  2  unusable input, credential or usage; the reason is on standard error
"""


def add_to(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Adds the command to the program."""
    parser = commands.add_parser(
        "adopt",
        help="make a blueprint of a registry that exists, and import it",
        description="Reads a registry that exists and writes the blueprint of it; then, given what\n"
        "was synthesized from that, how to import it and what importing would change.",
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--region", metavar="REGION", help="the registry's Region; default: AWS_REGION")
    parser.add_argument("--profile", metavar="NAME", help="a profile of the AWS configuration")
    step = parser.add_mutually_exclusive_group()
    step.add_argument(
        "--map",
        metavar="CDK_OUT",
        help="say what of a cloud assembly is imported, and what importing would change",
    )
    step.add_argument(
        "--audit",
        metavar="CDK_OUT",
        help="compare the registry with a cloud assembly, and print the commands that align it",
    )
    parser.add_argument(
        "--convention",
        metavar="TEMPLATE",
        default="{stage}/{team}/{app}",
        help="how repositories are named (default: {stage}/{team}/{app})",
    )
    parser.add_argument("--stages", metavar="A,B", help="the stages, in the order of delivery")
    parser.add_argument("--production", metavar="B", help="the stages that are production")
    parser.add_argument(
        "--output", metavar="DIR", help="a new folder for the files; default: standard output"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.set_defaults(run=_run)


def _run(arguments: Namespace) -> int:
    region = arguments.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not region:
        raise UnusableInputError(
            "nothing says which Region is meant", where="--region", fix="give one, such as --region eu-west-1"
        )
    if arguments.output is not None and os.path.exists(arguments.output):
        raise UnusableInputError(
            "exists, and nothing is overwritten", where=arguments.output, fix="give --output a new folder"
        )
    if arguments.audit is not None and arguments.output is not None:
        raise UnusableInputError("--audit writes to standard output", where="--output", fix="redirect it")
    if arguments.map is not None:
        return _map(arguments, region)
    if arguments.audit is not None:
        return _audit(arguments, region)
    return _entries(arguments, region)


def _entries(arguments: Namespace, region: str) -> int:
    from ecr_blueprints.domain.naming_convention import NamingConvention
    from ecr_blueprints.live.key_reader import is_customer_key
    from ecr_blueprints.live.registry_reader import read_blob_mounting, read_live_registry
    from ecr_blueprints.live.session import CONCURRENCY, ecr_client, kms_client, live_errors
    from ecr_blueprints.registry.adoption import adopt, common_key
    from ecr_blueprints.registry.import_plan import possible_owners
    from ecr_blueprints.reporters.adopted_files import adopted_files

    if arguments.format == "json":
        raise UnusableInputError("is for --map and --audit", where="--format json", fix="leave it out")
    convention = NamingConvention(arguments.convention)
    client = ecr_client(region, profile=arguments.profile)
    with live_errors(region):
        live = read_live_registry(region, client=client, concurrency=CONCURRENCY)
        blob_mounting = read_blob_mounting(client)
    key = common_key(live)
    if key is not None:
        kms = kms_client(region, profile=arguments.profile)
        with live_errors(region):
            key = key if is_customer_key(kms, key) else None
    live = _owned(live, possible_owners(live), region, arguments.profile)
    blueprint = adopt(
        live,
        convention=convention,
        stages=_listed(arguments.stages),
        production=_listed(arguments.production),
        blob_mounting=blob_mounting,
        images_key=key,
    )
    files = adopted_files(blueprint)
    if arguments.output is not None:
        write_folder(arguments.output, files)
        count = sum(len(entry.names) for team in blueprint.teams for entry in team.entries)
        print_error(f"{len(files)} files with {count} repositories written to {arguments.output}")
        return NOTHING_FOUND
    write_standard_output(
        lambda stream: stream.writelines(f"# --- {name}\n{text}" for name, text in files.items())
    )
    return NOTHING_FOUND


def _map(arguments: Namespace, region: str) -> int:
    import json
    from dataclasses import replace

    from ecr_blueprints.registry.import_plan import plan_import, possible_owners
    from ecr_blueprints.reporters.adoption_json import import_document
    from ecr_blueprints.reporters.adoption_text import import_lines

    live, declared, candidates, lost = _both(arguments, region, arguments.map)
    live = _owned(live, possible_owners(live, candidates), region, arguments.profile)
    plan = plan_import(live, declared, candidates)
    plan = replace(plan, drifts=lost(plan.drifts))
    if arguments.output is not None:
        write_folder(
            arguments.output,
            {
                f"{one.stack}.json": f"{json.dumps(one.mapping, indent=2)}\n"
                for one in plan.stacks
                if one.mapping
            },
        )
    if arguments.format == "json":
        _print([json.dumps(import_document(plan), indent=2)])
    else:
        _print(import_lines(plan, encoding=standard_output_encoding()))
    return FINDINGS if plan.loses else NOTHING_FOUND


def _audit(arguments: Namespace, region: str) -> int:
    import json
    from dataclasses import replace

    from ecr_blueprints.registry.audit import audit
    from ecr_blueprints.reporters.adoption_json import audit_document
    from ecr_blueprints.reporters.adoption_text import audit_lines

    live, declared, candidates, lost = _both(arguments, region, arguments.audit)
    found = audit(live, declared, candidates)
    drifts = lost([one.drift for one in found.found])
    found = replace(
        found, found=tuple(replace(one, drift=drift) for one, drift in zip(found.found, drifts, strict=True))
    )
    if arguments.format == "json":
        _print([json.dumps(audit_document(found, profile=arguments.profile), indent=2)])
    else:
        _print(audit_lines(found, profile=arguments.profile, encoding=standard_output_encoding()))
    return NOTHING_FOUND if found.is_clean else FINDINGS


def _both(
    arguments: Namespace, region: str, assembly_path: str
) -> tuple[Registry, Registry, tuple[ImportCandidate, ...], _Lost]:
    """What exists, what is declared, the resources that declare it, and what finds lost images."""
    from datetime import UTC, datetime

    from ecr_blueprints.cloudformation.cloud_assembly import CloudAssembly
    from ecr_blueprints.cloudformation.import_candidates import read_import_candidates
    from ecr_blueprints.cloudformation.registry_reader import read_registries
    from ecr_blueprints.live.image_reader import read_live_images
    from ecr_blueprints.live.registry_reader import read_live_registry
    from ecr_blueprints.live.session import CONCURRENCY, ecr_client, live_errors
    from ecr_blueprints.registry.lost_images import with_lost_images

    assembly = CloudAssembly.read(assembly_path)
    client = ecr_client(region, profile=arguments.profile)
    with live_errors(region):
        live = read_live_registry(region, client=client, concurrency=CONCURRENCY)
    registries = read_registries([assembly])
    declared = next((one for one in registries if (one.account, one.region) == (live.account, region)), None)
    if declared is None:
        there = ", ".join(one.label for one in registries) or "nothing of ECR"
        raise UnusableInputError(
            f"declares nothing of ECR in {live.label}; it has {there}",
            where=assembly_path,
            fix="give the credential and the --region of one of them",
        )
    candidates = read_import_candidates(assembly, account=str(live.account), region=region)

    def lost(drifts: Sequence[Drift]) -> tuple[Drift, ...]:
        def images_of(name: str) -> Sequence[DescribedImage]:
            return read_live_images(client, name)

        with live_errors(region):
            return tuple(with_lost_images(drifts, live, declared, images_of, now=datetime.now(UTC)))

    return live, declared, candidates, lost


def _owned(live: Registry, stacks: Collection[str], region: str, profile: str | None) -> Registry:
    """The registry with its owners; CloudFormation is not asked where no stack may be one."""
    from ecr_blueprints.live.session import CONCURRENCY, cloudformation_client, live_errors
    from ecr_blueprints.live.stack_reader import read_owners

    if not stacks:
        return live
    client = cloudformation_client(region, profile=profile)
    with live_errors(region):
        return live.with_owners(read_owners(client, stacks, concurrency=CONCURRENCY))


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _print(lines: Iterable[str]) -> None:
    write_standard_output(lambda stream: stream.writelines(f"{line}\n" for line in lines))
