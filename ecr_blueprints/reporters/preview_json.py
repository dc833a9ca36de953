"""A preview of a lifecycle policy for programs: one JSON object, every image on a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, TextIO

from ecr_blueprints._version import __version__
from ecr_blueprints.domain.pricing import CostEstimate, MonthlyCost, Price, StorageUse
from ecr_blueprints.lifecycle.preview import Preview, PreviewedImage

__all__ = ["PREVIEW_SCHEMA_VERSION", "PreviewJsonReporter"]

PREVIEW_SCHEMA_VERSION: Final = 1
"""It changes when a member is removed or means something else, not when one is added."""


class PreviewJsonReporter:
    """Writes a preview and its cost as one JSON object in ASCII. Amounts of money are texts, moments UTC.

    Args:
        title: What was previewed: the repository's name.
    """

    def __init__(self, *, title: str) -> None:
        self._title = title

    def write(self, of: Preview, cost: CostEstimate, stream: TextIO) -> None:
        """Writes the whole preview.

        Args:
            of: The preview.
            cost: What its storage costs before and after.
            stream: An open text stream; it stays open.
        """
        images = ",\n  ".join(json.dumps(_image(one)) for one in of.images)
        totals = {
            "deleted": _totals(of.deleted),
            "archived": _totals(of.archived),
            "later": _totals(of.later),
            "held": _totals(of.held),
            "kept": _totals(of.kept),
            "all": _totals(of.images),
        }
        members = (
            f'"schemaVersion": {PREVIEW_SCHEMA_VERSION}',
            f'"tool": {json.dumps({"name": "ecr-blueprints", "version": __version__})}',
            f'"repository": {json.dumps(self._title)}',
            f'"now": {json.dumps(_moment(of.now))}',
            f'"images": [{f"{chr(10)}  {images}{chr(10)}" if images else ""}]',
            f'"totals": {json.dumps(totals)}',
            f'"storage": {json.dumps({"before": _use(of.storage_before), "after": _use(of.storage_after)})}',
            f'"costEstimate": {json.dumps(_cost(cost))}',
            f'"notes": {json.dumps(list(of.notes))}',
        )
        stream.write("{\n" + ",\n".join(members) + "\n}\n")


def _image(one: PreviewedImage) -> dict[str, Any]:
    return {
        "digest": one.image.digest,
        "tags": list(one.image.tags),
        "pushedAt": _moment(one.image.pushed_at),
        "sizeInBytes": one.described.size_in_bytes,
        "isIndex": one.described.is_index,
        "storageClass": one.image.storage_class.value,
        "state": one.state.value,
        "rule": None if one.rule is None else one.rule.priority,
        "action": None if one.action is None else one.action.value,
        "dueAt": _moment(one.due_at),
        "deletedAt": _moment(one.deleted_at),
        "mayBeHeld": one.may_be_held,
        "heldBy": list(one.outcome.held_by),
    }


def _totals(images: Sequence[PreviewedImage]) -> dict[str, int]:
    return {"images": len(images), "bytes": sum(one.described.stored_bytes for one in images)}


def _use(use: StorageUse) -> dict[str, int]:
    return {"standardBytes": use.standard_bytes, "archiveBytes": use.archive_bytes}


def _cost(cost: CostEstimate) -> dict[str, Any]:
    prices = cost.prices
    return {
        "isEstimate": True,
        "isVerified": cost.is_verified,
        "currency": "USD",
        "monthBefore": _month(cost.before),
        "monthAfter": _month(cost.after),
        "archiveMinimum": _amount(cost.archive_minimum),
        "restore": _amount(cost.restore),
        "prices": {
            "standard": _price(prices.standard),
            "archive": _price(prices.archive),
            "archiveAbove150TB": _price(prices.archive_above),
            "restore": _price(prices.restore),
        },
    }


def _month(cost: MonthlyCost) -> Mapping[str, str]:
    return {
        "standard": _amount(cost.standard),
        "archive": _amount(cost.archive),
        "total": _amount(cost.total),
    }


def _price(price: Price) -> dict[str, Any]:
    return {
        "usd": f"{price.usd:f}",
        "unit": price.unit,
        "source": price.source,
        "readOn": price.read_on,
        "regions": list(price.regions),
        "verified": price.verified,
    }


def _amount(amount: Decimal) -> str:
    return f"{amount:.4f}"


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
