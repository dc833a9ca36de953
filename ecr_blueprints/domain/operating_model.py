"""Which operating model fits an organization: a recommendation from its facts, with the reasons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from ecr_blueprints.errors import InvalidValueError

__all__ = [
    "CONSIDERATIONS",
    "Change",
    "Consideration",
    "OperatingModel",
    "OrganizationFacts",
    "Recommendation",
    "recommend_operating_model",
]

LARGEST_COUNT: Final = 100_000
"""Accounts or teams that an answer may name; more is a slip of the finger."""

_LARGE_ORGANIZATION: Final = 100
"""Teams from which on nobody knows them all. Our judgement; nothing of AWS changes at this number."""

_SHARED_ACCOUNT: Final = 10
"""Teams from which on one account for everything asks for care. Our judgement."""

_MANY_CONSUMERS: Final = 30
"""Accounts from which on nobody wants to deploy a stack into each by hand. Our judgement."""


class OperatingModel(StrEnum):
    """Who owns the registries; the value is the word of the blueprint's ``model``."""

    CENTRALIZED = "centralized"
    """One shared-services account owns the registry; workload accounts pull."""

    TENANT_MANAGED = "tenant-managed"
    """Each team's account owns its registry, above a baseline of the platform's."""

    ENTERPRISE = "enterprise"
    """Harbor or Artifactory builds, promotes and governs; ECR is the clusters' edge."""

    @property
    def in_words(self) -> str:
        """What it is, in one sentence without a full stop."""
        return _IN_WORDS[self]


