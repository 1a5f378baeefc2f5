"""What an account has in a Region, read with list and get operations only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore import xform_name

from imagebuilder_mock.protocol.model import input_members, service_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .journal import Journal


# For each class the list operations that lead to it: each is asked for the ARNs of the one before,
# and Get for those of the last. What they take and answer is in the model.
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


@dataclass(frozen=True, slots=True)
class Found:
    """One resource, as the get operation shows it."""

    cls: str
    arn: str
    members: dict[str, Any]


def arn_parameter(cls: str) -> str:
    """What Get and Delete of a class take."""
    [name] = input_members(f"Get{cls}")
    return name


def listing_of(operation: str, parent: str) -> tuple[str, dict[str, str]]:
    """Where a list's answer has its entries, and what to ask for those below a parent.

    Without a parent they are the account's own.
    """
    answer: Any = service_model().operation_model(operation).output_shape
    [entries] = [name for name, shape in answer.members.items() if shape.type_name == "list"]
    taken = input_members(operation)
    if parent:
        return entries, {next(name for name in taken if name.endswith("Arn")): parent}
    return entries, {"owner": "Self"} if "owner" in taken else {}


def walk(
    client: Any,
    journal: Journal,
    classes: set[str],
    progress: Callable[[str, int, int], None] | None = None,
) -> Iterator[Found]:
    """Every resource of these classes; ``progress`` is told the class, how many are done, of all.

    What the journal has already is not asked for again.
    """
    for cls, lists in WAYS.items():
        if cls not in classes or not hasattr(client, xform_name(f"Get{cls}")):
            continue
        arns: Iterable[str] = ("",)
        for operation in lists:
            arns = _listed(client, operation, arns)
        unique = list(dict.fromkeys(arns))
        for done, arn in enumerate(unique, start=1):
            if progress is not None:
                progress(cls, done, len(unique))
            members = journal.known(arn) or _got(client, journal, cls, arn)
            if members is not None:
                yield Found(cls, arn, members)


def _got(client: Any, journal: Journal, cls: str, arn: str) -> dict[str, Any] | None:
    """None if it has been deleted since it was listed."""
    try:
        answer = _call(client, f"Get{cls}", **{arn_parameter(cls): arn})
    except client.exceptions.ResourceNotFoundException:
        return None
    return journal.note(arn, answer[cls[0].lower() + cls[1:]])


def _listed(client: Any, operation: str, parents: Iterable[str]) -> Iterator[str]:
    """The ARNs that a list operation has below each parent, or of the account itself."""
    for parent in parents:
        entries, params = listing_of(operation, parent)
        while True:
            page = _call(client, operation, **params)
            yield from (entry["arn"] for entry in page[entries])
            if not page.get("nextToken"):
                break
            params["nextToken"] = page["nextToken"]


def _call(client: Any, operation: str, **params: str) -> dict[str, Any]:
    answer: dict[str, Any] = getattr(client, xform_name(operation))(**params)
    return answer
