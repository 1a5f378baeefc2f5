"""Workflows: create, list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.domain.resources.workflows import Workflow, WorkflowVersion, workflow_kind
from imagebuilder_mock.domain.versions import Version, VersionPattern, latest_version_references

from .handler import operation
from .listing import by, listed, versions_listed
from .rules.documents import WORKFLOW_SIZE, check_workflow_quotas, given_text, new_build, parsed

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

    from .handler import Context, Result


@operation
def create_workflow(ctx: Context, params: wire.CreateWorkflowRequestTypeDef) -> Result:
    # Documents, and YAML with them, take a third of the time in which the whole package loads.
    from imagebuilder_mock.domain.documents.workflows.document import parse_workflow_document  # noqa: PLC0415

    text = given_text(ctx, params, quota=WORKFLOW_SIZE)
    document = parsed("data", parse_workflow_document, text, params["type"])
    check_workflow_quotas(ctx.world.quotas, document)
    workflow = new_build(
        ctx,
        Workflow,
        params,
        text,
        kind=workflow_kind(params["type"]),
        parameters=document.parameters or None,
    )
    return {
        "workflowBuildVersionArn": workflow.arn,
        "latestVersionReferences": latest_version_references(workflow.arn),
    }


@operation
def list_workflows(ctx: Context, params: wire.ListWorkflowsRequestTypeDef) -> Result:
    """Workflows cannot be shared: owners that cannot have any are refused (API reference)."""
    return versions_listed(
        ctx,
        params,
        Workflow,
        WorkflowVersion,
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
        version = Arn.parse(arn)
        pattern = VersionPattern.parse(version.version or "", parameter="workflowVersionArn")
        is_here = ctx.store.is_home_of(version)
        index = ctx.store.order(Workflow, str(version.of_name())) if is_here else OrderedIndex()

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
