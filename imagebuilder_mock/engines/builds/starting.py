"""A new image from a recipe: the copies it keeps, and the workflows that its build is to run.

Sources for the workflows, those that were asked for or Amazon's: API reference,
WorkflowConfiguration; user guide, manage-image-workflows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.builds import PlannedWorkflow, build_plan
from imagebuilder_mock.domain.errors import (
    invalid_combination,
    invalid_value,
    missing_reference,
)
from imagebuilder_mock.domain.resources.components import Component
from imagebuilder_mock.domain.resources.images import Image, ImageState, OutputResources
from imagebuilder_mock.domain.resources.recipes import ContainerRecipe, ImageRecipe
from imagebuilder_mock.domain.resources.workflows import Workflow, workflow_kind
from imagebuilder_mock.engines.parents import resolved_address

from . import stages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.documents.workflows.document import WorkflowDocument
    from imagebuilder_mock.domain.resources.configurations import (
        DistributionConfiguration,
        InfrastructureConfiguration,
    )
    from imagebuilder_mock.domain.resources.recipes import Recipe
    from imagebuilder_mock.domain.states import WorkflowType
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World


DEFAULT_TESTS: Mapping[str, object] = {"imageTestsEnabled": True, "timeoutMinutes": 720}


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequest:
    """What a build is started with, by ``CreateImage`` or by a pipeline."""

    recipe: Recipe
    infrastructure: InfrastructureConfiguration
    distribution: DistributionConfiguration | None
    build_type: str
    image_tests_configuration: Mapping[str, object]
    enhanced_image_metadata_enabled: bool
    tags: Mapping[str, str]
    image_scanning_configuration: Mapping[str, object] | None = None
    execution_role: str | None = None
    workflows: Sequence[Mapping[str, object]] | None = None
    logging_configuration: Mapping[str, object] | None = None
    source_pipeline_arn: str | None = None


def start_build(world: World, store: Store, request: BuildRequest) -> Image:
    """Make the image and set its build going.

    ServiceQuotaExceededException if too many builds are running; InvalidParameterValueException
    if a wildcard of the recipe means nothing any more.
    """
    world.quotas.check("concurrent builds", len(store.running) + 1)
    recipe, os_version = resolved_recipe(world, store, request.recipe)
    workflows = planned_workflows(world, store, request.workflows, output_type=recipe.output_type)
    image = Image(
        arn=store.next_build(Image.kind, recipe.name, recipe.version or ""),
        name=recipe.name,
        date_created=world.clock.now(),
        tags=dict(request.tags),
        owner=store.account,
        type=recipe.output_type,
        platform=recipe.platform,
        state=ImageState("PENDING"),
        build_type=request.build_type,
        enhanced_image_metadata_enabled=request.enhanced_image_metadata_enabled,
        image_recipe=recipe if isinstance(recipe, ImageRecipe) else None,
        container_recipe=recipe if isinstance(recipe, ContainerRecipe) else None,
        infrastructure_configuration=replace(request.infrastructure),
        distribution_configuration=(
            None if request.distribution is None else replace(request.distribution)
        ),
        image_tests_configuration=request.image_tests_configuration,
        image_scanning_configuration=request.image_scanning_configuration,
        source_pipeline_arn=request.source_pipeline_arn,
        output_resources=OutputResources.none_yet(recipe.output_type),
        execution_role=request.execution_role,
        workflows=request.workflows,
        logging_configuration=request.logging_configuration,
        plan=build_plan(workflows, tests_enabled=_tests_enabled(request)),
        parent_os_version=os_version,
    )
    stages.begin(world, store, image)
    return image


def _tests_enabled(request: BuildRequest) -> bool:
    return request.image_tests_configuration.get("imageTestsEnabled") is not False


def resolved_recipe(world: World, store: Store, recipe: Recipe) -> tuple[Recipe, str | None]:
    """The copy an image keeps, and the parent's OS version where it is known.

    Wildcards are resolved; the copy has no owner, and its empty members are there (a real
    GetImage of 2023).
    """
    components: list[wire.ComponentConfigurationUnionTypeDef] = [
        {**component, "componentArn": _component_arn(world, store, component)}
        for component in recipe.components or ()
    ]
    parent_image, os_version = recipe.parent_image, recipe.parent_os_version
    if parent_image.startswith("arn:"):
        parent = world.find(store, Image, parent_image, parameter="parentImage")
        if parent is None:
            raise invalid_value("parentImage", missing_reference(Image.label, parent_image))
        if parent.state.status == "DISABLED":  # deprecated ones still do (image-lifecycle-rules)
            raise invalid_value("parentImage", f"The image '{parent.arn}' is DISABLED.")
        parent_image, os_version = parent.arn, parent.os_version
    parent_image = resolved_address(world, store, parent_image)
    copy = replace(
        recipe,
        owner=None,
        tags=dict(recipe.tags),
        components=components or None,
        parent_image=parent_image,
    )
    if isinstance(copy, ImageRecipe):
        copy.block_device_mappings = copy.block_device_mappings or []
        copy.additional_instance_configuration = copy.additional_instance_configuration or {}
    return copy, os_version


def _component_arn(world: World, store: Store, configuration: Mapping[str, object]) -> str:
    arn = str(configuration["componentArn"])
    component = world.find(store, Component, arn, parameter="components")
    if component is None:
        raise invalid_value("components", missing_reference(Component.label, arn))
    return component.arn


AMAZON = "aws"
NEWEST = "x.x.x"

_DEFAULTS: Mapping[str, Sequence[tuple[WorkflowType, str]]] = {
    "AMI": (("BUILD", "build-image"), ("TEST", "test-image")),
    "DOCKER": (("BUILD", "build-container"), ("TEST", "test-container")),
}
_CONTAINER_DISTRIBUTION = "distribute-container"


def planned_workflows(
    world: World,
    store: Store,
    workflows: Sequence[Mapping[str, object]] | None,
    *,
    output_type: str,
) -> list[PlannedWorkflow]:
    """The workflows of a build, each at the version that its ARN means now.

    InvalidParameterValueException if one is not there; InvalidParameterCombinationException if its
    parameters are not those that it declares, or two have an output of one name.
    """
    if workflows:
        outputs: set[str] = set()
        planned = [
            _planned(world, store, workflow, f"workflows[{position}]", outputs)
            for position, workflow in enumerate(workflows)
        ]
    else:
        planned = [
            managed_workflow(world, store, workflow_type, name)
            for workflow_type, name in _DEFAULTS[output_type]
        ]
    # A container reaches its repositories by a workflow in any case.
    types = {workflow.type for workflow in planned}
    if output_type == "DOCKER" and "BUILD" in types and "DISTRIBUTION" not in types:
        planned.append(managed_workflow(world, store, "DISTRIBUTION", _CONTAINER_DISTRIBUTION))
    return planned


def managed_workflow(
    world: World, store: Store, workflow_type: WorkflowType, name: str
) -> PlannedWorkflow:
    """Amazon's workflow of that name, at its newest version."""
    arn = Arn(store.partition, store.region, AMAZON, workflow_kind(workflow_type), name, NEWEST)
    workflow = world.find(store, Workflow, str(arn), parameter="workflows")
    if workflow is None:
        msg = f"there is no managed workflow {arn}"
        raise AssertionError(msg)
    return PlannedWorkflow(arn=workflow.arn, type=workflow_type)


