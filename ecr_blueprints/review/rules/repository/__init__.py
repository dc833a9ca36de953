"""Rules on repositories themselves."""
