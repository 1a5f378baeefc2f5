"""Workflows: create, get, list, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.errors import invalid_value
from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.domain.resources.workflows import (
    Workflow,
    WorkflowParameterDetail,
    WorkflowVersion,
    name_arn,
    workflow_kind,
)
from imagebuilder_mock.domain.versions import Version, VersionPattern, latest_version_references

from .handler import operation
from .listing import listed, owned_by, refuse_name_with_version
from .rules.documents import given_text, refuse_identical
from .rules.neighbours import check_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.documents.workflows.document import WorkflowDocument
    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.domain.states import WorkflowType
    from imagebuilder_mock.world.store import Entry

    from .handler import Context, Result

_FILTERS: Mapping[str, Callable[[WorkflowVersion], object]] = {
    "description": lambda entry: entry.description,
    "name": lambda entry: entry.name,
    "type": lambda entry: entry.type,
    "version": lambda entry: entry.version,
}
_OWNERS_WITHOUT_WORKFLOWS = frozenset(("Shared", "ThirdParty"))


@operation
def create_workflow(ctx: Context, params: wire.CreateWorkflowRequestTypeDef) -> Result:
    text = given_text(ctx, params, quota="workflow size")
    document = _parsed(ctx, text, params["type"])
    check_key(ctx, params.get("kmsKeyId"))
    version = Version.parse(params["semanticVersion"])
    base = ctx.store.arn_for(workflow_kind(params["type"]), params["name"])
    build = ctx.store.next_build(base.kind, base.slug, version)
    workflow = Workflow(
        arn=str(base.at(params["semanticVersion"], build)),
        name=params["name"],
        date_created=ctx.now,
        tags=dict(params.get("tags", {})),
        owner=ctx.store.account,
        type=params["type"],
        document=text,
        description=params.get("description"),
        change_description=params.get("changeDescription"),
        kms_key_id=params.get("kmsKeyId"),
        parameters=parameter_details(document),
    )
    refuse_identical(ctx, workflow, base, version)
    ctx.add(workflow)
    return {
        "workflowBuildVersionArn": workflow.arn,
        "latestVersionReferences": latest_version_references(workflow.arn),
    }


@operation
def get_workflow(ctx: Context, params: wire.GetWorkflowRequestTypeDef) -> Result:
    workflow = ctx.get(
        Workflow, params["workflowBuildVersionArn"], parameter="workflowBuildVersionArn"
    )
    return {
        "workflow": workflow,
        "latestVersionReferences": latest_version_references(workflow.arn),
    }


@operation
def list_workflows(ctx: Context, params: wire.ListWorkflowsRequestTypeDef) -> Result:
    """Nobody shares workflows: the owners that cannot have any are refused (API reference)."""
    refuse_name_with_version(params, "Workflows")
    owner = params.get("owner", "Self")
    if owner in _OWNERS_WITHOUT_WORKFLOWS:
        raise invalid_value("owner", f"The owner '{owner}' is not supported for workflows.")
    store = owned_by(ctx, owner)
    by_name = params.get("byName", False)

    def view(entry: Entry) -> WorkflowVersion | None:
        newest = next(entry.newest_first(), None)
        return WorkflowVersion.of(newest, by_name=by_name) if isinstance(newest, Workflow) else None

    return listed(
        ctx,
        params,
        "workflowVersionList",
        store.names(Workflow.kind) if by_name else store.versions(Workflow.kind),
        view=view,
        filters=_FILTERS,
        scope=f"{owner} {by_name}",
    )


@operation
def list_workflow_build_versions(
    ctx: Context, params: wire.ListWorkflowBuildVersionsRequestTypeDef
) -> Result:
    """The caller's own builds, newest first; an unknown version has none."""
    arn = params.get("workflowVersionArn")
    pattern = None
    index: OrderedIndex[Resource] = ctx.store.order(Workflow.kind)
    if arn is not None:
        parsed = Arn.parse(arn)
        pattern = VersionPattern.parse(parsed.version or "", parameter="workflowVersionArn")
        home = ctx.store.is_home_of(parsed)
        index = ctx.store.order(Workflow.kind, name_arn(parsed)) if home else OrderedIndex()

    def view(build: Resource) -> Resource | None:
        version = Version.parse(Arn.parse(build.arn).version or "")
        return build if pattern is None or version in pattern else None

    return listed(
        ctx,
        params,
        "workflowSummaryList",
        index,
        view=view,
        newest_first=True,
        scope=arn or "",
    )


@operation
def delete_workflow(ctx: Context, params: wire.DeleteWorkflowRequestTypeDef) -> Result:
    workflow = ctx.own(Workflow, params["workflowBuildVersionArn"])
    ctx.remove(workflow)
    return {"workflowBuildVersionArn": workflow.arn}


def _parsed(ctx: Context, text: str, workflow_type: WorkflowType) -> WorkflowDocument:
    # A third of what the package takes to load, YAML included, is for documents alone.
    from imagebuilder_mock.domain.documents.workflows.document import parse_workflow_document  # noqa: PLC0415

    try:
        document = parse_workflow_document(text, workflow_type)
    except DocumentError as error:
        raise invalid_value("data", error.detail) from None
    ctx.world.quotas.check("parameters per workflow", len(document.parameters))
    ctx.world.quotas.check("steps per workflow", len(document.steps))
    for parameter in document.parameters:
        for value in parameter.default or ():
            ctx.world.quotas.check("workflow parameter length", len(value))
    return document


def parameter_details(document: WorkflowDocument) -> tuple[WorkflowParameterDetail, ...] | None:
    """The parameters as ``GetWorkflow`` shows them."""
    details = tuple(
        WorkflowParameterDetail(
            name=parameter.name,
            type=parameter.type,
            default_value=parameter.default,
            description=parameter.description,
        )
        for parameter in document.parameters
    )
    return details or None
