"""Recipes of both kinds, and what cannot be deleted while a recipe names it."""

from __future__ import annotations

from typing import Any

from imagebuilder_mock.cli.verify.claim import claim, in_use
from imagebuilder_mock.domain.errors import invalid_combination, invalid_value

from .standing import ARNS, PARENT, Case, cases, create, delete

_WINDOWS = [{"componentArn": "<<amazon>>component/update-windows/x.x.x"}]


def _greeting(*parameters: tuple[str, str]) -> dict[str, Any]:
    """A recipe with the component that has parameters, one of which has no default."""
    return {
        "components": [
            {
                "componentArn": "<<greeting>>",
                "parameters": [{"name": name, "value": [value]} for name, value in parameters],
            }
        ]
    }


def _volume(**settings: object) -> dict[str, Any]:
    return {"blockDeviceMappings": [{"deviceName": "/dev/xvdb", "ebs": settings}]}


_RECIPES: tuple[Case, ...] = (
    Case(
        "component-twice",
        "A recipe cannot have a component twice.",
        ("recipes.component-once",),
        {"components": [{"componentArn": "<<component>>"}] * 2},
        invalid_value(
            "components", "A component may be specified in an image recipe at most once."
        ),
    ),
    Case(
        "unknown-parameter",
        "A parameter that the component does not have is refused.",
        ("recipes.unknown-parameter", "requests.combination-code"),
        _greeting(("Name", "world"), ("Colour", "red"), ("Size", "large")),
        invalid_combination(
            "components[0].parameters",
            "The following parameters are not defined in the provided component: Colour, Size",
        ),
    ),
    Case(
        "parameter-without-a-value",
        "A parameter without a default needs a value when the recipe is created.",
        ("recipes.parameter-needs-value", "recipes.parameter-needs-value-when"),
        _greeting(("Greeting", "hi")),
        invalid_combination(
            "components[0].parameters",
            "The following parameters of the provided component have no default and need a value: "
            "Name",
        ),
    ),
    Case(
        "parameter-with-a-value",
        "With a value for each parameter without a default, the recipe is accepted.",
        ("recipes.parameter-needs-value",),
        _greeting(("Name", "world")),
    ),
    Case(
        "volume-without-iops",
        "A volume of the type io1 needs iops.",
        ("recipes.volumes", "requests.codes-of-documented-rules"),
        _volume(volumeSize=8, volumeType="io1"),
        invalid_combination(
            "blockDeviceMappings[0].ebs.iops", "The volume type 'io1' needs 'iops'."
        ),
    ),
    Case(
        "throughput-of-another-type",
        "Only a volume of the type gp3 can have a throughput.",
        ("recipes.volumes", "requests.codes-of-documented-rules"),
        _volume(volumeSize=8, volumeType="gp2", throughput=125),
        invalid_combination(
            "blockDeviceMappings[0].ebs.throughput",
            "A throughput is for volumes of the type 'gp3' only.",
        ),
    ),
    Case(
        "reserved-ami-tag",
        "The tag CreatedBy of an AMI is the service's own.",
        ("recipes.reserved-ami-tags", "requests.codes-of-documented-rules"),
        {"amiTags": {"CreatedBy": "me"}},
        invalid_value("amiTags", "The tag key 'CreatedBy' is reserved by Image Builder."),
    ),
    Case(
        "container-as-parent",
        "A container image cannot be the parent of an image recipe.",
        ("recipes.container-as-parent",),
        {"parentImage": "<<amazon>>image/amazon-linux-x86-2/x.x.x"},
        invalid_value("parentImage", "The parent image of an image recipe must be an AMI."),
    ),
    Case(
        "other-parent",
        "A parent is an image, an AMI, an SSM parameter or a product of the Marketplace.",
        ("requests.codes-of-documented-rules",),
        {"parentImage": "amazonlinux:2023"},
        invalid_value(
            "parentImage",
            "The parent image must be an AMI ID, an Image Builder image ARN, an SSM parameter "
            "prefixed by 'ssm:', or an AWS Marketplace product ID.",
        ),
    ),
    Case(
        "too-large-components",
        "The components of a recipe have 25 KB at most together, with their parameters' values.",
        ("recipes.component-size", "recipes.what-component-size-counts"),
        {
            "components": [
                {
                    "componentArn": "<<greeting>>",
                    "parameters": [{"name": "Name", "value": ["a" * 1024] * 25}],
                }
            ]
        },
        invalid_value(
            "components", "You've exceeded the maximum cumulative component size of 25 KB."
        ),
    ),
    Case(
        "other-platform",
        "A component for another platform than the parent's is refused.",
        ("recipes.platform", "requests.combination-code"),
        {"components": _WINDOWS},
        invalid_combination(
            "components[0].componentArn", "Component ARN does not match the Parent Image Platform."
        ),
    ),
    Case(
        "windows-agent",
        "The SSM Agent cannot be configured on Windows.",
        ("requests.codes-of-documented-rules",),
        {
            "parentImage": "<<amazon>>image/windows-server-2022-english-full-base-x86/x.x.x",
            "components": _WINDOWS,
            "additionalInstanceConfiguration": {
                "systemsManagerAgent": {"uninstallAfterBuild": True}
            },
        },
        invalid_combination(
            "additionalInstanceConfiguration.systemsManagerAgent",
            "Image Builder does not support configuring the SSM Agent on Windows.",
        ),
    ),
)

