"""A CDK cloud assembly: what ``cdk synth`` writes, by default into ``cdk.out``.

Source: https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema; the parts read
here have been the same since CDK v2 exists.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ecr_blueprints.cloudformation.stack import Stack
from ecr_blueprints.cloudformation.template import Template, decode, read_bytes
from ecr_blueprints.errors import UnusableInputError

__all__ = ["MANIFEST", "CloudAssembly"]

MANIFEST: Final = "manifest.json"
_MARKER: Final = "cdk.out"
_NESTED_STACK: Final = "AWS::CloudFormation::Stack"
_ENVIRONMENT: Final = re.compile(r"aws://([^/]+)/([^/]+)")
_ASSET_HASH: Final = re.compile(r"[0-9a-f]{64}")
_SYNTHESIZE: Final = "run `cdk synth` again and give the directory that it writes"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudAssembly:
    """A cloud assembly with the assemblies of its stages.

    Attributes:
        directory: Its path as given.
        stacks: The stacks of the app and of all its stages, in the order of the manifests; nested stacks
            hang on their parents.
    """

    directory: str
    stacks: tuple[Stack, ...]

    @classmethod
    def read(cls, directory: str | Path) -> CloudAssembly:
        """Reads an assembly.

        Args:
            directory: The directory that holds ``manifest.json``.

        Raises:
            UnusableInputError: The manifest is missing, damaged or no manifest of the CDK; a template is
                missing or damaged.
        """
        root = Path(directory)
        return cls(directory=str(root), stacks=tuple(_stacks(root, str(root), ())))

    @staticmethod
    def is_in(directory: str | Path) -> bool:
        """True if the directory is meant to be a cloud assembly, be it a damaged one.

        A ``manifest.json`` alone does not tell: web applications have one, too.
        """
        if Path(directory, _MARKER).is_file():
            return True
        if not Path(directory, MANIFEST).is_file():
            return False
        try:
            manifest = json.loads(Path(directory, MANIFEST).read_bytes())
        except (OSError, ValueError, RecursionError):
            return True
        return isinstance(manifest, dict) and "version" in manifest and "artifacts" in manifest


def _stacks(directory: Path, scope: str, ancestors: tuple[Path, ...]) -> Iterator[Stack]:
    manifest = _read_manifest(directory)
    where = str(directory / MANIFEST)
    artifacts = manifest.get("artifacts", {})
    if not isinstance(artifacts, dict):
        raise UnusableInputError("artifacts is no mapping", where=where, fix=_SYNTHESIZE)
    for artifact in artifacts.values():
        if not isinstance(artifact, dict):
            continue
        properties = artifact.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        if artifact.get("type") == "cdk:cloud-assembly":
            name = properties.get("directoryName")
            if not isinstance(name, str):
                raise UnusableInputError("a stage has no directoryName", where=where, fix=_SYNTHESIZE)
            if directory / name in (*ancestors, directory):
                raise UnusableInputError(f"the stage {name!r} contains itself", where=where, fix=_SYNTHESIZE)
            stage = properties.get("displayName")
            yield from _stacks(
                directory / name,
                _stage_scope(scope, ancestors, stage if isinstance(stage, str) else name),
                (*ancestors, directory),
            )
        elif artifact.get("type") == "aws:cloudformation:stack":
            yield _read_stack(directory, scope, artifact, properties, where)


def _stage_scope(scope: str, ancestors: tuple[Path, ...], stage: str) -> str:
    """The assembly's directory with the stage's path; a stage in a stage names both by itself."""
    root = scope if not ancestors else str(ancestors[0])
    return f"{root}/{stage}"


def _read_manifest(directory: Path) -> Mapping[str, Any]:
    path = directory / MANIFEST
    if not path.is_file():
        raise UnusableInputError(
            "is no complete cloud assembly: it has no manifest.json", where=str(directory), fix=_SYNTHESIZE
        )
    manifest = _read_json(path)
    version = manifest.get("version")
    if not isinstance(version, str) or not version[:1].isdigit():
        raise UnusableInputError(
            "is no manifest of a cloud assembly: it has no version", where=str(path), fix=_SYNTHESIZE
        )
    return manifest


def _read_json(path: Path) -> Mapping[str, Any]:
    where = str(path)
    try:
        document = json.loads(decode(read_bytes(path, where), where))
    except (ValueError, RecursionError) as error:
        raise UnusableInputError(f"is damaged: {error}", where=where, fix=_SYNTHESIZE) from None
    if not isinstance(document, dict):
        raise UnusableInputError("is damaged: it holds no mapping", where=where, fix=_SYNTHESIZE)
    return document


def _read_stack(
    directory: Path, scope: str, artifact: Mapping[str, Any], properties: Mapping[str, Any], where: str
) -> Stack:
    file = properties.get("templateFile")
    if not isinstance(file, str) or not file:
        raise UnusableInputError("a stack has no templateFile", where=where, fix=_SYNTHESIZE)
    match = _ENVIRONMENT.fullmatch(str(artifact.get("environment")))
    account, region = match.groups() if match else (None, None)
    parameters = properties.get("parameters")
    name = properties.get("stackName", artifact.get("displayName"))
    reader = _StackReader(
        directory=directory,
        scope=scope,
        account=None if account == "unknown-account" else account,
        region=None if region == "unknown-region" else region,
        paths=_construct_paths(directory, artifact),
        assets=_assets(directory, file),
    )
    return reader.read(
        file,
        name=name if isinstance(name, str) else None,
        parameters={key: value for key, value in parameters.items() if isinstance(value, str)}
        if isinstance(parameters, dict)
        else {},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _StackReader:
    """Reads one stack of a manifest, with its nested stacks.

    Attributes:
        directory: The assembly.
        scope: See ``Stack.scope``.
        account: See ``Stack.account``.
        region: See ``Stack.region``.
        paths: Template file → logical ID → construct path.
        assets: Asset hash or object key → file.
    """

    directory: Path
    scope: str
    account: str | None
    region: str | None
    paths: Mapping[str, Mapping[str, str]]
    assets: Mapping[str, str]

    def read(
        self,
        file: str,
        *,
        name: str | None = None,
        parameters: Mapping[str, str] | None = None,
        parents: tuple[str, ...] = (),
    ) -> Stack:
        path = self.directory / file
        if not path.is_file():
            raise UnusableInputError(
                f"the template {file} is missing", where=str(self.directory), fix=_SYNTHESIZE
            )
        template = Template.read(path, name=str(path), may_be_empty=True)
        return Stack(
            template=template,
            account=self.account,
            region=self.region,
            scope=self.scope,
            name=name,
            construct_paths=self.paths.get(file, {}),
            parameters={} if parameters is None else parameters,
            nested=dict(self._nested(template, (*parents, file))),
        )

    def _nested(self, template: Template, parents: tuple[str, ...]) -> Iterator[tuple[str, Stack]]:
        for logical_id, resource in template.resources.items():
            if isinstance(resource, dict) and resource.get("Type") == _NESTED_STACK:
                file = self._file_of(resource)
                if file is not None and file not in parents:
                    yield logical_id, self.read(file, parents=parents)

    def _file_of(self, resource: Mapping[str, Any]) -> str | None:
        """The file that a nested stack is made of; None if it is no asset of this assembly."""
        metadata = resource.get("Metadata")
        # Only the CDK's command line asks for this metadata.
        path = metadata.get("aws:asset:path") if isinstance(metadata, dict) else None
        if isinstance(path, str):
            return path
        properties = resource.get("Properties")
        url = properties.get("TemplateURL") if isinstance(properties, dict) else None
        for asset in _ASSET_HASH.findall(json.dumps(url)):
            if asset in self.assets:
                return self.assets[asset]
        return None


def _construct_paths(directory: Path, artifact: Mapping[str, Any]) -> Mapping[str, Mapping[str, str]]:
    """Where each template's resources come from, as the manifest's metadata tell it.

    A nested stack's entries stand among its parent's, below the path that names its template file.
    """
    metadata = artifact.get("metadata")
    extra = artifact.get("additionalMetadataFile")
    if isinstance(extra, str) and (directory / extra).is_file():
        metadata = _read_json(directory / extra)
    if not isinstance(metadata, dict):
        return {}
    files: dict[str, str] = {}
    resources: list[tuple[str, str]] = []
    for path, entries in metadata.items():
        for entry in entries if isinstance(entries, list) else ():
            data = entry.get("data") if isinstance(entry, dict) else None
            if not isinstance(data, str):
                continue
            if entry.get("type") == "aws:cdk:templateFile":
                files[path.strip("/")] = data
            elif entry.get("type") == "aws:cdk:logicalId":
                resources.append((path.strip("/"), data))
    properties = artifact.get("properties")
    stack_file = properties.get("templateFile") if isinstance(properties, dict) else None
    paths: dict[str, dict[str, str]] = {}
    for path, logical_id in resources:
        file, parent = stack_file, path
        while "/" in parent:
            parent = parent.rpartition("/")[0]
            if parent in files:
                file = files[parent]
                break
        if isinstance(file, str):
            paths.setdefault(file, {})[logical_id] = path
    return paths


def _assets(directory: Path, template_file: str) -> Mapping[str, str]:
    """Asset hash → file, from the asset list beside the stack's template."""
    path = directory / template_file.replace(".template.json", ".assets.json")
    if not path.is_file() or not path.name.endswith(".assets.json"):
        return {}
    files = _read_json(path).get("files")
    found: dict[str, str] = {}
    for asset, entry in files.items() if isinstance(files, dict) else ():
        source = entry.get("source") if isinstance(entry, dict) else None
        file = source.get("path") if isinstance(source, dict) else None
        if not isinstance(file, str):
            continue
        # The key of the uploaded object holds the hash, too, and is what a synthesizer may change.
        for name in (asset, *_ASSET_HASH.findall(json.dumps(entry.get("destinations")))):
            found.setdefault(name, file)
    return found
