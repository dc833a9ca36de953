"""One reader for each CloudFormation resource type, and for what several of them share."""
