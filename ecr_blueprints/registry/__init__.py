"""The read model of a registry, and every judgement on it."""
