"""A new image from a recipe: the copies it keeps, and the workflows that its build is to run.

Sources for the workflows, those that were asked for or Amazon's: API reference,
WorkflowConfiguration; user guide, manage-image-workflows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from imagebuilder_mock.domain.arn import AMAZON, Arn
from imagebuilder_mock.domain.builds import IMAGE_ID, PlannedWorkflow, build_plan
from imagebuilder_mock.domain.errors import invalid_combination, invalid_value
from imagebuilder_mock.domain.records import Value
from imagebuilder_mock.domain.resources.build_settings import with_defaults
from imagebuilder_mock.domain.resources.components import Component
from imagebuilder_mock.domain.resources.configurations import (
    DistributionConfiguration,
    InfrastructureConfiguration,
)
from imagebuilder_mock.domain.resources.images import NONE_YET, PENDING, Image
from imagebuilder_mock.domain.resources.recipes import ContainerRecipe, ImageRecipe
from imagebuilder_mock.domain.resources.workflows import Workflow, workflow_kind
from imagebuilder_mock.engines.one_build import document_of
from imagebuilder_mock.engines.outputs.amis import resolved_distribution
from imagebuilder_mock.engines.parents import resolved_address

from . import stages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.builds import BuildPlan
    from imagebuilder_mock.domain.documents.workflows.document import WorkflowDocument
    from imagebuilder_mock.domain.resources.recipes import Recipe
    from imagebuilder_mock.domain.states import WorkflowType
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

    Settings: TypeAlias = (
        wire.CreateImageRequestTypeDef
        | wire.CreateImagePipelineRequestTypeDef
        | wire.UpdateImagePipelineRequestTypeDef
    )


class BuildRequest(Value):
    """What a build is started with: what it refers to, and its settings, as a request has them."""

    recipe: Recipe
    infrastructure: InfrastructureConfiguration
    distribution: DistributionConfiguration | None
    settings: Mapping[str, object]


def build_request(world: World, store: Store, params: Settings) -> BuildRequest:
    """What CreateImage, or a pipeline, asks for.

    InvalidParameterValueException if something that it refers to is not there, or no longer
    shared; InvalidParameterCombinationException unless it names exactly one recipe.
    """
    image_recipe, container_recipe = params.get("imageRecipeArn"), params.get("containerRecipeArn")
    if (image_recipe is None) == (container_recipe is None):
        raise invalid_combination(
            "imageRecipeArn",
            "You must specify exactly one of 'imageRecipeArn' and 'containerRecipeArn'.",
        )
    arn = params.get("distributionConfigurationArn")
    return BuildRequest(
        recipe=recipe_of(world, store, image_recipe, container_recipe),
        infrastructure=world.reference(
            store, InfrastructureConfiguration, params["infrastructureConfigurationArn"]
        ),
        distribution=None
        if arn is None
        else world.reference(store, DistributionConfiguration, arn),
        settings=with_defaults(params),
    )


def recipe_of(
    world: World, store: Store, image_recipe: str | None, container_recipe: str | None
) -> Recipe:
    """The newest version that the ARN means; InvalidParameterValueException if there is none."""
    if container_recipe is not None:
        return world.reference(store, ContainerRecipe, container_recipe)
    return world.reference(store, ImageRecipe, image_recipe or "")


def start_build(
    world: World,
    store: Store,
    request: BuildRequest,
    *,
    build_type: str,
    source_pipeline_arn: str | None = None,
) -> Image:
    """Make the image and set its build going.

    ServiceQuotaExceededException if too many builds are running; InvalidParameterValueException
    if nothing matches a wildcard of the recipe any more.
    """
    recipe, distribution = request.recipe, request.distribution
    image = new_image(
        world,
        store,
        request.settings,
        name=recipe.name,
        version=recipe.version or "",
        output_type=recipe.output_type,
        platform=recipe.platform,
        build_type=build_type,
        infrastructure_configuration=store.kept_copy(request.infrastructure),
        source_pipeline_arn=source_pipeline_arn,
    )
    recipe, image.parent_os_version = resolved_recipe(world, store, recipe)
    image.image_recipe = recipe if isinstance(recipe, ImageRecipe) else None
    image.container_recipe = recipe if isinstance(recipe, ContainerRecipe) else None
    if distribution is not None:
        image.distribution_configuration = resolved_distribution(distribution, image)
    image.plan = _plan(
        world,
        store,
        image.workflows,
        output_type=image.type,
        tests_enabled=(image.image_tests_configuration or {}).get("imageTestsEnabled") is not False,
    )
    image.take_defaults()
    stages.begin(world, store, image)
    return image


def new_image(  # noqa: PLR0913 - what all callers know of it
    world: World,
    store: Store,
    request: Mapping[str, object],
    *,
    name: str,
    version: str,
    output_type: str,
    **others: object,
) -> Image:
    """The next build of a version, with the members of the request, and with others.

    It is not stored: ``stages.begin`` does that.

    ServiceQuotaExceededException if too many builds are running.
    """
    arn = store.next_build(Image.kind, name, version)
    check_room(world, store)
    return Image.requested(
        request,
        arn=arn,
        name=name,
        date_created=world.clock.now(),
        owner=store.account,
        type=output_type,
        state=PENDING,
        output_resources=NONE_YET[output_type],
        **others,
    )


def check_room(world: World, store: Store) -> None:
    """ServiceQuotaExceededException if as many builds run as may run at once."""
    world.quotas.check("concurrent builds", len(store.running) + 1)


def resolved_recipe(world: World, store: Store, recipe: Recipe) -> tuple[Recipe, str | None]:
    """The copy that an image keeps, and the parent's OS version if it is known.

    Its wildcards are resolved, it has no owner, and it shows empty members (a real GetImage of
    2023).
    """
    components: list[wire.ComponentConfigurationUnionTypeDef] = [
        {
            **component,
            "componentArn": world.reference(
                store, Component, component["componentArn"], parameter="components"
            ).arn,
        }
        for component in recipe.components or ()
    ]
    parent_image, os_version = recipe.parent_image, recipe.parent_os_version
    if parent_image.startswith("arn:"):
        parent = world.reference(store, Image, parent_image, parameter="parentImage")
        if parent.state.status == "DISABLED":  # deprecated ones still do (image-lifecycle-rules)
            raise invalid_value("parentImage", f"The image '{parent.arn}' is DISABLED.")
        parent_image, os_version = parent.arn, parent.os_version
    parent_image = resolved_address(world, store, parent_image)
    changes: dict[str, object] = {
        "owner": None,
        "components": components or None,
        "parent_image": parent_image,
    }
    if isinstance(recipe, ImageRecipe):
        changes["block_device_mappings"] = recipe.block_device_mappings or []
        changes["additional_instance_configuration"] = (
            recipe.additional_instance_configuration or {}
        )
    return store.kept_copy(recipe, **changes), os_version


NEWEST = "x.x.x"

_DEFAULTS: Mapping[str, Sequence[tuple[WorkflowType, str]]] = {
    "AMI": (("BUILD", "build-image"), ("TEST", "test-image")),
    "DOCKER": (("BUILD", "build-container"), ("TEST", "test-container")),
}
_CONTAINER_DISTRIBUTION = "distribute-container"


_DEFAULT_PLANS: WeakKeyDictionary[Store, dict[tuple[str, bool], BuildPlan]] = WeakKeyDictionary()
"""The plans of all builds whose request names no workflows, until Amazon publishes something.

