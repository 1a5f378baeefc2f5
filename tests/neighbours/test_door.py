"""Any cloud can stand behind the door: what is asked is asked of its boto3 clients."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.neighbours import names
from imagebuilder_mock.neighbours.account import AbsentError, Place, account_at

HERE = Place("123456789012", "us-east-1")
THERE = "arn:aws:sns:us-east-1:123456789012:builds"


class Sns:
    """A service with one topic, which answers one account."""

    def __init__(self, account, region):
        self.place = Place(account, region)

    def get_topic_attributes(self, *, TopicArn):  # noqa: N803 - boto3's
        if (self.place, TopicArn) == (HERE, THERE):
            return {"Attributes": {}}
        error: Any = {"Error": {"Code": "NotFound"}, "ResponseMetadata": {"HTTPStatusCode": 404}}
        raise ClientError(error, "GetTopicAttributes")

    def list_topics(self):
        return {"Topics": [{"TopicArn": THERE}] if self.place == HERE else []}


class Cloud:
    name = "a cloud"
    absence = "Switch it on."
    is_the_whole_cloud = False
    chooses_ami_ids = False
    is_ours = False

    def are_there(self):
        return True

    def may_have(self, service):
        return service == "sns"

    def cannot_be_asked(self, sentence, *, is_late):
        del sentence, is_late
        return False

    def reset(self):
        """It is not ours."""

    def register(self, ami, devices):
        """No build runs here."""

    def client(self, service, account, region):
        return Sns(account, region) if service == "sns" else object()


@pytest.mark.parametrize(
    ("place", "topic", "is_taken"),
    [
        (HERE, THERE, True),
        (HERE, f"{THERE}-2", False),
        (Place("111122223333", "us-east-1"), f"{THERE}-2", True),
    ],
    ids=["there", "missing", "missing where nothing was made"],
)
def test_a_name_is_looked_up_there(place, topic, is_taken):
    with mock_imagebuilder() as mock:
        world = mock._active_world("test")
        world.neighbours = Cloud()

        assert names.can_take(world, place, names.TOPIC, topic) is is_taken


def test_what_it_cannot_be_asked_is_taken_as_given():
    with mock_imagebuilder() as mock:
        world = mock._active_world("test")
        world.neighbours = Cloud()

        assert names.can_take(world, HERE, names.BUCKET, "logs")


def test_that_something_is_gone_is_told_where_the_door_itself_finds_out(mock):
    account = account_at(mock._active_world("test"), HERE)

    assert account is not None
    with pytest.raises(AbsentError):
        account.ask("ec2", "disable_image_deprecation", ImageId="ami-0123456789abcdef0")
