"""Templates with resources of Image Builder, and what became of their stacks."""

from __future__ import annotations

from typing import Any

import yaml

from tests.builders import DOCUMENT, MANAGED_PARENT, OWN

COMPONENT: dict[str, Any] = {
    "Type": "AWS::ImageBuilder::Component",
    "Properties": {"Name": "web", "Version": "1.0.0", "Platform": "Linux", "Data": DOCUMENT},
}


def template(**resources):
    """A template of these; a resource is JSON, or the properties of a type given before it."""
    return yaml.safe_dump({"Resources": resources})


def a_resource(name, **properties):
    return {"Type": f"AWS::ImageBuilder::{name}", "Properties": properties}


def infrastructure(**properties):
    given = {"Name": "web", "InstanceProfileName": "builder", **properties}
    return a_resource("InfrastructureConfiguration", **given)


INFRASTRUCTURE = infrastructure()


def recipe(**properties):
    given = {"Name": "web", "Version": "1.0.0", "ParentImage": MANAGED_PARENT, **properties}
    given.setdefault("Components", [{"ComponentArn": {"Ref": "Component"}}])
    return {"Component": COMPONENT, "Recipe": a_resource("ImageRecipe", **given)}


def create(cloudformation, body, **options):
    cloudformation.create_stack(StackName="web", TemplateBody=body, **options)
    return status(cloudformation)


def update(cloudformation, body, **options):
    cloudformation.update_stack(StackName="web", TemplateBody=body, **options)
    return status(cloudformation)


def change_set(cloudformation, body, kind="UPDATE", **options):
    """The ARN of a change set that nobody has executed."""
    made = cloudformation.create_change_set(
        StackName="web",
        ChangeSetName=f"to-{kind.lower()}",
        ChangeSetType=kind,
        TemplateBody=body,
        **options,
    )
    return made["Id"]


def status(cloudformation, stack="web"):
    [found] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    return found["StackStatus"]


def outputs(cloudformation):
    [found] = cloudformation.describe_stacks(StackName="web")["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}


def physical_ids(cloudformation):
    found = cloudformation.describe_stack_resources(StackName="web")["StackResources"]
    return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}


def reasons(cloudformation, event_status):
    """Why resources ended so, by logical id."""
    events = cloudformation.describe_stack_events(StackName="web")["StackEvents"]
    return {
        event["LogicalResourceId"]: event["ResourceStatusReason"]
        for event in events
        if event["ResourceStatus"] == event_status and event["LogicalResourceId"] != "web"
    }


def left(mock):
    return sorted(resource.arn.removeprefix(OWN) for resource in mock.resources())


def images(**image):
    """An image with all that it is built from; a property that is None is left out."""
    given = {
        "ImageRecipeArn": {"Ref": "Recipe"},
        "InfrastructureConfigurationArn": {"Ref": "Infrastructure"},
        **image,
    }
    properties = {name: value for name, value in given.items() if value is not None}
    return {
        **recipe(),
        "Infrastructure": INFRASTRUCTURE,
        "Image": a_resource("Image", **properties),
    }


def events(cloudformation, stack="web"):
    """Logical ids and statuses, the oldest first."""
    found = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return [(event["LogicalResourceId"], event["ResourceStatus"]) for event in found[::-1]]


def reason_of_stack(cloudformation, event_status, stack="web"):
    """What the stack's own event of that status says."""
    found = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    [reason] = [
        event.get("ResourceStatusReason")
        for event in found
        if (event["LogicalResourceId"], event["ResourceStatus"]) == (stack, event_status)
    ]
    return reason
