"""Parameters of workflow documents. Source: user guide, image-workflow-create-document."""

from __future__ import annotations

import pytest

from imagebuilder_mock.domain.documents.workflows.parameters import values_of
from imagebuilder_mock.domain.resources.documents import ParameterDetail

from .builders import a_document, parsed, refusal


def declared(**members):
    return parsed(parameters=[{"name": "what", **members}]).parameters


class TestDeclaration:
    @pytest.mark.parametrize(
        ("parameter_type", "default", "expected"),
        [
            ("string", "a", ("a",)),
            ("string", 1, ("1",)),
            ("string", "", ("",)),
            ("integer", 5, ("5",)),
            ("integer", "5", ("5",)),
            ("boolean", True, ("true",)),
            ("boolean", "False", ("False",)),
            ("stringList", ["a", 1], ("a", "1")),
            ("stringList", [], ()),
        ],
    )
    def test_a_default_is_kept_as_a_list_of_texts(self, parameter_type, default, expected):
        assert declared(type=parameter_type, default=default, description="d") == (
            ParameterDetail("what", parameter_type, default_value=expected, description="d"),
        )

    def test_a_parameter_is_a_string_without_default(self):
        assert declared() == (ParameterDetail("what", "string"),)

    @pytest.mark.parametrize(
        ("parameters", "sentence"),
        [
            ({}, "The document's 'parameters' must be a list."),
            (["a"], "A parameter must be a mapping."),
            ([{}], "A parameter has no name; it requires a 'name'"),
            ([{"name": ["a"]}], "The name of a parameter must be a string."),
            ([{"what": {"type": "string"}}], "A parameter has an unknown member 'what'."),
            (
                [{"name": "a"}, {"name": "a"}],
                "Duplicate parameter name 'a'. Names must be unique.",
            ),
            (
                [{"name": "a", "type": "float"}],
                (
                    "Parameter 'a' has the unsupported type 'float'. Supported types include: "
                    "string, integer, boolean, stringList."
                ),
            ),
            ([{"name": "a", "type": []}], "The type of parameter 'a' must be a string."),
            (
                [{"name": "a", "description": []}],
                "The description of parameter 'a' must be a string.",
            ),
            ([{"name": "a", "default": ["b"]}], "The default of parameter 'a' must be a string."),
            (
                [{"name": "a", "type": "stringList", "default": "b"}],
                "The default of parameter 'a' must be a list.",
            ),
            (
                [{"name": "a", "type": "integer", "default": "b"}],
                "The value of the parameter 'a' must be an integer.",
            ),
            (
                [{"name": "a", "type": "boolean", "default": 1}],
                "The value of the parameter 'a' must be a boolean.",
            ),
        ],
    )
    def test_a_declaration_of_another_form_is_refused(self, parameters, sentence):
        assert refusal(a_document(parameters=parameters)) == sentence


class TestValues:
    @pytest.mark.parametrize(
        ("parameter_type", "given", "expected"),
        [
            ("string", ["a"], "a"),
            ("integer", ["-5"], -5),
            ("boolean", ["TRUE"], True),
            ("boolean", ["false"], False),
            ("stringList", ["a", "b"], ["a", "b"]),
            ("stringList", ["a"], ["a"]),
        ],
    )
    def test_a_value_has_the_type_that_was_declared(self, parameter_type, given, expected):
        [parameter] = declared(type=parameter_type)

        assert values_of([parameter], {"what": given}) == {"what": expected}

    def test_a_default_stands_in_for_a_value(self):
        assert values_of(declared(type="integer", default=5), {}) == {"what": 5}
        assert values_of(declared(type="integer", default=5), {"what": ["6"]}) == {"what": 6}

    @pytest.mark.parametrize(
        ("parameter_type", "given", "sentence"),
        [
            ("string", {}, "The parameter 'what' has no default, and requires a value."),
            ("string", {"what": ["a", "b"]}, "The parameter 'what' takes exactly one value."),
            ("integer", {"what": []}, "The parameter 'what' takes exactly one value."),
            ("integer", {"what": ["a"]}, "The value of the parameter 'what' must be an integer."),
            ("integer", {"what": ["1.0"]}, "The value of the parameter 'what' must be an integer."),
            ("integer", {"what": ["1_0"]}, "The value of the parameter 'what' must be an integer."),
            ("boolean", {"what": ["1"]}, "The value of the parameter 'what' must be a boolean."),
            (
                "string",
                {"what": ["a"], "who": ["b"], "why": ["c"]},
                "The following parameters are not defined in the workflow: who, why",
            ),
        ],
    )
    def test_a_value_that_does_not_fit_is_refused(self, parameter_type, given, sentence):
        with pytest.raises(ValueError, match="parameter") as caught:
            values_of(declared(type=parameter_type), given)
        assert str(caught.value) == sentence
