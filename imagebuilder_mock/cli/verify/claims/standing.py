"""What claims of all subjects share: made when the first of them needs it, and gone at the end.

A word that is made is a call, and the path in its answer at which its value is.
"""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import Answered, Call, Own, Refused, call

DOCUMENT = """\
name: hello
schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: Greet
        action: ExecuteBash
        inputs:
          commands:
            - echo hello
"""
OTHER_DOCUMENT = DOCUMENT.replace("echo hello", "echo good morning")
TEST_DOCUMENT = DOCUMENT.replace("name: build", "name: test")
WITH_PARAMETERS = """\
schemaVersion: 1.0
parameters:
  - Greeting:
      type: string
      default: hello
      description: What to say.
  - Name:
      type: string
phases:
  - name: build
    steps:
      - name: Greet
        action: ExecuteBash
        inputs:
          commands:
            - echo {{ Greeting }} {{ Name }}
"""
WORKFLOW = """\
name: hello
schemaVersion: 1.0
steps:
  - name: Wait
    action: WaitForAction
"""
PARENT = "<<amazon>>image/amazon-linux-2023-x86/x.x.x"
CONTAINER_PARENT = "<<amazon>>image/amazon-linux-x86-2/x.x.x"
TEMPLATE = """\
FROM {{{ imagebuilder:parentImage }}}
{{{ imagebuilder:environments }}}
{{{ imagebuilder:components }}}
"""
AMI = {
    "region": "<<region>>",
    "amiDistributionConfiguration": {"name": "ami {{ imagebuilder:buildDate }}"},
}

# What the creates of a claim are given, where it is about something else.
COMPONENT = {
    "name": "<<name>>",
    "semanticVersion": "1.0.0",
    "platform": "Linux",
    "data": DOCUMENT,
}
RECIPE = {
    "name": "<<name>>",
    "semanticVersion": "1.0.0",
    "parentImage": PARENT,
    "components": [{"componentArn": "<<component>>"}],
}
CONTAINER_RECIPE = {
    "name": "<<name>>",
    "semanticVersion": "1.0.0",
    "containerType": "DOCKER",
    "parentImage": "amazonlinux:2023",
    "platformOverride": "Linux",
    "components": [{"componentArn": "<<component>>"}],
    "dockerfileTemplateData": TEMPLATE,
    "targetRepository": {"service": "ECR", "repositoryName": "<<repository>>"},
}
INFRASTRUCTURE = {"name": "<<name>>", "instanceProfileName": "<<instance_profile>>"}
PIPELINE = {
    "name": "<<name>>",
    "imageRecipeArn": "<<recipe>>",
    "infrastructureConfigurationArn": "<<infrastructure>>",
    "status": "DISABLED",
}

STANDING: dict[str, Call] = {
    "component": call(
        "CreateComponent",
        {**COMPONENT, "name": "<<run>>-component"},
        component="componentBuildVersionArn",
    ),
    "greeting": call(
        "CreateComponent",
        {**COMPONENT, "name": "<<run>>-greeting", "data": WITH_PARAMETERS},
        greeting="componentBuildVersionArn",
    ),
    "recipe": call(
        "CreateImageRecipe",
        {**RECIPE, "name": "<<run>>-recipe"},
        recipe="imageRecipeArn",
    ),
    "container_recipe": call(
        "CreateContainerRecipe",
        {**CONTAINER_RECIPE, "name": "<<run>>-container"},
        container_recipe="containerRecipeArn",
    ),
    "infrastructure": call(
        "CreateInfrastructureConfiguration",
        {**INFRASTRUCTURE, "name": "<<run>>-infrastructure"},
        infrastructure="infrastructureConfigurationArn",
    ),
    "distribution": call(
        "CreateDistributionConfiguration",
        {"name": "<<run>>-distribution", "distributions": [AMI]},
        distribution="distributionConfigurationArn",
    ),
    "pipeline": call(
        "CreateImagePipeline",
        {**PIPELINE, "name": "<<run>>-pipeline"},
        pipeline="imagePipelineArn",
    ),
    "workflow": call(
        "CreateWorkflow",
        {
            "name": "<<run>>-workflow",
            "semanticVersion": "1.0.0",
            "type": "TEST",
            "data": WORKFLOW,
        },
        workflow="workflowBuildVersionArn",
    ),
    "policy": call(
        "CreateLifecyclePolicy",
        {
            "name": "<<run>>-policy",
            "status": "DISABLED",
            "executionRole": "<<role>>",
            "resourceType": "AMI_IMAGE",
            "policyDetails": [
                {
                    "action": {"type": "DEPRECATE"},
                    "filter": {"type": "AGE", "value": 30, "unit": "DAYS"},
                }
            ],
            "resourceSelection": {"tagMap": {"<<run>>": "1"}},
        },
        policy="lifecyclePolicyArn",
    ),
}


def own(*arns: str, member: str = "arn") -> Answered:
    return Answered(
        {"componentVersionList": Own([f"<<own>>component/{arn}" for arn in arns], member)}
    )


def filtered(expected: Answered | Refused, *filters: tuple[str, list[str]], **more: object) -> Call:
    """The caller's components that pass filters."""
    params = {
        "filters": [{"name": name, "values": values} for name, values in filters],
        **more,
    }
    return Call(operation="ListComponents", params=params, expected=expected, all_pages=True)


def named(suffix: str, **params: object) -> Call:
    return call("CreateComponent", {**COMPONENT, "name": f"<<name>>-{suffix}", **params})
