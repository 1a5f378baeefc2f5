"""``dryRun``: every check is made, and nothing else.

Source: API reference, ``dryRun`` of the Create operations; the text: user guide.
"""

from __future__ import annotations

import pytest

from tests.builders import (
    DOCUMENT,
    MANAGED_COMPONENT,
    MANAGED_PARENT,
    a_recipe,
    an_infrastructure,
)
from tests.model import needs_member
from tests.refusals import Refusal, already_exists, invalid_value

WOULD_SUCCEED = Refusal(
    "DryRunOperationException", 412, "Request would have succeeded, but dryRun flag is set."
)


def a_component_request(_):
    return {
        "name": "hello",
        "semanticVersion": "1.0.0",
        "platform": "Linux",
        "data": DOCUMENT,
    }


def a_recipe_request(_):
    return {
        "name": "golden",
        "semanticVersion": "1.0.0",
        "parentImage": MANAGED_PARENT,
        "components": [{"componentArn": MANAGED_COMPONENT}],
    }


def an_infrastructure_request(_):
    return {"name": "small", "instanceProfileName": "builder"}


def a_distribution_request(_):
    return {
        "name": "everywhere",
        "distributions": [
            {
                "region": "us-east-1",
                "amiDistributionConfiguration": {"name": "ami {{ imagebuilder:buildDate }}"},
            }
        ],
    }


def a_pipeline_request(client):
    return {
        "name": "nightly",
        "imageRecipeArn": a_recipe(client),
        "infrastructureConfigurationArn": an_infrastructure(client),
        "schedule": {"scheduleExpression": "cron(0 0 * * ? *)"},
    }


@pytest.mark.parametrize(
    ("operation", "request_for"),
    [
        pytest.param(
            operation,
            request_for,
            id=operation,
            marks=needs_member("".join(map(str.title, operation.split("_"))), "dryRun"),
        )
        for operation, request_for in (
            ("create_component", a_component_request),
            ("create_image_recipe", a_recipe_request),
            ("create_infrastructure_configuration", an_infrastructure_request),
            ("create_distribution_configuration", a_distribution_request),
            ("create_image_pipeline", a_pipeline_request),
        )
    ],
)
class TestEachKind:
    def test_what_would_succeed_is_said_to_and_not_made(
        self, imagebuilder, refused, operation, request_for
    ):
        create, params = getattr(imagebuilder, operation), request_for(imagebuilder)

        assert refused(create, **params, dryRun=True) == WOULD_SUCCEED

    def test_after_it_the_same_request_succeeds(
        self, imagebuilder, refused, operation, request_for
    ):
        create, params = getattr(imagebuilder, operation), request_for(imagebuilder)
        refused(create, **params, dryRun=True)

        answer = create(**params)

        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200

    def test_a_client_token_is_not_used_up(self, imagebuilder, refused, operation, request_for):
        create, params = getattr(imagebuilder, operation), request_for(imagebuilder)
        for _ in range(2):
            assert refused(create, **params, clientToken="t", dryRun=True) == WOULD_SUCCEED

        assert create(**params, clientToken="t")["clientToken"] == "t"

    def test_without_the_flag_it_is_made(
        self, imagebuilder, imagebuilder_mock, operation, request_for
    ):
        create, params = getattr(imagebuilder, operation), request_for(imagebuilder)
        before = len(imagebuilder_mock.resources())

        create(**params, dryRun=False)

        assert len(imagebuilder_mock.resources()) == before + 1

    def test_what_would_be_refused_is_refused_for_its_own_reason(
        self, imagebuilder, refused, operation, request_for
    ):
        create, params = getattr(imagebuilder, operation), request_for(imagebuilder)
        expected = refused(create, **{**params, "name": "!"})

        assert expected.code == "InvalidParameterValueException"
        assert refused(create, **{**params, "name": "!"}, dryRun=True) == expected

    def test_what_is_there_already_is_said_to_be(
        self, imagebuilder, imagebuilder_mock, refused, operation, request_for
    ):
        create, params = getattr(imagebuilder, operation), request_for(imagebuilder)
        create(**params)
        made = imagebuilder_mock.resources()[-1]

        assert refused(create, **params, dryRun=True) == already_exists(made.label, made.arn)


@needs_member("CreateImageRecipe", "dryRun")
def test_references_are_looked_up(imagebuilder, refused):
    refusal = refused(
        imagebuilder.create_image_recipe,
        **{**a_recipe_request(imagebuilder), "parentImage": "no image"},
        dryRun=True,
    )

    assert refusal == invalid_value(
        "parentImage",
        "The parent image must be an AMI ID, an Image Builder image ARN, an SSM parameter prefixed "
        "by 'ssm:', or an AWS Marketplace product ID.",
    )


@needs_member("CreateImageRecipe", "dryRun")
@needs_member("CreateImageRecipe", "semanticVersion", accepts="1.0.x")
def test_a_placeholder_keeps_its_number(imagebuilder, refused):
    params = {**a_recipe_request(imagebuilder), "semanticVersion": "1.0.x"}
    refused(imagebuilder.create_image_recipe, **params, dryRun=True)

    answer = imagebuilder.create_image_recipe(**params)

    assert answer["imageRecipeArn"].endswith(":image-recipe/golden/1.0.0")


@needs_member("CreateImagePipeline", "dryRun")
@pytest.mark.imagebuilder(builds="held")
def test_a_pipeline_that_was_not_made_never_runs(imagebuilder, imagebuilder_mock, refused):
    refused(imagebuilder.create_image_pipeline, **a_pipeline_request(imagebuilder), dryRun=True)

    imagebuilder_mock.clock.advance(days=3)

    assert imagebuilder_mock.builds.running == []
