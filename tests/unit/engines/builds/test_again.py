"""A build of the past that goes as another went leaves what playing it through would leave."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest

from imagebuilder_mock.domain.machine_image import MachineImage
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.engines.builds import steps
from imagebuilder_mock.world.saved.records import codec_of
from tests.builders import AMAZON
from tests.index_rebuild import check_indexes
from tests.workflow_builders import a_step, a_workflow

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
_NAMES = re.compile(
    r"\b(i|ami|snap)-0[0-9a-f]{16}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/1\.0\.0/)\d+"
    r"|(?<=1\.0\.0-)\d+"
)

pytestmark = pytest.mark.imagebuilder(now=NOW)


def without_names(value):
    """What is written of a thing, but for ids, build numbers and the order of making."""
    if isinstance(value, str):
        return _NAMES.sub("NAME", value)
    if isinstance(value, dict):
        return {
            _NAMES.sub("NAME", name): without_names(item)
            for name, item in value.items()
            if name != "sequence"
        }
    return [without_names(item) for item in value] if isinstance(value, list) else value


def images(mock):
    found = [each for each in mock.resources() if isinstance(each, Image)]
    return [without_names(codec_of(Image).write(image)) for image in found]


def machine_images(mock, arn):
    return [without_names(codec_of(MachineImage).write(ami)) for ami in mock.images.amis(arn)]


@pytest.fixture
def nothing_is_played(monkeypatch):
    def begin():
        monkeypatch.setattr(steps, "move", lambda _: pytest.fail("a step was played"))

    return begin


@pytest.mark.parametrize("state", ["AVAILABLE", "DISABLED"])
@pytest.mark.parametrize("container", [False, True], ids=["AMI", "container"])
def test_the_second_is_as_the_first(imagebuilder_mock, nothing_is_played, container, state):
    pipeline = imagebuilder_mock.pipelines.add(container=container, regions=["eu-west-1"])
    moment = NOW - timedelta(days=3)
    add = imagebuilder_mock.images.add
    first = add(pipeline=pipeline.arn, created=moment, state=state)
    nothing_is_played()

    second = add(pipeline=pipeline.arn, created=moment, state=state)

    played, repeated = images(imagebuilder_mock)
    assert repeated == played
    assert machine_images(imagebuilder_mock, first) == machine_images(imagebuilder_mock, second)
    check_indexes(imagebuilder_mock._world)


def test_no_id_is_given_twice(imagebuilder_mock):
    imagebuilder_mock.pipelines.add()
    imagebuilder_mock.images.add(pipeline="web", created=[NOW] * 3)

    written = [
        str(codec_of(Image).write(image))
        for image in imagebuilder_mock.resources()
        if isinstance(image, Image)
    ]
    ids = [
        set(re.findall(r"\b(?:i|ami)-0\w{16}|[0-9a-f]{8}-[0-9a-f-]{27}", each)) for each in written
    ]
    assert len(ids[0]) > 10
    assert len(set.union(*ids)) == sum(map(len, ids))


def test_its_times_are_its_own(imagebuilder, imagebuilder_mock):
    imagebuilder_mock.pipelines.add()
    dates = [NOW - timedelta(days=days) for days in (30, 3)]

    for arn, date in zip(
        imagebuilder_mock.images.add(pipeline="web", created=dates), dates, strict=True
    ):
        runs = imagebuilder.list_workflow_executions(imageBuildVersionArn=arn)
        for run in runs["workflowExecutions"]:
            assert run["startTime"] == run["endTime"] == f"{date:%Y-%m-%dT%H:%M:%S}.000Z"
            found = imagebuilder.list_workflow_step_executions(
                workflowExecutionId=run["workflowExecutionId"]
            )["steps"]
            assert {step["startTime"] for step in found} == {run["startTime"]}


def test_it_is_built_upon_what_is_newest_by_then(imagebuilder, imagebuilder_mock):
    imagebuilder_mock.pipelines.add()
    imagebuilder_mock.images.add(pipeline="web")
    imagebuilder_mock.catalogue.publish("Amazon Linux 2023 x86", "2026.11.30")

    arn = imagebuilder_mock.images.add(pipeline="web")

    image = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
    assert "/2026.11.30/" in image["imageRecipe"]["parentImage"]


def test_workflows_of_ones_own_are_played(imagebuilder, imagebuilder_mock):
    """They can refer to the time."""
    said = a_step(
        "Say",
        "RunCommand",
        inputs={
            "documentName": "AWS-RunShellScript",
            "instanceId": "i-0123456789abcdef0",
            "parameters": {"commands": ["echo {{ $.imagebuilder.dateTime }}"]},
        },
    )
    own = a_workflow(imagebuilder, said)
    build = f"{AMAZON}workflow/build/build-image/x.x.x"
    imagebuilder_mock.pipelines.add(workflows=[build, own])

    for days in (30, 3):
        moment = NOW - timedelta(days=days)
        arn = imagebuilder_mock.images.add(pipeline="web", created=moment)
        [_, run] = imagebuilder.list_workflow_executions(imageBuildVersionArn=arn)[
            "workflowExecutions"
        ]
        [step] = imagebuilder.list_workflow_step_executions(
            workflowExecutionId=run["workflowExecutionId"]
        )["steps"]
        assert f"echo {moment:%Y-%m-%d}" in step["inputs"]