The keys are stores of the offer under one of the names; each publication makes new ones.
"""


def _plan(
    world: World,
    store: Store,
    workflows: Sequence[wire.WorkflowConfigurationUnionTypeDef] | None,
    *,
    output_type: str,
    tests_enabled: bool,
) -> BuildPlan:
    if workflows:
        planned = planned_workflows(world, store, workflows, output_type=output_type)
        return build_plan(planned, tests_enabled=tests_enabled)
    plans = _DEFAULT_PLANS.setdefault(world.managed(AMAZON, store.region, "build-image"), {})
    plan = plans.get((output_type, tests_enabled))
    if plan is None:
        planned = planned_workflows(world, store, None, output_type=output_type)
        plan = build_plan(planned, tests_enabled=tests_enabled)
        plans[output_type, tests_enabled] = plan
    return plan


def planned_workflows(
    world: World,
    store: Store,
    workflows: Sequence[wire.WorkflowConfigurationUnionTypeDef] | None,
    *,
    output_type: str,
) -> list[PlannedWorkflow]:
    """The workflows of a build, each at the version that its ARN means now.

    InvalidParameterValueException if one does not exist, or does not say which AMI it builds;
    InvalidParameterCombinationException if it does not declare a parameter that it is given, or if
    two workflows have an output of the same name.
    """
    if workflows:
        outputs: set[str] = set()
        planned = [
            _planned(world, store, workflow, f"workflows[{position}]", outputs)
            for position, workflow in enumerate(workflows)
        ]
        if output_type == "AMI":
            _check_image_id(world, store, planned)
    else:
        planned = [
            managed_workflow(world, store, workflow_type, name)
            for workflow_type, name in _DEFAULTS[output_type]
        ]
    # Containers are always distributed by a workflow.
    types = {workflow.type for workflow in planned}
    if output_type == "DOCKER" and "BUILD" in types and "DISTRIBUTION" not in types:
        planned.append(managed_workflow(world, store, "DISTRIBUTION", _CONTAINER_DISTRIBUTION))
    return planned


def managed_workflow(
    world: World, store: Store, workflow_type: WorkflowType, name: str
) -> PlannedWorkflow:
    """Amazon's workflow of that name, at its newest version."""
    arn = Arn(store.partition, store.region, AMAZON, workflow_kind(workflow_type), name, NEWEST)
    workflow = world.reference(store, Workflow, str(arn), parameter="workflows")
    return PlannedWorkflow(arn=workflow.arn, type=workflow_type)


