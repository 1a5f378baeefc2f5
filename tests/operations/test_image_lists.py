"""ListImages, and the filters of images."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.world.managed import managed_store
from tests.builders import (
    AMAZON,
    OWN,
    a_build,
    a_recipe,
    an_image,
)
from tests.model import needs_member
from tests.refusals import invalid_combination, invalid_value

A_TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)
GOLDEN = f"{OWN}image/golden/1.0.0"

needs_deprecation = needs_member("ListImages", "includeDeprecated")


def images(client, **params):
    """What ListImages lists: the ARNs, without what all of the caller's have in common."""
    entries = client.list_images(**params)["imageVersionList"]
    return [entry["arn"].removeprefix(f"{OWN}image/") for entry in entries]


def builds(client, arn=GOLDEN, **params):
    """What ListImageBuildVersions lists."""
    answer = client.list_image_build_versions(imageVersionArn=arn, **params)
    return [entry["arn"].removeprefix(f"{OWN}image/") for entry in answer["imageSummaryList"]]


class TestListImages:
    @pytest.mark.imagebuilder(now=A_TIME)
    def test_an_entry_stands_for_all_builds_of_a_version(self, imagebuilder):
        """Seen: awscli examples, list-images."""
        recipe = a_recipe(imagebuilder, name="Golden Image")
        for _ in range(2):
            an_image(imagebuilder, imageRecipeArn=recipe, tags={"team": "images"})

        answer = imagebuilder.list_images()

        assert set(answer) == {"requestId", "imageVersionList", "ResponseMetadata"}
        assert answer["imageVersionList"] == [
            {
                "arn": f"{OWN}image/golden-image/1.0.0",
                "name": "Golden Image",
                "type": "AMI",
                "version": "1.0.0",
                "platform": "Linux",
                "osVersion": "Amazon Linux 2023",
                "owner": "123456789012",
                "dateCreated": "2026-01-02T03:04:05.678Z",
                "buildType": "USER_INITIATED",
            }
        ]

    def test_a_build_under_way_is_listed_without_os_version(self, imagebuilder):
        a_build(imagebuilder)

        [entry] = imagebuilder.list_images()["imageVersionList"]

        assert "osVersion" not in entry

    @pytest.mark.usefixtures("some_images")
    def test_the_version_that_came_last_is_listed_first(self, imagebuilder):
        """Seen: API reference, sample of ListImages; a new build is no new version."""
        assert images(imagebuilder) == ["silver/1.0.0", "golden/2.0.0", "golden/1.0.0"]

    @pytest.mark.usefixtures("some_images")
    def test_a_version_goes_with_its_last_build(self, imagebuilder):
        imagebuilder.delete_image(imageBuildVersionArn=f"{GOLDEN}/1")
        assert "golden/1.0.0" in images(imagebuilder)

        imagebuilder.delete_image(imageBuildVersionArn=f"{GOLDEN}/2")

        assert images(imagebuilder) == ["silver/1.0.0", "golden/2.0.0"]


class TestByName:
    @pytest.mark.usefixtures("some_images")
    def test_an_entry_stands_for_all_versions(self, imagebuilder):
        """Source: API reference, byName."""
        entries = imagebuilder.list_images(byName=True)["imageVersionList"]

        assert [(entry["arn"], entry["version"]) for entry in entries] == [
            (f"{OWN}image/silver/x.x.x", "1.0.0"),
            (f"{OWN}image/golden/x.x.x", "2.0.0"),
        ]

    @pytest.mark.usefixtures("some_images")
    def test_other_filters_go_with_it(self, imagebuilder):
        filters = [{"name": "platform", "values": ["Windows"]}]

        assert images(imagebuilder, byName=True, filters=filters) == ["silver/x.x.x"]

    @pytest.mark.usefixtures("some_images")
    def test_a_filter_on_versions_does_not(self, imagebuilder, refused):
        """Seen: aws/aws-sdk-js-v3#2901."""
        refusal = refused(
            imagebuilder.list_images,
            byName=True,
            filters=[{"name": "version", "values": ["1.0.0"]}],
        )

        assert refusal == invalid_combination(
            "filters",
            "You cannot list Images by name and filter by version in the same request.",
        )


class TestOwners:
    @pytest.mark.usefixtures("some_images")
    def test_without_owner_it_is_the_callers(self, imagebuilder):
        assert images(imagebuilder) == images(imagebuilder, owner="Self")

    @pytest.mark.usefixtures("some_images")
    def test_amazons(self, imagebuilder):
        entries = imagebuilder.list_images(owner="Amazon")["imageVersionList"]

        assert len(entries) == 25
        assert all(entry["arn"].startswith(f"{AMAZON}image/") for entry in entries)
        assert {entry["owner"] for entry in entries} == {"Amazon"}
        assert {tuple(entry) for entry in entries} == {
            (
                "arn",
                "name",
                "type",
                "version",
                "platform",
                "osVersion",
                "owner",
                "dateCreated",
            )
        }

    @pytest.mark.usefixtures("some_images")
    def test_nothing_is_shared(self, imagebuilder):
        assert images(imagebuilder, owner="Shared") == []

    @pytest.mark.usefixtures("some_images")
    def test_accounts_and_regions_have_their_own(self, imagebuilder_mock):
        there = imagebuilder_mock.client(region="eu-west-1")
        other = imagebuilder_mock.client(region="us-east-1", account_id="210987654321")

        for client in (there, other):
            assert images(client) == []
            assert builds(client) == []


