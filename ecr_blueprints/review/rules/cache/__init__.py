"""Rules on pull-through caches."""
