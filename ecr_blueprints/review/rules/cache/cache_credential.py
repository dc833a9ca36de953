"""ECR402."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from ecr_blueprints.registry.cache_credential import (
    CredentialFaultKind,
    credential_arn_of,
    find_credential_faults,
    needs_account,
    upstream_of,
)
from ecr_blueprints.registry.registry import Registry
from ecr_blueprints.registry.unresolved import Unresolved
from ecr_blueprints.review.finding import Finding
from ecr_blueprints.review.rule import Rule
from ecr_blueprints.review.rules.declaration import declared
from ecr_blueprints.review.rules.gap import value_of
from ecr_blueprints.review.verdict import Severity

__all__ = ["CacheCredentialRule"]


class CacheCredentialRule(Rule):
    """A pull-through cache knows its upstream and can log in to it, without a secret in the template.

    ## What it does

    Checks the upstream's address against the nine registries that ECR can cache, whether the upstream
    needs a credential and has one, and the secret itself where the same source declares it: its name, its
    keys, its encryption, that it is not created empty, and that its value is not in the template. Of a cache
    of another ECR registry: that it names a role where the registry is another account's, and that its
    upstream prefix can be one.

    ## Why is this bad?

    ECR checks the secret when it creates the rule: a missing, misnamed or empty one fails the deployment,
    a wrong key or encryption fails the pulls. A credential in the template is known to everybody who can
    read the template.

    ## Example

    ```yaml
    Resources:
      DockerHub:
        Type: AWS::ECR::PullThroughCacheRule
        Properties:
          EcrRepositoryPrefix: docker-hub
          UpstreamRegistry: docker-hub
          UpstreamRegistryUrl: docker.io
    ```

    ## Use instead

    ```yaml
    Resources:
      Credential:
        Type: AWS::SecretsManager::Secret
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
        Properties:
          Name: ecr-pullthroughcache/docker-hub
          GenerateSecretString:
            SecretStringTemplate: '{"username": "replace-me"}'
            GenerateStringKey: accessToken
      DockerHub:
        Type: AWS::ECR::PullThroughCacheRule
        Properties:
          EcrRepositoryPrefix: docker-hub
          UpstreamRegistry: docker-hub
          UpstreamRegistryUrl: registry-1.docker.io
          CredentialArn: !Ref Credential
    ```

    ## Known limits

    A secret that another template declares is judged by its ARN alone. Whether the credential is right
    only the upstream knows. The rule has to be in the secret's account and Region, which is not checked.
    Whether a cache of another Region of the same account needs a role is where AWS's pages disagree, so that
    none is asked for. What the role allows, and whether the upstream's registry admits the account, is not
    checked.

    ## References

    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
    - https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
    - https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html
    """

    id = "ECR402"
    name = "cache-credential"
    severity = Severity.ERROR
    practices = ("PTC-1", "PTC-2")
    crosswalk = ()
    granular = MappingProxyType(
        {
            CredentialFaultKind.UPSTREAM.value: "the upstream is one that ECR can cache, at its own address",
            CredentialFaultKind.MISSING.value: "an upstream that needs a credential has one",
            CredentialFaultKind.SUPERFLUOUS.value: "an upstream that takes no credential has none",
            CredentialFaultKind.ROLE.value: "a cache of another account's ECR registry names a role",
            CredentialFaultKind.UPSTREAM_PREFIX.value: (
                "an upstream prefix belongs to a cache of another ECR registry, under a prefix of its own"
            ),
            CredentialFaultKind.ARN.value: "the credential is the ARN of a secret that ECR accepts",
            CredentialFaultKind.NAME.value: "the secret's name starts with ecr-pullthroughcache/",
            CredentialFaultKind.KEYS.value: "the secret has the keys username and accessToken",
            CredentialFaultKind.EMPTY.value: "the secret has a value when it is created",
            CredentialFaultKind.PLAINTEXT.value: "the template does not hold the secret's value",
            CredentialFaultKind.CUSTOMER_KEY.value: "the secret is encrypted with aws/secretsmanager",
        }
    )

    def check(self, registry: Registry) -> Iterator[Finding]:
        """Judges each cache and its secret."""
        for rule in declared(registry.cache_rules):
            faults = list(find_credential_faults(rule, account=registry.account, region=registry.region))
            for fault in faults:
                yield self.fail(
                    fault.source, fault.message, fix=fault.fix, granular=fault.kind.value, key=rule.label
                )
            upstream, credential = upstream_of(rule), credential_arn_of(rule)
            if isinstance(upstream, Unresolved):
                yield self.open(rule.source, value_of(upstream), property_path="UpstreamRegistryUrl")
            elif isinstance(credential, Unresolved) and rule.credential is None:
                yield self.open(rule.source, value_of(credential), property_path="CredentialArn")
            elif registry.account is None and needs_account(rule):
                yield self.open(
                    rule.source, "the account that it is deployed to", property_path="CustomRoleArn"
                )
            elif not faults:
                yield self.passed(rule.source)