class TestFilters:
    @pytest.mark.parametrize(
        ("name", "values", "expected"),
        [
            ("name", ["golden"], ["golden/2.0.0", "golden/1.0.0"]),
            ("name", ["Silver"], ["silver/1.0.0"]),
            ("name", ["silver"], []),
            ("name", ["gol"], []),
            ("osVersion", ["Microsoft Windows Server 2022"], ["silver/1.0.0"]),
            ("osVersion", ["Microsoft"], []),
            ("platform", ["Linux"], ["golden/2.0.0", "golden/1.0.0"]),
            ("type", ["AMI"], ["silver/1.0.0", "golden/2.0.0", "golden/1.0.0"]),
            ("type", ["DOCKER"], []),
            ("version", ["1.0.0"], ["silver/1.0.0", "golden/1.0.0"]),
            ("version", ["1.0.0", "2.0.0"], ["silver/1.0.0", "golden/2.0.0", "golden/1.0.0"]),
        ],
    )
    @pytest.mark.usefixtures("some_images")
    def test_each_filter_of_list_images(self, imagebuilder, name, values, expected):
        """Source: API reference, filters of ListImages."""
        assert images(imagebuilder, filters=[{"name": name, "values": values}]) == expected

    @pytest.mark.parametrize(
        ("name", "value", "found"),
        [
            ("name", "golden", True),
            ("name", "other", False),
            ("osVersion", "Amazon Linux 2023", True),
            ("platform", "Windows", False),
            ("type", "AMI", True),
            ("version", "1.0.0", True),
            ("version", "1.0.0/2", False),
        ],
    )
    @pytest.mark.usefixtures("some_images")
    def test_each_filter_of_list_image_build_versions(self, imagebuilder, name, value, found):
        """Source: API reference; seen: aws/aws-cli#7853 (a version is three nodes)."""
        expected = ["golden/1.0.0/2", "golden/1.0.0/1"] if found else []

        assert builds(imagebuilder, filters=[{"name": name, "values": [value]}]) == expected

    @pytest.mark.usefixtures("some_images")
    def test_several_filters_mean_and(self, imagebuilder):
        filters = [
            {"name": "version", "values": ["1.0.0"]},
            {"name": "platform", "values": ["Linux"]},
        ]

        assert images(imagebuilder, filters=filters) == ["golden/1.0.0"]

    def test_what_is_not_known_yet_matches_nothing(self, imagebuilder):
        a_build(imagebuilder)

        filters = [{"name": "osVersion", "values": ["Amazon Linux 2023"]}]

        assert images(imagebuilder, filters=filters) == []

    @pytest.mark.parametrize("name", ["state", "Name", "imageVersion"])
    def test_an_unknown_filter_is_refused(self, imagebuilder, refused, name):
        refusal = refused(
            imagebuilder.list_images, filters=[{"name": name, "values": ["AVAILABLE"]}]
        )

        assert refusal == invalid_value(
            "filters[0].name",
            f"'{name}' is not a filter of this operation. Valid filters are: name, osVersion, "
            "platform, type, version.",
        )


class TestDeprecated:
    @pytest.fixture
    def deprecated(self, imagebuilder, imagebuilder_mock):
        """What no operation does as yet: the newest build is put out of use."""
        recipe = a_recipe(imagebuilder, name="golden")
        for _ in range(2):
            arn = an_image(imagebuilder, imageRecipeArn=recipe)
        image = next(each for each in imagebuilder_mock.resources() if each.arn == arn)
        image.state = type(image.state)("DEPRECATED")
        return arn

    @pytest.mark.usefixtures("deprecated")
    def test_own_ones_are_always_listed(self, imagebuilder):
        """Source: API reference, includeDeprecated."""
        assert images(imagebuilder) == ["golden/1.0.0"]
        assert builds(imagebuilder) == ["golden/1.0.0/2", "golden/1.0.0/1"]

    @needs_deprecation
    @pytest.mark.parametrize("include", [True, False])
    @pytest.mark.usefixtures("deprecated")
    def test_the_flag_is_not_for_own_ones(self, imagebuilder, include):
        assert images(imagebuilder, includeDeprecated=include) == ["golden/1.0.0"]

    @pytest.mark.parametrize(
        ("params", "is_listed"),
        [
            pytest.param({}, False, id="by default"),
            pytest.param({"includeDeprecated": False}, False, id="no", marks=needs_deprecation),
            pytest.param({"includeDeprecated": True}, True, id="yes", marks=needs_deprecation),
        ],
    )
    def test_the_flag_is_for_amazons(self, imagebuilder, monkeypatch, params, is_listed):
        """Source: API reference, includeDeprecated."""
        store = managed_store("aws", "us-east-1", "aws", None)
        image = next(each for each in store if isinstance(each, Image))
        monkeypatch.setattr(image, "state", type(image.state)("DEPRECATED"))

        # It is the oldest of all, on the last page.
        page = imagebuilder.list_images(owner="Amazon", **params)
        while "nextToken" in page:
            page = imagebuilder.list_images(owner="Amazon", nextToken=page["nextToken"], **params)

        listed = [entry["arn"] for entry in page["imageVersionList"]]
        assert (image.arn.rpartition("/")[0] in listed) == is_listed
