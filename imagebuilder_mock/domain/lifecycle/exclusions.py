"""Which AMIs a lifecycle action leaves alone, and why.

Source: user guide, image-lifecycle-rules, "AMI exclusion rule evaluation order".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.records import Value

from .periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.machine_image import MachineImage


class AmiExclusions(Value):
    """``exclusionRules.amis`` of a rule, or of a StartResourceStateUpdate."""

    regions: frozenset[str] = frozenset()
    is_public: bool = False
    tag_map: Mapping[str, str] = {}
    shared_accounts: frozenset[str] = frozenset()
    last_launched: Period | None = None

    @classmethod
    def parse(
        cls, amis: wire.LifecyclePolicyDetailExclusionRulesAmisUnionTypeDef | None
    ) -> AmiExclusions:
        """Read the request's structure, whose form has been checked."""
        if not amis:
            return NO_AMIS
        launched = amis.get("lastLaunched")
        return cls(
            regions=frozenset(amis.get("regions", ())),
            is_public=amis.get("isPublic") is True,
            tag_map=amis.get("tagMap", {}),
            shared_accounts=frozenset(amis.get("sharedAccounts", ())),
            last_launched=None if launched is None else Period(launched["value"], launched["unit"]),
        )

    def reason_for(self, ami: MachineImage, now: datetime) -> str | None:
        """Why an AMI is left alone: the first condition that it meets, or None.

        No condition applies to a deregistered AMI, and ``lastLaunched`` does not apply to an AMI
        without a recorded launch.
        """
        return None if ami.state == "deregistered" else next(self._reasons(ami, now), None)

    def reason_in(self, region: str) -> str | None:
        """The same for an AMI of which only the Region is known."""
        return f"The AMI is in the excluded Region '{region}'." if region in self.regions else None

    @property
    def needs_ec2(self) -> bool:
        """Whether a condition needs what only EC2 knows of an AMI."""
        return self != AmiExclusions(regions=self.regions)

    def _reasons(self, ami: MachineImage, now: datetime) -> Iterator[str]:
        """In the documented order."""
        region = self.reason_in(ami.region)
        if region is not None:
            yield region
        if self.is_public and ami.public:
            yield "The AMI is public, and public AMIs are excluded."
        tag = matching_tag(self.tag_map, ami.tags)
        if tag is not None:
            yield f"The AMI has the excluded tag '{tag[0]}: {tag[1]}'."
        for account in sorted(self.shared_accounts & ami.shared_with):
            yield f"The AMI is shared with the excluded account '{account}'."
        launched, period = ami.last_launched, self.last_launched
        if launched and period and not period.has_passed(launched, now):
            yield f"The AMI was launched within the last {period}."


NO_AMIS = AmiExclusions()


def matching_tag(wanted: Mapping[str, str], tags: Mapping[str, str]) -> tuple[str, str] | None:
    """The first of the wanted tags that is among the tags, with the same value; None if none is."""
    if not wanted:
        return None
    return next((tag for tag in wanted.items() if tags.get(tag[0]) == tag[1]), None)
