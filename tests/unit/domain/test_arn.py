"""ARNs taken apart and put together; names as they stand in them."""

from __future__ import annotations

import pytest

from imagebuilder_mock.domain.arn import Arn, slugify

OWN = "arn:aws:imagebuilder:us-east-1:123456789012:"


@pytest.mark.parametrize(
    ("resource", "kind", "slug", "version", "build"),
    [
        ("image-pipeline/web", "image-pipeline", "web", None, None),
        ("image-recipe/web/1.0.0", "image-recipe", "web", "1.0.0", None),
        ("component/web/1.x.x", "component", "web", "1.x.x", None),
        ("image/web/1.0.0/12", "image", "web", "1.0.0", 12),
        ("workflow/build/web/1.0.0/1", "workflow/build", "web", "1.0.0", 1),
    ],
)
def test_an_arn_is_its_parts(resource, kind, slug, version, build):
    arn = Arn.parse(OWN + resource)

    assert (arn.partition, arn.region, arn.account) == ("aws", "us-east-1", "123456789012")
    assert (arn.kind, arn.slug, arn.version, arn.build) == (kind, slug, version, build)
    assert str(arn) == OWN + resource
    assert arn.is_wildcard == (version == "1.x.x")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "web",
        "arn:aws:imagebuilder:us-east-1:123456789012",
        "arn:aws:ec2:us-east-1:123456789012:image/web",
        "urn:aws:imagebuilder:us-east-1:123456789012:image/web",
        f"{OWN}image",
        f"{OWN}image/",
        f"{OWN}image/web/",
        f"{OWN}image/web//1",
        f"{OWN}image/web/1.0.0/1/1",
        f"{OWN}image/web/1.0.0/one",
        f"{OWN}workflow",
        f"{OWN}workflow/build",
    ],
)
def test_another_text_is_none(text):
    with pytest.raises(ValueError, match="not an Image Builder ARN"):
        Arn.parse(text)


def test_what_was_put_together_is_taken_apart_as_any_text_is():
    """The last ARNs are remembered; these must not be."""
    name = Arn.parse(f"{OWN}component/web")
    nameless, nested = str(name._replace(slug="")), str(name._replace(slug="web/1.0.0"))

    with pytest.raises(ValueError, match="not an Image Builder ARN"):
        Arn.parse(nameless)
    assert Arn.parse(nested).version == "1.0.0"


def test_the_same_name_at_another_version():
    arn = Arn.parse(f"{OWN}component/web/1.0.0/3")

    assert str(arn.at("1.x.x")) == f"{OWN}component/web/1.x.x"
    assert str(arn.at("2.0.0", 1)) == f"{OWN}component/web/2.0.0/1"


@pytest.mark.parametrize("name", ["My Web_Server", "my-web-server", "MY_WEB SERVER"])
def test_names_that_differ_in_case_spaces_and_underscores_are_one(name):
    """User guide, how-image-builder-works."""
    assert slugify(name) == "my-web-server"
