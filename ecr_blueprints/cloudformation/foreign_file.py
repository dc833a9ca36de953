"""Files that are mistaken for templates, recognized so that the error can lead on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["ForeignFile", "recognize"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignFile:
    """What a file looks like.

    Attributes:
        kind: With its article, such as ``a Kubernetes manifest``.
        fix: What to give instead.
    """

    kind: str
    fix: str


_TEMPLATE_INSTEAD = "give a CloudFormation template or a CDK cloud assembly (cdk.out)"
_ASSEMBLY_INSTEAD = "give the directory that it lies in"

# The first entry of which every key is there names the file.
_BY_KEYS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("apiVersion", "kind"), "a Kubernetes manifest", _TEMPLATE_INSTEAD),
    (("apiVersion", "name", "version"), "a Helm chart", _TEMPLATE_INSTEAD),
    (
        ("contractVersion", "registries"),
        "a registry contract",
        "give it with --registry, beside what is to be reviewed",
    ),
    (("version", "artifacts"), "the manifest of a CDK cloud assembly", _ASSEMBLY_INSTEAD),
    (("version", "tree"), "the construct tree of a CDK cloud assembly", _ASSEMBLY_INSTEAD),
    (("version", "files", "dockerImages"), "the asset list of a CDK stack", _ASSEMBLY_INSTEAD),
    (("app",), "a CDK configuration (cdk.json)", "run `cdk synth` and give its output directory, cdk.out"),
    (
        ("format_version", "terraform_version"),
        "a Terraform plan",
        "only CloudFormation is reviewed: " + _TEMPLATE_INSTEAD,
    ),
    (
        ("terraform_version", "resources"),
        "a Terraform state",
        "only CloudFormation is reviewed: " + _TEMPLATE_INSTEAD,
    ),
    (("resource",), "a Terraform configuration", "only CloudFormation is reviewed: " + _TEMPLATE_INSTEAD),
    (("$schema", "contentVersion", "resources"), "an Azure Resource Manager template", _TEMPLATE_INSTEAD),
    (("services",), "a Compose file", _TEMPLATE_INSTEAD),
    (
        ("service", "provider"),
        "a Serverless Framework configuration",
        "run `serverless package` and give the template it writes",
    ),
    (("jobs",), "a CI workflow", _TEMPLATE_INSTEAD),
    (("rules",), "an ECR lifecycle policy", "give the template whose repository carries it"),
    (("Statement",), "an IAM policy document", "give the template that carries it"),
    (("findings", "summary"), "a report of this review", _TEMPLATE_INSTEAD),
    (("$schema", "runs"), "a SARIF report", _TEMPLATE_INSTEAD),
    (
        ("model", "version"),
        "a blueprint",
        "synthesize it first: `cdk synth -c blueprint=FILE`, and give cdk.out",
    ),
    (("name", "version"), "a package.json", _TEMPLATE_INSTEAD),
    (("devDependencies",), "a package.json", _TEMPLATE_INSTEAD),
    (("resources",), "a template whose section is not spelled Resources", "write Resources with a capital R"),
    (("Parameters",), "an incomplete template", "add the Resources section"),
    (("AWSTemplateFormatVersion",), "an incomplete template", "add the Resources section"),
)

_TERRAFORM = re.compile(r'^\s*(?:resource|data|provider|module|variable|output)\s+"[^"]*"', re.MULTILINE)


def recognize(text: str, body: Any, name: str) -> ForeignFile | None:
    """What a file that is no template looks like.

    Args:
        text: Its text.
        body: What was parsed from it; None if that failed.
        name: Its name.

    Returns:
        None if it looks like nothing known.
    """
    if isinstance(body, Mapping):
        for keys, kind, fix in _BY_KEYS:
            if all(key in body for key in keys):
                return ForeignFile(kind=kind, fix=fix)
        return None
    start = text[:20_000]
    if name.endswith((".tf", ".hcl")) or _TERRAFORM.search(start):
        return ForeignFile(
            kind="a Terraform configuration", fix="only CloudFormation is reviewed: " + _TEMPLATE_INSTEAD
        )
    if "apiVersion:" in start and "kind:" in start:
        return ForeignFile(kind="a Kubernetes manifest", fix=_TEMPLATE_INSTEAD)
    if start.lstrip()[:1] == "<":
        return ForeignFile(kind="HTML or XML", fix=_TEMPLATE_INSTEAD)
    if name.endswith((".py", ".ts", ".js", ".java", ".go", ".cs")):
        return ForeignFile(kind="source code", fix="run `cdk synth` and give its output directory, cdk.out")
    return None
