"""A store: resources by ARN, their versions, and an order for each way to list them."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.resources.components import Component, ComponentState
from imagebuilder_mock.domain.resources.configurations import InfrastructureConfiguration
from imagebuilder_mock.domain.resources.images import Image, ImageState
from imagebuilder_mock.domain.versions import VersionPattern
from imagebuilder_mock.world.store import Store

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)
PIPELINE = "arn:aws:imagebuilder:us-east-1:123456789012:image-pipeline/web"


@pytest.fixture
def store():
    return Store("aws", "us-east-1", "123456789012")


def add_infrastructure(store, name):
    resource = InfrastructureConfiguration(
        arn=str(store.arn_for("infrastructure-configuration", name)),
        name=name,
        date_created=NOW,
        instance_profile_name="builder",
    )
    store.add(resource)
    return resource


def add_component(store, version, build=1, *, name="web", status="ACTIVE"):
    component = Component(
        arn=str(store.arn_for("component", name).at(version, build)),
        name=name,
        date_created=NOW,
        owner=store.account,
        platform="Linux",
        type="BUILD",
        document="",
        state=ComponentState(status),
    )
    store.add(component)
    return component


def newest(store, pattern):
    return store.newest(
        Component, store.arn_for("component", "web"), VersionPattern.parse(pattern, parameter="arn")
    )


def test_a_resource_is_got_by_exactly_its_arn_and_as_what_it_is(store):
    resource = add_infrastructure(store, "Web Server")

    assert resource.arn in store
    assert resource.arn.endswith("/web-server")
    assert resource.version is None
    assert store.get(InfrastructureConfiguration, resource.arn) is resource
    assert store.get(Image, resource.arn) is None
    assert store.any(resource.arn) is resource
    assert store.any(f"{resource.arn}-2") is None
    assert list(store) == [resource]


def test_it_is_home_of_its_own_accounts_arns_alone(store):
    arn = store.arn_for("image", "web")

    assert store.is_home_of(arn)
    assert not store.is_home_of(Arn.parse(str(arn).replace("us-east-1", "eu-west-1")))
    assert not store.is_home_of(Arn.parse(str(arn).replace("123456789012", "210987654321")))


def test_a_replaced_resource_keeps_its_place(store):
    first, second = add_infrastructure(store, "one"), add_infrastructure(store, "two")
    other = InfrastructureConfiguration(
        arn=first.arn, name="one", date_created=NOW, instance_profile_name="other"
    )

    store.replace(other)

    assert list(store.order(InfrastructureConfiguration)) == [other, second]
    assert store.any(first.arn) is other


def test_a_removed_resource_is_nowhere(store):
    component = add_component(store, "1.0.0")

    store.remove(component)

    assert component.arn not in store
    assert list(store.order(Component)) == []
    assert list(store.versions(Component)) == []
    assert list(store.names(Component)) == []
    assert list(store.builds_of(Component, store.arn_for("component", "web").at("1.0.0"))) == []
    assert newest(store, "x.x.x") is None


def test_a_version_is_listed_as_long_as_it_has_a_build(store):
    first, second = add_component(store, "1.0.0", 1), add_component(store, "1.0.0", 2)
    add_component(store, "2.0.0")

    store.remove(second)

    assert [entry.version for entry in store.versions(Component)] == [(1, 0, 0), (2, 0, 0)]
    assert len(store.names(Component)) == 1
    assert list(store.builds_of(Component, store.arn_for("component", "web").at("1.0.0"))) == [
        first
    ]


def test_a_name_that_comes_back_is_listed_last(store):
    gone = add_component(store, "1.0.0", name="web")
    add_component(store, "1.0.0", name="other")
    store.remove(gone)
    add_component(store, "1.0.0", 2, name="web")

    names = [next(entry.newest_first()).name for entry in store.names(Component)]

    assert names == ["other", "web"]


def test_a_build_number_is_never_given_twice(store):
    web = store.arn_for("component", "web")

    assert store.next_build("component", "web", "1.0.0") == str(web.at("1.0.0", 1))
    store.remove(add_component(store, "1.0.0", 1))

    assert store.next_build("component", "web", "1.0.0") == str(web.at("1.0.0", 2))
    assert store.next_build("component", "web", "1.0.1") == str(web.at("1.0.1", 1))


def test_the_newest_is_the_newest_build_that_can_be_selected(store):
    old = add_component(store, "1.0.0", 1)
    add_component(store, "1.0.0", 2, status="DEPRECATED")
    add_component(store, "2.0.0", status="DISABLED")

    assert newest(store, "x.x.x") is old
    assert newest(store, "1.0.0") is old
    assert newest(store, "2.x.x") is None


def test_images_are_listed_by_their_pipeline_too(store):
    def add_image(build, pipeline):
        image = Image(
            arn=str(store.arn_for("image", "web").at("1.0.0", build)),
            name="web",
            date_created=NOW,
            owner=store.account,
            type="AMI",
            platform="Linux",
            state=ImageState("AVAILABLE"),
            source_pipeline_arn=pipeline,
        )
        store.add(image)
        return image

    by_hand, by_pipeline = add_image(1, None), add_image(2, PIPELINE)

    assert list(store.order(Image)) == [by_hand, by_pipeline]
    assert list(store.order(Image, PIPELINE)) == [by_pipeline]
    assert list(store.order(Image, f"{PIPELINE}-2")) == []
