"""CloudFormation's schemas, in the file that has them: it agrees with our tables of types."""

from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path

import pytest

from imagebuilder_mock.protocol.model import input_members
from imagebuilder_mock.transports.moto.stacks.properties import check_properties, parameters
from imagebuilder_mock.transports.moto.stacks.resource_types import (
    RESOURCE_TYPES,
    VERSIONS,
    resource_schemas,
)
from tests.model import needs_member

GENERATOR = Path(__file__).parents[3] / "docs" / "generate_stack_schemas.py"

pytestmark = pytest.mark.needs("moto", "openapi_spec_validator")


def test_the_file_is_as_the_generator_wrote_it():
    digest = runpy.run_path(str(GENERATOR))["digest"]

    assert resource_schemas()["digest"] == digest(resource_schemas()["types"])


@pytest.mark.needs("cfnlint")
def test_the_file_is_what_the_installed_cfn_lint_has():
    generator = runpy.run_path(str(GENERATOR))

    assert generator["DATA"].read_text(encoding="utf-8") == generator["text"](), (
        "run: python docs/generate_stack_schemas.py"
    )


def test_the_file_has_the_types():
    assert set(resource_schemas()["types"]) == set(RESOURCE_TYPES)


@pytest.mark.parametrize("kind", RESOURCE_TYPES.values(), ids=lambda kind: kind.name)
def test_the_file_agrees_with_the_table_of_types(kind):
    schema = kind.schema
    read_only = {pointer.split("/")[2] for pointer in schema["readOnlyProperties"]}

    assert {*kind.own, *kind.returned} <= schema["properties"].keys() - read_only
    assert set(VERSIONS) <= kind.attributes or "LatestVersion" not in schema["properties"]
    assert all(name in VERSIONS for name in kind.attributes if name.startswith("LatestVersion"))


@needs_member("CreateLifecyclePolicy", "name")
@pytest.mark.parametrize("kind", RESOURCE_TYPES.values(), ids=lambda kind: kind.name)
def test_a_type_that_cannot_be_updated_is_replaced_for_a_property_that_is_not_in_the_file(kind):
    assert kind.is_replaced_by({"Newest"}) is not kind.is_updatable


@needs_member("CreateImageRecipe", "amiWatermarks")
@pytest.mark.parametrize("name", RESOURCE_TYPES)
def test_every_property_is_accepted_and_reaches_the_operation(name):
    schema, kind = resource_schemas()["types"][name], RESOURCE_TYPES[name]
    members = input_members(f"Create{kind.name}")
    full = _full(schema, schema["definitions"], schema["readOnlyProperties"])
    # A pipeline has one of two recipes.
    recipes = ("ContainerRecipeArn", "ImageRecipeArn") if kind.name == "ImagePipeline" else ("",)
    for left_out in recipes:
        properties = {key: value for key, value in full.items() if key != left_out}
        assert check_properties(kind, "Web", properties, members, ignores_unknown=False) is None

    given = parameters(kind, full, members)

    own = Counter(_leaves({key: full[key] for key in kind.own}))
    assert Counter(_leaves(full)) - own == Counter(_leaves(given))


def _full(schema, definitions, left_out=(), path=""):
    """A value with every property that a template can give, each leaf once."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if "properties" in schema:
        return {
            name: _full(below, definitions, path=f"{path}/{name}".lstrip("/"))
            for name, below in schema["properties"].items()
            if f"/properties/{name}" not in left_out
        }
    if "patternProperties" in schema:
        return {"key": path}
    if schema.get("type") == "array":
        return [_full(schema["items"], definitions, path=f"{path}/0")]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "integer":
        return schema.get("minimum", 100)
    return True if schema.get("type") == "boolean" else path


def _leaves(value):
    if isinstance(value, dict):
        for below in value.values():
            yield from _leaves(below)
    elif isinstance(value, list):
        for below in value:
            yield from _leaves(below)
    else:
        yield value