_CONTAINERS: tuple[Case, ...] = (
    Case(
        "public-ecr",
        "A parent in public ECR needs a platform override.",
        ("containers.public-ecr-override",),
        {"parentImage": "public.ecr.aws/amazonlinux/amazonlinux:2023", "platformOverride": None},
        invalid_combination(
            "parentImage",
            "You must specify a platform override when using ECR Public Repositories as your "
            "parent image.",
        ),
    ),
    Case(
        "windows-without-os-version",
        "A Windows parent in ECR needs an OS version.",
        ("containers.public-ecr-override",),
        {
            "parentImage": "public.ecr.aws/windows/servercore:ltsc2022",
            "platformOverride": "Windows",
            "components": _WINDOWS,
        },
        invalid_combination(
            "parentImage",
            "You must specify an image OsVersion override when using ECR Repositories as your "
            "parent image for Windows Platform.",
        ),
    ),
    Case(
        "docker-hub-without-override",
        "A parent on Docker Hub needs no override.",
        ("containers.platform-without-override",),
        {"platformOverride": None},
    ),
    Case(
        "template-without-parent",
        "A template needs a place for the parent image.",
        ("containers.template",),
        {"dockerfileTemplateData": "FROM amazonlinux\n"},
        invalid_value(
            "dockerfileTemplateData",
            "The Dockerfile template must contain '{{{ imagebuilder:parentImage }}}'.",
        ),
    ),
    Case(
        "template-without-components",
        "If there are components, a template needs a place for them.",
        ("containers.template",),
        {
            "dockerfileTemplateData": (
                "FROM {{{ imagebuilder:parentImage }}}\n{{{ imagebuilder:environments }}}\n"
            )
        },
        invalid_value(
            "dockerfileTemplateData",
            "The Dockerfile template must contain '{{{ imagebuilder:components }}}'.",
        ),
    ),
    Case(
        "template-in-the-wrong-order",
        "In a template, the environments come before the components.",
        ("containers.template",),
        {
            "dockerfileTemplateData": (
                "FROM {{{ imagebuilder:parentImage }}}\n{{{ imagebuilder:components }}}\n"
                "{{{ imagebuilder:environments }}}\n"
            )
        },
        invalid_value(
            "dockerfileTemplateData",
            "'{{{ imagebuilder:environments }}}' must come before '{{{ imagebuilder:components "
            "}}}' in the Dockerfile template.",
        ),
    ),
    Case(
        "template-elsewhere",
        "A template that is not at an S3 URI is refused.",
        ("containers.template-uri",),
        {"dockerfileTemplateData": None, "dockerfileTemplateUri": "https://<<run>>/Dockerfile"},
        invalid_value("dockerfileTemplateUri", "Invalid S3 URI."),
    ),
    Case(
        "instance-image",
        "The image of the instance that builds is an AMI or a parameter.",
        ("containers.instance-image",),
        {"instanceConfiguration": {"image": PARENT}},
        invalid_value(
            "instanceConfiguration.image",
            "The image of the instance must be an AMI ID, or an SSM parameter prefixed by 'ssm:'.",
        ),
    ),
    Case(
        "macos",
        "A container recipe cannot be for macOS.",
        ("requests.codes-of-documented-rules",),
        {"platformOverride": "macOS"},
        invalid_value(
            "platformOverride", "Container recipes don't currently support the macOS platform."
        ),
    ),
)

CLAIMS = (
    *cases("recipes", "ImageRecipe", _RECIPES),
    *cases("containers", "ContainerRecipe", _CONTAINERS),
    claim(
        "deleting.used-by-wildcard",
        "A recipe that names a component at x.x.x keeps its newest version from being deleted.",
        ("deleting.used-by-wildcard", "requests.in-use-sentence"),
        create("Component"),
        create("Component", semanticVersion="1.0.1"),
        create("ImageRecipe", components=[{"componentArn": "<<own>>component/<<name>>/x.x.x"}]),
        delete(
            "Component",
            "<<own>>component/<<name>>/1.0.1/1",
            in_use("<<own>>component/<<name>>/1.0.1/1"),
        ),
        delete("Component", ARNS["Component"]),
    ),
    claim(
        "deleting.after-the-recipe",
        "A component can be deleted when the recipe that has it is gone.",
        ("deleting.component-in-recipe", "requests.in-use-sentence"),
        create("Component"),
        create("ImageRecipe", components=[{"componentArn": ARNS["Component"]}]),
        delete("Component", ARNS["Component"], in_use(ARNS["Component"])),
        delete("ImageRecipe", ARNS["ImageRecipe"]),
        delete("Component", ARNS["Component"], {"componentBuildVersionArn": ARNS["Component"]}),
    ),
    claim(
        "deleting.recipe-by-wildcard",
        "A recipe is deleted by its exact version.",
        ("requests.codes-of-documented-rules",),
        delete(
            "ImageRecipe",
            "<<own>>image-recipe/<<name>>/x.x.x",
            invalid_value("imageRecipeArn", "A recipe is deleted by its exact version."),
        ),
    ),
)
