"""Client tokens: a repeated request gets its first answer and does nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock import mock_imagebuilder
from tests.builders import (
    DOCUMENT,
    MANAGED_COMPONENT,
    MANAGED_PARENT,
    a_pipeline,
    a_recipe,
    an_infrastructure,
)
from tests.clients import the_client
from tests.refusals import refusal_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_imagebuilder import ImagebuilderClient


def component(_: ImagebuilderClient, name: str) -> dict[str, Any]:
    return {"name": name, "semanticVersion": "1.0.0", "platform": "Linux", "data": DOCUMENT}


def recipe(_: ImagebuilderClient, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "semanticVersion": "1.0.0",
        "parentImage": MANAGED_PARENT,
        "components": [{"componentArn": MANAGED_COMPONENT}],
    }


def infrastructure(_: ImagebuilderClient, name: str) -> dict[str, Any]:
    return {"name": name, "instanceProfileName": "builder"}


def distribution(_: ImagebuilderClient, name: str) -> dict[str, Any]:
    ami = {"name": "ami {{ imagebuilder:buildDate }}"}
    return {
        "name": name,
        "distributions": [{"region": "us-east-1", "amiDistributionConfiguration": ami}],
    }


def pipeline(client: ImagebuilderClient, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "imageRecipeArn": a_recipe(client),
        "infrastructureConfigurationArn": an_infrastructure(client),
    }


def image(client: ImagebuilderClient, name: str) -> dict[str, Any]:
    return {
        "imageRecipeArn": a_recipe(client, name=name),
        "infrastructureConfigurationArn": an_infrastructure(client),
    }


def execution(client: ImagebuilderClient, name: str) -> dict[str, Any]:
    return {"imagePipelineArn": a_pipeline(client, name=name)}


CREATIONS = [
    pytest.param(operation, params, id=operation)
    for operation, params in {
        "create_component": component,
        "create_distribution_configuration": distribution,
        "create_image": image,
        "create_image_pipeline": pipeline,
        "create_image_recipe": recipe,
        "create_infrastructure_configuration": infrastructure,
        "start_image_pipeline_execution": execution,
    }.items()
]


def substance(answer: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in answer.items() if k not in {"ResponseMetadata", "requestId"}}


@pytest.mark.parametrize(("operation", "params_for"), CREATIONS)
def test_the_same_request_again_gets_the_first_answer_and_makes_nothing(
    imagebuilder, imagebuilder_mock, operation, params_for
):
    params = {**params_for(imagebuilder, "web"), "clientToken": "token"}
    first = getattr(imagebuilder, operation)(**params)
    count = len(imagebuilder_mock.resources())

    again = getattr(imagebuilder, operation)(**params)

    assert substance(again) == substance(first)
    assert len(imagebuilder_mock.resources()) == count


@pytest.mark.parametrize(("operation", "params_for"), CREATIONS)
def test_the_same_token_with_other_parameters_is_refused(
    imagebuilder, imagebuilder_mock, operation, params_for
):
    one, other = params_for(imagebuilder, "web"), params_for(imagebuilder, "other")
    call = getattr(imagebuilder, operation)
    call(**one, clientToken="token")
    count = len(imagebuilder_mock.resources())

    refusal = refusal_of(call, **other, clientToken="token")

    assert refusal.code == "IdempotentParameterMismatchException"
    assert len(imagebuilder_mock.resources()) == count


def test_the_order_of_tags_makes_no_other_request(imagebuilder):
    call = imagebuilder.create_infrastructure_configuration
    settings = {"name": "web", "instanceProfileName": "builder", "clientToken": "token"}

    first = call(**settings, tags={"a": "1", "b": "2"})
    again = call(**settings, tags={"b": "2", "a": "1"})

    assert substance(again) == substance(first)


def test_a_repeated_deletion_gets_the_first_answer_of_the_creation_even_then(imagebuilder):
    """The answer is remembered, not looked up: the resource may be gone since."""
    call = imagebuilder.create_infrastructure_configuration
    settings = {"name": "web", "instanceProfileName": "builder", "clientToken": "token"}
    arn = call(**settings)["infrastructureConfigurationArn"]
    imagebuilder.delete_infrastructure_configuration(infrastructureConfigurationArn=arn)

    assert call(**settings)["infrastructureConfigurationArn"] == arn
    assert (
        refusal_of(
            imagebuilder.get_infrastructure_configuration, infrastructureConfigurationArn=arn
        ).code
        == "ResourceNotFoundException"
    )


def test_a_refused_request_remembers_nothing(imagebuilder):
    call = imagebuilder.create_image
    infrastructure_arn = an_infrastructure(imagebuilder)
    recipe_arn = a_recipe(imagebuilder, name="web")
    imagebuilder.delete_image_recipe(imageRecipeArn=recipe_arn)
    params = {
        "imageRecipeArn": recipe_arn,
        "infrastructureConfigurationArn": infrastructure_arn,
        "clientToken": "token",
    }
    assert refusal_of(call, **params).code == "InvalidParameterValueException"

    a_recipe(imagebuilder, name="web")

    assert call(**params)["imageBuildVersionArn"].endswith("image/web/1.0.0/1")


def test_a_reset_forgets_all_tokens(imagebuilder, imagebuilder_mock):
    call = imagebuilder.create_infrastructure_configuration
    call(name="web", instanceProfileName="builder", clientToken="token")

    imagebuilder_mock.reset()

    made = call(name="other", instanceProfileName="builder", clientToken="token")

    assert made["infrastructureConfigurationArn"].endswith("/other")


# Small sets, so that requests meet: who, where, what, with which token and which parameters.
REQUESTS = st.lists(
    st.tuples(
        st.sampled_from(["123456789012", "210987654321"]),
        st.sampled_from(["us-east-1", "eu-west-1"]),
        st.sampled_from(["infrastructure", "distribution"]),
        st.sampled_from(["a", "b", None]),
        st.sampled_from(["web", "database"]),
    ),
    max_size=25,
)


@given(REQUESTS)
def test_a_token_counts_for_one_operation_of_one_account_in_one_region(requests):
    tokens: dict[tuple[object, ...], tuple[str, object]] = {}
    there: set[tuple[object, ...]] = set()
    with mock_imagebuilder():
        clients = {
            (account, region): the_client(account_id=account, region=region)
            for account, region, *_ in requests
        }
        for account, region, what, token, name in requests:
            place = (account, region, what)
            code, answer = outcome(clients[account, region], what, token, name)
            key = (*place, token)
            first = tokens.get(key)
            if first is not None and first[0] != name:
                assert code == "IdempotentParameterMismatchException"
            elif first is not None:
                assert answer == first[1]
            elif (*place, name) in there:
                assert code == "ResourceAlreadyExistsException"
            else:
                assert code is None
                there.add((*place, name))
                if token:
                    tokens[key] = (name, answer)


def outcome(
    client: ImagebuilderClient, what: str, token: str | None, name: str
) -> tuple[str | None, object]:
    """The error code, or the answer."""
    call: Callable[..., dict[str, Any]] = getattr(client, f"create_{what}_configuration")
    params = (
        infrastructure(client, name) if what == "infrastructure" else distribution(client, name)
    )
    try:
        answer = call(**params, **({"clientToken": token} if token else {}))
    except ClientError as error:
        return str(error.response["Error"]["Code"]), None
    return None, substance(answer)
