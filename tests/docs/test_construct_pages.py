"""A page for each public name: why, an example, what it creates, every option, what it refuses."""

from __future__ import annotations

import ast
import inspect
from dataclasses import replace

import pytest
from docs_chapters import CHAPTERS, PublicName, page_of, public_names
from docs_constructs import render_index, render_page
from docs_docstring import Section, entries, example_parts, sections
from docs_examples import PREAMBLE, example_in, find_examples, given_names, in_partition
from docs_markdown import links
from docs_signature import method, parameters
from docs_source import Definition, prose
from generate_docs import CONSTRUCT_PAGES, ROOT

import ecr_blueprints

NAMES = [pytest.param(public, id=public.name) for public in public_names()]
CONSTRUCTS = [pytest.param(public, id=public.name) for public in public_names() if public.is_construct]
OF_A_CONSTRUCT = {"Example", "Creates", "Args", "Raises"}


def test_every_exported_name_is_in_one_chapter() -> None:
    exported = [public.name for public in public_names() if public.is_exported]
    assert sorted(exported) == sorted(set(ecr_blueprints.__all__) - {"__version__"})
    names = [public.name for public in public_names()]
    assert len(names) == len(set(names))


def test_every_entry_of_a_chapter_stands_for_something() -> None:
    modules = {public.definition.module for public in public_names()}
    entries_ = [entry for chapter in CHAPTERS.values() for entry in chapter]
    assert [entry for entry in entries_ if entry.partition(":")[0] not in modules] == []


def test_the_index_has_a_line_for_each_name_and_the_preamble() -> None:
    page = ROOT / "docs" / "reference" / "constructs.md"
    reached = {link.target for link in links(page)}
    assert {f"constructs/{page_of(public.name)}" for public in public_names()} <= reached
    assert f"```python\n{PREAMBLE}```" in render_index()
    assert "`ecr_blueprints.__version__`" in render_index()


@pytest.mark.parametrize("public", NAMES)
def test_it_says_what_it_is(public: PublicName) -> None:
    assert prose(public.definition.doc)
    assert public.summary.endswith("."), "the first line of the docstring is a sentence of its own"


@pytest.mark.parametrize("public", CONSTRUCTS)
def test_a_construct_has_an_example_and_says_what_it_creates_and_what_it_refuses(public: PublicName) -> None:
    missing = OF_A_CONSTRUCT - {section.name for section in sections(public.definition.doc)}
    assert not missing, f"{public.definition.path}: {public.name} lacks {', '.join(sorted(missing))}"


@pytest.mark.parametrize("public", CONSTRUCTS)
def test_every_option_of_a_construct_is_told(public: PublicName) -> None:
    node = public.definition.node
    assert isinstance(node, ast.ClassDef)
    constructor = method(node, "__init__")
    taken = set() if constructor is None else set(parameters(constructor)) - {"self"}
    told = {
        name
        for section in sections(public.definition.doc)
        if section.name == "Args"
        for name, _ in entries(section.text)
    }
    assert told == taken


@pytest.mark.parametrize("example", find_examples(), ids=lambda example: example.name)
def test_an_example_builds_on_what_it_is_given(example) -> None:
    assert example.given, "an app of its own is not what the tests synthesize"


def test_what_an_example_makes_itself_is_not_given() -> None:
    assert given_names("registry = make(stack)\nuse(registry)\n") == ("stack",)
    assert given_names("use(registry)\nuse(stack)\n") == ("stack", "registry")
    assert given_names("use(app)\n") == ()


def definition(doc: str) -> Definition:
    (node,) = ast.parse("class Thing:\n    def __init__(self, *, size: int = 1) -> None: ...\n").body
    assert isinstance(node, ast.ClassDef)
    known = public_names()[0].definition
    return replace(known, name="Thing", node=node, doc=inspect.cleandoc(doc))


DOC = """
    What it is.

    Why it is, with `PrivateRegistry`, `PrivateRegistry.from_contract` and [`PrivateRegistry`](x.md).

    Example:
        if stack:
            print(registry)

    Creates:
        * One ``AWS::ECR::Repository``, kept; see `ImageRepository`.

    Args:
        size: How large, as a number
            of things | of all.

    Raises:
        InvalidValueError: It is too large.

    Sources: https://example.com/a and
    https://example.com/b

    Practices: NAME-1
"""


