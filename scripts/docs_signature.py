"""Arguments, fields and signatures, as a page shows them."""

from __future__ import annotations

import ast

__all__ = ["enum_members", "fields", "method", "parameters", "shown_type", "signature"]


def method(node: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    """A method of a class, if it has it."""
    return next((one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == name), None)


def parameters(node: ast.FunctionDef) -> dict[str, str]:
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


def fields(node: ast.ClassDef) -> dict[str, str]:
    """The fields of a dataclass: name → ``name: type = default``."""
    found = {}
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            is_made = isinstance(item.value, ast.Call)
            default = "" if item.value is None or is_made else f" = {ast.unparse(item.value)}"
            found[item.target.id] = f"{item.target.id}: {shown_type(item.annotation)}{default}"
    return found


def enum_members(node: ast.ClassDef) -> list[tuple[str, str, str]]:
    """The members of an enumeration: name, value and the docstring behind it; none for another class."""
    if not any(ast.unparse(base) in ("StrEnum", "Enum") for base in node.bases):
        return []
    found = []
    for item, following in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant):
            is_documented = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
            doc = str(following.value.value) if is_documented else ""  # type: ignore[union-attr]
            found.append((ast.unparse(item.targets[0]), str(item.value.value), doc))
    return found


def signature(node: ast.FunctionDef, *, is_method: bool) -> str:
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
        ""
        if node.returns is None or ast.unparse(node.returns) == "None"
        else f" → {shown_type(node.returns)}"
    )
    return f"({', '.join(parts)}){returned}"


def shown_type(node: ast.expr) -> str:
    """An annotation without the quotation marks of a forward reference."""
    return ast.unparse(node).strip("'\"")


def _parameter(argument: ast.arg, default: ast.expr | None) -> str:
    annotation = "" if argument.annotation is None else f": {shown_type(argument.annotation)}"
    shown = "" if default is None else f" = {ast.unparse(default)}"
    return f"{argument.arg}{annotation}{shown}"
