"""Who is drawn where: the boxes of a picture, read from the templates of a cloud assembly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from docs_assembly import DeployedStack, Seed, deployed_stacks
from docs_box import IMAGES, LEFT, MIDDLE, ORGANIZATION, RIGHT, Box, Topology
from docs_contents import cache_prefixes, described, guardrails, let_in, repository_count, stack_names
from docs_flows import (
    BRIDGE,
    INCOMING,
    PUSH,
    SEED,
    Flow,
    endpoint_regions,
    pull_flows,
    pull_grants,
    replication_flows,
    report_flows,
    roll_out_flows,
)
from docs_fold import folded_cards, folded_units
from docs_origins import by_targets, fetching, pushing
from docs_roles import AccountRole, account_roles
from docs_text import enumerated, plural

__all__ = ["read_topology"]

_MANY_REGISTRIES = 3
"""From so many accounts with registries on, Regions of one that are alike are one box."""


def read_topology(
    stacks: tuple[DeployedStack, ...],
    seeds: tuple[Seed, ...] = (),
    enterprise: Mapping[str, Any] | None = None,
) -> Topology:
    """What stands in which account and Region, and what flows between.

    Args:
        stacks: Those of the assembly.
        seeds: What is seeded.
        enterprise: What the blueprint says of the enterprise registry, for its name.
    """
    return _Reading(stacks, seeds, enterprise or {}).topology()


class _Reading:
    """Collects over all stacks; the order of what is drawn is the order of the stacks."""

    def __init__(
        self, stacks: tuple[DeployedStack, ...], seeds: tuple[Seed, ...], enterprise: Mapping[str, Any]
    ) -> None:
        self.stacks = deployed_stacks(stacks)
        self.seeds = seeds
        self.enterprise = enterprise
        self.at: defaultdict[str, list[DeployedStack]] = defaultdict(list)
        self.regions: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for stack in self.stacks:
            self.at[stack.place].append(stack)
            self.regions[stack.account].setdefault(stack.region)
        self.accounts = list(dict.fromkeys(stack.account for stack in stacks))
        self.grants = list(pull_grants(self.stacks))
        self.copies = list(replication_flows(self.stacks))
        self.outside = by_targets(iter([*pushing(self.stacks), *fetching(self.stacks, seeds)]))
        found = [
            *(flow for flow, _ in self.copies),
            *pull_flows(self.grants, endpoint_regions(self.stacks)),
            *roll_out_flows(stacks),
            *report_flows(self.stacks),
        ]
        incoming = (Flow("", target, kind) for _, kind, targets in self.outside for target in targets)
        self.roles = account_roles(self.stacks, [*found, *incoming])
        self.guardrails = list(guardrails(stacks))
        self.units = list(dict.fromkeys([*self.roles, *(unit for unit, _ in self.guardrails)]))
        self.units = [one for one in self.units if one not in self.accounts]
        self.flows: dict[Flow, None] = dict.fromkeys(found)

    def topology(self) -> Topology:
        """The boxes and flows."""
        outside = list(self._origins())
        for place in [end for flow in self.flows for end in (flow.source, flow.target)]:
            account, _, region = place.partition("/")
            if region and account in self.accounts:
                self.regions[account].setdefault(region)
        flows = tuple(self.flows)
        boxes = [*outside, *self._accounts(flows), *self._units(flows)]
        held = {place for box in boxes for one in (box, *box.inner) for place in one.places}
        boxes.extend(self._strangers(held))
        return Topology(boxes=tuple(boxes), flows=flows)

    # --- outside ------------------------------------------------------------------------------------

    def _origins(self) -> Iterator[Box]:
        """Where images come from; registries of the assembly are no boxes of their own."""
        for number, ((_, kind, targets), names) in enumerate(self.outside.items()):
            key = f"origin-{number}"
            for name in [one for one in names if one in self.at]:
                self.flows.update(dict.fromkeys(Flow(name, target, kind) for target in targets))
            others = [one for one in names if one not in self.at]
            if others:
                self.flows.update(dict.fromkeys(Flow(key, target, kind) for target in targets))
                yield self._origin(key, kind, others)

    def _origin(self, key: str, kind: str, names: list[str]) -> Box:
        title, subtitle, lines = "Upstream registries", ["on the internet"], names
        if kind == PUSH:
            roles = [name for name in names if name.startswith("role")]
            title = (
                "Pipelines" if not roles else "Roles" if len(roles) == len(names) else "Pipelines and roles"
            )
            subtitle = ["push images"]
            bare = [name.removeprefix("role ") for name in names]
            lines = [enumerated(bare)] if title == "Roles" else _in_groups(names)
        if kind == BRIDGE:
            product = str(self.enterprise.get("product", "enterprise registry"))
            title = product[0].upper() + product[1:]
            subtitle = [
                "promotes and governs images",
                str(self.enterprise.get("url", "")).rpartition("//")[2],
            ]
            lines = [f"bridge: {name}" for name in names]
        if kind == SEED:
            images = len({(seed.source, seed.digest) for seed in self.seeds})
            lines = [*names, f"{plural(images, 'image')}, by digest"]
        return Box(
            title=title,
            subtitle=[one for one in subtitle if one],
            lines=lines,
            places=(key,),
            column=LEFT,
            outside=True,
        )

    # --- accounts -----------------------------------------------------------------------------------

    def _accounts(self, flows: tuple[Flow, ...]) -> Iterator[Box]:
        many = sum(role.registry for role in self.roles.values()) >= _MANY_REGISTRIES
        workloads: defaultdict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
        for account in self.accounts:
            role = self.roles[account]
            if not (role.registry or role.rolls_out or role.told) and (role.pulls or role.consumers):
                workloads[(role.title, tuple(self._pulled(account)))].append(account)
                continue
            cards = [self._card(account, region) for region in self.regions[account]]
            platform = not (role.registry or role.pulls)
            yield Box(
                title=role.title,
                subtitle=[f"account {account}", *([role.purpose] if role.purpose else [])],
                lines=self._pulled(account),
                places=(account,),
                inner=folded_cards(cards, flows) if many and role.registry else cards,
                column=_column(role),
                tier=ORGANIZATION if platform else IMAGES,
            )
        for (title, pulled), accounts in workloads.items():
            cards = [card for account in accounts for card in self._workload_cards(account, flows)]
            box = Box(
                title=title,
                subtitle=[plural(len(accounts), "account")],
                lines=list(pulled),
                places=(f"workloads-{accounts[0]}",),
                inner=folded_cards(cards, flows),
                column=RIGHT,
            )
            if len(accounts) == 1:
                _named_once(box, accounts[0])
            yield box

    def _card(self, account: str, region: str) -> Box:
        place = f"{account}/{region}"
        stacks = self.at.get(place, [])
        seeded = any(f"{seed.account}/{seed.region}" == place for seed in self.seeds)
        lines = described(stacks, seeded=seeded)
        for flow, filters in self.copies:
            if flow.target == place:
                lines.insert(
                    min(1, len(lines)) if repository_count(stacks) else 0,
                    f"copies of {', '.join(filters) or 'everything'} from {flow.source.partition('/')[2]}"
                    + ("" if repository_count(stacks) else ": repositories are made with the first"),
                )
        return Box(title=region, lines=lines, stacks=stack_names(stacks), places=(place,))

    def _workload_cards(self, account: str, flows: tuple[Flow, ...]) -> Iterator[Box]:
        """A card for each Region in which it pulls through endpoints, or one for the account."""
        reached = [
            one for one in self.regions[account] if any(f"{account}/{one}" == flow.target for flow in flows)
        ]
        other = [one for one in self.regions[account] if one not in reached]
        for region in reached or [""]:
            places = [f"{account}/{region}"] if region else []
            if region in ("", *reached[:1]):
                places += [account, *(f"{account}/{one}" for one in other)]
            lines = described([stack for place in places for stack in self.at.get(place, [])])
            elsewhere = other if region in ("", *reached[:1]) else []
            stacks = [stack_names(self.at.get(f"{account}/{region}", []))] if region else []
            stacks += [f"{stack_names(self.at[f'{account}/{one}'])} in {one}" for one in elsewhere]
            title = f"{account} in {region}" if region else account
            yield Box(title=title, lines=lines, stacks=", ".join(stacks), places=tuple(places))

    def _pulled(self, puller: str) -> list[str]:
        """What somebody may pull, from caches and else."""
        grants = [one for one in self.grants if one.puller == puller]
        grants = [one for one in grants if one.by_identity] or grants
        sources = {f"{one.account}/{one.region}": None for one in grants}
        caches = {prefix for place in sources for prefix in cache_prefixes(self.at.get(place, []))}
        names = list(dict.fromkeys(one.name for one in grants))
        cached = [name.partition("/")[0] for name in names if name.partition("/")[0] in caches]
        others = [name for name in names if name.partition("/")[0] not in caches]
        lines = [f"may pull {enumerated(others)}"] if others else []
        if cached:
            through = f"through {'caches' if len(cached) > 1 else 'cache'} {', '.join(cached)}"
            lines.append(through if others else f"may pull {through}")
        drawn = {flow.source for flow in self.flows if flow.target.partition("/")[0] == puller}
        if lines and not sources.keys() <= drawn:
            lines.append(f"by policy in {' and '.join(place.partition('/')[2] for place in sources)}")
        return lines

    # --- units, and who has no stack ----------------------------------------------------------------

    def _units(self, flows: tuple[Flow, ...]) -> Iterator[Box]:
        boxes = []
        for unit in self.units:
            role = self.roles.get(unit)
            title = role.title if role is not None and role.titles else "Accounts of the organization"
            boxes.append(
                Box(
                    title=title,
                    subtitle=["every account of the unit", unit],
                    lines=[*self._pulled(unit), *(text for one, text in self.guardrails if one == unit)],
                    inner=[self._card(unit, region) for region in self.regions.get(unit, ())],
                    places=(unit,),
                    tier=ORGANIZATION,
                    outside=True,
                )
            )
        yield from folded_units(boxes, flows)

    def _strangers(self, held: set[str]) -> Iterator[Box]:
        """Accounts that no stack goes to: they pull, or images are copied to them."""
        ends = [(end, flow.kind) for flow in self.flows for end in (flow.source, flow.target)]
        ends = [(place, kind) for place, kind in dict.fromkeys(ends) if place not in held]
        found: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for place, _ in ends:
            found[place.partition("/")[0]].setdefault(place)
        let_in_accounts = let_in(self.stacks)
        for account, places in found.items():
            fed = any(kind in INCOMING for place, kind in ends if place in places)
            title = "Outside the organization" if account in let_in_accounts else "Elsewhere"
            many = account.startswith(("o-", "ou-"))
            yield Box(
                title=title,
                subtitle=[f"{'every account of' if many else 'account'} {account}", "no stack goes there"],
                lines=self._pulled(account),
                places=(account, *(place for place in places if place != account)),
                column=MIDDLE if fed else RIGHT,
                outside=True,
            )


def _column(role: AccountRole) -> int:
    """Where an account that is no workload's alone is drawn: no flow goes past the middle."""
    if role.registry:
        return MIDDLE
    if role.told or role.pulls:
        return RIGHT
    return MIDDLE if role.tells else LEFT


def _named_once(box: Box, account: str) -> None:
    """Says the account of a box that is one account's alone above, and not in each box inside."""
    box.subtitle = [f"account {account}"]
    if box.inner[0].title == account:
        (card,) = box.inner
        box.inner, box.places, box.stacks = [], card.places, card.stacks
        box.lines = [*box.lines, *card.lines]
    for card in box.inner:
        card.title = card.title.removeprefix(f"{account} in ")


def _in_groups(names: list[str]) -> list[str]:
    """Pipelines of one product, and roles, as one line each: ``GitHub Actions: acme/a, acme/b``."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        start = next((one for one in ("GitHub Actions", "GitLab", "role") if name.startswith(f"{one} ")), "")
        groups[start].append(name.removeprefix(start).strip())
    return [
        f"{'roles' if start == 'role' and len(rest) > 1 else start}{' ' if start == 'role' else ': '}"
        f"{enumerated(rest)}"
        if start
        else enumerated(rest)
        for start, rest in groups.items()
    ]