_IN_WORDS: Final = {
    OperatingModel.CENTRALIZED: "one shared-services account owns the registry, workload accounts pull",
    OperatingModel.TENANT_MANAGED: "each team's account owns its registry, above the platform's baseline",
    OperatingModel.ENTERPRISE: "Harbor or Artifactory promotes and governs, ECR is the clusters' edge",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationFacts:
    """What the choice depends on.

    Args:
        accounts: AWS accounts that run or build containers, from 1.
        teams: Teams that own images, from 1.
        isolated_teams: Regulation demands that no team, and no mistake, reaches another team's images.
        outside_aws: Clusters on other clouds or on-premises run the same images.
        enterprise_registry: Images are promoted and governed in Harbor or Artifactory already.
        air_gapped: The clusters' networks have no route to the internet.

    Raises:
        InvalidValueError: A number that no organization has.
    """

    accounts: int
    teams: int
    isolated_teams: bool = False
    outside_aws: bool = False
    enterprise_registry: bool = False
    air_gapped: bool = False

    def __post_init__(self) -> None:
        """Check the numbers."""
        for name in ("accounts", "teams"):
            number = getattr(self, name)
            if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= LARGEST_COUNT:
                raise InvalidValueError(
                    f"{number!r} is no number of {name}",
                    where=name,
                    allowed=f"whole numbers from 1 to {LARGEST_COUNT:,}",
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Consideration:
    """A situation that speaks for an operating model.

    Attributes:
        situation: The situation, as a sentence without a full stop.
        model: What it speaks for.
        because: Why.
        otherwise: What it asks for where something graver decides for another model; None where nothing.
        holds: Whether an organization is in the situation.
    """

    situation: str
    model: OperatingModel
    because: str
    otherwise: str | None
    holds: Callable[[OrganizationFacts], bool]


CONSIDERATIONS: Final = (
    Consideration(
        situation="Regulation demands that teams are isolated from each other",
        model=OperatingModel.TENANT_MANAGED,
        because="an account is the boundary that no policy of a shared registry can open by mistake; the "
        "platform holds every account to a baseline",
        otherwise=None,
        holds=lambda facts: facts.isolated_teams,
    ),
    Consideration(
        situation="Images are promoted and governed in Harbor or Artifactory already",
        model=OperatingModel.ENTERPRISE,
        because="promotion and access stay where they are and work; ECR becomes the edge that clusters pull "
        "from, and nothing is decided twice",
        otherwise="let Harbor or Artifactory replicate into each team's account, by a role of that account",
        holds=lambda facts: facts.enterprise_registry,
    ),
    Consideration(
        situation="Clusters on other clouds or on-premises run the same images",
        model=OperatingModel.ENTERPRISE,
        because="one registry has to serve them all, and to pull from ECR each would need AWS credentials, "
        "for a token that ends after 12 hours",
        otherwise="clusters outside AWS need credentials of each account that they pull from, and a new "
        "token every 12 hours",
        holds=lambda facts: facts.outside_aws,
    ),
    Consideration(
        situation="The networks have no route to the internet",
        model=OperatingModel.CENTRALIZED,
        because="one registry is seeded, by digest, and everybody pulls from it; a pull-through cache alone "
        "does not do, since its first pull of an image needs that route",
        otherwise="seed each registry by digest before the first pull: a pull-through cache needs a route to "
        "the internet for it",
        holds=lambda facts: facts.air_gapped,
    ),
    Consideration(
        situation=f"{_LARGE_ORGANIZATION} teams or more, each with an account of its own",
        model=OperatingModel.TENANT_MANAGED,
        because="no platform team knows that many; the accounts are there, and a baseline holds for those "
        "that come",
        otherwise=None,
        holds=lambda facts: facts.accounts >= facts.teams >= _LARGE_ORGANIZATION,
    ),
    Consideration(
        situation="More than one account",
        model=OperatingModel.CENTRALIZED,
        because="a shared-services account scans, signs and keeps every image once; the others pull by "
        "repository policy and IAM",
        otherwise=None,
        holds=lambda facts: facts.accounts > 1,
    ),
    Consideration(
        situation="One account",
        model=OperatingModel.CENTRALIZED,
        because="one registry does, and moves nothing when accounts that only pull are added",
        otherwise=None,
        holds=lambda facts: facts.accounts == 1,
    ),
)
"""What speaks for which model, the gravest first: the first that holds decides.

Of the two last, one always holds. Sources: the tokens' 12 hours,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html; the first pull through a cache,
facts §4 and §12. The order is our judgement: a duty before an investment, an investment before convenience.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that would change the recommendation by itself.

    Attributes:
        what: What would have to be otherwise, as the end of a sentence that starts with *if*.
        model: What would be recommended then.
    """

    what: str
    model: OperatingModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """An operating model for an organization, and why.

    Attributes:
        model: What fits.
        reasons: Why: the considerations that speak for it, the one that decided first.
        runner_up: What would fit next.
        runner_up_because: What speaks for that, or what it would take.
        notes: What to mind with the model that fits.
        changes: What would change the recommendation by itself.
    """

    model: OperatingModel
    reasons: tuple[Consideration, ...]
    runner_up: OperatingModel
    runner_up_because: str
    notes: tuple[str, ...]
    changes: tuple[Change, ...]


def recommend_operating_model(facts: OrganizationFacts) -> Recommendation:
    """Recommend an operating model. Every organization gets an answer, and always the same one.

    Args:
        facts: The organization.

    Practices: OPS-4
    """
    holding = tuple(one for one in CONSIDERATIONS if one.holds(facts))
    model = holding[0].model
    others = tuple(one for one in holding if one.model is not model)
    if others:
        runner_up, because = others[0].model, f"{_lower(others[0].situation)}: {others[0].because}"
    else:
        runner_up, because = _without_a_consideration(model, facts)
    return Recommendation(
        model=model,
        reasons=tuple(one for one in holding if one.model is model),
        runner_up=runner_up,
        runner_up_because=because,
        notes=(*(one.otherwise for one in others if one.otherwise is not None), *_notes(model, facts)),
        changes=tuple(
            Change(what=what, model=then)
            for what, otherwise in _otherwise(facts)
            if (then := _model_for(otherwise)) is not model
        ),
    )


def _model_for(facts: OrganizationFacts) -> OperatingModel:
    return next(one.model for one in CONSIDERATIONS if one.holds(facts))


def _without_a_consideration(model: OperatingModel, facts: OrganizationFacts) -> tuple[OperatingModel, str]:
    """What fits next where nothing speaks for another model, and what it would take."""
    if model is not OperatingModel.CENTRALIZED:
        return OperatingModel.CENTRALIZED, "one registry less to run for each team or product"
    if facts.accounts >= facts.teams:
        return OperatingModel.TENANT_MANAGED, (
            "each team could own its registry in its account, at the price of scanning, policies and cost "
            "in as many places"
        )
    return OperatingModel.TENANT_MANAGED, "it takes an account for each team, and there are fewer"


def _notes(model: OperatingModel, facts: OrganizationFacts) -> list[str]:
    notes = []
    if model is OperatingModel.TENANT_MANAGED and facts.accounts < facts.teams:
        notes.append("each team needs an account of its own, and there are fewer accounts than teams")
    if model is OperatingModel.ENTERPRISE and not facts.enterprise_registry:
        notes.append("Harbor or Artifactory has to be there first, and somebody has to run or to buy it")
    if model is not OperatingModel.TENANT_MANAGED and facts.accounts == 1 and facts.teams >= _SHARED_ACCOUNT:
        notes.append(
            f"with {_SHARED_ACCOUNT} teams or more in one account, IAM alone keeps them apart: let each push "
            "under its own prefix only"
        )
    if model is OperatingModel.CENTRALIZED and facts.air_gapped:
        notes.append("the blueprint's line for it is `air_gapped: true`, with `seeds` under each cache")
    if model is OperatingModel.CENTRALIZED and facts.accounts >= _MANY_CONSUMERS:
        notes.append(
            f"with {_MANY_CONSUMERS} accounts or more, let consumers be `units` rather than `accounts`: a "
            "stack set serves each account of a unit, and those that join it"
        )
    return notes


def _otherwise(facts: OrganizationFacts) -> list[tuple[str, OrganizationFacts]]:
    """Each fact turned around by itself, with the words for it."""
    words: dict[str, tuple[str, str]] = {
        "isolated_teams": ("regulation demanded isolated teams", "regulation did not demand isolated teams"),
        "enterprise_registry": (
            "images were governed in Harbor or Artifactory",
            "images were not governed in Harbor or Artifactory",
        ),
        "outside_aws": (
            "clusters outside AWS ran the same images",
            "no cluster outside AWS ran the same images",
        ),
        "air_gapped": (
            "the networks had no route to the internet",
            "the networks had a route to the internet",
        ),
    }
    turned: list[tuple[str, OrganizationFacts]] = []
    for name, (if_true, if_false) in words.items():
        now: bool = getattr(facts, name)
        other: dict[str, Any] = {name: not now}
        turned.append((if_false if now else if_true, replace(facts, **other)))
    grown = max(facts.teams, _LARGE_ORGANIZATION)
    turned.append(
        (
            f"there were {_LARGE_ORGANIZATION} teams or more with an account each",
            replace(facts, teams=grown, accounts=max(facts.accounts, grown)),
        )
    )
    turned.append(("there was one account only", replace(facts, accounts=1)))
    return turned


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
