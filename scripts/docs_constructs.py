"""docs/reference/constructs.md: what a program imports, with arguments and docstrings."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator

from docs_markdown import slug, table_cell
from docs_source import Definition, find_definition, practices_of, prose

__all__ = ["PUBLIC", "render_constructs"]

PUBLIC: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Repositories",
        (
            ("ecr_blueprints.constructs.image_repository", "ImageRepository"),
            ("ecr_blueprints.constructs.repository_grants", "RepositoryGrants"),
            ("ecr_blueprints.constructs.image_reference", "RegistryImage"),
        ),
    ),
    (
        "Retention",
        (
            ("ecr_blueprints.lifecycle.retention", "Retention"),
            ("ecr_blueprints.lifecycle.retention", "RepositoryKind"),
            ("ecr_blueprints.lifecycle.policy", "LifecyclePolicy"),
            ("ecr_blueprints.lifecycle.rule", "LifecycleRule"),
        ),
    ),
    (
        "The registry",
        (
            ("ecr_blueprints.constructs.private_registry", "PrivateRegistry"),
            ("ecr_blueprints.constructs.registry_scanning", "RegistryScanning"),
            ("ecr_blueprints.constructs.registry_scanning", "DevelopmentScanning"),
            ("ecr_blueprints.constructs.registry_management", "RegistryManagement"),
            ("ecr_blueprints.constructs.registry_management", "Ownership"),
            ("ecr_blueprints.constructs.repository_creation_template", "RepositoryCreationTemplate"),
            ("ecr_blueprints.constructs.creation_template_options", "CreationTemplateOptions"),
            ("ecr_blueprints.domain.creation_template", "AppliedFor"),
        ),
    ),
    (
        "Pull-through caches",
        (
            ("ecr_blueprints.constructs.pull_through_cache", "PullThroughCache"),
            ("ecr_blueprints.constructs.cache_credential_secret", "CacheCredentialSecret"),
            ("ecr_blueprints.domain.upstream_registry", "UpstreamRegistry"),
        ),
    ),
    (
        "A registry of another app",
        (
            ("ecr_blueprints.constructs.imported_registry", "ImportedRegistry"),
            ("ecr_blueprints.constructs.imported_registry", "ImportedPullThroughCache"),
        ),
    ),
    (
        "Reference stacks",
        (
            ("ecr_blueprints.config.loader", "load_blueprint"),
            ("ecr_blueprints.stacks.build", "build_stacks"),
            ("ecr_blueprints.stacks.centralized.centralized", "build_centralized"),
            ("ecr_blueprints.stacks.centralized.registry_stack", "RegistryStack"),
            ("ecr_blueprints.stacks.centralized.repositories_stack", "RepositoriesStack"),
            ("ecr_blueprints.stacks.centralized.consumer_stack", "ConsumerStack"),
        ),
    ),
)
"""Chapter → module and name, in the order of the page."""

_INTRODUCTION = """\
# Constructs

Generated from the source by `make docs`.

