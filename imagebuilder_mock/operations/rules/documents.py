"""Rules that components and workflows have in common: their documents, and builds of a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, TypeVar

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.errors import already_exists, invalid_combination, invalid_value

from .neighbours import check_key, read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.documents.components.document import ComponentDocument
    from imagebuilder_mock.domain.documents.workflows.document import WorkflowDocument
    from imagebuilder_mock.domain.quotas import Quotas
    from imagebuilder_mock.domain.resources.documents import Document, ParameterDetail
    from imagebuilder_mock.operations.handler import Context

    Request = (
        wire.CreateComponentRequestTypeDef
        | wire.ImportComponentRequestTypeDef
        | wire.CreateWorkflowRequestTypeDef
    )

P = ParamSpec("P")
T = TypeVar("T")
D = TypeVar("D", bound="Document")

COMPONENT_SIZE = "component size"
WORKFLOW_SIZE = "workflow size"
TEMPLATE_SIZE = "Docker template size"


def given_text(ctx: Context, params: Request, *, quota: str) -> str:
    """The document in the request, or at its URI; ``quota`` names the limit of its size."""
    data, uri = params.get("data"), params.get("uri")
    if data is not None and uri is None:
        ctx.world.quotas.check(quota, len(data.encode()))
        return data
    if uri is not None and data is None:
        return read_document(ctx, uri, parameter="uri", quota=quota)
    raise invalid_combination("data", "You must specify exactly one of 'data' and 'uri'.")


def parsed(parameter: str, parse: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``parse`` returns; InvalidParameterValueException if it refuses the document."""
    try:
        return parse(*args, **kwargs)
    except DocumentError as error:
        raise invalid_value(parameter, error.detail) from None


def check_component_quotas(quotas: Quotas, document: ComponentDocument) -> None:
    _check_parameters(quotas, "component", document.parameters)


def check_workflow_quotas(quotas: Quotas, document: WorkflowDocument) -> None:
    _check_parameters(quotas, "workflow", document.parameters)
    quotas.check("steps per workflow", len(document.steps))


def _check_parameters(quotas: Quotas, kind: str, declared: Sequence[ParameterDetail]) -> None:
    quotas.check(f"parameters per {kind}", len(declared))
    for parameter in declared:
        for value in parameter.default_value or ():
            quotas.check(f"{kind} parameter length", len(value))


def new_build(
    ctx: Context, cls: type[D], params: Request, text: str, *, kind: str, **others: object
) -> D:
    """Add a build of a version, unless its newest build has the same content.

    That is a ResourceAlreadyExistsException.
    """
    check_key(ctx, params.get("kmsKeyId"))
    build = cls.requested(
        params,
        arn=ctx.store.next_build(kind, params["name"], params["semanticVersion"]),
        date_created=ctx.now,
        owner=ctx.store.account,
        document=text,
        **others,
    )
    latest = next(ctx.store.builds_of(cls, Arn.parse(build.arn)).before(None), None)
    if latest is not None and latest.content() == build.content():
        raise already_exists(cls.label, latest.arn)
    ctx.add(build)
    return build
