"""Client tokens: a request that is repeated gets its first answer, and does nothing more.

Source: API reference, ``clientToken``. The text of a mismatch was never seen.
"""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.builders import (
    DOCUMENT,
    MANAGED_COMPONENT,
    MANAGED_PARENT,
    OWN,
    a_build,
    a_distribution,
    a_pipeline,
    a_recipe,
    an_infrastructure,
)
from tests.refusals import Refusal

A_TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)

MISMATCH = Refusal(
    "IdempotentParameterMismatchException",
    400,
    "The client token was already used in a request with different parameters. Use a new client "
    "token, or the parameters of the first request.",
)


def distributions(region):
    return [
        {
            "region": region,
            "amiDistributionConfiguration": {"name": "ami {{ imagebuilder:buildDate }}"},
        }
    ]


def create_component(_):
    params = {"name": "hello", "semanticVersion": "1.0.0", "platform": "Linux", "data": DOCUMENT}
    return params, {"description": "other"}


def create_image_recipe(_):
    return {
        "name": "golden",
        "semanticVersion": "1.0.0",
        "parentImage": MANAGED_PARENT,
        "components": [{"componentArn": MANAGED_COMPONENT}],
    }, {"semanticVersion": "1.0.1"}


def create_infrastructure_configuration(_):
    return {"name": "small", "instanceProfileName": "builder"}, {"name": "large"}


def create_distribution_configuration(_):
    return {"name": "here", "distributions": distributions("us-east-1")}, {"name": "there"}


def create_image_pipeline(client):
    return {
        "name": "nightly",
        "imageRecipeArn": a_recipe(client),
        "infrastructureConfigurationArn": an_infrastructure(client),
    }, {"name": "weekly"}


def create_image(client):
    return {
        "imageRecipeArn": a_recipe(client),
        "infrastructureConfigurationArn": an_infrastructure(client),
    }, {"tags": {"team": "images"}}


def start_image_pipeline_execution(client):
    return {"imagePipelineArn": a_pipeline(client)}, {"imagePipelineArn": a_pipeline(client)}


def cancel_image_creation(client):
    return {"imageBuildVersionArn": a_build(client)}, {"imageBuildVersionArn": a_build(client)}


def update_infrastructure_configuration(client):
    return {
        "infrastructureConfigurationArn": an_infrastructure(client),
        "instanceProfileName": "other",
    }, {"instanceProfileName": "another"}


def update_distribution_configuration(client):
    return {
        "distributionConfigurationArn": a_distribution(client),
        "distributions": distributions("us-east-1"),
    }, {"distributions": distributions("eu-west-1")}


def update_image_pipeline(client):
    parts = create_image_pipeline(client)[0]
    del parts["name"]
    return {"imagePipelineArn": a_pipeline(client, **parts), **parts}, {"status": "DISABLED"}


CREATES = [
    create_component,
    create_image_recipe,
    create_infrastructure_configuration,
    create_distribution_configuration,
    create_image_pipeline,
    create_image,
    start_image_pipeline_execution,
]
OTHERS = [
    cancel_image_creation,
    update_infrastructure_configuration,
    update_distribution_configuration,
    update_image_pipeline,
]


def without_metadata(answer):
    return {name: answer[name] for name in answer if name not in {"ResponseMetadata", "requestId"}}


@pytest.mark.imagebuilder(now=A_TIME)
@pytest.mark.parametrize("made_of", [*CREATES, *OTHERS])
class TestEachOperation:
    def test_the_same_request_is_answered_as_before(self, imagebuilder, imagebuilder_mock, made_of):
        operation, (params, _) = getattr(imagebuilder, made_of.__name__), made_of(imagebuilder)
        first = operation(**params, clientToken="t")
        before = [repr(resource) for resource in imagebuilder_mock.resources()]

        second = operation(**params, clientToken="t")

        assert without_metadata(second) == without_metadata(first)
        assert second["clientToken"] == "t"
        assert [repr(resource) for resource in imagebuilder_mock.resources()] == before

    def test_another_request_with_its_token_is_refused(self, imagebuilder, refused, made_of):
        operation, (params, change) = getattr(imagebuilder, made_of.__name__), made_of(imagebuilder)
        operation(**params, clientToken="t")

        assert refused(operation, **{**params, **change}, clientToken="t") == MISMATCH

    def test_every_request_without_token_gets_its_own(self, imagebuilder, made_of):
        operation, (params, change) = getattr(imagebuilder, made_of.__name__), made_of(imagebuilder)

        requests = [params, {**params, **change}]
        tokens = [operation(**each)["clientToken"] for each in requests]

        assert len(set(tokens)) == 2


class TestScope:
    def test_a_request_is_the_same_in_whichever_order_it_is_written(self, imagebuilder):
        tags = {"one": "1", "two": "2"}
        params = {**create_component(imagebuilder)[0], "tags": tags, "clientToken": "t"}
        first = imagebuilder.create_component(**params)

        turned = dict(reversed(params.items())) | {"tags": dict(reversed(tags.items()))}
        second = imagebuilder.create_component(**turned)

        assert without_metadata(second) == without_metadata(first)

    def test_an_operation_has_its_own_tokens(self, imagebuilder):
        for made_of in (create_component, create_infrastructure_configuration):
            params, _ = made_of(imagebuilder)
            getattr(imagebuilder, made_of.__name__)(**params, clientToken="t")

        assert len(imagebuilder.list_components()["componentVersionList"]) == 1

    @pytest.mark.parametrize("elsewhere", [{"region": "eu-west-1"}, {"account_id": "210987654321"}])
    def test_a_region_and_an_account_have_their_own(
        self, imagebuilder, imagebuilder_mock, elsewhere
    ):
        other = imagebuilder_mock.client(**elsewhere)
        params, change = create_component(imagebuilder)
        imagebuilder.create_component(**params, clientToken="t")

        answer = other.create_component(**{**params, **change}, clientToken="t")

        arn = answer["componentBuildVersionArn"]
        assert other.get_component(componentBuildVersionArn=arn)["component"]["arn"] == arn

    def test_a_refused_request_does_not_use_up_its_token(self, imagebuilder, refused):
        params, _ = create_component(imagebuilder)
        refused(imagebuilder.create_component, **{**params, "platform": "Windows"}, clientToken="t")

        answer = imagebuilder.create_component(**params, clientToken="t")

        assert answer["componentBuildVersionArn"] == f"{OWN}component/hello/1.0.0/1"

    @pytest.mark.imagebuilder(now=A_TIME)
    def test_a_repeated_update_does_not_undo_a_later_one(self, imagebuilder, imagebuilder_mock):
        params, change = update_infrastructure_configuration(imagebuilder)
        arn = params["infrastructureConfigurationArn"]
        imagebuilder.update_infrastructure_configuration(**params, clientToken="t")
        imagebuilder_mock.clock.advance(minutes=1)
        imagebuilder.update_infrastructure_configuration(**{**params, **change}, clientToken="u")
        imagebuilder_mock.clock.advance(minutes=1)

        imagebuilder.update_infrastructure_configuration(**params, clientToken="t")

        configuration = imagebuilder.get_infrastructure_configuration(
            infrastructureConfigurationArn=arn
        )["infrastructureConfiguration"]
        assert configuration["instanceProfileName"] == "another"
        assert configuration["dateUpdated"] == "2026-01-02T03:05:05.000Z"
