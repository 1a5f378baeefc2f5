"""How errors look on the wire, and what botocore makes of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.parsers import create_parser

from imagebuilder_mock.domain import errors
from imagebuilder_mock.domain.errors import ImageBuilderError
from imagebuilder_mock.protocol.http import HttpRequest
from imagebuilder_mock.protocol.model import status_of
from imagebuilder_mock.protocol.requests import UnknownOperationException
from imagebuilder_mock.transports.boto.door import parsed_answer
from tests.contracts.installed import only_with_the_pinned_botocore
from tests.gateways import CALLER, a_gateway
from tests.model import service_model

MODELLED = {shape.name: shape for shape in service_model().error_shapes}
OURS = [
    cls
    for cls in vars(errors).values()
    if isinstance(cls, type) and issubclass(cls, ImageBuilderError) and cls is not ImageBuilderError
]


def test_a_modelled_error_has_the_models_status():
    assert {name: status_of(name) for name in MODELLED} == {
        name: shape.metadata["error"]["httpStatusCode"] for name, shape in MODELLED.items()
    }


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("ValidationException", 400),
        ("NoSuchCode", 400),
    ],
)
def test_another_error_has_the_status_of_common_errors(code, status):
    assert status_of(code) == status


@only_with_the_pinned_botocore
def test_our_errors_are_the_models():
    codes = {
        (cls() if cls is errors.DryRunOperationException else cls("text")).code for cls in OURS
    }

    assert codes <= set(MODELLED)


@pytest.mark.parametrize(
    ("request_", "code", "status"),
    [
        (HttpRequest("PUT", "/CreateComponent", body=b"{"), "InvalidRequestException", 400),
        (HttpRequest("PUT", "/CreateComponent"), "InvalidParameterValueException", 400),
        (HttpRequest("GET", "/tags/x"), "InvalidParameterException", 400),
        (HttpRequest("GET", "/x"), "UnknownOperationException", 404),
        (HttpRequest("GET", "/\ud800"), "UnknownOperationException", 404),
    ],
    ids=["body", "form", "tags", "path", "half a character"],
)
def test_an_error_is_its_name_in_the_header_and_its_message_in_the_body(request_, code, status):
    answer = a_gateway().handle(request_, CALLER)

    assert answer.status == status
    assert answer.headers["x-amzn-errortype"] == code
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.body) == {"message": answer.members["message"]}
    assert answer.members["message"]


@pytest.mark.parametrize("name", sorted(MODELLED))
def test_botocore_reads_an_error_as_it_is_handed_over(name):
    answer = a_gateway().refuse(type(name, (ImageBuilderError,), {})("Some text."))
    response = {"headers": answer.headers, "status_code": answer.status, "body": answer.body}
    parser: Any = create_parser("rest-json")

    # As botocore's client does: the error, then what the error's shape has.
    read = parser.parse(response, None) | parser.parse(response, MODELLED[name])
    handed_over = parsed_answer(answer)

    del handed_over["ResponseMetadata"]["RetryAttempts"]
    assert handed_over == read


def test_an_unknown_operation_names_what_was_asked():
    answer = a_gateway().handle(HttpRequest("GET", "/CreateImage"), CALLER)

    assert answer.members == {
        "message": "There is no operation for GET /CreateImage. Did you mean 'PUT /CreateImage'?"
    }
    assert UnknownOperationException("x").code == "UnknownOperationException"
