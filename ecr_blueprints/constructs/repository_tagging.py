"""Tags that every repository of a registry has to have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ecr_blueprints.constructs.argument_type import TEXTS, Accepted, check_arguments
from ecr_blueprints.constructs.creation_template_options import CreationTemplateOptions
from ecr_blueprints.constructs.resource_tags import check_resource_tags
from ecr_blueprints.domain.resource_tag import check_tag_key, in_words
from ecr_blueprints.errors import InvalidValueError

__all__ = ["RepositoryTagging"]

_WHERE: Final = "RepositoryTagging"
_ACCEPTED: Final = {
    "required": TEXTS,
    "of_templates": Accepted(types=(Mapping,), words="a mapping of texts to texts"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryTagging:
    """The tag keys that repositories of a registry have to have, also those that ECR creates itself.

    A repository of the app is looked at when the app is synthesized, so that tags of its stack or app count
    (``cdk.Tags.of(app).add(…)``). What a creation template makes is reached by no such tag: the template has
    to set them.

    Attributes:
        required: The keys, such as ``("owner", "cost-centre")``.
        of_templates: Tags for creation templates that do not say otherwise; a template with tags gets a
            role. Default: none.

    Raises:
        InvalidValueError: A key or value that AWS does not take, or a required key that ``of_templates``
            lacks, so that the registry's own templates could not have it.

    Practices: NAME-3
    """

    required: Sequence[str]
    of_templates: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the keys and values."""
        given = {"required": self.required, "of_templates": self.of_templates}
        check_arguments(given, _ACCEPTED, where=_WHERE, required=given)
        for key in self.required:
            check_tag_key(key)
        check_resource_tags(self.of_templates, where=f"{_WHERE}(of_templates=…)")
        object.__setattr__(self, "required", tuple(dict.fromkeys(self.required)))
        missing = [key for key in self.required if key not in self.of_templates]
        if missing:
            raise InvalidValueError(
                f"the registry's own creation templates would make repositories without {in_words(missing)}",
                where=_WHERE,
                allowed="of_templates with every required key",
                fix=f"write of_templates={{{', '.join(f'{key!r}: …' for key in self.required)}}}",
            )

    def for_template(self, options: CreationTemplateOptions) -> CreationTemplateOptions:
        """The settings of a creation template with the tags that they do not set themselves.

        Args:
            options: As given.
        """
        return replace(options, resource_tags={**self.of_templates, **options.resource_tags})
