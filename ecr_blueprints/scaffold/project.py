"""The files of a new project: a CDK app around a blueprint, as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template
from types import MappingProxyType
from typing import Final

from ecr_blueprints.domain.operating_model import OperatingModel
from ecr_blueprints.domain.principals import (
    check_account_id,
    check_organization_id,
    partition_of,
)
from ecr_blueprints.domain.region import check_known_region
from ecr_blueprints.errors import InvalidValueError
from ecr_blueprints.scaffold.package_source import INDEX, PackageSource

__all__ = [
    "DEFAULT_NAME",
    "FILES",
    "PLACEHOLDER",
    "PLACEHOLDERS",
    "ProjectOptions",
    "name_from_folder",
    "render_project",
    "template_values",
]

DEFAULT_NAME: Final = "ecr-registry"
"""The name of a project, and of its folder, where nothing else is said."""

FILES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".github/workflows/registry.yaml": "synthesis, test and review of each change",
        ".gitignore": "what is not committed",
        "README.md": "from here to a registry in ten minutes",
        "app.py": "the app: stacks from the blueprint",
        "blueprint.yaml": "what there is; the file that you edit",
        "cdk.json": "how the CDK runs it; recommended flags",
        "package-lock.json": "the CDK CLI to the byte",
        "package.json": "the CDK CLI's version",
        "requirements.txt": "every version that it was tested with",
        "teams/payments.yaml": "a team and its repositories",
        "teams/platform.yaml": "another team",
        "tests/snapshot.json": "what must not be replaced or lost",
        "tests/test_snapshot.py": "the test that holds it",
    }
)
"""The files of a project → what each is for, in a few words."""

PLACEHOLDER: Final = "PLACEHOLDER"
"""What marks a line whose value is made up."""

PLACEHOLDERS: Final[Mapping[str, str]] = MappingProxyType(
    {"account": "111122223333", "region": "eu-west-1", "organization": "o-exampleorg"}
)
"""Option → the value that stands there until the real one does."""

_OTHER_ACCOUNTS: Final = ("222233334444", "333344445555", "444455556666", "555566667777", "666677778888")
"""Placeholders of the accounts that no option gives; one that equals the given account is passed over."""

_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME: Final = 60
_SUFFIX: Final = ".template"
_HIDDEN: Final = "dot-"
_PARTS: Final = "parts"


class _FileTemplate(Template):
    """``@@name`` and ``@@{name}``: neither YAML, JSON, Python, Markdown nor GitHub gives them a meaning."""

    delimiter = "@@"
    flags = re.NOFLAG


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectOptions:
    """What a new project is told.

    Args:
        model: The operating model.
        name: The project's name: lower-case letters, digits and single hyphens between them, at most 60.
        account: The account of the registry, or with tenants of the platform. Default: a placeholder.
        region: The main Region. Default: a placeholder.
        organization: The organization's id. Default: a placeholder, where the model needs one.
        source: Where the project's requirements get this package from. Default: a package index.

    Raises:
        InvalidValueError: One of them cannot be what it should; ``where`` is the option.
    """

    model: OperatingModel
    name: str = DEFAULT_NAME
    account: str | None = None
    region: str | None = None
    organization: str | None = None
    source: PackageSource = INDEX

    def __post_init__(self) -> None:
        """Check what was given."""
        if not _NAME.fullmatch(self.name) or len(self.name) > _LONGEST_NAME:
            raise InvalidValueError(
                f"{self.name!r} is no name of a project",
                where="--name",
                allowed=f"at most {_LONGEST_NAME} lower-case letters, digits and single hyphens between them",
                fix=f"write {name_from_folder(self.name)!r}",
            )
        for option, check in (
            ("account", check_account_id),
            ("region", check_known_region),
            ("organization", check_organization_id),
        ):
            value = getattr(self, option)
            if value is not None:
                try:
                    check(value)
                except InvalidValueError as error:
                    raise InvalidValueError(
                        error.what, where=f"--{option}", allowed=error.allowed, fix=_fix(error)
                    ) from None


def _fix(error: InvalidValueError) -> str | None:
    """What to do; about a Region, also where AWS has opened it since."""
    if error.where != "Region" or error.fix is None:
        return error.fix
    return f"{error.fix}; one that AWS has opened since goes into blueprint.yaml, with `new_regions`"


def name_from_folder(folder: str) -> str:
    """The name that a folder's name gives: what is allowed of it, or `DEFAULT_NAME`.

    Args:
        folder: The last part of the folder's path.
    """
    allowed = re.sub(r"[^a-z0-9]+", "-", folder.lower())[:_LONGEST_NAME].strip("-")
    return allowed or DEFAULT_NAME


def render_project(options: ProjectOptions) -> dict[str, str]:
    """The files of a project: path relative to its folder, with ``/``, to text, in the order of the paths.

    The same options give the same files. Nothing is read but the templates of this package.

    Args:
        options: What the project is told.

    Practices: OPS-4
    """
    templates = files(__package__) / "templates"
    values = template_values(options)
    parts = templates / options.model / _PARTS
    for path, template in _templates(parts):
        values[f"part_{path.partition('.')[0]}"] = _FileTemplate(template).substitute(values).rstrip("\n")
    found: dict[str, str] = {}
    for folder in (templates / "common", templates / options.model):
        for path, template in _templates(folder):
            if not path.startswith(f"{_PARTS}/"):
                found[path] = _FileTemplate(template).substitute(values)
    return dict(sorted(found.items()))


def template_values(options: ProjectOptions) -> dict[str, str]:
    """What stands for each name of a template; ``<option>_mark`` marks a line whose value is a placeholder.

    Args:
        options: What the project is told.
    """
    values = {
        "source": options.source.lines,
        "name": options.name,
        "model": str(options.model),
        "placeholder": PLACEHOLDER,
    }
    for option, placeholder in PLACEHOLDERS.items():
        given = getattr(options, option)
        values[option] = placeholder if given is None else given
        values[f"{option}_mark"] = f"  # {PLACEHOLDER}" if given is None else ""
    values["organization_off"] = "# " if options.organization is None else ""
    partition = partition_of(values["region"])
    values.update(partition=partition.name, dns_suffix=partition.dns_suffix)
    others = [one for one in _OTHER_ACCOUNTS if one != options.account]
    values.update({f"account_{number}": one for number, one in enumerate(others[:4], start=2)})
    return values


def _templates(folder: Traversable, above: str = "") -> Iterator[tuple[str, str]]:
    """Path in the project, and text, of each template below a folder."""
    for entry in folder.iterdir():
        name = entry.name.replace(_HIDDEN, ".", 1) if entry.name.startswith(_HIDDEN) else entry.name
        if entry.is_dir():
            yield from _templates(entry, f"{above}{name}/")
        elif name.endswith(_SUFFIX):
            yield f"{above}{name.removesuffix(_SUFFIX)}", entry.read_text(encoding="utf-8")