def test_a_page_has_its_parts_in_order() -> None:
    public = PublicName(chapter="Things", definition=definition(DOC), is_exported=True, is_construct=True)
    registry = "private-registry.md"
    assert render_page(public).splitlines() == [
        "# Thing",
        "",
        "[Constructs](../constructs.md), things",
        "",
        "`from ecr_blueprints import Thing`",
        "",
        "What it is.",
        "",
        f"Why it is, with [`PrivateRegistry`]({registry}), [`PrivateRegistry.from_contract`]({registry}) and "
        "[`PrivateRegistry`](x.md).",
        "",
        "## Example",
        "",
        "Starts from [`stack` and `registry`](../constructs.md#what-the-examples-start-from).",
        "",
        "```python",
        "if stack:",
        "    print(registry)",
        "```",
        "",
        "## What it creates",
        "",
        "* One `AWS::ECR::Repository`, kept; see [`ImageRepository`](image-repository.md).",
        "",
        "## Options",
        "",
        "| Option | Meaning |",
        "|---|---|",
        "| `size: int = 1` | How large, as a number of things \\| of all. |",
        "",
        "## What it refuses",
        "",
        "* `InvalidValueError`: It is too large.",
        "",
        "Sources: https://example.com/a and https://example.com/b",
        "",
        "Practices: NAME-1 ([all](../../traceability.md))",
    ]


def test_sections_end_where_the_indentation_does() -> None:
    doc = "A.\n\nArgs:\n    a: b\n\nC.\nSource: d\ne\n\nF.\n"
    assert [section for section in sections(doc) if section.text] == [
        Section("", "A."),
        Section("Args", "a: b"),
        Section("", "C."),
        Section("Sources", "d\ne"),
        Section("", "F."),
    ]


def test_what_is_no_entry_is_an_error() -> None:
    with pytest.raises(ValueError, match="not an entry of a docstring's section: 'words'"):
        entries("words")


def test_a_page_is_named_after_the_name() -> None:
    assert page_of("ImageRepository") == "image-repository.md"
    assert page_of("load_blueprint") == "load-blueprint.md"
    assert len({page_of(public.name) for public in public_names()}) == len(public_names())
    assert (ROOT / CONSTRUCT_PAGES).is_dir()


def test_an_example_moves_to_another_partition() -> None:
    code = (
        'a("arn:aws:iam::111122223333:role/x", region="eu-west-1", to="us-east-1")\n'
        'b("111122223333.dkr.ecr.eu-west-1.amazonaws.com/api", "sha-256-1")\n'
    )
    assert in_partition(code, "aws-cn") == (
        'a("arn:aws-cn:iam::111122223333:role/x", region="cn-north-1", to="cn-northwest-1")\n'
        'b("111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/api", "sha-256-1")\n'
    )
    assert 'to="us-gov-east-1"' in in_partition(code, "aws-us-gov")
    assert in_partition(in_partition(code, "aws-cn"), "aws-cn") == in_partition(code, "aws-cn")


def test_the_code_of_an_example_is_what_is_indented() -> None:
    assert example_in("A.\n\nExample:\n    a = 1\n\n    b = 2\n\nB.\n") == "a = 1\n\nb = 2\n"
    assert example_in("A.\n\nExample::\n\n    a = 1\n\nB.\n") == "a = 1\n"
    assert example_in("A.\n") == ""


def test_an_example_may_have_text_before_its_code() -> None:
    text = "Of one thing::\n\n    a = 1\n\n    b = 2\n\nAnd of another,\nwith a::\n\n    c = a\n"
    assert example_parts(text) == [
        (False, "Of one thing:"),
        (True, "a = 1\n\nb = 2"),
        (False, "And of another,\nwith a:"),
        (True, "c = a"),
    ]
    assert example_in("A.\n\nExample:\n    Of it::\n\n        a = 1\n") == "a = 1\n"
