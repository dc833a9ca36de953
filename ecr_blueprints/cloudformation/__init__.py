"""Reads CDK cloud assemblies and CloudFormation templates, anyone's, into the read model.

Start at :func:`ecr_blueprints.cloudformation.registry_reader.read_inputs`. Nothing here imports the CDK;
PyYAML is imported only for input that is not JSON.
"""
