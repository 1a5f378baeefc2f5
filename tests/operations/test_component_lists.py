"""ListComponents and ListComponentBuildVersions."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.builders import AMAZON, DOCUMENT, OWN, TEST_DOCUMENT, a_component
from tests.model import modelled, needs_member, needs_optional, needs_output
from tests.refusals import invalid_combination, invalid_value

OTHER_DOCUMENT = DOCUMENT.replace("echo hello", "echo goodbye")
A_TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)


def versions(client, **params):
    return client.list_components(**params)["componentVersionList"]


def arns(client, **params):
    return [entry["arn"].removeprefix(OWN) for entry in versions(client, **params)]


def builds(client, arn):
    answer = client.list_component_build_versions(componentVersionArn=arn)
    return [entry["arn"].removeprefix(OWN) for entry in answer["componentSummaryList"]]


def set_state(mock, arn, status):
    """What no operation does as yet: the owner of a component takes it out of use."""
    component = next(resource for resource in mock.resources() if resource.arn == arn)
    component.state = type(component.state)(status)


@pytest.fixture
def some_components(imagebuilder):
    """Four versions of three names."""
    a_component(imagebuilder, name="Web Server", semanticVersion="1.0.0", description="nginx")
    a_component(imagebuilder, name="Web Server", semanticVersion="1.0.1")
    a_component(
        imagebuilder,
        name="My web test",
        data=TEST_DOCUMENT,
        supportedOsVersions=["Amazon Linux 2023", "Ubuntu 24"],
    )
    a_component(
        imagebuilder,
        name="Registry",
        platform="Windows",
        data=DOCUMENT.replace("ExecuteBash", "ExecutePowerShell"),
    )


class TestListComponents:
    @pytest.mark.imagebuilder(now=A_TIME)
    def test_an_entry_stands_for_all_builds_of_a_version(self, imagebuilder):
        """Seen: cloudsploit, imagebuilder specs (an ARN without build, no tags)."""
        a_component(imagebuilder, name="Hello", description="old", tags={"team": "images"})
        a_component(
            imagebuilder, name="Hello", description="new", supportedOsVersions=["Ubuntu 24"]
        )

        answer = imagebuilder.list_components()

        assert set(answer) == {"requestId", "componentVersionList", "ResponseMetadata"}
        [entry] = answer["componentVersionList"]
        assert set(entry) == modelled("ListComponents", "componentVersionList", entry)
        entry.pop("status", None)
        assert entry == {
            "arn": f"{OWN}component/hello/1.0.0",
            "name": "Hello",
            "version": "1.0.0",
            "description": "new",
            "platform": "Linux",
            "supportedOsVersions": ["Ubuntu 24"],
            "type": "BUILD",
            "owner": "123456789012",
            "dateCreated": "2026-01-02T03:04:05.678Z",
        }

    @needs_output("ListComponents", "componentVersionList.status")
    def test_an_entry_has_the_status(self, imagebuilder):
        a_component(imagebuilder)

        [entry] = versions(imagebuilder)

        assert entry["status"] == "ACTIVE"
        assert {"description", "supportedOsVersions"}.isdisjoint(entry)

    @pytest.mark.usefixtures("some_components")
    def test_the_version_that_came_first_is_listed_first(self, imagebuilder):
        """Source: API reference, sample of ListComponents (1.0.0 before 1.0.1)."""
        a_component(imagebuilder, name="Web Server", data=OTHER_DOCUMENT)

        assert arns(imagebuilder) == [
            "component/web-server/1.0.0",
            "component/web-server/1.0.1",
            "component/my-web-test/1.0.0",
            "component/registry/1.0.0",
        ]

    @pytest.mark.usefixtures("some_components")
    def test_by_name_an_entry_stands_for_all_versions(self, imagebuilder):
        """Source: API reference, ListComponents ("one entry per component name")."""
        entries = versions(imagebuilder, byName=True)

        assert [(entry["arn"].removeprefix(OWN), entry["version"]) for entry in entries] == [
            ("component/web-server/x.x.x", "1.0.1"),
            ("component/my-web-test/x.x.x", "1.0.0"),
            ("component/registry/x.x.x", "1.0.0"),
        ]

    def test_a_name_goes_with_its_last_version_and_comes_again_at_the_end(self, imagebuilder):
        first = a_component(imagebuilder, name="first")
        a_component(imagebuilder, name="second")
        imagebuilder.delete_component(componentBuildVersionArn=first)
        assert arns(imagebuilder, byName=True) == ["component/second/x.x.x"]

        a_component(imagebuilder, name="first")

        assert arns(imagebuilder, byName=True) == [
            "component/second/x.x.x",
            "component/first/x.x.x",
        ]

    def test_by_name_excludes_a_filter_on_versions(self, imagebuilder, refused):
        """Seen for images: aws-sdk-js-v3#2901. For components: API reference, ListComponents."""
        refusal = refused(
            imagebuilder.list_components,
            byName=True,
            filters=[{"name": "version", "values": ["1.0.0"]}],
        )

        assert refusal == invalid_combination(
            "filters",
            "You cannot list Components by name and filter by version in the same request.",
        )


