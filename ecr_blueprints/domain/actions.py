"""ECR's IAM actions, in the sets that people need (facts §6).

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html,
https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html and, for the whole list,
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
"""

from __future__ import annotations

__all__ = [
    "ADMIN",
    "AUTHORIZE",
    "CREATE",
    "DELETE",
    "IMPORT_UPSTREAM",
    "PULL",
    "PUSH",
    "READ",
    "REGISTRY_ADMIN",
    "REPLICATE",
    "UPSTREAM_COPY",
]

AUTHORIZE = ("ecr:GetAuthorizationToken",)
"""To log in. Only an identity-based policy grants it, on ``*``; in a repository policy it is idle."""

PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
"""To pull an image. Half of it pulls nothing."""

PUSH = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
"""To push an image. AWS's current example adds ``ecr:BatchGetImage``, which is in `PULL`."""

IMPORT_UPSTREAM = ("ecr:BatchImportUpstreamImage",)
"""To have a pull-through cache fetch what it does not hold or holds for more than 24 hours (facts §4)."""

CREATE = ("ecr:CreateRepository",)
"""To create a repository; also what the first pull through a cache needs."""

REPLICATE = ("ecr:CreateRepository", "ecr:ReplicateImage")
"""What the destination's registry policy allows the source account (facts §7)."""

UPSTREAM_COPY = (
    "ecr:BatchGetImage",
    "ecr:BatchImportUpstreamImage",
    "ecr:GetDownloadUrlForLayer",
    "ecr:GetImageCopyStatus",
)
"""What the upstream side of an ECR-to-ECR cache allows the downstream account (facts §4)."""

DELETE = ("ecr:BatchDeleteImage", "ecr:DeleteRepository")
"""To destroy images."""

ADMIN = (
    "ecr:DeleteLifecyclePolicy",
    "ecr:DeleteRepositoryPolicy",
    "ecr:PutImageScanningConfiguration",
    "ecr:PutImageTagMutability",
    "ecr:PutLifecyclePolicy",
    "ecr:SetRepositoryPolicy",
    "ecr:StartImageScan",
    "ecr:StartLifecyclePolicyPreview",
    "ecr:TagResource",
    "ecr:UntagResource",
    "ecr:UpdateImageStorageClass",
)
"""To change what a repository is and who reaches it, short of deleting its images at once."""

REGISTRY_ADMIN = (
    "ecr:CreatePullThroughCacheRule",
    "ecr:CreateRepositoryCreationTemplate",
    "ecr:DeletePullThroughCacheRule",
    "ecr:DeleteRegistryPolicy",
    "ecr:DeleteRepositoryCreationTemplate",
    "ecr:DeleteSigningConfiguration",
    "ecr:DeregisterPullTimeUpdateExclusion",
    "ecr:PutAccountSetting",
    "ecr:PutRegistryPolicy",
    "ecr:PutRegistryScanningConfiguration",
    "ecr:PutReplicationConfiguration",
    "ecr:PutSigningConfiguration",
    "ecr:RegisterPullTimeUpdateExclusion",
    "ecr:StartReplicationBackfill",
    "ecr:StopReplicationBackfill",
    "ecr:UpdatePullThroughCacheRule",
    "ecr:UpdateRepositoryCreationTemplate",
)
"""To change settings of the whole registry."""

READ = (
    "ecr:BatchGetRepositoryScanningConfiguration",
    "ecr:DescribeImageReplicationStatus",
    "ecr:DescribeImageScanFindings",
    "ecr:DescribeImageSigningStatus",
    "ecr:DescribeImages",
    "ecr:DescribePullThroughCacheRules",
    "ecr:DescribeRegistry",
    "ecr:DescribeReplicationBackfillResults",
    "ecr:DescribeRepositories",
    "ecr:DescribeRepositoryCreationTemplates",
    "ecr:GetAccountSetting",
    "ecr:GetLifecyclePolicy",
    "ecr:GetLifecyclePolicyPreview",
    "ecr:GetRegistryPolicy",
    "ecr:GetRegistryScanningConfiguration",
    "ecr:GetRepositoryPolicy",
    "ecr:GetSigningConfiguration",
    "ecr:ListImageReferrers",
    "ecr:ListImages",
    "ecr:ListPullTimeUpdateExclusions",
    "ecr:ListReplicationBackfills",
    "ecr:ListTagsForResource",
    "ecr:ValidatePullThroughCacheRule",
)
"""To look at settings and metadata; no image content."""
