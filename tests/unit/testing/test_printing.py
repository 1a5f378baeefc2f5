"""``print(mock)`` and ``mock.report()``."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.builders import a_build, a_component, a_recipe, an_infrastructure

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)


@pytest.mark.imagebuilder(now=NOON, builds="held")
def test_a_mock_is_printed_as_a_tree(imagebuilder, imagebuilder_mock):
    build = a_build(
        imagebuilder,
        imageRecipeArn=a_recipe(imagebuilder, name="web"),
        infrastructureConfigurationArn=an_infrastructure(imagebuilder, name="small"),
    )
    imagebuilder_mock.builds.fail(build, reason="Out of disk space")
    a_component(imagebuilder_mock.client(region="eu-west-1"), name="other")

    assert str(imagebuilder_mock).splitlines() == [
        'imagebuilder_mock at 2026-01-02T12:00:00+00:00, builds="held"',
        "├─ account 123456789012, eu-west-1",
        "│  └─ Component (1)",
        "│     └─ other/1.0.0/1 ACTIVE",
        "└─ account 123456789012, us-east-1",
        "   ├─ Image (1)",
        "   │  └─ web/1.0.0/1 FAILED: Out of disk space",
        "   ├─ ImageRecipe (1)",
        "   │  └─ web/1.0.0",
        "   └─ InfrastructureConfiguration (1)",
        "      └─ small",
    ]


def test_of_many_the_first_are_printed(imagebuilder, imagebuilder_mock):
    for _ in range(22):
        an_infrastructure(imagebuilder)

    assert str(imagebuilder_mock).splitlines()[-1].strip() == "└─ … and 2 more"


def test_a_mock_without_anything_says_so():
    mock = mock_imagebuilder()
    assert str(mock) == "imagebuilder_mock, never on"

    with mock:
        pass

    assert str(mock).endswith("└─ nothing was made yet")


@pytest.mark.imagebuilder(now=NOON, builds="held")
def test_a_report_has_the_last_calls_and_the_builds(imagebuilder, imagebuilder_mock):
    assert imagebuilder_mock.report() == "Last calls:\nnone"
    recipe, infrastructure = a_recipe(imagebuilder), an_infrastructure(imagebuilder)
    arns = [
        a_build(imagebuilder, imageRecipeArn=recipe, infrastructureConfigurationArn=infrastructure)
        for _ in range(21)
    ]

    lines = imagebuilder_mock.report().splitlines()

    assert lines[:2] == ["Last calls:", "(13 earlier calls)"]
    assert lines[2].startswith("12:00:00 us-east-1 CreateImage(imageRecipeArn=")
    assert lines[12:] == [
        "",
        "Builds:",
        "(1 older builds)",
        *(f"{arn} PENDING" for arn in arns[1:]),
    ]
