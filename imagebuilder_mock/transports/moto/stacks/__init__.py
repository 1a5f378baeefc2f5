"""``AWS::ImageBuilder::*`` in moto's CloudFormation: stacks that call our operations."""
