"""What Amazon offers in a Region, as resources, and what it publishes later."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from imagebuilder_mock.catalogue.records import offered, offered_names
from imagebuilder_mock.domain.arn import OWNERS, slugify
from imagebuilder_mock.domain.resources.components import Component
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.workflows import Workflow
from imagebuilder_mock.world.managed import Publication, managed_store, store_with

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


def arns(store):
    return [resource.arn for resource in store]


@pytest.mark.parametrize("account", OWNERS)
def test_an_account_offers_what_is_its_own(account):
    store = managed_store("aws", "us-east-1", account, None)

    for resource in store:
        assert resource.arn.startswith(f"arn:aws:imagebuilder:us-east-1:{account}:")
        assert isinstance(resource, (Component, Image, Workflow))
        assert resource.owner == OWNERS[account]


def test_amazon_offers_images_components_and_workflows():
    store = managed_store("aws-cn", "cn-north-1", "aws", None)

    assert {type(resource) for resource in store} == {Image, Component, Workflow}
    assert all(arn.startswith("arn:aws-cn:imagebuilder:cn-north-1:aws:") for arn in arns(store))


def published(account, kind, slug):
    return Publication(account=account, kind=kind, slug=slug, version="9.0.0", created=NOW)


def test_a_publication_comes_last_and_leaves_the_offer_as_it_was():
    offer = managed_store("aws", "us-east-1", "aws", None)
    before = arns(offer)
    publications = [
        published("aws", "workflow/build", "build-image"),
        published("third-party", "component", "none"),
        published("aws", "component", "update-linux"),
    ]

    extended = store_with(offer, publications)

    base = "arn:aws:imagebuilder:us-east-1:aws:"
    assert arns(offer) == before
    assert arns(extended) == [
        *before,
        f"{base}workflow/build/build-image/9.0.0/1",
        f"{base}component/update-linux/9.0.0/1",
    ]
    newest = extended.get(Workflow, f"{base}workflow/build/build-image/9.0.0/1")
    assert newest is not None
    assert newest.date_created == NOW
    assert newest.data.startswith("name: build-image")


def test_everything_is_found_by_its_name_and_by_its_slug():
    for name in offered_names():
        found = offered(name)
        assert found is not None
        assert found == offered(slugify(name)) == offered(name.upper())
        assert found[2] == slugify(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Amazon Linux 2023 x86", ("aws", "image", "amazon-linux-2023-x86")),
        ("update-linux", ("aws", "component", "update-linux")),
        ("test-image", ("aws", "workflow/test", "test-image")),
        ("nothing", None),
    ],
)
def test_a_name_says_what_it_is(name, expected):
    assert offered(name) == expected
