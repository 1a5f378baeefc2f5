"""What an account has in a Region, asked for with list and get operations alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore import xform_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .journal import Journal


@dataclass(frozen=True, slots=True)
class Listing:
    """A list operation, and where its answer has the ARNs."""

    operation: str
    members: str
    argument: str | None = None
    """What takes the ARN of the list above; the first list of a way takes an owner, or nothing."""
    is_owned: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """How to find all resources of a class: list upon list, and a get for each in the last."""

    cls: str
    lists: tuple[Listing, ...]
    get: str
    argument: str
    member: str


WAYS = (
    Way(
        "Component",
        (
            Listing("ListComponents", "componentVersionList", is_owned=True),
            Listing("ListComponentBuildVersions", "componentSummaryList", "componentVersionArn"),
        ),
        "GetComponent",
        "componentBuildVersionArn",
        "component",
    ),
    Way(
        "ImageRecipe",
        (Listing("ListImageRecipes", "imageRecipeSummaryList", is_owned=True),),
        "GetImageRecipe",
        "imageRecipeArn",
        "imageRecipe",
    ),
    Way(
        "ContainerRecipe",
        (Listing("ListContainerRecipes", "containerRecipeSummaryList", is_owned=True),),
        "GetContainerRecipe",
        "containerRecipeArn",
        "containerRecipe",
    ),
    Way(
        "InfrastructureConfiguration",
        (Listing("ListInfrastructureConfigurations", "infrastructureConfigurationSummaryList"),),
        "GetInfrastructureConfiguration",
        "infrastructureConfigurationArn",
        "infrastructureConfiguration",
    ),
    Way(
        "DistributionConfiguration",
        (Listing("ListDistributionConfigurations", "distributionConfigurationSummaryList"),),
        "GetDistributionConfiguration",
        "distributionConfigurationArn",
        "distributionConfiguration",
    ),
    Way(
        "Workflow",
        (
            Listing("ListWorkflows", "workflowVersionList", is_owned=True),
            Listing("ListWorkflowBuildVersions", "workflowSummaryList", "workflowVersionArn"),
        ),
        "GetWorkflow",
        "workflowBuildVersionArn",
        "workflow",
    ),
    Way(
        "ImagePipeline",
        (Listing("ListImagePipelines", "imagePipelineList"),),
        "GetImagePipeline",
        "imagePipelineArn",
        "imagePipeline",
    ),
    Way(
        "LifecyclePolicy",
        (Listing("ListLifecyclePolicies", "lifecyclePolicySummaryList"),),
        "GetLifecyclePolicy",
        "lifecyclePolicyArn",
        "lifecyclePolicy",
    ),
    Way(
        "Image",
        (
            Listing("ListImages", "imageVersionList", is_owned=True),
            Listing("ListImageBuildVersions", "imageSummaryList", "imageVersionArn"),
        ),
        "GetImage",
        "imageBuildVersionArn",
        "image",
    ),
)


@dataclass(frozen=True, slots=True)
class Found:
    """One resource, as the get operation shows it."""

    cls: str
    arn: str
    members: dict[str, Any]


def walk(
    client: Any,
    journal: Journal,
    classes: set[str],
    progress: Callable[[str, int, int], None] | None = None,
) -> Iterator[Found]:
    """Every resource of these classes; ``progress`` is told the class, how many are done, of all.

    What the journal has already is not asked for again.
    """
    for way in WAYS:
        if way.cls not in classes or not hasattr(client, xform_name(way.get)):
            continue
        arns = list(dict.fromkeys(_listed(client, way.lists)))
        for done, arn in enumerate(arns):
            if progress is not None:
                progress(way.cls, done + 1, len(arns))
            members = journal.known(arn) or _got(client, journal, way, arn)
            if members is not None:
                yield Found(way.cls, arn, members)


def _got(client: Any, journal: Journal, way: Way, arn: str) -> dict[str, Any] | None:
    """None for what was deleted since it was listed."""
    try:
        answer = _call(client, way.get, **{way.argument: arn})
    except client.exceptions.ResourceNotFoundException:
        return None
    return journal.note(arn, answer[way.member])


def _listed(client: Any, lists: tuple[Listing, ...]) -> Iterator[str]:
    first, *rest = lists
    arns = _arns(client, first, {"owner": "Self"} if first.is_owned else {})
    for listing in rest:
        arns = _below(client, listing, arns)
    yield from arns


def _below(client: Any, listing: Listing, arns: Iterator[str]) -> Iterator[str]:
    for arn in arns:
        yield from _arns(client, listing, {str(listing.argument): arn})


def _arns(client: Any, listing: Listing, params: dict[str, str]) -> Iterator[str]:
    token: dict[str, str] = {}
    while True:
        page = _call(client, listing.operation, **params, **token)
        yield from (entry["arn"] for entry in page[listing.members])
        if not page.get("nextToken"):
            return
        token = {"nextToken": page["nextToken"]}


def _call(client: Any, operation: str, **params: str) -> dict[str, Any]:
    answer: dict[str, Any] = getattr(client, xform_name(operation))(**params)
    return answer
