"""``mock.resources()``: the resources that an account owns, typed by their kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict, get_args, overload

from .arguments import Face, check_known, store_at
from .printing import summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Unpack

    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.domain.resources.components import Component
    from imagebuilder_mock.domain.resources.configurations import (
        DistributionConfiguration,
        InfrastructureConfiguration,
    )
    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.domain.resources.lifecycle import LifecyclePolicy
    from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
    from imagebuilder_mock.domain.resources.recipes import ContainerRecipe, ImageRecipe
    from imagebuilder_mock.domain.resources.workflows import Workflow

Kind = Literal[
    "component",
    "image",
    "image-recipe",
    "container-recipe",
    "infrastructure-configuration",
    "distribution-configuration",
    "image-pipeline",
    "workflow",
    "lifecycle-policy",
]
"""The types of resources, as ARNs call them."""


class Place(TypedDict, total=False):
    """The keyword arguments of ``resources()``, for type checkers."""

    region: str | None
    """By default the only Region that has resources, else us-east-1."""
    account_id: str | None
    """By default the mock's account."""


class Resources(Face):
    """``mock.resources``: call it to get the resources of a kind, a Region and an account."""

    __slots__ = ()

    def _holds(self) -> str:
        return summary(self._world)

    @overload
    def __call__(self, kind: None = None, **place: Unpack[Place]) -> list[Resource]: ...
    @overload
    def __call__(self, kind: Literal["component"], **place: Unpack[Place]) -> list[Component]: ...
    @overload
    def __call__(self, kind: Literal["image"], **place: Unpack[Place]) -> list[Image]: ...
    @overload
    def __call__(
        self, kind: Literal["image-recipe"], **place: Unpack[Place]
    ) -> list[ImageRecipe]: ...
    @overload
    def __call__(
        self, kind: Literal["container-recipe"], **place: Unpack[Place]
    ) -> list[ContainerRecipe]: ...
    @overload
    def __call__(
        self, kind: Literal["infrastructure-configuration"], **place: Unpack[Place]
    ) -> list[InfrastructureConfiguration]: ...
    @overload
    def __call__(
        self, kind: Literal["distribution-configuration"], **place: Unpack[Place]
    ) -> list[DistributionConfiguration]: ...
    @overload
    def __call__(
        self, kind: Literal["image-pipeline"], **place: Unpack[Place]
    ) -> list[ImagePipeline]: ...
    @overload
    def __call__(self, kind: Literal["workflow"], **place: Unpack[Place]) -> list[Workflow]: ...
    @overload
    def __call__(
        self, kind: Literal["lifecycle-policy"], **place: Unpack[Place]
    ) -> list[LifecyclePolicy]: ...
    def __call__(
        self, kind: Kind | None = None, *, region: str | None = None, account_id: str | None = None
    ) -> Sequence[Resource]:
        """The resources that an account owns in a Region, in order of creation.

        ``kind`` is one type of them, as ARNs call it: ``"image"``, ``"image-recipe"``,
        ``"image-pipeline"``; by default all. ``region`` and ``account_id`` are those of ``Place``.
        The objects are the mock's own: changing one changes its state. Images can share the recipe
        and the configurations that they keep. ValueError for an unknown kind.
        """
        if kind is not None:
            check_known("kind of resources", kind, get_args(Kind))
        with self._world.lock:
            store = store_at(self._world, region=region, account_id=account_id)
            found = (each for each in store if kind in {None, each.kind})
            return sorted(found, key=lambda resource: resource.sequence)
