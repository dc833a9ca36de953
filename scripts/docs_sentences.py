"""A topology in sentences: for those who do not see its picture."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from docs_box import Box, Topology
from docs_flows import BRIDGE, COPY, FETCH, KINDS, PULL, PUSH, REPORT, ROLL_OUT, SEED

__all__ = ["account_rows", "flow_sentences", "named", "notes", "sentences"]

_SENTENCES = {
    PUSH: "{source} push to {target}.",
    BRIDGE: "{source} brings images to {target}.",
    FETCH: "Images of {source} come, as they are pulled, into the caches of {target}.",
    SEED: "Images of {source} are seeded into {target}.",
    COPY: "Images of {source} are replicated to {target}.",
    PULL: "{target} may pull from {source}.",
    ROLL_OUT: "{source} rolls out to {target}.",
    REPORT: "Findings and events of {source} go to {target}.",
}


def sentences(topology: Topology) -> Iterator[str]:
    """Who is drawn, then what flows.

    Args:
        topology: What a picture shows.
    """
    for box in topology.boxes:
        inside = "; ".join(
            f"{one.title}: {', '.join(one.lines)}" if one.lines else one.title for one in box.inner
        )
        about = ", ".join([*box.subtitle, *box.lines])
        yield f"{box.title} ({about}){f': {inside}' if inside else ''}."
    yield from flow_sentences(topology)


def notes(topology: Topology) -> Iterator[str]:
    """What has to be known to read its arrows.

    Args:
        topology: What a picture shows.
    """
    if any(flow.kind == PULL and "/" in flow.target for flow in topology.flows):
        yield "Who has VPC endpoints pulls through them in their Region, whatever else its policy allows."


def account_rows(topology: Topology) -> Iterator[tuple[str, str, str]]:
    """Who is drawn that has an account: what it is called, its accounts or units, and what it is for.

    Args:
        topology: What a picture shows.
    """
    for box in topology.boxes:
        places = [place for one in (box, *box.inner) for place in one.places]
        names = dict.fromkeys(
            name for place in places if re.fullmatch(r"\d{12}|ou?-.+", name := place.partition("/")[0])
        )
        if names:
            about = [one for one in box.subtitle if not any(name in one for name in names)]
            yield box.title, ", ".join(names), "; ".join([*about, *box.lines])


def flow_sentences(topology: Topology) -> Iterator[str]:
    """What flows, a sentence for each box that something leaves and each kind; for each that pulls.

    Args:
        topology: What a picture shows.
    """
    outer = {one.key: box for box in topology.boxes for one in (box, *box.inner)}
    reached: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for flow in topology.flows:
        ends = [topology.home(flow.source), topology.home(flow.target)]
        if ends[0] is not ends[1]:
            first, second = [named(one, outer[one.key]) for one in ends]
            if flow.kind == PULL:
                reached[(flow.kind, second)].setdefault(first)
            else:
                reached[(flow.kind, first)].setdefault(second)
    for kind in KINDS:
        for (one, subject), others in reached.items():
            if one == kind:
                ends_in_words = {"source": subject, "target": "; ".join(others)}
                if kind == PULL:
                    ends_in_words = {"source": "; ".join(others), "target": subject}
                yield _SENTENCES[kind].format(**ends_in_words)


def named(box: Box, outer: Box) -> str:
    """What a box is called in a sentence.

    Args:
        box: The box.
        outer: The box that it is in, or itself.
    """
    if box is not outer:
        return f"{outer.title} ({box.title})"
    return f"{box.title} ({'; '.join(box.lines)})" if box.key.startswith("origin") else box.title
