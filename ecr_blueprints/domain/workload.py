"""Who pulls images in a workload account, and which service of AWS takes the role for it."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final

__all__ = ["ASSUME_ACTIONS", "WORKLOAD_SERVICES", "Workload"]


class Workload(StrEnum):
    """What a pull role is for.

    Nodes of a cluster on EC2: the kubelet pulls with the instance's role. Tasks of ECS on Fargate: the agent
    pulls with the task execution role. Pods of EKS that pull by themselves, such as Argo CD's repository
    server or an image build, have their role by Pod Identity.

    Sources: https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html,
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html and
    https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    """

    NODES = "nodes"
    TASKS = "tasks"
    PODS = "pods"


WORKLOAD_SERVICES: Final = MappingProxyType(
    {
        Workload.NODES: "ec2.amazonaws.com",
        Workload.TASKS: "ecs-tasks.amazonaws.com",
        Workload.PODS: "pods.eks.amazonaws.com",
    }
)
"""The service that a pull role trusts."""

ASSUME_ACTIONS: Final = MappingProxyType(
    {
        Workload.NODES: ("sts:AssumeRole",),
        Workload.TASKS: ("sts:AssumeRole",),
        Workload.PODS: ("sts:AssumeRole", "sts:TagSession"),
    }
)
"""What the trust policy lets it do; Pod Identity puts tags on its sessions."""
