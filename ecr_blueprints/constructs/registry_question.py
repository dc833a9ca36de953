"""What a registry answers about a name, whether this app owns it or knows it by its contract."""

from __future__ import annotations

from ecr_blueprints.constructs.argument_type import TEXT, check_arguments, member_of
from ecr_blueprints.domain.creation_template import AppliedFor
from ecr_blueprints.registry import effective
from ecr_blueprints.registry.creation_template import CreationTemplate
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.unresolved import Unresolved

__all__ = ["production_of", "signing_profiles_of", "template_of"]


def production_of(ledger: Registry, name: str, *, where: str) -> bool | None:
    """Whether a repository is production, as declared; None if nothing declares it.

    Args:
        ledger: The registry.
        name: The repository's name.
        where: The registry, for the error.

    Raises:
        InvalidValueError: The name is no text.
    """
    check_arguments(
        {"repository_name": name}, {"repository_name": TEXT}, where=where, required={"repository_name"}
    )
    return ledger.is_production(name)


def template_of(
    ledger: Registry, name: str, applied_for: AppliedFor | str | None, *, where: str
) -> CreationTemplate | None:
    """The creation template that a name would get, were ECR to create the repository.

    Args:
        ledger: The registry.
        name: The name that does not exist yet.
        applied_for: The mechanism that would create it; None for whichever.
        where: The registry, for the error.

    Raises:
        InvalidValueError: The name is no text, or there is no such mechanism.
    """
    check_arguments({"name": name}, {"name": TEXT}, where=where, required={"name"})
    mechanism = None
    if applied_for is not None:
        mechanism = member_of(AppliedFor, applied_for, argument="applied_for", where=where)
    return effective.template_for(ledger, name, mechanism)


def signing_profiles_of(ledger: Registry, repositories: str) -> tuple[str, ...]:
    """The ARNs of the profiles with which images of repositories are signed, each once.

    Args:
        ledger: The registry.
        repositories: A name, or a pattern in which ``*`` is any run of characters.

    Returns:
        ARNs, or the tokens that stand for them; empty if nothing is known to sign it.
    """
    rules = effective.signing_under(ledger, repositories)
    if isinstance(rules, Unresolved):
        return ()
    arns = [
        one.expression if isinstance(one, Unresolved) else one
        for one in (rule.profile_arn for rule in rules)
        if isinstance(one, str | Unresolved)
    ]
    return tuple(dict.fromkeys(arns))
