"""One shared-services account owns the registry; workload accounts pull from it."""
