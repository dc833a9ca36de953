"""CloudFormation's dialect of YAML: short forms, no dates, keys as text.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html and, for the
short forms, https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ecr_blueprints.cloudformation.references import MAX_DEPTH

__all__ = ["YamlSyntaxError", "parse_yaml"]


class YamlSyntaxError(Exception):
    """The text is not YAML, or uses a part of YAML that CloudFormation does not have.

    Args:
        problem: What is wrong, lower case, without a full stop.
        line: The line, from 1. Default: not known.
        column: The column, from 1. Default: not known.
    """

    def __init__(self, problem: str, line: int | None = None, column: int | None = None) -> None:
        self.problem = problem
        self.fix = "correct the syntax" if line is None else "correct the syntax at that line and column"
        self.line = line
        self.column = column
        super().__init__(problem)


def parse_yaml(text: str) -> Any:
    """Parses one YAML document as CloudFormation reads it.

    A short form (``!Ref``, ``!GetAtt a.b`` …) becomes its long form. A date stays the text that it is.
    Other plain scalars follow YAML 1.1, so that ``on`` is true and ``010`` is eight. Keys become text.
    Of a key that is given twice the last one counts, as in CloudFormation. Anchors and merge keys, which
    CloudFormation has not, are understood, since tools such as ``aws cloudformation package`` expand them.

    Raises:
        YamlSyntaxError: It is not YAML, holds several documents or a type that a template cannot hold.
    """
    import yaml

    try:
        return yaml.load(text, Loader=_loader_class())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark if error.problem_mark is not None else error.context_mark
        problem = error.problem if error.problem is not None else error.context
        if problem == "but found another document":
            problem = "the file holds several YAML documents, and a template is one"
        elif problem == "found character that cannot start any token" and _has_tab(text, mark):
            problem = "a tab, and YAML is indented with spaces"
        raise YamlSyntaxError(
            problem if problem is not None else "not YAML",
            None if mark is None else mark.line + 1,
            None if mark is None else mark.column + 1,
        ) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlSyntaxError("a control character that YAML does not allow", line) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise YamlSyntaxError(str(error).splitlines()[0] if str(error) else "not YAML") from None
    except (RecursionError, MemoryError):
        raise YamlSyntaxError("it is nested too deeply") from None


def _has_tab(text: str, mark: Any) -> bool:
    lines = text.splitlines()
    return mark is not None and mark.line < len(lines) and lines[mark.line][mark.column :].startswith("\t")


@lru_cache(maxsize=1)
def _loader_class() -> Any:
    """The loader; PyYAML is imported only when a template is not JSON."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class TemplateLoader(base):  # type: ignore[misc]
        """The safe loader with CloudFormation's short forms."""

        nesting = 0

        # libyaml's composer recurses in C, where nesting without bounds is the end of the process. These
        # two are called around each node.
        def descend_resolver(self, current_node: Any, current_index: Any) -> None:
            self.nesting += 1
            if self.nesting > MAX_DEPTH:
                raise YamlSyntaxError(f"it is nested more than {MAX_DEPTH} levels deep")

        def ascend_resolver(self) -> None:
            self.nesting -= 1

    def construct_short_form(loader: Any, suffix: str, node: Any) -> Any:
        value: Any
        if isinstance(node, yaml.ScalarNode):
            # An unquoted short form's scalar is text, whatever it looks like.
            value = loader.construct_scalar(node)
        elif isinstance(node, yaml.SequenceNode):
            value = loader.construct_sequence(node, deep=True)
        else:
            value = construct_mapping(loader, node, deep=True)
        if suffix == "":
            return value
        if suffix in ("Ref", "Condition"):
            return {suffix: value}
        if suffix == "GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {f"Fn::{suffix}": value}

    def construct_mapping(loader: Any, node: Any, deep: bool = False) -> dict[str, Any]:
        loader.flatten_mapping(node)
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if isinstance(key_node, yaml.ScalarNode):
                # YAML 1.1 reads an account id as a number and `on` as true; a key of a template is text.
                key = key_node.value
            else:
                raise yaml.constructor.ConstructorError(
                    None, None, "a key that is not text", key_node.start_mark
                )
            mapping[key] = loader.construct_object(value_node, deep=deep)
        return mapping

    def construct_map(loader: Any, node: Any) -> Any:
        mapping: dict[str, Any] = {}
        yield mapping
        mapping.update(construct_mapping(loader, node))

    def construct_text(loader: Any, node: Any) -> Any:
        return loader.construct_scalar(node)

    def refuse(loader: Any, node: Any) -> Any:
        raise yaml.constructor.ConstructorError(
            None, None, f"the YAML type {node.tag.removeprefix('tag:yaml.org,2002:')!r}", node.start_mark
        )

    TemplateLoader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in base.yaml_implicit_resolvers.items()
    }
    TemplateLoader.add_multi_constructor("!", construct_short_form)
    TemplateLoader.add_constructor("tag:yaml.org,2002:map", construct_map)
    TemplateLoader.add_constructor("tag:yaml.org,2002:timestamp", construct_text)
    for refused in ("binary", "omap", "pairs", "set"):
        TemplateLoader.add_constructor(f"tag:yaml.org,2002:{refused}", refuse)
    return TemplateLoader
