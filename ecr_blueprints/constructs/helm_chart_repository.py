"""A repository for the versions of one Helm chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk.interfaces.aws_kms import IKeyRef
from constructs import Construct

from ecr_blueprints.constructs.argument_type import TEXT, check_arguments
from ecr_blueprints.constructs.cached_name import check_not_cached
from ecr_blueprints.constructs.cdk_token import is_token
from ecr_blueprints.constructs.construct_place import check_place, path_under
from ecr_blueprints.constructs.helm_chart_options import (
    DEFAULT_CHART_VERSIONS,
    chart_retention,
    check_chart_prefix,
)
from ecr_blueprints.constructs.image_repository import ImageRepository
from ecr_blueprints.constructs.image_repository_arguments import IMAGE_REPOSITORY_ARGUMENTS
from ecr_blueprints.constructs.outside_convention import owner_outside_convention, reason_outside_convention
from ecr_blueprints.constructs.registry_environment import RegistryEnvironment
from ecr_blueprints.constructs.registry_reference import RegistryReference
from ecr_blueprints.domain.encryption import EncryptionType
from ecr_blueprints.domain.helm_chart import CHART_PREFIX, check_chart_name
from ecr_blueprints.lifecycle.retention import REPOSITORY_KIND_METADATA, RepositoryKind

__all__ = ["HelmChartRepository"]

_ACCEPTED: Final = {"chart": TEXT, "registry": IMAGE_REPOSITORY_ARGUMENTS["registry"]}


class HelmChartRepository(ImageRepository):
    """A private repository for the versions of one Helm chart, under a prefix of charts.

    Helm appends the chart's name to the address that it pushes to, and ECR creates nothing on its own: each
    chart takes a repository of its name. Here the name follows from the chart, tags are immutable, since a
    version is a tag, and the newest versions are kept. For charts that nobody declares, see
    `HelmChartTemplate`.

    Charts lie under a prefix of their own, so that what goes by prefix (replication, grants) can tell them
    from images. The name need not follow the registry's convention. Amazon Inspector cannot scan a chart
    (facts §14): scan the images that it names. Grants are those of `ImageRepository`.

    What goes by number counts pre-releases too. Give charts that are pushed by every build a prefix of their
    own, such as ``charts-dev``.

    Example:
        from ecr_blueprints import HelmChartRepository

        ledger = HelmChartRepository(stack, "LedgerChart", chart="ledger", registry=registry)
        ledger.grant_pull_to_account("222233334444")
        pushed_to, pulled_from = ledger.push_reference, ledger.chart_reference

    Creates:
        One ``AWS::ECR::Repository``, ``charts/<chart>``, whose metadata says that it holds charts; billed as
        storage of ECR and data transfer. It is kept when its stack goes, except when its creation is rolled
        back.

    Args:
        scope: The construct to belong to.
        id: Its id within the scope.
        chart: The chart's name, as in ``Chart.yaml``: lower case, without a slash.
        prefix: What stands before it. Default: ``charts``.
        prefix_exception: Why the prefix says neither ``chart`` nor ``helm``. Default: it must.
        versions: How many versions stay, at least 1; older ones are deleted. None: all. Default: 100.
        keep: Versions, or patterns such as ``1.4.*``, that stay whatever their number. Default: none.
        registry: The registry to which it belongs, own or by contract. Default: none.
        owner: Whose it is, for the ``owner`` tag; needed where the registry's convention has a ``team``
            segment. Default: no tag.
        tags: Further resource tags; with the owner's at most 50.
        encryption: As for `ImageRepository`.
        encryption_key: As for `ImageRepository`.
        removal_policy: As for `ImageRepository`; deletion takes the second key. Default: kept.
        empty_on_delete: As for `ImageRepository`.

    Attributes:
        chart: The chart's name.
        prefix: What stands before it.

    Raises:
        InvalidValueError: A name that no chart in ECR can have, a prefix that does not say that charts lie
            there, one that a pull-through cache holds, a number or version that cannot be, or no owner where
            the registry reads owners from names.
        RegistryConflictError: The registry has a repository of that name.

    Sources: https://helm.sh/docs/topics/registries/,
    https://docs.aws.amazon.com/AmazonECR/latest/userguide/push-oci-artifact.html

    Practices: HELM-1, HELM-2
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        chart: str,
        prefix: str = CHART_PREFIX,
        prefix_exception: str | None = None,
        versions: int | None = DEFAULT_CHART_VERSIONS,
        keep: Sequence[str] = (),
        registry: RegistryReference | None = None,
        owner: str | None = None,
        tags: Mapping[str, str] | None = None,
        encryption: ecr.RepositoryEncryption | EncryptionType | None = None,
        encryption_key: IKeyRef | str | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
        empty_on_delete: bool | None = None,
    ) -> None:
        check_place(scope, id, kind="HelmChartRepository")
        where = path_under(scope, id)
        given = {"chart": chart, "registry": registry}
        check_arguments(given, _ACCEPTED, where=where, required=("chart",))
        if not is_token(chart):
            check_chart_name(chart, where=where)
        namespace = check_chart_prefix(prefix, prefix_exception, where=where)
        retention = chart_retention(versions, keep, where=where)
        name = f"{namespace}/{chart}"
        if registry is not None and not is_token(name):
            check_not_cached(registry.ledger, name, where=where)
        super().__init__(
            scope,
            id,
            repository_name=name,
            kind=RepositoryKind.CHART,
            retention=retention,
            registry=registry,
            convention_exception=reason_outside_convention(registry, "a Helm chart"),
            owner=owner_outside_convention(registry, owner=owner, tags=tags, where=where),
            tags=tags,
            encryption=encryption,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
            empty_on_delete=empty_on_delete,
        )
        self._repository_resource.add_metadata(REPOSITORY_KIND_METADATA, RepositoryKind.CHART.value)
        self.chart = chart
        self.prefix = namespace
        self._host = RegistryEnvironment.of_stack(scope).uri

    @property
    def chart_reference(self) -> str:
        """The chart's address, for ``helm install`` and ``helm pull`` with ``--version``: ``oci://…``."""
        return f"oci://{self._host}/{self.repository_name}"

    @property
    def push_reference(self) -> str:
        """The address for ``helm push``, which appends the chart's name itself: ``oci://…/charts``."""
        return f"oci://{self._host}/{self.prefix}"
