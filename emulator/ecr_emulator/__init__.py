"""A loopback CloudFormation and ECR endpoint for tests; see the README for what its green proves."""
