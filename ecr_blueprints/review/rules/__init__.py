"""The rules: one file, one class, one page each."""
