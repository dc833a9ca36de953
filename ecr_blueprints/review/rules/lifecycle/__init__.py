"""Rules on lifecycle policies."""