class TestOwners:
    def test_without_owner_it_is_the_callers(self, imagebuilder):
        a_component(imagebuilder, name="mine")

        assert arns(imagebuilder) == arns(imagebuilder, owner="Self") == ["component/mine/1.0.0"]

    def test_amazons(self, imagebuilder):
        entries = versions(imagebuilder, owner="Amazon", byName=True)

        assert {entry["owner"] for entry in entries} == {"Amazon"}
        assert all(entry["arn"].startswith(f"{AMAZON}component/") for entry in entries)

    def test_third_parties(self, imagebuilder):
        entries = versions(imagebuilder, owner="ThirdParty")

        assert {entry["owner"] for entry in entries} == {"ThirdParty"}

    def test_nothing_is_shared(self, imagebuilder):
        a_component(imagebuilder)

        assert versions(imagebuilder, owner="Shared") == []

    def test_filters_are_checked_where_there_is_nothing_too(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.list_components,
            owner="Shared",
            filters=[{"name": "colour", "values": ["red"]}],
        )

        assert refusal.code == "InvalidParameterValueException"


@pytest.mark.usefixtures("some_components")
class TestFilters:
    @pytest.mark.parametrize(
        ("name", "values", "expected"),
        [
            pytest.param("description", ["nginx"], ["web-server/1.0.0"], id="description"),
            pytest.param("name", ["Registry"], ["registry/1.0.0"], id="name"),
            pytest.param("platform", ["Windows"], ["registry/1.0.0"], id="platform"),
            pytest.param("productCodes", ["abc"], [], id="productCodes"),
            pytest.param("status", ["DISABLED"], [], id="status"),
            pytest.param(
                "supportedOsVersion", ["Ubuntu 24"], ["my-web-test/1.0.0"], id="supportedOsVersion"
            ),
            pytest.param("type", ["TEST"], ["my-web-test/1.0.0"], id="type"),
            pytest.param("version", ["1.0.1"], ["web-server/1.0.1"], id="version"),
        ],
    )
    def test_each_filter(self, imagebuilder, name, values, expected):
        """Source: API reference, ListComponents."""
        found = arns(imagebuilder, filters=[{"name": name, "values": values}])

        assert found == [f"component/{entry}" for entry in expected]

    def test_several_values_mean_or(self, imagebuilder):
        found = arns(
            imagebuilder, filters=[{"name": "name", "values": ["Registry", "My web test"]}]
        )

        assert found == ["component/my-web-test/1.0.0", "component/registry/1.0.0"]

    def test_several_filters_mean_and(self, imagebuilder):
        found = arns(
            imagebuilder,
            filters=[
                {"name": "name", "values": ["Web Server"]},
                {"name": "version", "values": ["1.0.1", "2.0.0"]},
            ],
        )

        assert found == ["component/web-server/1.0.1"]

    @pytest.mark.parametrize("value", ["web server", "web-server", "Web", "Web Serve"])
    def test_a_name_is_the_whole_name_as_it_was_given(self, imagebuilder, value):
        """Source: API reference, Filter."""
        assert arns(imagebuilder, filters=[{"name": "name", "values": [value]}]) == []

    @needs_member("ListComponents", "filters.values", accepts="web*")
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            pytest.param("Web*", ["web-server/1.0.0", "web-server/1.0.1"], id="begins"),
            pytest.param("*web*", ["my-web-test/1.0.0"], id="contains"),
            pytest.param("*test", [], id="ends: not a wildcard there"),
            pytest.param("W*r", [], id="within: not a wildcard there"),
        ],
    )
    def test_a_name_can_have_a_wildcard(self, imagebuilder, value, expected):
        """Source: API reference, Filter."""
        found = arns(imagebuilder, filters=[{"name": "name", "values": [value]}])

        assert found == [f"component/{entry}" for entry in expected]

    @needs_member("ListComponents", "filters.values", accepts="web*")
    def test_no_other_filter_has_wildcards(self, imagebuilder):
        assert arns(imagebuilder, filters=[{"name": "description", "values": ["ngi*"]}]) == []

    def test_an_unknown_filter_is_refused(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.list_components,
            filters=[
                {"name": "name", "values": ["Registry"]},
                {"name": "Name", "values": ["Registry"]},
            ],
        )

        assert refusal == invalid_value(
            "filters[1].name",
            "'Name' is not a filter of this operation. Valid filters are: description, name, "
            "platform, productCodes, status, supportedOsVersion, type, version.",
        )