def _planned(
    world: World,
    store: Store,
    configuration: Mapping[str, object],
    path: str,
    outputs: set[str],
) -> PlannedWorkflow:
    """One of them; ``outputs`` are the names that those before it give, and then its own too."""
    arn = str(configuration["workflowArn"])
    workflow = world.find(store, Workflow, arn, parameter=f"{path}.workflowArn")
    if workflow is None:
        raise invalid_value(f"{path}.workflowArn", missing_reference(Workflow.label, arn))
    document = _document(workflow)
    for output in document.outputs:
        if output.name in outputs:
            raise invalid_combination(
                path,
                f"The output '{output.name}' is one of another workflow too; the names of outputs "
                "must be unique across the workflows of an image.",
            )
    outputs.update(output.name for output in document.outputs)
    group = configuration.get("parallelGroup")
    return PlannedWorkflow(
        arn=workflow.arn,
        type=workflow.type,
        parameters=_parameters(document, configuration, path),
        parallel_group=group if isinstance(group, str) else None,
        continues_on_failure=configuration.get("onFailure") == "CONTINUE",
    )


def _document(workflow: Workflow) -> WorkflowDocument:
    # YAML is loaded with the first document that is met.
    from imagebuilder_mock.domain.documents.workflows.document import parse_workflow_document  # noqa: PLC0415

    return parse_workflow_document(workflow.data, workflow.type)


def _parameters(
    document: WorkflowDocument, configuration: Mapping[str, object], path: str
) -> dict[str, object]:
    from imagebuilder_mock.domain.documents.workflows.parameters import values_of  # noqa: PLC0415

    raw = configuration.get("parameters")
    given = {str(entry["name"]): entry["value"] for entry in (raw if isinstance(raw, list) else ())}
    try:
        return values_of(document.parameters, given)
    except ValueError as error:
        raise invalid_combination(f"{path}.parameters", str(error)) from None
