"""What scans found on an account's images in a Region, with an index for each way to ask."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeAlias

from .ordered import Numbering, OrderedIndex
from .resources.image_scan import ImagePackage, ImageScanFinding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Key: TypeAlias = "tuple[str, str]"
"""A filter's name and its value; the two empty texts are all of the account."""

EVERYTHING: Key = ("", "")
_ON_DEMAND: str = "onDemand"
_COUNTED = ("CRITICAL", "HIGH", "MEDIUM")


class Findings:
    """Findings in the order in which they were made, and the packages that a test supplied."""

    def __init__(self, numbering: Numbering) -> None:
        self.packages: dict[str, OrderedIndex[ImagePackage]] = {}
        """By image, in place of the sample's."""
        self.settled: set[str] = set()
        """The images whose scan finds nothing more of itself: it has, or a test said so."""
        self._numbering = numbering
        self._orders: dict[Key, OrderedIndex[ImageScanFinding]] = defaultdict(OrderedIndex)
        self._counts: dict[Key, Counter[str]] = defaultdict(Counter)

    def of(self, key: Key) -> OrderedIndex[ImageScanFinding]:
        return self._orders.get(key) or OrderedIndex()

    def on_demand(self, image_arn: str) -> OrderedIndex[ImageScanFinding]:
        """Those of an image's on-demand scan, which are not in Image Builder's lists."""
        return self.of((_ON_DEMAND, image_arn))

    def severity_counts(self, key: Key) -> dict[str, int]:
        """``all``, and those of medium severity and higher (API reference, SeverityCounts)."""
        counts = self._counts.get(key) or Counter()
        return {
            "all": counts.total(),
            **{severity.lower(): counts[severity] for severity in _COUNTED},
        }

    def add(self, finding: ImageScanFinding, *, on_demand: bool = False) -> None:
        finding.sequence = self._numbering.next()
        self.readmit(finding, on_demand=on_demand)

    def readmit(self, finding: ImageScanFinding, *, on_demand: bool = False) -> None:
        """Enter a finding in the place that it was given."""
        for key in _keys(finding, on_demand=on_demand):
            self._orders[key].add(finding)
            self._counts[key][finding.severity] += 1

    def all_on_demand(self) -> Iterator[ImageScanFinding]:
        """Every image's findings of on-demand scans."""
        for (name, _), findings in self._orders.items():
            if name == _ON_DEMAND:
                yield from findings

    def set_packages(self, image_arn: str, packages: Iterable[tuple[str, str]]) -> None:
        index: OrderedIndex[ImagePackage] = OrderedIndex()
        for number, (name, version) in enumerate(packages, start=1):
            index.add(ImagePackage(name, version, sequence=number))
        self.packages[image_arn] = index

    def clear(self, image_arn: str) -> None:
        """Take the findings of an image away; what its scan would find of itself stays away too."""
        self.settled.add(image_arn)
        for is_on_demand in (False, True):
            name = _ON_DEMAND if is_on_demand else "imageBuildVersionArn"
            for finding in list(self.of((name, image_arn))):
                for key in _keys(finding, on_demand=is_on_demand):
                    self._remove(key, finding)

    def forget(self, image_arn: str) -> None:
        """All that is known of an image, which is deleted."""
        self.clear(image_arn)
        self.settled.discard(image_arn)
        self.packages.pop(image_arn, None)

    def _remove(self, key: Key, finding: ImageScanFinding) -> None:
        self._orders[key].remove(finding)
        self._counts[key][finding.severity] -= 1
        if not self._orders[key]:
            del self._orders[key], self._counts[key]


def _keys(finding: ImageScanFinding, *, on_demand: bool) -> Iterator[Key]:
    if on_demand:
        yield _ON_DEMAND, finding.image_build_version_arn
        return
    yield EVERYTHING
    yield "imageBuildVersionArn", finding.image_build_version_arn
    yield "vulnerabilityId", finding.vulnerability_id
    yield "severity", finding.severity
    if finding.image_pipeline_arn is not None:
        yield "imagePipelineArn", finding.image_pipeline_arn