Constructs take `(scope, construct_id, *, …)` with every option by keyword, and check what they are given in
plain Python before they call the CDK. An error says what, where, what is allowed and how to fix it. A value
that only the deployment knows (a token) is never checked and never refused.
"""

_SECTION = re.compile(r"(Args|Attributes|Returns|Raises|Yields):")
_ENTRY = re.compile(r"(\*{0,2}\w+):\s+(.*)", re.DOTALL)


def render_constructs(public_names: dict[str, str]) -> str:
    """The page.

    Args:
        public_names: What ``ecr_blueprints`` itself exports: name → module.
    """
    lines = [
        _INTRODUCTION,
        "`ecr_blueprints` itself exports "
        + ", ".join(f"[`{name}`](#{slug(name)})" for name in public_names)
        + ", and `__version__`, the version of the package as a text.",
        "",
    ]
    for chapter, names in PUBLIC:
        lines += [f"* **{chapter}**: " + " · ".join(f"[`{name}`](#{slug(name)})" for _, name in names)]
    for chapter, names in PUBLIC:
        lines += ["", f"## {chapter}"]
        for module, name in names:
            lines += _definition(find_definition(module, name), exported=public_names.get(name) == module)
    return "\n".join(lines) + "\n"


def _definition(definition: Definition, *, exported: bool) -> Iterator[str]:
    node = definition.node
    where = "ecr_blueprints" if exported else definition.module
    yield from ("", f"### {definition.name}", "")
    yield f"`from {where} import {definition.name}`"
    if isinstance(node, ast.FunctionDef):
        yield from ("", f"`{definition.name}{_signature(node, is_method=False)}`")
        yield from _documentation(definition.doc, _parameters(node))
    else:
        constructor = _method(node, "__init__")
        fields = _fields(node) if constructor is None else _parameters(constructor)
        yield from _documentation(definition.doc, fields)
        yield from _enum_members(node)
        yield from _members(node)
    practices = practices_of(definition.doc)
    if practices:
        yield from ("", f"Practices: {', '.join(practices)} ([all](../traceability.md))")


def _members(node: ast.ClassDef) -> Iterator[str]:
    rows: list[str] = []
    for item in node.body:
        if not isinstance(item, ast.FunctionDef) or item.name.startswith("_"):
            continue
        is_property = any(ast.unparse(one) == "property" for one in item.decorator_list)
        if not is_property:
            shown = item.name + _signature(item, is_method=True)
        else:
            shown = item.name if item.returns is None else f"{item.name}: {_type(item.returns)}"
        doc = inspect.cleandoc(ast.get_docstring(item) or "")
        rows.append(f"| `{table_cell(shown)}` | {_in_short(doc)} |")
    if rows:
        yield from ("", "| Member | What it does |", "|---|---|", *rows)


def _enum_members(node: ast.ClassDef) -> Iterator[str]:
    """The members of an enumeration, with the docstrings behind them."""
    if not any(ast.unparse(base) in ("StrEnum", "Enum") for base in node.bases):
        return
    yield from ("", "| Value | Meaning |", "|---|---|")
    for item, following in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant):
            is_documented = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
            doc = str(following.value.value) if is_documented else ""  # type: ignore[union-attr]
            name, value = ast.unparse(item.targets[0]), str(item.value.value)
            yield f'| `{name}`, `"{value}"` | {table_cell(prose(doc))} |'


def _documentation(doc: str, parameters: dict[str, str]) -> Iterator[str]:
    """A docstring: its text, and a table for each of its sections."""
    for section, lines in _sections(doc):
        if section is None:
            text = prose("\n".join(lines))
            if text:
                yield from ("", text)
        elif section in ("Args", "Attributes"):
            yield from ("", f"| {'Argument' if section == 'Args' else 'Attribute'} | Meaning |", "|---|---|")
            for name, meaning in _entries(lines):
                yield f"| `{table_cell(parameters.get(name, name))}` | {table_cell(prose(meaning))} |"
        elif section == "Raises":
            yield ""
            for name, meaning in _entries(lines):
                yield f"* Raises `{name}`: {table_cell(prose(meaning))}"
        else:
            yield from ("", f"{section}: {table_cell(prose(inspect.cleandoc(chr(10).join(lines))))}")


def _sections(doc: str) -> list[tuple[str | None, list[str]]]:
    """The text and the sections of a docstring, in order; text has no name."""
    parts: list[tuple[str | None, list[str]]] = [(None, [])]
    for line in doc.splitlines():
        start = _SECTION.fullmatch(line)
        if start:
            parts.append((start.group(1), []))
            continue
        if parts[-1][0] is not None and line and not line.startswith(" "):
            parts.append((None, []))
        parts[-1][1].append(line)
    return parts


def _entries(lines: list[str]) -> list[tuple[str, str]]:
    """``name: text`` with its continuation lines, for each entry of a section."""
    found: list[str] = []
    for line in textwrap.dedent("\n".join(lines)).splitlines():
        if line and not line.startswith(" "):
            found.append(line)
        elif found:
            found[-1] += f"\n{line}"
    entries = []
    for text in found:
        match = _ENTRY.fullmatch(text)
        if match is None:
            raise ValueError(f"not an entry of a docstring's section: {text!r}")
        entries.append((match.group(1), match.group(2)))
    return entries


def _method(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    return next((one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == name), None)


def _parameters(node: ast.FunctionDef) -> dict[str, str]:
    """Name → ``name: type = default``."""
    arguments = node.args
    defaults: dict[str, ast.expr | None] = dict(
        zip((one.arg for one in arguments.kwonlyargs), arguments.kw_defaults, strict=True)
    )
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    defaults |= dict(zip((one.arg for one in with_default), arguments.defaults, strict=True))
    found = {one.arg: _parameter(one, defaults.get(one.arg)) for one in [*positional, *arguments.kwonlyargs]}
    if arguments.vararg is not None:
        found[arguments.vararg.arg] = f"*{_parameter(arguments.vararg, None)}"
    return found


def _fields(node: ast.ClassDef) -> dict[str, str]:
    """The fields of a dataclass: name → ``name: type = default``."""
    found = {}
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            is_made = isinstance(item.value, ast.Call)
            default = "" if item.value is None or is_made else f" = {ast.unparse(item.value)}"
            found[item.target.id] = f"{item.target.id}: {_type(item.annotation)}{default}"
    return found


def _parameter(argument: ast.arg, default: ast.expr | None) -> str:
    annotation = "" if argument.annotation is None else f": {_type(argument.annotation)}"
    shown = "" if default is None else f" = {ast.unparse(default)}"
    return f"{argument.arg}{annotation}{shown}"


def _type(node: ast.expr) -> str:
    return ast.unparse(node).strip("'\"")


def _signature(node: ast.FunctionDef, *, is_method: bool) -> str:
    """The arguments without their types, and what comes back."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    is_static = any(ast.unparse(one) == "staticmethod" for one in node.decorator_list)
    if is_method and not is_static:
        positional = positional[1:]
    without = len(positional) - len(arguments.defaults)
    parts = [
        one.arg if index < without else f"{one.arg}={ast.unparse(arguments.defaults[index - without])}"
        for index, one in enumerate(positional)
    ]
    if arguments.vararg is not None:
        parts.append(f"*{arguments.vararg.arg}")
    elif arguments.kwonlyargs:
        parts.append("*")
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        parts.append(argument.arg if default is None else f"{argument.arg}={ast.unparse(default)}")
    returned = (
        "" if node.returns is None or ast.unparse(node.returns) == "None" else f" → {_type(node.returns)}"
    )
    return f"({', '.join(parts)}){returned}"


def _in_short(doc: str) -> str:
    """A member's docstring in one cell of a table."""
    cell = ""
    for section, lines in _sections(doc):
        if section is None:
            cell += f" {table_cell(prose(' '.join(lines)))}"
        elif section in ("Args", "Raises"):
            for name, meaning in _entries(lines):
                shown = f"`{name}`" if section == "Args" else f"Raises `{name}`"
                cell += f"<br>{shown}: {table_cell(prose(meaning))}"
        else:
            cell += f"<br>{section}: {table_cell(prose(' '.join(lines)))}"
    return cell.strip()
