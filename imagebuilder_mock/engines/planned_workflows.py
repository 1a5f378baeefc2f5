"""Which workflows a build is to run: those that were asked for, or Amazon's.

Sources: API reference, WorkflowConfiguration; user guide, manage-image-workflows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.builds import PlannedWorkflow
from imagebuilder_mock.domain.errors import (
    invalid_combination,
    invalid_value,
    missing_reference,
)
from imagebuilder_mock.domain.resources.workflows import Workflow, workflow_kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imagebuilder_mock.domain.documents.workflows.document import WorkflowDocument
    from imagebuilder_mock.domain.states import WorkflowType
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

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
