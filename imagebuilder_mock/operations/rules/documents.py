"""What components and workflows have in common: a document, and a build for each change of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, TypeVar

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.errors import already_exists, invalid_combination, invalid_value

from .neighbours import read_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.documents.components.document import ComponentDocument
    from imagebuilder_mock.domain.documents.workflows.document import WorkflowDocument
    from imagebuilder_mock.domain.quotas import Quotas
    from imagebuilder_mock.domain.resources.components import Component
    from imagebuilder_mock.domain.resources.workflows import Workflow
    from imagebuilder_mock.operations.handler import Context

    Request = (
        wire.CreateComponentRequestTypeDef
        | wire.ImportComponentRequestTypeDef
        | wire.CreateWorkflowRequestTypeDef
    )

P = ParamSpec("P")
D = TypeVar("D")

COMPONENT_SIZE = "component size"
WORKFLOW_SIZE = "workflow size"
TEMPLATE_SIZE = "Docker template size"


def given_text(ctx: Context, params: Request, *, quota: str) -> str:
    """The document that a request brings, or that stands where it says; the quota is its size's."""
    data, uri = params.get("data"), params.get("uri")
    if data is not None and uri is None:
        ctx.world.quotas.check(quota, len(data.encode()))
        return data
    if uri is not None and data is None:
        return read_document(ctx, uri, parameter="uri", quota=quota)
    raise invalid_combination("data", "You must specify exactly one of 'data' and 'uri'.")


def parsed(parameter: str, parse: Callable[P, D], *args: P.args, **kwargs: P.kwargs) -> D:
    """What a document says; InvalidParameterValueException if it is none."""
    try:
        return parse(*args, **kwargs)
    except DocumentError as error:
        raise invalid_value(parameter, error.detail) from None


def check_component_quotas(quotas: Quotas, document: ComponentDocument) -> None:
    quotas.check("parameters per component", len(document.parameters))
    for parameter in document.parameters:
        quotas.check("component parameter length", len(parameter.default or ""))


def check_workflow_quotas(quotas: Quotas, document: WorkflowDocument) -> None:
    quotas.check("parameters per workflow", len(document.parameters))
    quotas.check("steps per workflow", len(document.steps))
    for parameter in document.parameters:
        for value in parameter.default or ():
            quotas.check("workflow parameter length", len(value))


def add_build(ctx: Context, build: Component | Workflow) -> None:
    """Changed content makes a new build; the same as in the newest build is refused."""
    latest = next(ctx.store.builds_of(type(build), Arn.parse(build.arn)).before(None), None)
    if latest is not None and latest.content() == build.content():
        raise already_exists(build.label, latest.arn)
    ctx.add(build)
