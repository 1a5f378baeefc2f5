"""Scan results in the test's hands: packages, findings, and how a scan ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from imagebuilder_mock.catalogue.samples import Affected, Vulnerability
from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.scans import ImageScanState
from imagebuilder_mock.engines.scans import SEVERITIES, finding_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

BadEnd = Literal["FAILED", "TIMED_OUT"]


class MockFindings:
    """``mock.findings``. Each method takes an image build version ARN and takes effect at once.

    LookupError says which images there are; ValueError what is wrong with an argument, or with
    the image.
    """

    __slots__ = ("_world",)

    def __init__(self, world: World) -> None:
        self._world = world

    def set_packages(self, arn: str, packages: Iterable[tuple[str, str]]) -> None:
        """The packages of an image, each a name and a version, in place of the sample's.

        What a scan finds by itself follows them, if they are set before it completes.
        """
        pairs = [_pair(package) for package in packages]
        with self._world.lock:
            store, image = self._image(arn)
            store.findings.set_packages(image.arn, pairs)

    def add(
        self,
        arn: str,
        *,
        vulnerability_id: str,
        severity: str,
        package: str = "openssl",
        version: str = "1.0.0",
        fixed_in: str | None = None,
        description: str = "A vulnerability that the test made up.",
        score: float | None = None,
    ) -> None:
        """One more vulnerability on an image that is scanned."""
        if severity not in SEVERITIES:
            msg = f"severity={severity!r}: choose one of {', '.join(SEVERITIES)}."
            raise ValueError(msg)
        vulnerability = Vulnerability(
            id=vulnerability_id,
            severity=severity,
            description=description,
            affected=(Affected(package, version, fixed_in),),
            score=score,
        )
        with self._world.lock:
            store, image = self._scanned(arn)
            store.findings.add(
                finding_on(image, vulnerability, self._world.clock.now()),
                on_demand=image.is_scanned_on_demand,
            )

    def clear(self, arn: str) -> None:
        """Take all findings of an image away; its scan finds nothing by itself any more."""
        with self._world.lock:
            store, image = self._scanned(arn)
            store.findings.clear(image.arn)

    def end_scan(self, arn: str, status: BadEnd, *, reason: str | None = None) -> None:
        """Have the scan of an image end as FAILED or TIMED_OUT; it leaves no findings."""
        if status not in get_args(BadEnd):
            msg = f"status={status!r}: choose one of {', '.join(get_args(BadEnd))}."
            raise ValueError(msg)
        with self._world.lock:
            store, image = self._scanned(arn)
            store.findings.clear(image.arn)
            image.ended_scan = ImageScanState(status, reason)

    def _scanned(self, arn: str) -> tuple[Store, Image]:
        store, image = self._image(arn)
        if not image.is_scanned:
            msg = (
                f"{arn} is not scanned. Build it with "
                "imageScanningConfiguration={'imageScanningEnabled': True}."
            )
            raise ValueError(msg)
        return store, image

    def _image(self, arn: str) -> tuple[Store, Image]:
        stores = self._world.state.stores
        try:
            parsed = Arn.parse(arn)
            store = stores[parsed.account, parsed.region]
            return store, _stored(store, arn)
        except (KeyError, ValueError):
            images = [
                each.arn for place in stores.values() for each in place if isinstance(each, Image)
            ]
            msg = f"There is no image {arn!r}. There are: {', '.join(images) or 'none'}."
            raise LookupError(msg) from None


def _stored(store: Store, arn: str) -> Image:
    image = store.get(Image, arn)
    if image is None:
        raise KeyError(arn)
    return image


def _pair(package: Sequence[str]) -> tuple[str, str]:
    if isinstance(package, str) or len(package) != 2:  # noqa: PLR2004 - a name and a version
        msg = f"package {package!r}: give a name and a version, such as ('openssl', '3.0.8')."
        raise ValueError(msg)
    name, version = package
    return name, version