class TestDeprecated:
    """Source: API reference, ListComponents and ListComponentBuildVersions."""

    def test_they_are_hidden(self, imagebuilder, imagebuilder_mock):
        arn = a_component(imagebuilder, name="old")
        set_state(imagebuilder_mock, arn, "DEPRECATED")

        assert versions(imagebuilder) == []
        assert versions(imagebuilder, byName=True) == []
        assert builds(imagebuilder, f"{OWN}component/old/1.0.0") == []

    def test_a_filter_on_the_status_shows_them(self, imagebuilder, imagebuilder_mock):
        arn = a_component(imagebuilder, name="old")
        a_component(imagebuilder, name="new")
        set_state(imagebuilder_mock, arn, "DEPRECATED")

        def of(status):
            return arns(imagebuilder, filters=[{"name": "status", "values": [status]}])

        assert of("DEPRECATED") == ["component/old/1.0.0"]
        assert of("ACTIVE") == ["component/new/1.0.0"]

    def test_an_older_build_is_shown_in_place_of_a_deprecated_one(
        self, imagebuilder, imagebuilder_mock
    ):
        a_component(imagebuilder, name="hello", description="older")
        newest = a_component(imagebuilder, name="hello", description="newest")
        set_state(imagebuilder_mock, newest, "DEPRECATED")

        assert [entry["description"] for entry in versions(imagebuilder)] == ["older"]

    def test_an_older_version_is_shown_in_place_of_a_deprecated_one(
        self, imagebuilder, imagebuilder_mock
    ):
        a_component(imagebuilder, name="hello")
        newest = a_component(imagebuilder, name="hello", semanticVersion="2.0.0")
        set_state(imagebuilder_mock, newest, "DEPRECATED")

        assert [entry["version"] for entry in versions(imagebuilder, byName=True)] == ["1.0.0"]

    def test_disabled_ones_are_shown(self, imagebuilder, imagebuilder_mock):
        arn = a_component(imagebuilder, name="off")
        set_state(imagebuilder_mock, arn, "DISABLED")

        assert arns(imagebuilder) == ["component/off/1.0.0"]


class TestListComponentBuildVersions:
    @pytest.mark.imagebuilder(now=A_TIME)
    def test_an_entry_is_a_build(self, imagebuilder):
        """Source: API reference, sample of ListComponentBuildVersions."""
        a_component(
            imagebuilder,
            name="Hello",
            description="greets",
            changeDescription="first",
            tags={"team": "images"},
        )

        answer = imagebuilder.list_component_build_versions(
            componentVersionArn=f"{OWN}component/hello/1.0.0"
        )

        assert set(answer) == {"requestId", "componentSummaryList", "ResponseMetadata"}
        assert answer["componentSummaryList"] == [
            {
                "arn": f"{OWN}component/hello/1.0.0/1",
                "name": "Hello",
                "version": "1.0.0",
                "platform": "Linux",
                "state": {"status": "ACTIVE"},
                "type": "BUILD",
                "owner": "123456789012",
                "description": "greets",
                "changeDescription": "first",
                "dateCreated": "2026-01-02T03:04:05.678Z",
                "tags": {"team": "images"},
            }
        ]

    def test_the_newest_build_is_listed_first(self, imagebuilder):
        """Source: API reference, sample of ListComponentBuildVersions."""
        for number in range(1, 4):
            a_component(imagebuilder, name="hello", description=str(number))
        a_component(imagebuilder, name="hello", semanticVersion="1.0.1")

        assert builds(imagebuilder, f"{OWN}component/hello/1.0.0") == [
            "component/hello/1.0.0/3",
            "component/hello/1.0.0/2",
            "component/hello/1.0.0/1",
        ]

    @needs_optional("ListComponentBuildVersions", "componentVersionArn")
    def test_without_arn_it_lists_all_of_the_callers_builds(self, imagebuilder):
        for name in ("first", "second"):
            a_component(imagebuilder, name=name)

        answer = imagebuilder.list_component_build_versions()

        assert [entry["name"] for entry in answer["componentSummaryList"]] == ["second", "first"]

    @pytest.mark.parametrize(
        "arn",
        [
            pytest.param(f"{OWN}component/other/1.0.0", id="another name"),
            pytest.param(f"{OWN}component/hello/1.0.1", id="another version"),
            pytest.param(f"{AMAZON}component/update-linux/1.0.0", id="Amazon's"),
            pytest.param(
                "arn:aws:imagebuilder:eu-west-1:123456789012:component/hello/1.0.0",
                id="another Region's",
            ),
        ],
    )
    def test_an_arn_that_means_nothing_of_the_callers_has_no_builds(self, imagebuilder, arn):
        """Source: API reference, ListComponentBuildVersions ("an empty list")."""
        a_component(imagebuilder, name="hello")

        assert builds(imagebuilder, arn) == []

    def test_a_wildcard_is_refused(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.list_component_build_versions,
            componentVersionArn=f"{OWN}component/hello/1.0.x",
        )

        assert refusal.code == "InvalidParameterValueException"
        assert "'componentVersionArn' must match pattern" in refusal.message
