"""The requests that claims share: the usual ones of each class, and what is made once for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from imagebuilder_mock.cli.capture.walking import arn_parameter
from imagebuilder_mock.cli.verify.claim import (
    A_TIME,
    ACCEPTED,
    Call,
    Claim,
    Expected,
    Own,
    call,
    claim,
)
from imagebuilder_mock.domain.errors import ImageBuilderError, invalid_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


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
_WITH_PARAMETERS = """\
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
TEMPLATE = """\
FROM {{{ imagebuilder:parentImage }}}
{{{ imagebuilder:environments }}}
{{{ imagebuilder:components }}}
"""
AMI = {
    "region": "<<region>>",
    "amiDistributionConfiguration": {"name": "ami {{ imagebuilder:buildDate }}"},
}
SERVICE_LINKED_ROLE = (
    "arn:<<partition>>:iam::<<account>>:role/aws-service-role/imagebuilder.amazonaws.com/"
    "AWSServiceRoleForImageBuilder"
)

USUAL: Mapping[str, Mapping[str, Any]] = {
    "Component": {
        "name": "<<name>>",
        "semanticVersion": "1.0.0",
        "platform": "Linux",
        "data": DOCUMENT,
    },
    "ImageRecipe": {
        "name": "<<name>>",
        "semanticVersion": "1.0.0",
        "parentImage": PARENT,
        "components": [{"componentArn": "<<component>>"}],
    },
    "ContainerRecipe": {
        "name": "<<name>>",
        "semanticVersion": "1.0.0",
        "containerType": "DOCKER",
        "parentImage": "amazonlinux:2023",
        "platformOverride": "Linux",
        "components": [{"componentArn": "<<component>>"}],
        "dockerfileTemplateData": TEMPLATE,
        "targetRepository": {"service": "ECR", "repositoryName": "<<repository>>"},
    },
    "InfrastructureConfiguration": {
        "name": "<<name>>",
        "instanceProfileName": "<<instance_profile>>",
    },
    "DistributionConfiguration": {"name": "<<name>>", "distributions": [AMI]},
    "ImagePipeline": {
        "name": "<<name>>",
        "imageRecipeArn": "<<recipe>>",
        "infrastructureConfigurationArn": "<<infrastructure>>",
        "status": "DISABLED",
    },
    "Workflow": {
        "name": "<<name>>",
        "semanticVersion": "1.0.0",
        "type": "TEST",
        "data": WORKFLOW,
    },
    "LifecyclePolicy": {
        "name": "<<name>>",
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
}
"""What a create of each class is given, unless the claim is about something else."""

ARNS = {
    "Component": "<<own>>component/<<name>>/1.0.0/1",
    "ImageRecipe": "<<own>>image-recipe/<<name>>/1.0.0",
    "ContainerRecipe": "<<own>>container-recipe/<<name>>/1.0.0",
    "InfrastructureConfiguration": "<<own>>infrastructure-configuration/<<name>>",
    "DistributionConfiguration": "<<own>>distribution-configuration/<<name>>",
    "ImagePipeline": "<<own>>image-pipeline/<<name>>",
    "Image": "<<own>>image/<<name>>/1.0.0/1",
    "Workflow": "<<own>>workflow/test/<<name>>/1.0.0/1",
    "LifecyclePolicy": "<<own>>lifecycle-policy/<<name>>",
}
"""The ARN of what such a create makes."""


class Case(NamedTuple):
    """A claim about one create."""

    key: str
    """The rest of its id."""
    sentence: str
    rows: tuple[str, ...]
    changed: Mapping[str, Any]
    """What is given besides the usual."""
    expected: Expected | str = ACCEPTED
    """A text is what is wrong with the parameter that the table is about."""


def cases(subject: str, cls: str, table: Iterable[Case], *, parameter: str = "") -> Iterator[Claim]:
    for key, sentence, rows, changed, told in table:
        expected = invalid_value(parameter, told) if isinstance(told, str) else told
        yield claim(f"{subject}.{key}", sentence, rows, create(cls, expected=expected, **changed))


def create(cls: str, *, expected: Expected = ACCEPTED, **changed: Any) -> Call:
    """The usual create with some members changed; one that is None is left out."""
    params = {name: value for name, value in {**USUAL[cls], **changed}.items() if value is not None}
    saved = {} if isinstance(expected, ImageBuilderError) else {"made": arn_parameter(cls)}
    return call(f"Create{cls}", params, expected, **saved)


def get(cls: str, expected: Expected, arn: str = "<<made>>") -> Call:
    """The paths of what is expected begin within the resource."""
    if not isinstance(expected, ImageBuilderError):
        member = cls[0].lower() + cls[1:]
        expected = {
            f"{member}.{path}" if path else member: value for path, value in expected.items()
        }
    return call(f"Get{cls}", {arn_parameter(cls): arn}, expected)


def get_all(cls: str, arn: str = "<<made>>", **members: Any) -> Call:
    """A Get that answers these members besides the ARN, the date and no tags, and no others."""
    return get(cls, {"": {"arn": arn, **members, "dateCreated": A_TIME, "tags": {}}}, arn)


def update(cls: str, *, expected: Expected = ACCEPTED, **params: Any) -> Call:
    """An update of what the claim has made."""
    return call(f"Update{cls}", {arn_parameter(cls): "<<made>>", **params}, expected)


def delete(cls: str, arn: str, expected: Expected = ACCEPTED) -> Call:
    return call(f"Delete{cls}", {arn_parameter(cls): arn}, expected)


def listed(
    operation: str, filters: Mapping[str, list[str]], expected: Expected, **more: Any
) -> Call:
    """All pages of what passes filters."""
    given = [{"name": name, "values": values} for name, values in filters.items()]
    return Call(
        operation=operation, params={"filters": given, **more}, expected=expected, all_pages=True
    )


def components_listed(filters: Mapping[str, list[str]], *names: str, **more: Any) -> Call:
    """The list of components that pass filters: these, at version 1.0.0, and no others."""
    arns = [f"<<own>>component/{name}/1.0.0" for name in names]
    return listed("ListComponents", filters, {"componentVersionList": Own(arns)}, **more)


def builds_listed(expected: Expected, more: Mapping[str, Any] | None = None, **saved: str) -> Call:
    """The builds of what the usual create of a component makes."""
    params = {"componentVersionArn": "<<own>>component/<<name>>/1.0.0", **(more or {})}
    return call("ListComponentBuildVersions", params, expected, **saved)


STANDING: Mapping[str, Call] = {
    "component": create("Component", name="<<run>>-component"),
    "greeting": create("Component", name="<<run>>-greeting", data=_WITH_PARAMETERS),
    "recipe": create("ImageRecipe", name="<<run>>-recipe"),
    "container_recipe": create("ContainerRecipe", name="<<run>>-container"),
    "infrastructure": create("InfrastructureConfiguration", name="<<run>>-infrastructure"),
    "distribution": create("DistributionConfiguration", name="<<run>>-distribution"),
    "pipeline": create("ImagePipeline", name="<<run>>-pipeline"),
    "workflow": create("Workflow", name="<<run>>-workflow"),
    "policy": create("LifecyclePolicy", name="<<run>>-policy"),
}
"""What claims of all subjects share, by its word: made when the first of them needs it, and deleted
at the end."""
