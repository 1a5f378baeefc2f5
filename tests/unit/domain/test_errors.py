"""Errors: AWS's names, and AWS's sentences."""

from __future__ import annotations

import pytest

from imagebuilder_mock.domain import errors
from tests.builders import OWN
from tests.model import service_model

RECIPE = f"{OWN}image-recipe/web/1.0.0"


ERRORS = [
    cls
    for cls in errors.ImageBuilderError.__subclasses__()
    if cls.__module__ == errors.__name__  # others are not the service's, but the protocol's
]


@pytest.mark.parametrize("cls", ERRORS, ids=lambda cls: cls.__name__)
def test_an_error_has_its_class_name_for_a_code_and_the_service_knows_it(cls):
    error = cls() if cls is errors.DryRunOperationException else cls("text")

    assert error.code == cls.__name__
    assert str(error) == error.message
    known = {shape.name for shape in service_model().error_shapes}
    assert cls.__name__ in known | {"DryRunOperationException"}, "newer than the oldest model"


@pytest.mark.parametrize(
    ("made", "code", "message"),
    [
        (
            errors.invalid_value("name", "It is too long."),
            "InvalidParameterValueException",
            "The value supplied for parameter 'name' is not valid. It is too long.",
        ),
        (
            errors.invalid_combination("data", "Not with 'uri'."),
            "InvalidParameterCombinationException",
            "The value supplied for parameter 'data' is not valid. Not with 'uri'.",
        ),
        (
            errors.already_exists("ImageRecipe", RECIPE),
            "ResourceAlreadyExistsException",
            f"The following resource 'ImageRecipe' already exists: '{RECIPE}'.",
        ),
        (
            errors.not_found("ImageRecipe", RECIPE),
            "ResourceNotFoundException",
            f"The following resource 'ImageRecipe' does not exist: '{RECIPE}'.",
        ),
        (
            errors.DryRunOperationException(),
            "DryRunOperationException",
            "Request would have succeeded, but dryRun flag is set.",
        ),
    ],
    ids=["value", "combination", "exists", "not found", "dry-run"],
)
def test_the_sentences_of_errors(made, code, message):
    assert (made.code, made.message) == (code, message)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            errors.dependency_error(RECIPE),
            (
                f"Resource dependency error: The resource ARN '{RECIPE}' has other resources "
                "depended on it."
            ),
        ),
        (
            errors.missing_reference("ImageRecipe", RECIPE),
            f"The provided resource 'ImageRecipe' does not exist: '{RECIPE}'.",
        ),
    ],
    ids=["dependency", "reference"],
)
def test_the_sentences_on_resources(text, sentence):
    assert text == sentence
