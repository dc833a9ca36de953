"""``AWS::SecretsManager::Secret``, as the credential of a pull-through cache.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
"""

from __future__ import annotations

from typing import Any, Final

from ecr_blueprints.cloudformation.partial_text import ResourceReference, load_json
from ecr_blueprints.cloudformation.readers.resource import Resource, as_property_text, as_unresolved
from ecr_blueprints.registry.cache_rule import CredentialSecret
from ecr_blueprints.registry.unresolved import Malformed, Unresolved

__all__ = ["RESOURCE_TYPE", "read_credential_secret"]

RESOURCE_TYPE: Final = "AWS::SecretsManager::Secret"

_AWS_MANAGED_KEY: Final = "alias/aws/secretsmanager"


def read_credential_secret(reference: ResourceReference) -> CredentialSecret:
    """Reads the secret that a rule refers to.

    Args:
        reference: The reference in ``CredentialArn``.
    """
    resource = Resource(source=reference.source, declaration={}, properties=reference.properties)
    name = as_property_text(resource.get("Name"), "Name")
    given = resource.get("SecretString")
    generated = resource.get("GenerateSecretString")
    return CredentialSecret(
        source=reference.source,
        name=as_unresolved(name) if isinstance(name, Malformed) else name,
        plaintext=isinstance(given, str) and given != "",
        keys=_keys(given) if given is not None else _generated_keys(generated),
        customer_managed_key=_is_customer_managed(resource.get("KmsKeyId")),
        has_value=given is not None or generated is not None,
    )


def _keys(value: Any) -> frozenset[str] | None:
    """The keys of a value; None if they cannot be told."""
    if not isinstance(value, str | Unresolved):
        return None
    try:
        document = load_json(value)
    except ValueError:
        return frozenset()
    if isinstance(document, Unresolved):
        return None
    return frozenset(document) if isinstance(document, dict) else frozenset()


def _generated_keys(generator: Any) -> frozenset[str] | None:
    """The keys of a generated value: those of the template, and the one that gets the random text."""
    if generator is None:
        return frozenset()
    if not isinstance(generator, dict):
        return None
    template, key = generator.get("SecretStringTemplate"), generator.get("GenerateStringKey")
    if template is None:
        # Without a template the value is random text, no JSON.
        return frozenset()
    keys = _keys(template)
    if keys is None or isinstance(key, Unresolved):
        return None
    return keys | {key} if isinstance(key, str) else keys


def _is_customer_managed(key: Any) -> bool | None:
    """Whether the key is another than Secrets Manager's own; None if that is not known."""
    if key is None:
        return False
    if isinstance(key, ResourceReference):
        return True
    if isinstance(key, str):
        return not key.endswith(_AWS_MANAGED_KEY)
    return None
