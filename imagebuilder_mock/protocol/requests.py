"""From an HTTP request to an operation and its parameters: method and path, labels, query, body."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from imagebuilder_mock.domain.errors import ImageBuilderError, InvalidRequestException, not_valid
from imagebuilder_mock.domain.suggestions import did_you_mean

from .model import Operation, operation, service_model
from .validation import InvalidForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .http import HttpRequest


_VERSION_ARN = (
    r"arn:[^:]+:imagebuilder:[^:]*:[^:]*:(?:component|image|workflow)/.+/"
    r"(?:[0-9]+|x)(?:\.(?:[0-9]+|x)){2}"
)


class UnknownOperationException(ImageBuilderError):
    """No operation has this method and path."""

    status = 404


@lru_cache(maxsize=1)
def _routes() -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], tuple[str, str]]]:
    """Operations by method and path; those with a label, by method and what comes before it."""
    plain: dict[tuple[str, str], str] = {}
    labelled: dict[tuple[str, str], tuple[str, str]] = {}
    for name in service_model().operation_names:
        http = service_model().operation_model(name).http
        before, brace, label = http["requestUri"].partition("{")
        if brace:
            labelled[http["method"], before] = (name, label.rstrip("}"))
        else:
            plain[http["method"], before] = name
    return plain, labelled


def parse(
    request: HttpRequest, *, ignore_unknown: bool = False
) -> tuple[Operation, dict[str, object]]:
    """The operation of a request, and its parameters as they were sent.

    InvalidRequestException if the body is not a JSON object or a text is not Unicode;
    UnknownOperationException if no operation has this method and path.
    """
    name, labels = _route(request)
    spec = operation(name, ignore_unknown=ignore_unknown)
    params = _body(request.body) if request.body else {}
    # What the model puts into the path or the query is not taken from the body.
    for member, (location, wire_name, is_list) in spec.locations.items():
        params.pop(member, None)
        if location == "uri":
            params[member] = labels[wire_name]
        elif values := request.query.get(wire_name):
            _refuse_lone_surrogates(values)
            params[member] = list(values) if is_list else values[-1]
    return spec, params


def check(spec: Operation, params: dict[str, object]) -> dict[str, object]:
    """The parameters, whose form is right; times become datetimes.

    The operation's form error names the first member that is wrong.
    """
    try:
        return spec.check(params)
    except InvalidForm as error:
        detail = _no_build_of(spec, params.get(error.path)) or error.detail
        raise spec.form_error(not_valid(error.path, detail)) from None


def _no_build_of(spec: Operation, value: object) -> str | None:
    """The refusal if the ARN of a version is given to delete a build; None for other parameters.

    Seen for components (TF pull request 40354).
    """
    kind = spec.name.removeprefix("Delete")
    if kind != spec.name and isinstance(value, str) and re.fullmatch(_VERSION_ARN, value):
        return f"The supplied Arn is not a valid Image Builder {kind} Build Version Arn."
    return None


def _route(request: HttpRequest) -> tuple[str, dict[str, str]]:
    plain, labelled = _routes()
    name = plain.get((request.method, request.path))
    if name is not None:
        return name, {}
    for (method, before), (labelled_name, label) in labelled.items():
        if request.method == method and request.path.startswith(before):
            return labelled_name, {label: unquote(request.path[len(before) :])}
    asked = f"{request.method} {request.path}"
    known = [" ".join(route) for route in (*plain, *labelled)]
    raise UnknownOperationException(
        f"There is no operation for {asked}.{did_you_mean(asked, known)}"
    )


def _body(body: bytes | str) -> dict[str, object]:
    try:
        text = (body.encode() if isinstance(body, str) else body).decode()
        params = _DECODER.decode(text)
        if "\\u" in text:
            # An escape can be a lone surrogate, which no answer could be encoded with.
            json.dumps(params, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise InvalidRequestException("The request body is not valid JSON.") from None
    if not isinstance(params, dict):
        raise InvalidRequestException("The request body must be a JSON object.")
    return params


def _refuse_lone_surrogates(values: Sequence[str]) -> None:
    for value in values:
        try:
            value.encode()
        except UnicodeEncodeError:
            raise InvalidRequestException("The request holds text that is not Unicode.") from None


def _refuse_constant(name: str) -> object:
    msg = f"{name} is no JSON"
    raise ValueError(msg)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
