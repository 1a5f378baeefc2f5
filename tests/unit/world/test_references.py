"""Who refers to what, as it was written."""

from __future__ import annotations

from datetime import datetime, timezone

from imagebuilder_mock.domain.resources.recipes import ImageRecipe
from imagebuilder_mock.world.indexes import References
from tests.builders import MANAGED_PARENT, OWN

COMPONENT = f"{OWN}component/web"


def a_recipe(name, *components):
    return ImageRecipe(
        arn=f"{OWN}image-recipe/{name}/1.0.0",
        name=name,
        date_created=datetime(2026, 1, 1, tzinfo=timezone.utc),
        owner="123456789012",
        platform="Linux",
        parent_image=MANAGED_PARENT,
        components=[{"componentArn": arn} for arn in components],
    )


def to(references, arn):
    return list(references.to(arn))


def test_a_build_is_meant_by_itself_its_version_and_the_wildcards_above():
    references = References()
    meant = [f"{COMPONENT}/{at}" for at in ("1.2.3/4", "1.2.3", "1.2.x", "1.x.x", "x.x.x")]
    others = [f"{COMPONENT}/{at}" for at in ("1.2.3/5", "1.2.4", "1.3.x", "2.x.x")]
    references.add(a_recipe("web", *meant, *others))

    assert to(references, f"{COMPONENT}/1.2.3/4") == meant


def test_a_resource_without_version_is_meant_by_itself_alone():
    references = References()
    arn = f"{OWN}infrastructure-configuration/web"
    references.add(a_recipe("web", arn))

    assert to(references, arn) == [arn]


def test_a_reference_stands_as_long_as_one_referrer_does():
    references = References()
    one, other = a_recipe("one", f"{COMPONENT}/1.0.0"), a_recipe("other", f"{COMPONENT}/1.0.0")
    references.add(one)
    references.add(other)

    references.remove(one)
    assert to(references, f"{COMPONENT}/1.0.0/1") == [f"{COMPONENT}/1.0.0"]

    references.remove(other)
    assert to(references, f"{COMPONENT}/1.0.0/1") == []


def test_what_is_referred_to_twice_by_one_is_forgotten_with_it():
    references = References()
    recipe = a_recipe("web", f"{COMPONENT}/1.0.0", f"{COMPONENT}/1.0.0")
    references.add(recipe)

    references.remove(recipe)

    assert to(references, f"{COMPONENT}/1.0.0") == []
