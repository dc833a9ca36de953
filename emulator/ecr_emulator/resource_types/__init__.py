"""The CloudFormation resource types of ECR and its neighbours that ministack lacks, one module each."""
