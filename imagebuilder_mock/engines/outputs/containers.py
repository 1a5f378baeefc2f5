"""What a container build makes: images in ECR repositories, and the tags they have.

Sources: API reference, ContainerDistributionConfiguration; aws-samples, containers, for the tags
that every image has, ``1.0.0-1`` and ``web-1.0.0-1``, and for when a recipe's repository counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn, domain_of
from imagebuilder_mock.domain.resources.images import Container
from imagebuilder_mock.neighbours import names
from imagebuilder_mock.neighbours.account import Place
from imagebuilder_mock.neighbours.telling import tell_of_container_image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagebuilder_mock.engines.one_build import Build


def pushed_containers(build: Build) -> tuple[Container, ...]:
    """The container images by Region, in the repositories of the distribution.

    In the Region of the build it is the recipe's repository, if the distribution has none there.
    """
    store, arn = build.store, Arn.parse(build.image.arn)
    fixed = f"{arn.version}-{arn.build}"
    fixed_tags = (fixed, f"{arn.slug}-{fixed}")
    uris: dict[str, list[str]] = {}
    for region, repository, tags in _targets(build):
        registry = f"{store.account}.dkr.ecr.{region}.{domain_of(store.partition)}"
        known = uris.setdefault(region, [])
        for tag in (*fixed_tags, *tags):
            uri = f"{registry}/{repository}:{tag}"
            if uri not in known:
                known.append(uri)
    return tuple(Container(region, tuple(known)) for region, known in uris.items())


def push(build: Build, container: Container) -> str | None:
    """Put the images of a Region into its repositories; return why that cannot be done, or None."""
    place = Place(build.store.account, container.region)
    tags: dict[str, list[str]] = {}
    for uri in container.image_uris:
        repository, _, tag = uri.partition("/")[2].rpartition(":")
        tags.setdefault(repository, []).append(tag)
    for repository, named in tags.items():
        refusal = names.failure_without(build.world, place, names.REPOSITORY, repository)
        for tag in named:
            refusal = refusal or names.failure_with_tag(build.world, place, repository, tag)
        if refusal is not None:
            return refusal
    for repository, named in tags.items():
        tell_of_container_image(build.world, place, repository, named, content=build.image.arn)
    return None


def _targets(build: Build) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    region, recipe = build.store.region, build.image.container_recipe
    targets = [
        (
            distribution["region"],
            settings["targetRepository"]["repositoryName"],
            tuple(settings.get("containerTags", ())),
        )
        for distribution in build.distributions
        if (settings := distribution.get("containerDistributionConfiguration")) is not None
    ]
    if recipe is not None and region not in [target[0] for target in targets]:
        yield region, recipe.target_repository["repositoryName"], ()
    yield from targets
