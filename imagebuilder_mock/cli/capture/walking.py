"""What an account has in a Region, read with list and get operations only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore import xform_name

from imagebuilder_mock.protocol.model import input_members, service_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    from .journal import Journal

    Ask: TypeAlias = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]

WAYS = {
    "Component": ("ListComponents", "ListComponentBuildVersions"),
    "ImageRecipe": ("ListImageRecipes",),
    "ContainerRecipe": ("ListContainerRecipes",),
    "InfrastructureConfiguration": ("ListInfrastructureConfigurations",),
    "DistributionConfiguration": ("ListDistributionConfigurations",),
    "Workflow": ("ListWorkflows", "ListWorkflowBuildVersions"),
    "ImagePipeline": ("ListImagePipelines",),
    "LifecyclePolicy": ("ListLifecyclePolicies",),
    "Image": ("ListImages", "ListImageBuildVersions"),
}
"""For each class the list operations that lead to it: each is asked for the ARNs of the one before,
and Get for those of the last. What they take and answer is in the model."""


class Found(NamedTuple):
    """One resource, as the get operation shows it."""

    cls: str
    arn: str
    members: dict[str, Any]


def arn_parameter(cls: str) -> str:
    """What Get and Delete of a class take."""
    [name] = input_members(f"Get{cls}")
    return name


def listed_arns(ask: Ask, cls: str, *, containing: str = "") -> list[str]:
    """The ARNs of a class that its list operations lead to: only those that contain a text.

    ``ask`` gets an operation and its parameters, and returns the answer.
    """
    arns = [""]
    for operation in WAYS[cls]:
        arns = [
            arn for parent in arns for arn in _arns(ask, operation, parent) if containing in arn
        ]
    return list(dict.fromkeys(arns))


def _arns(ask: Ask, operation: str, parent: str) -> Iterator[str]:
    """The ARNs that a list operation has below a parent; without one, the account's own."""
    answer: Any = service_model().operation_model(operation).output_shape
    [entries] = [name for name, shape in answer.members.items() if shape.type_name == "list"]
    taken = input_members(operation)
    params: dict[str, str] = {}
    if parent:
        params = {next(name for name in taken if name.endswith("Arn")): parent}
    elif "owner" in taken:
        params = {"owner": "Self"}
    while True:
        page = ask(operation, params)
        yield from (entry["arn"] for entry in page.get(entries, ()))
        if not page.get("nextToken"):
            return
        params = {**params, "nextToken": page["nextToken"]}


def walk(
    client: Any,
    journal: Journal,
    progress: Callable[[str, int, int], None] | None = None,
) -> Iterator[Found]:
    """Every resource; ``progress`` gets a class, how many of it are done, and how many there are.

    What the journal has already is not asked for again.
    """

    def ask(operation: str, params: Mapping[str, Any]) -> Any:
        return getattr(client, xform_name(operation))(**params)

    for cls in WAYS:
        arns = listed_arns(ask, cls)
        for done, arn in enumerate(arns, start=1):
            if progress is not None:
                progress(cls, done, len(arns))
            members = journal.known(arn)
            if members is None:
                try:
                    answer = ask(f"Get{cls}", {arn_parameter(cls): arn})
                except client.exceptions.ResourceNotFoundException:
                    continue  # it has been deleted since it was listed
                members = journal.note(arn, answer[cls[0].lower() + cls[1:]])
            yield Found(cls, arn, members)
