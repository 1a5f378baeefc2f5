"""``mock.catalogue``: Amazon publishes a version when a test says so."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import pytest

from tests.builders import (
    AMAZON,
    MANAGED_COMPONENT,
    MANAGED_PARENT,
    OWN,
    WINDOWS_PARENT,
    a_build,
    a_pipeline,
    a_recipe,
)
from tests.clients import the_client
from tests.index_rebuild import check_indexes
from tests.workflow_builders import executions_of, pages_of

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)

pytestmark = pytest.mark.imagebuilder(builds="instant", now=NOW)


@pytest.fixture
def client(imagebuilder_mock):  # noqa: ARG001 - it is on while the client is used
    return the_client()


def meant(client, arn):
    """What a wildcard means now."""
    if ":component/" in arn:
        return client.get_component(componentBuildVersionArn=arn)["component"]
    if ":workflow/" in arn:
        return client.get_workflow(workflowBuildVersionArn=arn)["workflow"]
    return client.get_image(imageBuildVersionArn=arn)["image"]


@pytest.mark.parametrize(
    ("name", "version", "arn"),
    [
        ("Amazon Linux 2023 x86", "2099.1.2", f"{AMAZON}image/amazon-linux-2023-x86"),
        ("amazon-linux-2023-x86", "2099.1.2", f"{AMAZON}image/amazon-linux-2023-x86"),
        ("update-linux", "9.0.0", f"{AMAZON}component/update-linux"),
        ("build-image", "1.99.0", f"{AMAZON}workflow/build/build-image"),
        ("distribute_container", "2.0.0", f"{AMAZON}workflow/distribution/distribute-container"),
    ],
)
def test_a_published_version_is_what_a_wildcard_means(
    client, imagebuilder_mock, name, version, arn
):
    before = meant(client, f"{arn}/x.x.x")

    imagebuilder_mock.catalogue.publish(name, version)

    after = meant(client, f"{arn}/x.x.x")
    assert after["arn"] == f"{arn}/{version}/1"
    assert meant(client, before["arn"])["arn"] == before["arn"], "the one before is still there"
    changed = {"arn", "version", "dateCreated", "outputResources"}
    assert {name: value for name, value in after.items() if name not in changed} == {
        name: value for name, value in before.items() if name not in changed
    }
    if "dateCreated" in after:
        assert after["dateCreated"] == "2026-01-01T00:00:00.000Z"


def test_an_older_version_changes_nothing_for_the_widest_wildcard(client, imagebuilder_mock):
    newest = meant(client, MANAGED_COMPONENT)["arn"]

    imagebuilder_mock.catalogue.publish("update-linux", "0.0.1")

    assert meant(client, MANAGED_COMPONENT)["arn"] == newest
    older = MANAGED_COMPONENT.replace("x.x.x", "0.0.x")
    assert meant(client, older)["arn"].endswith("/0.0.1/1")


def test_every_region_and_account_has_it(imagebuilder_mock):
    client = imagebuilder_mock.client(region="eu-west-1", account_id="210987654321")
    arn = MANAGED_COMPONENT.replace("us-east-1", "eu-west-1")
    meant(client, arn)

    imagebuilder_mock.catalogue.publish("update-linux", "9.0.0")

    assert meant(client, arn)["arn"].endswith("/9.0.0/1")


def test_lists_have_it(client, imagebuilder_mock):
    imagebuilder_mock.catalogue.publish("update-linux", "9.0.0")
    imagebuilder_mock.catalogue.publish("update-linux", "9.0.1")

    pages = pages_of(client, "list_components", owner="Amazon", maxResults=25)
    versions = [
        entry["version"]
        for page in pages
        for entry in page["componentVersionList"]
        if "/update-linux/" in entry["arn"]
    ]
    assert versions[-2:] == ["9.0.0", "9.0.1"]
    assert len(set(versions)) == len(versions)


def test_builds_are_made_of_it(client, imagebuilder_mock):
    recipe = a_recipe(client, components=[MANAGED_COMPONENT])
    imagebuilder_mock.catalogue.publish("build-image", "1.99.0")
    imagebuilder_mock.catalogue.publish("amazon-linux-2023-x86", "2099.1.2")
    imagebuilder_mock.catalogue.publish("update-linux", "9.0.0")

    arn = a_build(client, imageRecipeArn=recipe)

    image = meant(client, arn)
    assert image["state"]["status"] == "AVAILABLE"
    assert image["imageRecipe"]["parentImage"].endswith("/2099.1.2/1")
    [component] = image["imageRecipe"]["components"]
    assert component["componentArn"].endswith("/9.0.0/1")
    assert executions_of(client, arn)[0]["workflowBuildVersionArn"].endswith("/1.99.0/1")


def test_a_recipe_on_its_ami_is_for_its_platform(client, imagebuilder_mock):
    for version in ("2099.1.1", "2099.1.2"):
        imagebuilder_mock.catalogue.publish(WINDOWS_PARENT.split("/")[1], version)
        [ami] = meant(client, WINDOWS_PARENT)["outputResources"]["amis"]

        recipe = a_recipe(
            client,
            parentImage=ami["image"],
            components=[MANAGED_COMPONENT.replace("linux", "windows")],
        )

        shown = client.get_image_recipe(imageRecipeArn=recipe)["imageRecipe"]
        assert shown["platform"] == "Windows"
        check_indexes(imagebuilder_mock._active_world("test"))


@pytest.mark.parametrize(
    ("parent", "components", "name", "version"),
    [
        (MANAGED_PARENT, [], "amazon-linux-2023-x86", "2099.1.2"),
        (MANAGED_PARENT, [MANAGED_COMPONENT], "update-linux", "9.0.0"),
    ],
    ids=["parent", "component"],
)
def test_a_schedule_has_news(client, imagebuilder_mock, parent, components, name, version):
    """With the default start condition a run builds only if something is newer."""
    given = {"components": components} if components else {}
    pipeline = a_pipeline(
        client,
        imageRecipeArn=a_recipe(client, parentImage=parent, **given),
        schedule={"scheduleExpression": "rate(1 day)"},
    )

    def runs():
        listed = client.list_image_pipeline_images(imagePipelineArn=pipeline)
        return len(listed["imageSummaryList"])

    imagebuilder_mock.clock.advance(days=3)
    assert runs() == 1, "a pipeline that never built counts all as new"
    imagebuilder_mock.catalogue.publish(name, version)
    imagebuilder_mock.clock.advance(days=3)
    assert runs() == 2
    imagebuilder_mock.catalogue.publish("update-windows", "9.0.0")
    imagebuilder_mock.clock.advance(days=3)
    assert runs() == 2, "what the recipe does not use is no news"


def test_a_reset_takes_it_back(client, imagebuilder_mock):
    imagebuilder_mock.catalogue.publish("update-linux", "9.0.0")
    imagebuilder_mock.reset()

    assert not meant(client, MANAGED_COMPONENT)["arn"].endswith("/9.0.0/1")
    imagebuilder_mock.catalogue.publish("update-linux", "9.0.0")


class TestMistakes:
    @pytest.mark.parametrize(
        ("name", "hint"),
        [
            ("update-linus", r"Did you mean 'update-linux'\?$"),
            (
                "amazon linux 2023 x",
                "It offers: Amazon Linux 2023 x86, Amazon Linux 2023 x86 2023.$",
            ),
            ("no such thing at all", "It offers: Amazon .+ more.$"),
            ("", "It offers: Amazon .+ more.$"),
        ],
    )
    def test_a_name_that_amazon_does_not_offer_is_refused(self, imagebuilder_mock, name, hint):
        with pytest.raises(ValueError, match=f"Amazon offers nothing named '{name}'. {hint}"):
            imagebuilder_mock.catalogue.publish(name, "9.0.0")

    @pytest.mark.parametrize(
        "version",
        ["1", "1.0", "1.0.0/1", "1.0.x", "1.0.0.0", "a.b.c", "1.0.-1", "", "1.0.1073741824"],
    )
    def test_a_version_has_three_numbers(self, imagebuilder_mock, version):
        with pytest.raises(ValueError, match="is not a version"):
            imagebuilder_mock.catalogue.publish("update-linux", version)

    def test_a_version_is_published_once(self, client, imagebuilder_mock):
        offered = meant(client, MANAGED_COMPONENT)["version"]
        imagebuilder_mock.catalogue.publish("update-linux", "9.0.0")

        for version in (offered, "9.0.0", "09.0.0"):
            with pytest.raises(ValueError, match=r"in version \d+\.\d+\.\d+ already"):
                imagebuilder_mock.catalogue.publish("update-linux", version)
        assert meant(client, MANAGED_COMPONENT)["arn"].endswith("/9.0.0/1")


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        (f"{AMAZON}image/amazon-linux-2-x86/2021.4.29", "amazon-linux-2-x86"),
        (f"{AMAZON}image/amazon-linux-2-x86/2021.4.29/1", "amazon-linux-2-x86"),
        (f"{AMAZON}component/update-linux/0.0.9", "update-linux"),
        (f"{AMAZON}workflow/build/build-image/0.9.0/1", "build-image"),
    ],
)
def test_a_refusal_of_a_version_says_how_to_publish_it(client, imagebuilder_mock, arn, name):
    """Templates pin versions that the catalogue does not have."""
    version = arn.removesuffix("/1").rpartition("/")[2]
    hint = f"a test publishes it with mock.catalogue.publish('{name}', '{version}')."

    with pytest.raises(client.exceptions.ResourceNotFoundException, match=re.escape(hint)):
        meant(client, arn)

    imagebuilder_mock.catalogue.publish(name, version)
    assert meant(client, arn)["arn"] == f"{arn.removesuffix('/1')}/1"


def test_a_recipe_on_a_version_that_is_not_there_is_told_too(client):
    with pytest.raises(
        client.exceptions.InvalidParameterValueException, match=r"catalogue\.publish\("
    ):
        a_recipe(client, parentImage=f"{AMAZON}image/amazon-linux-2-x86/2021.4.29")


@pytest.mark.parametrize(
    "arn",
    [
        f"{AMAZON}image/unheard-of/2021.4.29",
        f"{AMAZON}image/amazon-linux-2-x86/2021.4.29/2",
        f"{AMAZON}component/amazon-linux-2-x86/2021.4.29",
        f"{AMAZON}image/amazon-linux-2-x86/1900.x.x",
        f"{OWN}image/amazon-linux-2-x86/2021.4.29",
    ],
)
def test_there_is_no_such_hint_where_publishing_does_not_help(client, arn):
    with pytest.raises(client.exceptions.ResourceNotFoundException) as refusal:
        meant(client, arn)

    assert "publish" not in str(refusal.value)


@pytest.mark.parametrize(
    "arn",
    [
        f"{AMAZON}image/amazon-linux-2-ecs-optimized-x86/2025.1.29/1",
        f"{AMAZON}image/amazon-linux-2-ecs-optimized-kernel-5-x86/2025.1.29/1",
        f"{AMAZON}image/windows-server-2022-english-full-base-x86/2024.8.14/1",
        f"{AMAZON}component/stig-build-windows-high/2022.4.0/1",
        f"{AMAZON}component/reboot-windows/1.0.1/1",
        f"{AMAZON}component/amazon-cloudwatch-agent-windows/1.0.0/1",
        f"{AMAZON}workflow/build/build-image/1.0.1/1",
        f"{AMAZON}workflow/test/test-image/1.0.1/1",
    ],
)
def test_what_was_seen_to_exist_exists(client, arn):
    """Published templates and captures that use them."""
    assert meant(client, arn)["arn"] == arn


def test_a_workflow_updates_the_agent_of_its_instance(client):
    arn = f"{AMAZON}workflow/build/build-image-with-update-ssm-agent/1.0.0/1"
    assert "- name: UpdateSSMAgent\n" in meant(client, arn)["data"]


def test_a_version_is_a_string(imagebuilder_mock):
    with pytest.raises(TypeError, match="version=2026: give a string"):
        imagebuilder_mock.catalogue.publish("update-linux", 2026)
