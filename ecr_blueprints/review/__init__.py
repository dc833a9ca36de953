"""The policy review: what a registry's declaration gets right, wrong, and leaves open."""
