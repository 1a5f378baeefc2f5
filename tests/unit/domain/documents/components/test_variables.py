"""Parameters and constants. Source: user guide page toe-user-defined-variables."""

from __future__ import annotations

import pytest

from imagebuilder_mock.domain.resources.documents import ParameterDetail

from .builders import a_document, parsed, refusal

STRING = {"type": "string"}


def test_a_parameter_has_a_type_and_may_have_a_default_and_a_description():
    parameters = [
        {"Plain": STRING},
        {"Full": {"type": "string", "default": 1.5, "description": "How much."}},
        {"Empty": {"type": "string", "default": ""}},
        {"One": {"type": "string", "allowedValues": ["a", 2, True, None]}},
        {"Any": {"type": "string", "allowedValues": []}},
    ]

    assert parsed(parameters=parameters).parameters == (
        ParameterDetail("Plain", "string"),
        ParameterDetail("Full", "string", ("1.5",), "How much."),
        ParameterDetail("Empty", "string", ("",)),
        ParameterDetail("One", "string", allowed_values=("a", "2", "true", "")),
        ParameterDetail("Any", "string"),
    )


def test_a_constant_has_a_type_and_a_value():
    constants = [{"Exit": {"type": "string", "value": 1}}, {"Text": {**STRING, "value": ""}}]

    assert parsed(constants=constants).constants == {"Exit": "1", "Text": ""}


@pytest.mark.parametrize("value", [None, []])
def test_a_document_may_declare_none(value):
    document = parsed(parameters=value, constants=value)

    assert (document.parameters, document.constants) == ((), {})


@pytest.mark.parametrize(
    ("members", "detail"),
    [
        pytest.param({"parameters": {"One": STRING}}, "The document's 'parameters' must be a list.",
                     id="mapping of parameters"),
        pytest.param({"constants": "One"}, "The document's 'constants' must be a list.",
                     id="string for constants"),
        pytest.param({"parameters": ["One"]},
                     "Every parameter must be a mapping with its name as the only key.",
                     id="name alone"),
        pytest.param({"constants": [{"One": STRING, "Two": STRING}]},
                     "Every constant must be a mapping with its name as the only key.",
                     id="two names"),
        pytest.param({"parameters": [{"name": "One", "type": "string"}]},
                     "Every parameter must be a mapping with its name as the only key.",
                     id="name as a member"),
        pytest.param({"parameters": [{"One": "string"}]}, "Parameter 'One' must be a mapping.",
                     id="type alone"),
        pytest.param({"parameters": [{"One": {"default": "a"}}]},
                     "Parameter 'One' has no type; it requires a 'type'", id="no type"),
        pytest.param({"parameters": [{"One": {"type": "integer"}}]},
                     "Parameter 'One' has the unsupported type 'integer'. Supported types include: "
                     "string.", id="another type"),
        pytest.param({"constants": [{"One": {"type": "String", "value": "a"}}]},
                     "Constant 'One' has the unsupported type 'String'. Supported types include: "
                     "string.", id="type in another case"),
        pytest.param({"parameters": [{"One": {"type": "string", "value": "a"}}]},
                     "Parameter 'One' has an unknown member 'value'.", id="value of a parameter"),
        pytest.param({"constants": [{"One": {"type": "string", "default": "a"}}]},
                     "Constant 'One' has an unknown member 'default'.", id="default of a constant"),
        pytest.param({"constants": [{"One": STRING}]},
                     "Constant 'One' has no value; it requires a 'value'", id="no value"),
        pytest.param({"parameters": [{"One": {"type": "string", "default": ["a"]}}]},
                     "The default of parameter 'One' must be a string.", id="list as a default"),
        pytest.param({"parameters": [{"One": {"type": "string", "allowedValues": "a"}}]},
                     "The allowedValues of parameter 'One' must be a list.",
                     id="text of allowed values"),
        pytest.param({"constants": [{"One": {"type": "string", "value": ["a"]}}]},
                     "The value of constant 'One' must be a string.", id="list as a value"),
        pytest.param({"parameters": [{"On": STRING}]},
                     "Invalid parameter name 'On'. A name must have between 3 and 128 characters.",
                     id="short name"),
        pytest.param({"constants": [{"My.Name": {**STRING, "value": "a"}}]},
                     "Invalid constant name 'My.Name'. Allowed characters are combinations of "
                     "numbers [0-9], english letters [a-z,A-Z] and special characters [-_].",
                     id="point in a name"),
        pytest.param({"parameters": [{"One": STRING}, {"One": STRING}]},
                     "Duplicate parameter or constant name 'One'. Names must be unique.",
                     id="name of two parameters"),
        pytest.param({"parameters": [{"One": STRING}],
                      "constants": [{"One": {**STRING, "value": "a"}}]},
                     "Duplicate parameter or constant name 'One'. Names must be unique.",
                     id="name of a parameter and a constant"),
    ],
)  # fmt: skip
def test_another_declaration_is_refused(members, detail):
    assert refusal(a_document(**members)) == detail


def test_a_name_is_a_string_of_yaml():
    text = "schemaVersion: 1.0\nparameters: [{12345: {type: string}}]\nphases: []"

    assert refusal(text) == "Invalid parameter name '12345'. A name must be a string."
