"""Workflows: create, list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.domain.resources.documents import ParameterDetail
from imagebuilder_mock.domain.resources.workflows import (
    Workflow,
    WorkflowVersion,
    name_arn,
    workflow_kind,
)
from imagebuilder_mock.domain.versions import Version, VersionPattern, latest_version_references

from .handler import operation
from .listing import by, listed, versions_listed
from .rules.documents import (
    WORKFLOW_SIZE,
    add_build,
    check_workflow_quotas,
    given_text,
    parsed,
)
from .rules.neighbours import check_key

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.documents.workflows.document import WorkflowDocument
    from imagebuilder_mock.domain.states import WorkflowType

    from .handler import Context, Result


@operation
def create_workflow(ctx: Context, params: wire.CreateWorkflowRequestTypeDef) -> Result:
    text = given_text(ctx, params, quota=WORKFLOW_SIZE)
    document = _parsed(ctx, text, params["type"])
    check_key(ctx, params.get("kmsKeyId"))
    kind = workflow_kind(params["type"])
    workflow = Workflow.requested(
        params,
        arn=ctx.store.next_build(kind, params["name"], params["semanticVersion"]),
        date_created=ctx.now,
        owner=ctx.store.account,
        document=text,
        parameters=parameter_details(document),
    )
    add_build(ctx, workflow)
    return {
        "workflowBuildVersionArn": workflow.arn,
        "latestVersionReferences": latest_version_references(workflow.arn),
    }


@operation
def list_workflows(ctx: Context, params: wire.ListWorkflowsRequestTypeDef) -> Result:
    """Nobody shares workflows: the owners that cannot have any are refused (API reference)."""
    return versions_listed(
        ctx,
        params,
        Workflow,
        WorkflowVersion.of,
        filters=by("description", "name", "type", "version"),
        not_of=("Shared", "ThirdParty"),
    )


@operation
def list_workflow_build_versions(
    ctx: Context, params: wire.ListWorkflowBuildVersionsRequestTypeDef
) -> Result:
    """The caller's own builds, newest first; an unknown version has none."""
    arn = params.get("workflowVersionArn")
    pattern, index = None, ctx.store.order(Workflow)
    if arn is not None:
        parsed = Arn.parse(arn)
        pattern = VersionPattern.parse(parsed.version or "", parameter="workflowVersionArn")
        home = ctx.store.is_home_of(parsed)
        index = ctx.store.order(Workflow, name_arn(parsed)) if home else OrderedIndex()

    def view(build: Workflow) -> Workflow | None:
        version = Version.parse(build.version or "")
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


def _parsed(ctx: Context, text: str, workflow_type: WorkflowType) -> WorkflowDocument:
    # A third of what the package takes to load, YAML included, is for documents alone.
    from imagebuilder_mock.domain.documents.workflows.document import parse_workflow_document  # noqa: PLC0415

    document = parsed("data", parse_workflow_document, text, workflow_type)
    check_workflow_quotas(ctx.world.quotas, document)
    return document


def parameter_details(document: WorkflowDocument) -> tuple[ParameterDetail, ...] | None:
    """The parameters as ``GetWorkflow`` shows them."""
    details = tuple(
        ParameterDetail(
            name=parameter.name,
            type=parameter.type,
            default_value=parameter.default,
            description=parameter.description,
        )
        for parameter in document.parameters
    )
    return details or None
