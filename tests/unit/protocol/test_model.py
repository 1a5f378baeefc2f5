"""Operations, worked out of the model once."""

from __future__ import annotations

from typing import Any

import pytest

from imagebuilder_mock.protocol.model import operation, service_model
from imagebuilder_mock.protocol.model import operation_names as names
from tests.model import service_model as independent_model
from tests.model_inputs import declared_errors, input_of, operation_names


def test_the_model_is_the_installed_one():
    assert names() == operation_names()
    assert service_model().api_version == independent_model().api_version


def test_an_operation_is_compiled_once():
    assert operation("CreateImage") is operation("CreateImage")
    assert operation("CreateImage", ignore_unknown=True) is not operation("CreateImage")


def test_an_operation_that_the_model_does_not_have_is_a_mistake():
    with pytest.raises(Exception, match="NoSuchOperation"):
        operation("NoSuchOperation")


@pytest.mark.parametrize("name", operation_names())
def test_an_operation_knows_its_envelope(name):
    spec = operation(name)
    shape: Any = independent_model().operation_model(name).output_shape
    output = shape.members

    assert spec.name == name
    assert spec.has_request_id == ("requestId" in output)
    assert spec.has_client_token == ("clientToken" in input_of(name).members)
    assert spec.echoes_client_token == (spec.has_client_token and "clientToken" in output)
    assert set(spec.locations) == {
        member
        for member, shape in input_of(name).members.items()
        if shape.serialization.get("location")
    }


def test_the_name_of_a_wrong_form_is_the_one_that_the_operation_declares():
    own = {
        name
        for name in operation_names()
        if operation(name).form_error.__name__ == "InvalidParameterException"
    }

    assert own == {
        name for name in operation_names() if "InvalidParameterException" in declared_errors(name)
    }
