"""aiobotocore's clients, in the same world as boto3's."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import NoCredentialsError, NoRegionError

from imagebuilder_mock import UnexpectedCallError, current_mock, mock_imagebuilder
from imagebuilder_mock.mock import switch
from imagebuilder_mock.operations import HANDLERS
from imagebuilder_mock.transports.boto.blocking import Block
from imagebuilder_mock.transports.patching import all_or_nothing
from tests.builders import (
    DOCUMENT,
    MANAGED_COMPONENT,
    MANAGED_PARENT,
    a_recipe,
    an_infrastructure,
)
from tests.threads import ends_in_a_thread

aiobotocore_session = pytest.importorskip(
    "aiobotocore.session",
    reason="aiobotocore pins a botocore of its own: make test runs this in .venv/aio",
)


def a_client(region="us-east-1", **options):
    return aiobotocore_session.get_session().create_client("imagebuilder", region, **options)


def in_the_mock(story, **options):
    """Run a coroutine function that takes a client, with the mock on round it."""

    @mock_imagebuilder(**options)
    async def test():
        async with a_client() as client:
            return await story(client)

    return asyncio.run(test())


async def an_infrastructure_of(client, name="web"):
    answer = await client.create_infrastructure_configuration(
        name=name, instanceProfileName="builder"
    )
    return answer["infrastructureConfigurationArn"]


paths = pytest.mark.parametrize("is_listened_to", [False, True], ids=["short", "long"])


def listen(client):
    client.meta.events.register("before-send", lambda **_: None)


class TestAnswers:
    @paths
    def test_a_build_from_its_component_to_its_ami(self, is_listened_to):
        async def story(client):
            if is_listened_to:
                listen(client)
            component = await client.create_component(
                name="web", semanticVersion="1.0.0", platform="Linux", data=DOCUMENT
            )
            recipe = await client.create_image_recipe(
                name="web",
                semanticVersion="1.0.0",
                parentImage=MANAGED_PARENT,
                components=[
                    {"componentArn": component["componentBuildVersionArn"]},
                    {"componentArn": MANAGED_COMPONENT},
                ],
            )
            build = await client.create_image(
                imageRecipeArn=recipe["imageRecipeArn"],
                infrastructureConfigurationArn=await an_infrastructure_of(client),
            )
            arn = build["imageBuildVersionArn"]
            looks: list[str] = []
            while looks[-1:] != ["AVAILABLE"]:
                image = (await client.get_image(imageBuildVersionArn=arn))["image"]
                looks.append(image["state"]["status"])
            return looks, image["outputResources"]["amis"][0]["image"]

        looks, ami = in_the_mock(story)

        assert looks[0] == "PENDING"
        assert ami.startswith("ami-")

    @paths
    def test_an_answer_equals_that_of_boto3(self, is_listened_to):
        async def story(client):
            if is_listened_to:
                listen(client)
            arn = await an_infrastructure_of(client)
            answer = await client.get_infrastructure_configuration(
                infrastructureConfigurationArn=arn
            )
            sync: Any = boto3.client("imagebuilder", "us-east-1").get_infrastructure_configuration(
                infrastructureConfigurationArn=arn
            )
            for one in (answer, sync):
                one.pop("requestId")
                metadata = one["ResponseMetadata"]
                assert metadata.pop("RequestId") == metadata["HTTPHeaders"].pop("x-amzn-requestid")
            return answer, sync

        answer, sync = in_the_mock(story)

        assert answer == sync

    @paths
    def test_an_error_is_the_clients_exception(self, is_listened_to):
        async def story(client):
            if is_listened_to:
                listen(client)
            with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
                await client.get_image(
                    imageBuildVersionArn="arn:aws:imagebuilder:us-east-1:123456789012:image/x/1.0.0/1"
                )
            return caught.value.response

        response = in_the_mock(story)

        assert response["ResponseMetadata"]["HTTPStatusCode"] == 404
        assert "does not exist" in response["Error"]["Message"]

    @paths
    def test_an_operation_that_is_not_built_raises(self, is_listened_to, monkeypatch):
        monkeypatch.delitem(HANDLERS, "ListImages")

        async def story(client):
            if is_listened_to:
                listen(client)
            with pytest.raises(NotImplementedError, match="ListImages"):
                await client.list_images()

        in_the_mock(story)

    def test_pages(self):
        async def story(client):
            for number in range(7):
                await an_infrastructure_of(client, f"web-{number}")
            pages = client.get_paginator("list_infrastructure_configurations").paginate(
                PaginationConfig={"PageSize": 3}
            )
            return [len(page["infrastructureConfigurationSummaryList"]) async for page in pages]

        assert in_the_mock(story) == [3, 3, 1]

    def test_handlers_of_the_user_are_awaited(self):
        heard = []

        async def listener(event_name, **_):
            await asyncio.sleep(0)
            heard.append(event_name.partition(".")[0])

        async def story(client):
            for event in ("before-call", "before-sign", "before-send", "needs-retry", "after-call"):
                client.meta.events.register(event, listener)
            await client.list_images()

        in_the_mock(story)

        assert heard == ["before-call", "before-sign", "before-send", "needs-retry", "after-call"]

    def test_what_a_handler_of_after_call_sees(self):
        seen = []

        async def story(client):
            async def listener(http_response, parsed, **_):
                seen.append((json.loads(await http_response.content), parsed["requestId"]))

            client.meta.events.register("after-call", listener)
            await client.list_images()

        in_the_mock(story)

        [(body, request_id)] = seen
        assert body["requestId"] == request_id


class TestOneWorld:
    def test_sync_and_async_clients_see_the_same(self):
        async def story(client):
            theirs = await an_infrastructure_of(client, "theirs")
            ours = an_infrastructure(boto3.client("imagebuilder", "us-east-1"), name="ours")
            answer = await client.list_infrastructure_configurations()
            listed = [one["arn"] for one in answer["infrastructureConfigurationSummaryList"]]
            return listed, [theirs, ours], current_mock().calls.count()

        listed, made, calls = in_the_mock(story)

        assert (listed, calls) == (made, 3)

    def test_many_tasks_lose_and_double_nothing(self):
        async def story(client):
            async def work(number):
                arn = await an_infrastructure_of(client, f"web-{number}")
                await client.tag_resource(resourceArn=arn, tags={"number": str(number)})
                tags = await client.list_tags_for_resource(resourceArn=arn)
                assert tags["tags"] == {"number": str(number)}

            await asyncio.gather(*map(work, range(200)))
            return len(current_mock().resources()), current_mock().calls.count()

        assert in_the_mock(story, quotas=False) == (200, 600)

    def test_tasks_that_take_the_long_path_together_are_answered_once(self):
        async def story(client):
            listen(client)
            await asyncio.gather(
                *(an_infrastructure_of(client, f"web-{number}") for number in range(20))
            )
            return current_mock().calls.count()

        assert in_the_mock(story) == 20

    @paths
    def test_a_task_that_is_cancelled_leaves_the_store_whole(self, is_listened_to):
        """Wherever it is cancelled, what it made is there as a whole or not at all."""

        async def story(client):
            async def pause(**_):
                await asyncio.sleep(0)

            for event in ("before-call", "after-call"):
                client.meta.events.register(event, pause)
            if is_listened_to:
                client.meta.events.register("before-send", pause)

            for steps in range(12):
                task = asyncio.ensure_future(an_infrastructure_of(client, f"web-{steps}"))
                for _ in range(steps):
                    await asyncio.sleep(0)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                again = await asyncio.gather(
                    an_infrastructure_of(client, f"web-{steps}"), return_exceptions=True
                )
                made = [resource.arn.rpartition("/")[2] for resource in current_mock().resources()]
                assert made.count(f"web-{steps}") == 1, again
                shown = await client.get_infrastructure_configuration(
                    infrastructureConfigurationArn=current_mock().resources()[-1].arn
                )
                assert shown["infrastructureConfiguration"]["name"] == f"web-{steps}"

        in_the_mock(story)

    def test_a_subscriber_can_wait_for_a_thread_with_a_loop_of_its_own(self):
        async def story(client):
            told, ended = [], []

            async def build_another():
                async with a_client() as other:
                    await build(other)

            async def build(with_client):
                await with_client.create_image(
                    imageRecipeArn=recipe, infrastructureConfigurationArn=infrastructure
                )

            def listen(event):
                told.append(event)
                if len(told) == 1:
                    ended.append(ends_in_a_thread(lambda: asyncio.run(build_another())))

            ours = boto3.client("imagebuilder", "us-east-1")
            recipe, infrastructure = a_recipe(ours), an_infrastructure(ours)
            current_mock().events.subscribe(listen)
            await build(client)
            return ended, told == list(current_mock().events)

        assert in_the_mock(story, builds="instant") == ([True], True)

    def test_async_with(self):
        async def story():
            async with mock_imagebuilder() as mock, a_client() as client:
                return await an_infrastructure_of(client), [r.arn for r in mock.resources()]

        arn, made = asyncio.run(story())
        assert made == [arn]


class TestClients:
    def test_one_needs_no_credentials_and_refuses_when_the_mock_is_off(self):
        async def story():
            with mock_imagebuilder():
                context = a_client()
                client = await context.__aenter__()
                await client.list_images()
            try:
                with pytest.raises(NoCredentialsError, match="the mock is off now"):
                    await client.list_images()
            finally:
                await context.__aexit__(None, None, None)

        asyncio.run(story())

    def test_a_session_that_blocks_calls_lets_none_leave_without_a_mock(self):
        async def names():
            async with a_client() as client:
                return (await client.list_images())["imageVersionList"]

        with all_or_nothing() as patches:
            Block(lambda: "123456789012", switch.is_on, "Take the fixture.").open(patches)
            try:
                with pytest.raises(UnexpectedCallError, match="Take the fixture"):
                    asyncio.run(names())
                with mock_imagebuilder():
                    assert asyncio.run(names()) == []
            finally:
                patches.undo()

    def test_one_with_the_mocks_credentials_refuses_too_and_one_needs_a_region(self):
        async def story():
            with mock_imagebuilder() as mock:
                context = a_client(**mock.credentials("111122223333"))
                client = await context.__aenter__()
                with pytest.raises(NoRegionError, match="region_name='us-east-1'"):
                    await a_client(region=None).__aenter__()
            try:
                with pytest.raises(NoCredentialsError, match="the mock is off now"):
                    await client.list_images()
            finally:
                await context.__aexit__(None, None, None)

        asyncio.run(story())

    def test_the_credentials_of_the_environment_are_its_own(self, monkeypatch):
        with mock_imagebuilder() as mock:
            key = mock.credentials("111122223333")["aws_access_key_id"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")

        assert ":111122223333:" in in_the_mock(an_infrastructure_of)

    @pytest.mark.parametrize(
        ("options", "part"),
        [
            ({"region": "cn-north-1"}, "arn:aws-cn:imagebuilder:cn-north-1:"),
            ({"endpoint_url": "https://gateway.invalid/base"}, "arn:aws:imagebuilder:us-east-1:"),
            ({"config": Config(use_dualstack_endpoint=True)}, "arn:aws:imagebuilder:us-east-1:"),
            ({"config": Config(signature_version=UNSIGNED)}, "arn:aws:imagebuilder:us-east-1:"),
        ],
        ids=["China", "an endpoint of its own", "dual-stack", "unsigned"],
    )
    @paths
    def test_one_of_any_endpoint_is_caught(self, options, part, is_listened_to):
        @mock_imagebuilder
        async def story():
            async with a_client(**options) as client:
                if is_listened_to:
                    listen(client)
                return await an_infrastructure_of(client)

        assert asyncio.run(story()).startswith(part)

    def test_one_that_was_made_before_the_mock_was_switched_on(self):
        async def story():
            keys = {"aws_access_key_id": "example", "aws_secret_access_key": "example"}
            async with a_client(**keys) as client:
                with mock_imagebuilder():
                    return await client.list_images()

        assert asyncio.run(story())["imageVersionList"] == []

    def test_an_aiobotocore_that_is_imported_later_is_caught_and_let_go(self):
        program = """
import asyncio, sys
from imagebuilder_mock import mock_imagebuilder

async def story():
    from aiobotocore.session import AioSession, get_session
    async with get_session().create_client("imagebuilder", "us-east-1") as client:
        assert (await client.list_images())["imageVersionList"] == []

with mock_imagebuilder():
    assert not any(name.startswith("aiobotocore") for name in sys.modules)
    asyncio.run(story())

from aiobotocore.client import AioBaseClient
from aiobotocore.session import AioSession
assert AioBaseClient._make_request.__module__ == "aiobotocore.client"
assert AioSession._create_client.__module__ == "aiobotocore.session"
assert not any("imagebuilder" in type(finder).__module__ for finder in sys.meta_path)
"""
        subprocess.run([sys.executable, "-c", program], check=True, timeout=60)

    def test_aioboto3(self):
        aioboto3 = pytest.importorskip("aioboto3", reason="make test runs this in .venv/aioboto3")

        @mock_imagebuilder
        async def story():
            async with aioboto3.Session().client("imagebuilder", "eu-west-1") as client:
                return await an_infrastructure_of(client)

        assert ":eu-west-1:123456789012:" in asyncio.run(story())
