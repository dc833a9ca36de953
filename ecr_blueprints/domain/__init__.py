"""Facts of Amazon ECR, each in one place and with its source.

Pure values: no input or output, nothing beyond the standard library. A fact that could not be
verified says so. The facts test compares names, enums, patterns and limits with botocore's service
model and with CloudFormation's resource schemas, and explains each place where we differ on purpose.
"""
