"""What the installed botocore knows of the service: the oldest that is supported knows less.

A test that needs a member, or a value, that is newer than the oldest model is marked::

    @needs_member("CreateImageRecipe", "amiTags")
    @needs_member("CreateImageRecipe", "semanticVersion", accepts="1.0.x")
    @needs_optional("CreateImageRecipe", "components")
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

if TYPE_CHECKING:
    from collections.abc import Iterable


@cache
def service_model() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("imagebuilder", "service-2"), "imagebuilder")


def needs_member(operation: str, path: str, *, accepts: str | None = None) -> pytest.MarkDecorator:
    """Skips where the request has no such member, or the member does not take the value."""
    return pytest.mark.skipif(
        not has_member(operation, path, accepts=accepts),
        reason=f"this botocore's {operation} has no {path}" + (f"={accepts}" if accepts else ""),
    )


def has_member(operation: str, path: str, *, accepts: str | None = None) -> bool:
    return _accepts(_shape(operation, path), accepts)


def needs_operation(operation: str) -> pytest.MarkDecorator:
    """Skips where there is no such operation."""
    return pytest.mark.skipif(
        operation not in service_model().operation_names,
        reason=f"this botocore has no {operation}",
    )


def needs_error(code: str) -> pytest.MarkDecorator:
    """Skips where the service has no such error."""
    return pytest.mark.skipif(
        code not in service_model().shape_names, reason=f"this botocore has no {code}"
    )


def needs_output(operation: str, path: str) -> pytest.MarkDecorator:
    """Skips where the answer has no such member."""
    return pytest.mark.skipif(
        _shape(operation, path, output=True) is None,
        reason=f"this botocore's {operation} answers no {path}",
    )


def needs_optional(operation: str, member: str) -> pytest.MarkDecorator:
    """Skips where the request must have the member."""
    return pytest.mark.skipif(
        is_required(operation, member), reason=f"this botocore's {operation} requires {member}"
    )


def is_required(operation: str, member: str) -> bool:
    shape: Any = service_model().operation_model(operation).input_shape
    return member in shape.required_members


def modelled(operation: str, path: str, members: Iterable[str]) -> set[str]:
    """Those of the members that the answer's structure at ``path`` has in the installed model."""
    shape = _shape(operation, path, output=True)
    return {member for member in members if member in shape.members}


def highest(operation: str, member: str) -> int:
    """The upper bound of a number."""
    return int(_shape(operation, member).metadata["max"])


def _shape(operation: str, path: str, *, output: bool = False) -> Any:
    """The shape at a dotted path; lists are gone into. None if there is none."""
    model = service_model().operation_model(operation)
    shape: Any = model.output_shape if output else model.input_shape
    for name in filter(None, path.split(".")):
        shape = shape.members.get(name)
        while getattr(shape, "type_name", None) == "list":
            shape = shape.member
        if shape is None:
            return None
    return shape


def _accepts(shape: Any, value: str | None) -> bool:
    if shape is None or value is None:
        return shape is not None
    pattern = shape.metadata.get("pattern", "")
    return bool(re.search(pattern, value)) and (not shape.enum or value in shape.enum)
