"""The code of a Lambda function as one short text: its module and those of its package that it imports.

Docstrings, comments and empty lines go, indentation shrinks; every other character stays as written, so that
the text does not depend on the Python version that synthesizes.
"""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path
from typing import Final

from ecr_blueprints.errors import InvalidValueError

__all__ = ["CODE_DIRECTORY", "MAX_INLINE_LENGTH", "compact", "inline_source"]

CODE_DIRECTORY: Final = Path(__file__).parent / "function_code"
"""Where the modules are."""

MAX_INLINE_LENGTH: Final = 10_000
"""In characters; ours. CloudFormation takes 4 MB, zipped, and CDK checks nothing any more; but a template
that is a StackSet's body holds 51,200 bytes in all.

Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

_PACKAGE: Final = "ecr_blueprints.constructs.function_code."
_FUTURE: Final = "from __future__ import annotations\n"
_INDENT: Final = 4


def inline_source(name: str, *, directory: Path = CODE_DIRECTORY) -> str:
    """The text of a function's code.

    Args:
        name: The module, without ``.py``; it defines ``handler``.
        directory: Where the modules are.

    Raises:
        InvalidValueError: There is no such module, two of its modules define one name, or the text is longer
            than `MAX_INLINE_LENGTH`.
    """
    modules: dict[str, str] = {}
    _collect(name, directory, modules)
    _check_names(modules)
    text = _FUTURE + "".join(modules.values())
    if len(text) > MAX_INLINE_LENGTH:
        raise InvalidValueError(
            f"its code has {len(text)} characters when inlined",
            where=f"function {name!r}",
            allowed=f"at most {MAX_INLINE_LENGTH}",
            fix="make the code shorter, or two functions of it",
        )
    return text


def compact(source: str) -> str:
    """A module's text without docstrings, comments, empty lines, ``__all__``, and imports of its own package.

    Args:
        source: The text; no line of it starts within a text literal, docstrings excepted.
    """
    tree = ast.parse(source)
    dropped: set[int] = set()
    for statement in ast.walk(tree):
        if _is_dropped(statement):
            assert isinstance(statement, ast.stmt)
            dropped.update(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    kept = (line.rstrip() for number, line in enumerate(lines, start=1) if number not in dropped)
    return "".join(f"{_shrunk(line)}\n" for line in kept if line)


def _collect(name: str, directory: Path, modules: dict[str, str]) -> None:
    """Read a module after those that it imports from its own package."""
    path = directory / f"{name}.py"
    if not path.is_file():
        raise InvalidValueError(f"there is no code {name!r}", where="inline function")
    source = path.read_text(encoding="utf-8")
    for statement in ast.parse(source).body:
        imported = _own_module(statement)
        if imported is not None and imported not in modules:
            _collect(imported, directory, modules)
    modules[name] = compact(source)


def _check_names(modules: dict[str, str]) -> None:
    """In one text, a name that two modules define would be the later one's for both."""
    owners: dict[str, str] = {}
    for module, text in modules.items():
        for statement in ast.parse(text).body:
            for name in _defined(statement):
                owner = owners.setdefault(name, module)
                if owner != module:
                    raise InvalidValueError(
                        f"{owner}.py and {module}.py both define {name!r}",
                        where="inline function",
                        fix="rename one",
                    )


def _defined(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.FunctionDef() | ast.ClassDef():
            return [statement.name]
        case ast.Assign():
            return [target.id for target in statement.targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


def _is_dropped(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
        case ast.ImportFrom(module="__future__"):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
    return isinstance(node, ast.stmt) and _own_module(node) is not None


def _own_module(statement: ast.stmt) -> str | None:
    """The module of the same package from which a statement imports; None for any other statement."""
    if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith(_PACKAGE):
        return (statement.module or "").removeprefix(_PACKAGE)
    return None


def _shrunk(line: str) -> str:
    """The line, indented by one space for each of its levels."""
    text = line.lstrip(" ")
    return " " * ((len(line) - len(text)) // _INDENT) + text
