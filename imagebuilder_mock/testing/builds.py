"""Builds in the test's hands: move, finish or fail one; see which are under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.resources.image import Image
from imagebuilder_mock.engines import builds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagebuilder_mock.domain.world import World


class Builds:
    """``mock.builds``. Each method takes an image build version ARN and takes effect at once."""

    __slots__ = ("_world",)

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def running(self) -> list[str]:
        """The ARNs of all builds that have not ended, in the order of their start."""
        with self._world.lock:
            return [image.arn for image in self._running()]

    def advance(self, arn: str) -> str:
        """Move a build one stage on; the answer is its status then."""
        with self._world.lock:
            image = self._build(arn)
            builds.advance(self._world, image)
            return image.state.status

    def complete(self, arn: str) -> None:
        """Take a build to its end."""
        with self._world.lock:
            builds.complete(self._world, self._build(arn))

    def fail(self, arn: str, *, reason: str = "An internal error has occurred.") -> None:
        """End a build as FAILED, with the ``reason`` that ``GetImage`` shows."""
        with self._world.lock:
            builds.fail(self._world, self._build(arn), reason)

    def finish_all(self) -> None:
        """Take every build to its end, those that are started by the way too."""
        with self._world.lock:
            while running := list(self._running()):
                for image in running:
                    builds.complete(self._world, image)

    def _running(self) -> Iterator[Image]:
        images = (
            image for store in self._world.state.stores.values() for image in store.running.values()
        )
        yield from sorted(images, key=lambda image: image.date_created)

    def _build(self, arn: str) -> Image:
        """The build, if it is under way; LookupError says what there is instead."""
        running = self.running
        listed = ", ".join(running) or "none"
        try:
            parsed = Arn.parse(arn)
        except ValueError:
            msg = f"{arn!r} is no image build version ARN. Builds under way: {listed}."
            raise LookupError(msg) from None
        store = self._world.state.stores.get((parsed.account, parsed.region))
        image = None if store is None else store.get(Image, arn)
        if image is None:
            msg = f"There is no image {arn}. Builds under way: {listed}."
            raise LookupError(msg)
        if not image.is_in_progress:
            msg = f"The build {arn} has ended: it is {image.state.status}. Under way: {listed}."
            raise LookupError(msg)
        return image
