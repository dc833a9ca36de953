"""A template that deploys anywhere by itself, rendered in an app of its own."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk
from constructs import Construct

from ecr_blueprints.constructs.deletion_keys import DELETION_CONTEXT_KEY
from ecr_blueprints.constructs.synthesis_failure import failed_validations
from ecr_blueprints.domain.stack_set import (
    MAX_TEMPLATE_BODY_BYTES,
    NAMED_IAM_PROPERTIES,
    Capability,
)
from ecr_blueprints.errors import InvalidValueError

__all__ = ["StandAloneTemplate"]

_FLAG_PREFIX: Final = "@aws-cdk"
_WARNING: Final = "aws:cdk:warning"
_ACKNOWLEDGED: Final = re.compile(r" \[ack: (?:Annotation::)?([^\]]+)\]$")
"""How the CDK writes the id of a warning."""
_SHOWN_RESOURCES: Final = 3
_REFUSED: Final = (
    (
        "Cannot add assets",
        "it has assets, which need a bootstrapped bucket in each account",
        "write functions inline, with lambda_.Code.from_inline(…), and no nested stacks",
    ),
    (
        "Cannot retrieve value from context provider",
        "it looks something up in an account, and it is for many of them",
        "give the value itself, or a template parameter",
    ),
    (
        "cross-environment",
        "it refers to a construct outside of it",
        "write the name or the ARN as a literal text",
    ),
    (
        "Cannot reference across apps",
        "it refers to a construct outside of it",
        "write the name or the ARN as a literal text",
    ),
)
"""What the CDK says → what is wrong → what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandAloneTemplate:
    """A template for any account and Region, as compact JSON.

    Attributes:
        body: The text; the same constructs give the same text.
        content: The same, parsed.
        warnings: What its constructs warn of, as the CDK keeps it: the id is at the end of the text.
    """

    body: str
    content: Mapping[str, Any]
    warnings: tuple[str, ...] = ()

    @classmethod
    def render(
        cls, scope: Construct, build: Callable[[cdk.Stack], object], *, name: str, where: str
    ) -> StandAloneTemplate:
        """Synthesize one stack in an app of its own, with the feature flags of the scope's app.

        Args:
            scope: Whose context counts: feature flags, and which repositories may be deleted.
            build: Fills the stack, which has no account and no Region: they are the deployment's.
            name: The stack's name, for what tells it.
            where: The construct that needs the template, for errors.

        Raises:
            InvalidValueError: It has assets, looks something up, refers to a construct outside, holds nothing
                or more than `MAX_TEMPLATE_BODY_BYTES`, needs a transform, or a construct in it refuses it.
            RuntimeError: Anything else that the CDK raises, untouched.
        """
        context = {
            key: value
            for key, value in scope.node.get_all_context().items()
            if key.startswith(_FLAG_PREFIX) or key == DELETION_CONTEXT_KEY
        }
        with tempfile.TemporaryDirectory(prefix="ecr-blueprints-") as folder:
            app = cdk.App(outdir=folder, context=context, analytics_reporting=False, tree_metadata=False)
            stack = cdk.Stack(app, name, synthesizer=cdk.BootstraplessSynthesizer())
            try:
                build(stack)
                app.synth()
            except RuntimeError as error:
                refusal = _refusal(error, where)
                if refusal is None:
                    raise
                raise refusal from None
            manifest = json.loads((Path(folder) / "manifest.json").read_text())
            _check_manifest(manifest, where)
            warnings = tuple(dict.fromkeys(_warnings(Path(folder), manifest)))
            content = json.loads((Path(folder) / stack.template_file).read_text())
        template = cls(body=json.dumps(content, separators=(",", ":")), content=content, warnings=warnings)
        template._check(where)
        return template

    @property
    def capabilities(self) -> list[str]:
        """What its deployer acknowledges: nothing, roles and policies, or those with names of their own."""
        resources = [
            one for one in self.content["Resources"].values() if one["Type"].startswith("AWS::IAM::")
        ]
        if any(NAMED_IAM_PROPERTIES.get(one["Type"], "") in one.get("Properties", {}) for one in resources):
            return [str(Capability.NAMED_IAM)]
        return [str(Capability.IAM)] if resources else []

    def repeat_warnings(self, construct: Construct) -> None:
        """Warn at a construct of this app of what was warned of in the template's own, which nobody sees.

        Args:
            construct: What has the template.
        """
        for text in self.warnings:
            found = _ACKNOWLEDGED.search(text)
            if found is not None:
                cdk.Validations.of(construct).add_warning(found[1], text[: found.start()])

    def _check(self, where: str) -> None:
        if not self.content.get("Resources"):
            raise InvalidValueError(
                "the template holds no resource", where=where, fix="make at least one in build(stack)"
            )
        if "Transform" in self.content:
            raise InvalidValueError(
                f"the template needs the transform {self.content['Transform']!r}",
                where=where,
                allowed="a template without transforms: the execution role of a stack set runs none",
                fix="write the resources out",
            )
        size = len(self.body.encode())
        if size > MAX_TEMPLATE_BODY_BYTES:
            raise InvalidValueError(
                f"the template has {size:,} bytes",
                where=where,
                allowed=f"at most {MAX_TEMPLATE_BODY_BYTES:,}",
                fix=f"leave out some of it, or make two stack sets; the largest are {self._largest()}",
            )

    def _largest(self) -> str:
        sizes = {
            f"{logical_id} ({one['Type']})": len(json.dumps(one, separators=(",", ":")))
            for logical_id, one in self.content["Resources"].items()
        }
        largest = sorted(sizes, key=lambda name: -sizes[name])[:_SHOWN_RESOURCES]
        return ", ".join(f"{name} with {sizes[name]:,} bytes" for name in largest)


def _warnings(folder: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    for artifact in manifest["artifacts"].values():
        metadata = dict(artifact.get("metadata", {}))
        if "additionalMetadataFile" in artifact:
            metadata |= json.loads((folder / artifact["additionalMetadataFile"]).read_text())
        for entries in metadata.values():
            yield from (one["data"] for one in entries if one["type"] == _WARNING)


def _check_manifest(manifest: Mapping[str, Any], where: str) -> None:
    """Refuse an assembly that lacks context values; assets are refused by the synthesizer."""
    missing = [str(one["provider"]) for one in manifest.get("missing", ())]
    if missing:
        _, what, fix = _REFUSED[1]
        raise InvalidValueError(f"{what}: {', '.join(missing)}", where=where, fix=fix)


def _refusal(error: RuntimeError, where: str) -> InvalidValueError | None:
    """The error in words of ours; None for what is none of the user's making."""
    found = failed_validations(error)
    if found:
        return InvalidValueError("\n  ".join(["the template cannot be synthesized:", *found]), where=where)
    for words, what, fix in _REFUSED:
        if words in str(error):
            return InvalidValueError(what, where=where, allowed="a template that stands alone", fix=fix)
    return None
