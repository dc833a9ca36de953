#!/usr/bin/env python3
"""Stores the assemblies of the examples anew, in tests/fixtures/assemblies.

Usage: scripts/store_assemblies.py [--change-contract] [EXAMPLE …]

A change of the contract, of a logical ID, a name or a create-only property of what holds state, is refused
and told; with --change-contract it is stored, and belongs to a breaking release with a way to follow it.
"""

from __future__ import annotations

import shutil
import sys

from example_assemblies import SynthesisError, example_names, synthesized_example
from logical_id_contract import GUIDE, contract_changes
from stored_assembly import STORED, read_stored, stored_files

FLAG = "--change-contract"


def main(arguments: list[str]) -> int:
    """Stores them; 1 if one could not be."""
    may_change = FLAG in arguments
    known = example_names()
    chosen = [one for one in arguments if one != FLAG] or list(known)
    unknown = [one for one in chosen if one not in known]
    if unknown:
        print(f"error: no example {unknown[0]!r}\n  there are: {', '.join(known)}", file=sys.stderr)
        return 2
    refused = [not store(name, may_change=may_change) for name in chosen]
    for folder in STORED.iterdir() if chosen == list(known) else ():
        if (folder / "manifest.json").is_file() and folder.name not in (*known, *ASSEMBLIES_OF_THE_READER):
            shutil.rmtree(folder)
            print(f"{folder.name}: removed, there is no such example")
    return int(any(refused))


ASSEMBLIES_OF_THE_READER = ("under-the-cli", "without-the-cli")


def store(name: str, *, may_change: bool) -> bool:
    """Stores one example; False if it was refused."""
    try:
        new = stored_files(synthesized_example(name))
    except SynthesisError as error:
        print(f"error: {error}", file=sys.stderr)
        return False
    old = read_stored(name)
    changes = contract_changes(old, new) if old else []
    if changes and not may_change:
        print(f"{name}: refused, since the contract would change", file=sys.stderr)
        for change in changes:
            print(f"  {change}", file=sys.stderr)
        print(f"How it is done safely: {GUIDE}; then run this again with {FLAG}.", file=sys.stderr)
        return False
    folder = STORED / name
    folder.mkdir(parents=True, exist_ok=True)
    for file in old.keys() - new.keys():
        (folder / file).unlink()
    for file, text in new.items():
        (folder / file).write_text(text)
    differing = sum(old.get(file) != text for file, text in new.items()) + len(old.keys() - new.keys())
    print(f"{name}: {differing} of {len(new)} files changed")
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
