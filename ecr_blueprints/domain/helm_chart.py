"""Helm charts as an OCI registry stores them (facts §14).

``helm push api-1.4.2.tgz oci://<registry>/charts`` stores into the repository ``charts/api``, with the tag
``1.4.2``.

Sources: https://helm.sh/docs/topics/registries/ and
https://docs.aws.amazon.com/AmazonECR/latest/userguide/push-oci-artifact.html
"""

from __future__ import annotations

from typing import Final

from ecr_blueprints.domain.repository_name import NAME_PART_IN_WORDS, is_name_part
from ecr_blueprints.errors import InvalidValueError

__all__ = ["CHART_PREFIX", "chart_tag", "check_chart_name", "says_charts"]

CHART_PREFIX: Final = "charts"
"""The prefix under which charts lie where nothing else is said."""

_WORDS: Final = ("chart", "helm")


def check_chart_name(name: str, *, where: str) -> str:
    """Return the name if a chart of it can be pushed to a private registry.

    The last part of the repository's name **is** the chart's name: Helm appends it to the address that it
    pushes to. Helm lets a chart's name have capitals, ECR does not.

    Args:
        name: The ``name`` in ``Chart.yaml``.
        where: What the error names.

    Raises:
        InvalidValueError: It cannot.
    """
    if not is_name_part(name):
        raise InvalidValueError(
            f"{name!r} is not the name of a chart that ECR can hold",
            where=where,
            allowed=f"the name in Chart.yaml, without '/': {NAME_PART_IN_WORDS}",
            fix=f"write chart={name.lower()!r}, and the same in Chart.yaml"
            if is_name_part(name.lower())
            else "say where the chart lies with prefix, and its name alone with chart",
        )
    return name


def chart_tag(version: str) -> str:
    """The tag, or pattern of tags, for a chart's version: a tag has no ``+``, and Helm writes ``_`` for it.

    Args:
        version: Such as ``1.4.2+build.7``, or a pattern such as ``1.4.*``.
    """
    return version.replace("+", "_")


def says_charts(prefix: str) -> bool:
    """Whether a prefix says that charts lie under it: ``charts``, ``platform/helm``, ``charts-dev``."""
    return any(word in part for part in prefix.split("/") for word in _WORDS)
