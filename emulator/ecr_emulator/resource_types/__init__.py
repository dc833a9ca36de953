"""The CloudFormation resource types of ECR, one module each."""
