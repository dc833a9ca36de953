"""``ecr-blueprints preview``: what a lifecycle policy will do to the images that are there."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from typing import TYPE_CHECKING

from ecr_blueprints.cli.exit_code import NOTHING_FOUND
from ecr_blueprints.cli.input_text import STANDARD_STREAM, name_of, read_text
from ecr_blueprints.cli.output import write_standard_output
from ecr_blueprints.errors import InvalidValueError, UnusableInputError

if TYPE_CHECKING:
    from argparse import _SubParsersAction
    from datetime import datetime

    from ecr_blueprints.domain.pricing import Price, StoragePrices

__all__ = ["add_to"]

_EPILOG = """\
the images, archived ones too:
  aws ecr describe-images --repository-name NAME --filter imageStatus=ANY

exit codes:
  0  the preview is on standard output
  2  unusable input or usage; the reason is on standard error
"""


def add_to(commands: _SubParsersAction[ArgumentParser]) -> None:
    """Adds the command to the program."""
    parser = commands.add_parser(
        "preview",
        help="show what a lifecycle policy will do to images",
        description="Shows which images a lifecycle policy deletes or archives, by which rule and\n"
        "on which day, and what storage costs before and after. Needs no account.",
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "policy",
        metavar="POLICY",
        help="a lifecycle policy as JSON; or a cloud assembly (cdk.out), a folder or a template with the "
        "repository; - for standard input",
    )
    parser.add_argument(
        "images", metavar="IMAGES", help="what aws ecr describe-images prints, or - for standard input"
    )
    parser.add_argument(
        "--repository",
        metavar="NAME",
        help="the repository whose policy is meant, where POLICY declares several",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument(
        "--on", metavar="DATE", help="judge the end of this day (UTC), such as 2026-12-31; default: now"
    )
    parser.add_argument(
        "--standard-price", metavar="USD", help="your price of a GB-month of standard storage"
    )
    parser.add_argument("--archive-price", metavar="USD", help="your price of a GB-month of the archive")
    parser.set_defaults(run=_run)


def _run(arguments: Namespace) -> int:
    from ecr_blueprints.cli.policy_argument import read_policy
    from ecr_blueprints.domain.pricing import estimate_cost
    from ecr_blueprints.lifecycle.inventory import parse_inventory
    from ecr_blueprints.lifecycle.preview import preview

    if arguments.policy == arguments.images == STANDARD_STREAM:
        raise UnusableInputError(
            "cannot hold both the policy and the images",
            where=name_of(STANDARD_STREAM),
            fix="give one as a file",
        )
    now = _moment(arguments.on)
    prices = _prices(arguments)
    policy = read_policy(arguments.policy, arguments.repository)
    images = arguments.images
    inventory = parse_inventory(read_text(images, argument="IMAGES"), where=name_of(images))
    shown = preview(policy, inventory.described, now=now)
    cost = estimate_cost(
        shown.storage_before,
        shown.storage_after,
        newly_archived_bytes=sum(one.described.stored_bytes for one in shown.archived),
        prices=prices,
    )
    title = inventory.repository_name or arguments.repository or name_of(images)
    if arguments.format == "json":
        from ecr_blueprints.reporters.preview_json import PreviewJsonReporter

        write_standard_output(lambda stream: PreviewJsonReporter(title=title).write(shown, cost, stream))
    else:
        from ecr_blueprints.reporters.preview_text import PreviewTextReporter

        write_standard_output(lambda stream: PreviewTextReporter(title=title).write(shown, cost, stream))
    return NOTHING_FOUND


def _moment(day: str | None) -> datetime:
    from datetime import UTC, date, datetime, time

    if day is None:
        return datetime.now(UTC)
    try:
        return datetime.combine(date.fromisoformat(day), time.max, UTC)
    except ValueError:
        raise InvalidValueError(
            f"{day!r} is no day", where="--on", allowed="year-month-day", fix="write it as in 2026-12-31"
        ) from None


def _prices(arguments: Namespace) -> StoragePrices:
    from dataclasses import replace

    from ecr_blueprints.domain.pricing import StoragePrices

    prices = StoragePrices()
    if arguments.standard_price is not None:
        prices = replace(prices, standard=_price(arguments.standard_price, "--standard-price"))
    if arguments.archive_price is not None:
        given = _price(arguments.archive_price, "--archive-price")
        prices = replace(prices, archive=given, archive_above=given)
    return prices


def _price(given: str, option: str) -> Price:
    from ecr_blueprints.domain.pricing import Price

    try:
        return Price(usd=given, unit="GB-month", source=f"given as {option}", verified=True)  # type: ignore[arg-type]
    except InvalidValueError as error:
        raise InvalidValueError(
            error.what, where=option, allowed="US dollars from 0 to a million", fix="write it as in 0.10"
        ) from None
