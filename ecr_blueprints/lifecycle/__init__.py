"""Lifecycle policies: the typed model, ECR's JSON, the evaluator, the traps, and retention for people.

Standard library only and pure: nothing here reads a file, asks AWS or looks at the clock.
"""
