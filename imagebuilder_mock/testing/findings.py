"""``mock.findings``: what the scans of images find, and how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from imagebuilder_mock.catalogue.samples import Affected, Vulnerability
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.scans import ImageScanState
from imagebuilder_mock.engines.scans import SEVERITIES, finding_on
from imagebuilder_mock.world.published import published

from .arguments import SOME_IMAGE, Face, check_text, counted, every, image_at, is_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from imagebuilder_mock.world.store import Store

BadEnd = Literal["FAILED", "TIMED_OUT"]

_HIGHEST_SCORE = 10


class MockFindings(Face):
    """``mock.findings``: an image is named by its image build version ARN.

    LookupError for an ARN that no image has; it lists the images. ValueError says what is
    wrong with another argument, or that the image is not scanned.
    """

    __slots__ = ()

    def _holds(self) -> str:
        return counted(sum(each.is_scanned for each in every(Image, self._world)), "scanned image")

    @published(arn=SOME_IMAGE, packages=[["openssl", "3.0.8"]])
    def set_packages(self, arn: str, packages: Iterable[Sequence[str]]) -> None:
        """Replace the sample packages of an image by these pairs of a name and a version.

        A scan that completes afterwards finds the sample vulnerabilities of these packages.
        """
        pairs = [_pair(package) for package in packages]
        with self._world.lock:
            store, image = image_at(self._world, arn)
            store.findings.set_packages(image.arn, pairs)

    @published(arn=SOME_IMAGE, vulnerability_id="CVE-2026-0001", severity="CRITICAL")
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
        """Add a finding to a scanned image: a vulnerability of one of its packages.

        ``severity`` is a word of Amazon Inspector's, such as ``"CRITICAL"``, and ``score`` a CVSS
        score. ``fixed_in`` is the version of the package that has the fix.
        """
        check_text(vulnerability_id=vulnerability_id, package=package, version=version)
        check_text(description=description)
        check_text(fixed_in=fixed_in, or_none=True)
        if score is not None and not (is_number(score) and 0 <= score <= _HIGHEST_SCORE):
            msg = f"score={score!r}: give a number from 0 to 10."
            raise ValueError(msg)
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

    @published(arn=SOME_IMAGE)
    def clear(self, arn: str) -> None:
        """Remove all findings of an image; its scan will add no sample findings."""
        with self._world.lock:
            store, image = self._scanned(arn)
            store.findings.clear(image.arn)

    @published(arn=SOME_IMAGE, status="TIMED_OUT", reason="The scan took too long.")
    def end_scan(self, arn: str, status: BadEnd, *, reason: str | None = None) -> None:
        """End the scan of an image as FAILED or TIMED_OUT, without findings."""
        if status not in get_args(BadEnd):
            msg = f"status={status!r}: choose one of {', '.join(get_args(BadEnd))}."
            raise ValueError(msg)
        check_text(reason=reason, or_none=True)
        with self._world.lock:
            store, image = self._scanned(arn)
            store.findings.clear(image.arn)
            image.ended_scan = ImageScanState(status, reason)

    def _scanned(self, arn: str) -> tuple[Store, Image]:
        store, image = image_at(self._world, arn)
        if not image.is_scanned:
            msg = (
                f"{arn} is not scanned. Build it with "
                "imageScanningConfiguration={'imageScanningEnabled': True}."
            )
            raise ValueError(msg)
        return store, image


def _pair(package: Sequence[str]) -> tuple[str, str]:
    is_pair = not isinstance(package, str) and len(package) == 2  # noqa: PLR2004
    if not (is_pair and all(isinstance(each, str) for each in package)):
        msg = f"package {package!r}: give a name and a version, such as ('openssl', '3.0.8')."
        raise ValueError(msg)
    name, version = package
    return name, version
