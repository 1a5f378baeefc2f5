"""The log for who wonders: calls, refusals, stages, and what a neighbour refused."""

from __future__ import annotations

import logging
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from imagebuilder_mock.domain.errors import InvalidRequestException
from imagebuilder_mock.world.log import brief
from tests.builders import OWN, a_build, a_component, a_recipe
from tests.gateways import a_gateway
from tests.lifecycle_builders import a_policy, a_rule

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)


@pytest.fixture
def told(caplog):
    caplog.set_level(logging.DEBUG, logger="imagebuilder_mock")

    def lines():
        return [
            record.getMessage() for record in caplog.records if record.name == "imagebuilder_mock"
        ]

    return lines


def test_a_call_is_a_line_with_its_parameters(imagebuilder, told):
    imagebuilder.list_images(owner="Self", maxResults=5)

    assert told() == ["123456789012 us-east-1 ListImages(owner='Self', maxResults=5): answered"]


def test_a_document_is_told_by_its_length(imagebuilder, told):
    a_component(imagebuilder, name="web")

    [line] = told()
    assert "name='web'" in line
    assert "characters>" in line
    assert "schemaVersion" not in line
    assert "clientToken" not in line


@pytest.mark.imagebuilder(builds="held")
def test_a_refusal_is_told_with_its_rule(imagebuilder, imagebuilder_mock, told):
    imagebuilder_mock.faults.add("ListImages", error="ForbiddenException")
    a_recipe(imagebuilder, name="web", semanticVersion="1.0.0")
    for call, params in [
        (imagebuilder.get_image, {"imageBuildVersionArn": "nope"}),
        (imagebuilder.list_images, {}),
        (imagebuilder.delete_component, {"componentBuildVersionArn": f"{OWN}component/a/1.0.0/1"}),
    ]:
        with pytest.raises(ClientError):
            call(**params)

    rules = [line.split(":")[0] for line in told() if line.startswith("refused")]
    assert rules == [
        "refused by protocol.requests.check",
        "refused by a rule of mock.faults",
        "refused by operations.handler.own",
    ]
    assert told()[-2].endswith("/1'): ResourceNotFoundException")


def test_what_a_server_refuses_before_the_service_has_it_is_refused_on_the_way_in(told):
    a_gateway().refuse(InvalidRequestException("Not from there."))

    assert told() == ["refused by the way in: InvalidRequestException: Not from there."]


def test_what_the_test_did_not_expect_is_told_too(imagebuilder, imagebuilder_mock, told):
    imagebuilder_mock.calls.expect_only("GetImage")

    with pytest.raises(AssertionError):
        imagebuilder.list_images()

    assert told()[-1].startswith("refused by mock.calls.expect_only: UnexpectedCallError: ")


@pytest.mark.imagebuilder(builds="held")
def test_each_stage_of_a_build_is_a_line(imagebuilder, imagebuilder_mock, told):
    arn = a_build(imagebuilder)
    imagebuilder_mock.builds.advance(arn)
    imagebuilder_mock.builds.fail(arn, reason="The disk is full.")

    stages = [line.removeprefix(f"{arn}: ") for line in told() if line.startswith(arn)]
    assert stages == [
        "new -> PENDING",
        "PENDING -> CREATING",
        "CREATING -> FAILED (The disk is full.)",
    ]


@pytest.mark.imagebuilder(builds="held")
def test_a_retry_is_a_line_too(imagebuilder, imagebuilder_mock, told):
    if not hasattr(imagebuilder, "retry_image"):
        pytest.skip("this botocore has no RetryImage")
    arn = a_build(imagebuilder)
    imagebuilder_mock.builds.fail(arn, reason="The disk is full.")

    imagebuilder.retry_image(imageBuildVersionArn=arn)

    assert f"{arn}: FAILED -> PENDING (a retry)" in told()


def test_a_preview_tells_of_nothing_that_did_not_happen(imagebuilder, imagebuilder_mock, told):
    a_recipe(imagebuilder, name="web")
    imagebuilder_mock.images.add(recipe="web", created=NOON)
    before = told()

    imagebuilder_mock.lifecycle.preview([a_rule("DELETE", 1)], runs="settled")

    assert told() == before


class Neighbour:
    """A cloud that has every AMI, and takes none away."""

    name = "the neighbour"
    absence = ""
    chooses_ami_ids = False

    def are_there(self):
        return True

    def client(self, *_):
        return self

    def describe_images(self, **_):
        return {"Images": [{"State": "available"}]}

    def describe_image_attribute(self, **_):
        return {"LaunchPermissions": []}

    def describe_snapshots(self, **asked):
        [wanted] = asked["Filters"]
        return {"Snapshots": [{"SnapshotId": each} for each in wanted["Values"]]}

    def deregister_image(self, **_):
        answer: Any = {
            "Error": {"Code": "UnauthorizedOperation", "Message": "You shall not."},
            "ResponseMetadata": {"HTTPStatusCode": 403},
        }
        raise ClientError(answer, "DeregisterImage")


def test_what_a_neighbour_refuses_in_a_lifecycle_run_is_a_warning(
    imagebuilder, imagebuilder_mock, caplog
):
    a_recipe(imagebuilder, name="web", semanticVersion="1.0.0")
    [ami] = imagebuilder_mock.images.amis(imagebuilder_mock.images.add(recipe="web", created=NOON))
    ami.is_in_ec2 = True
    policy = a_policy(imagebuilder, a_rule("DELETE", 1, include=("amis",)))
    imagebuilder_mock._active_world("a test").neighbours = Neighbour()

    imagebuilder_mock.lifecycle.run(policy)

    [record] = caplog.records
    assert (record.levelname, record.getMessage()) == (
        "WARNING",
        "deregister_image of ec2: You shall not.",
    )


def test_nothing_is_put_into_words_while_the_level_is_off(imagebuilder, caplog, monkeypatch):
    caplog.set_level(logging.INFO, logger="imagebuilder_mock")
    monkeypatch.setattr("imagebuilder_mock.world.log.brief", pytest.fail)

    imagebuilder.list_images()

    assert caplog.records == []


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"name": "web", "clientToken": "x"}, "name='web'"),
        ({"data": "name: x"}, "data=<7 characters>"),
        (
            {"components": [{"componentArn": "a", "parameters": [{"name": "p", "value": ["s"]}]}]},
            "components=[{componentArn: 'a', parameters: [{name: 'p', value: <1 values>}]}]",
        ),
        ({"a": {"userDataOverride": "c2VjcmV0"}}, "a={userDataOverride: <8 characters>}"),
        ({"filter": {"type": "AGE", "value": 3}}, "filter={type: 'AGE', value: 3}"),
        ({"description": "x" * 101}, f"description='{'x' * 100}'…"),
    ],
)
def test_parameters_are_cut_short_and_secrets_left_out(params, said):
    assert brief(params) == said
    assert len(brief({str(number): "long" * 20 for number in range(50)})) == 301