def _planned(
    world: World,
    store: Store,
    configuration: wire.WorkflowConfigurationUnionTypeDef,
    path: str,
    outputs: set[str],
) -> PlannedWorkflow:
    """One workflow; the names of its outputs are added to ``outputs``, those of the ones before."""
    workflow = world.reference(
        store, Workflow, configuration["workflowArn"], parameter=f"{path}.workflowArn"
    )
    document = document_of(workflow)
    for output in document.outputs:
        if output.name in outputs:
            raise invalid_combination(
                path,
                f"The output '{output.name}' is one of another workflow too; the names of outputs "
                "must be unique across the workflows of an image.",
            )
    outputs.update(output.name for output in document.outputs)
    return PlannedWorkflow(
        arn=workflow.arn,
        type=workflow.type,
        parameters=_parameters(document, configuration, path),
        parallel_group=configuration.get("parallelGroup"),
        continues_on_failure=configuration.get("onFailure") == "CONTINUE",
    )


def _check_image_id(world: World, store: Store, planned: Sequence[PlannedWorkflow]) -> None:
    """Refuse a build workflow of an AMI that does not say which AMI it builds.

    Seen in aws-samples, packer-build, and in cdk-github-runners#812.
    """
    for each in planned:
        if each.type == "BUILD":
            workflow = world.reference(store, Workflow, each.arn, parameter="workflows")
            if not any(output.name == IMAGE_ID for output in document_of(workflow).outputs):
                raise invalid_value(
                    "workflows",
                    f"Build workflow must have output named {IMAGE_ID} to build AMI. "
                    f"Workflow ARN: {each.arn}.",
                )


def _parameters(
    document: WorkflowDocument, configuration: wire.WorkflowConfigurationUnionTypeDef, path: str
) -> dict[str, object]:
    # It has been loaded with the document.
    from imagebuilder_mock.domain.documents.workflows.parameters import values_of  # noqa: PLC0415

    given = {entry["name"]: entry["value"] for entry in configuration.get("parameters", ())}
    try:
        return values_of(document.parameters, given)
    except ValueError as error:
        raise invalid_combination(f"{path}.parameters", str(error)) from None
