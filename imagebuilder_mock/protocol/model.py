"""The service as the installed botocore's model describes it, whatever its resources are.

Everything is worked out once for each operation, when it is first used.
"""

from __future__ import annotations

import sys
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast

from botocore.loaders import Loader
from botocore.model import ServiceModel, StructureShape

from imagebuilder_mock.domain.errors import (
    InvalidParameterException,
    InvalidParameterValueException,
)
from imagebuilder_mock.domain.records import Value

from .projection import Projector, projector
from .validation import StructureCheck, structure_check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import OperationModel

    from imagebuilder_mock.domain.errors import ImageBuilderError

SERVICE_NAME = "imagebuilder"
_MODEL = "service-2"

_UNMODELLED_STATUS = 400


class Operation(Value):
    """An operation of the model, compiled for use."""

    name: str
    locations: Mapping[str, tuple[str, str, bool]]
    """Members outside the body: name → (``uri`` or ``querystring``, wire name, is a list)."""
    check: StructureCheck
    project: Projector
    has_request_id: bool
    has_client_token: bool
    echoes_client_token: bool
    form_error: type[ImageBuilderError]
    """The error for a wrong parameter, which is another one for the tagging operations."""


@lru_cache(maxsize=1)
def service_model() -> ServiceModel:
    """The newest API version of the service that botocore has.

    The loader's own ``load_service_model`` would first look through the folders of all services.
    """
    loader = _loader()
    version = loader.determine_latest_version(SERVICE_NAME, _MODEL)
    return ServiceModel(loader.load_data(f"{SERVICE_NAME}/{version}/{_MODEL}"), SERVICE_NAME)


def _loader() -> Loader:
    """The one of boto3's default session: if a client was made, it has read the model already.

    A new one if there is no such session, or if it was told to look for models elsewhere first.
    """
    new = Loader()
    session = getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)
    known = getattr(session, "_loader", None)
    if (
        isinstance(known, Loader)
        and known.search_paths[: len(new.search_paths)] == new.search_paths
    ):
        return known
    return new


def input_members(operation: str) -> Mapping[str, Any]:
    """The parameters of an operation, and their shapes."""
    return _members(service_model().operation_model(operation).input_shape)


def operation_names() -> list[str]:
    return list(service_model().operation_names)


@cache
def operation(name: str, *, ignore_unknown: bool = False) -> Operation:
    """The operation that AWS calls by this name."""
    model = service_model().operation_model(name)
    inputs, outputs = _members(model.input_shape), _members(model.output_shape)
    locations = {
        member: (
            shape.serialization["location"],
            shape.serialization.get("name", member),
            shape.type_name == "list",
        )
        for member, shape in inputs.items()
        if "location" in shape.serialization
    }
    return Operation(
        name=name,
        locations=locations,
        check=structure_check(model.input_shape, ignore_unknown=ignore_unknown),
        project=projector(model.output_shape),
        has_request_id="requestId" in outputs,
        has_client_token="clientToken" in inputs,
        echoes_client_token="clientToken" in inputs and "clientToken" in outputs,
        form_error=_form_error(model),
    )


@lru_cache(maxsize=1)
def error_statuses() -> dict[str, int]:
    """HTTP status by error code; 400 where the model gives none."""
    return {
        cast("StructureShape", shape).error_code: shape.metadata.get("error", {}).get(
            "httpStatusCode", _UNMODELLED_STATUS
        )
        for shape in service_model().error_shapes
    }


def is_modelled(code: str) -> bool:
    """Whether the model has a shape for the error."""
    return code in error_statuses()


def status_of(code: str) -> int:
    return error_statuses().get(code, _UNMODELLED_STATUS)


def _members(shape: object) -> Mapping[str, Any]:
    return shape.members if isinstance(shape, StructureShape) else {}


def _form_error(model: OperationModel) -> type[ImageBuilderError]:
    declared = {shape.name for shape in model.error_shapes}
    if InvalidParameterException.__name__ in declared:
        return InvalidParameterException
    return InvalidParameterValueException
