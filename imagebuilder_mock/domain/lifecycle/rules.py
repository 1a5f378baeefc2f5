"""What a lifecycle policy would do at a moment: one fate for each image that it selects.

``evaluate`` changes nothing: executions do what it says, and previews show it.

Sources: user guide, image-lifecycle-rules and lifecycle-policy-execution. An image's age counts
from the end of its build. Retained images are counted separately for each recipe version.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn, slugify
from imagebuilder_mock.domain.records import Value, replace
from imagebuilder_mock.domain.states import ENDED_EARLY, IN_PROGRESS
from imagebuilder_mock.domain.versions import Version, VersionPattern

from .exclusions import NO_AMIS, AmiExclusions, matching_tag
from .periods import Period

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import TypeAlias

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.machine_image import MachineImage
    from imagebuilder_mock.domain.resources.images import Ami, Image
    from imagebuilder_mock.domain.resources.lifecycle import LifecycleActionName
    from imagebuilder_mock.domain.states import ImageStatus

    Describe: TypeAlias = Callable[[Ami], MachineImage | None]
    """What EC2 knows of an output AMI; None if that is unknown (AMIs of a captured account)."""

ORDER: Sequence[LifecycleActionName] = ("DEPRECATE", "DISABLE", "DELETE")
"""A run does at most one action with an image: the first of these that is due."""

# The statuses in which a rule does not apply to an image; a delete rule always does.
_DONE: Mapping[str, frozenset[ImageStatus]] = {
    "DEPRECATE": ENDED_EARLY | {"DEPRECATED", "DISABLED"},
    "DISABLE": ENDED_EARLY | {"DISABLED"},
    "DELETE": frozenset(),
}

_NO_RULES: wire.LifecyclePolicyDetailExclusionRulesTypeDef = {}

IMAGE_TYPES = {"AMI_IMAGE": "AMI", "CONTAINER_IMAGE": "DOCKER"}


def included_in(
    resources: wire.LifecyclePolicyDetailActionIncludeResourcesTypeDef
    | wire.ResourceStateUpdateIncludeResourcesTypeDef
    | None,
) -> frozenset[str]:
    """``includeResources``: on which outputs an action is done too, beside the image itself."""
    return frozenset(name for name, is_included in (resources or {}).items() if is_included)


class Rule(Value):
    """One of a policy's rules."""

    action: LifecycleActionName
    age: Period | None = None
    """How old an image must be; None for a rule that counts."""
    retained: int = 0
    """How many of the newest images of a recipe version are kept, whatever their age."""
    included: frozenset[str] = frozenset()
    """``amis``, ``snapshots`` or ``containers``."""
    tag_map: Mapping[str, str] = {}
    amis: AmiExclusions = NO_AMIS

    @classmethod
    def parse(cls, detail: wire.LifecyclePolicyDetailUnionTypeDef) -> Rule:
        """Read an entry of ``policyDetails``, which has been checked."""
        condition, exclusions = detail["filter"], detail.get("exclusionRules") or _NO_RULES
        is_count = condition["type"] == "COUNT"
        return cls(
            action=detail["action"]["type"],
            age=None if is_count else Period(condition["value"], condition["unit"]),
            retained=condition["value"] if is_count else condition.get("retainAtLeast", 0),
            included=included_in(detail["action"].get("includeResources")),
            tag_map=exclusions.get("tagMap", {}),
            amis=AmiExclusions.parse(exclusions.get("amis")),
        )

    def __str__(self) -> str:
        condition = (
            f"beyond the newest {self.retained}" if self.age is None else f"after {self.age}"
        )
        kept = f", retaining {self.retained}" if self.age is not None and self.retained else ""
        return f"{self.action} {condition}{kept}"


class Selection(Value):
    """The images that a policy applies to: those of some recipes, or those with some tags."""

    image_type: str
    recipes: Mapping[str, Sequence[VersionPattern]] | None = None
    """By the recipe's name, as it stands in an ARN."""
    tag_map: Mapping[str, str] | None = None

    @classmethod
    def parse(
        cls, resource_type: str, selection: wire.LifecyclePolicyResourceSelectionUnionTypeDef
    ) -> Selection:
        """Read ``resourceSelection``; without recipes and tags it selects every image."""
        recipes: dict[str, list[VersionPattern]] = {}
        for position, recipe in enumerate(selection.get("recipes", ())):
            path = f"resourceSelection.recipes[{position}].semanticVersion"
            pattern = VersionPattern.parse(recipe["semanticVersion"], parameter=path)
            recipes.setdefault(slugify(recipe["name"]), []).append(pattern)
        return cls(
            image_type=IMAGE_TYPES[resource_type],
            recipes=recipes or None,
            tag_map=selection.get("tagMap"),
        )

    def admits(self, image: Image) -> bool:
        if image.type != self.image_type:
            return False
        if self.tag_map is not None:
            return matching_tag(self.tag_map, image.tags) is not None
        if self.recipes is None:
            return True
        if image.recipe is None:
            return False
        recipe = Arn.parse(image.recipe.arn)
        patterns = self.recipes.get(recipe.slug, ())
        return any(_version(recipe.version or "") in pattern for pattern in patterns)


class Fate(Value):
    """What one run does with an image, and why."""

    image: Image
    reason: str
    rule: Rule | None = None
    """The rule whose action is due; None if none is."""
    exclusion: str | None = None
    """Why the image itself is left alone although the action is due."""
    amis: tuple[Ami, ...] = ()
    """The AMIs on which the action is done too."""
    ami_exclusions: Mapping[str, str] = {}
    """Why some of them are left alone, by their ids."""

    @property
    def action(self) -> LifecycleActionName | None:
        return None if self.rule is None else self.rule.action

    @property
    def is_skipped(self) -> bool:
        return self.exclusion is not None


def evaluate(
    images: Iterable[Image],
    selection: Selection,
    rules: Sequence[Rule],
    now: datetime,
    describe: Describe,
) -> list[Fate]:
    """A fate for each selected image, from the newest to the oldest."""
    selected = sorted(filter(selection.admits, images), key=_place, reverse=True)
    ordered = sorted(rules, key=lambda rule: ORDER.index(rule.action))
    ranks = _Ranks()
    return [_fate(image, ordered, ranks, now, describe) for image in selected]


def fate_by_hand(image: Image, rule: Rule, now: datetime, describe: Describe, reason: str) -> Fate:
    """What a StartResourceStateUpdate does: the rule's action, unless something is excluded."""
    fate = _due(image, rule, reason, now, describe)
    # Unlike in a policy's run, an image is not deleted while one of its AMIs is excluded (API
    # reference, StartResourceStateUpdate). Other changes of its state do not depend on its AMIs.
    if rule.action == "DELETE" and fate.ami_exclusions:
        return replace(fate, exclusion="One or more of its AMIs are excluded.")
    return fate


def creation_date(image: Image) -> datetime:
    """When its build ended, which is when its age begins."""
    ended = image.date_created
    for step in reversed(image.transitions):
        if step.status in IN_PROGRESS:
            break
        ended = step.moment
    return ended


def _place(image: Image) -> tuple[datetime, str, int]:
    # The number decides between images of one moment: the result must not depend on the order in
    # which images are stored.
    version_arn, _, build = image.arn.rpartition("/")
    return creation_date(image), version_arn, int(build)


def _newest(image: Image, number: int) -> str:
    arn = Arn.parse(image.arn)
    return f"among the newest {number} of '{arn.slug}/{arn.version}'"


_version = lru_cache(maxsize=4096)(Version.parse)


class _Ranks:
    """Counts the newer images of an image's recipe version; to be asked from the newest image on.

    Images with excluded tags are counted too (aws-samples, lifecycle), but images that failed or
    were cancelled are not.
    """

    def __init__(self) -> None:
        self._before: Counter[str] = Counter()

    def next(self, image: Image) -> int:
        # An image is named after its recipe version.
        group = image.arn.rpartition("/")[0]
        rank = self._before[group]
        if image.state.status not in ENDED_EARLY:
            self._before[group] += 1
        return rank


def _fate(
    image: Image, rules: Sequence[Rule], ranks: _Ranks, now: datetime, describe: Describe
) -> Fate:
    if image.is_in_progress:
        return Fate(image, "Its build is in progress.")
    rank, created = ranks.next(image), creation_date(image)
    # A delete rule deletes builds that ended early, whatever their age and tags (aws-samples,
    # lifecycle).
    has_ended_early = image.state.status in ENDED_EARLY
    skipped: Fate | None = None
    kept = []
    for rule in rules:
        reason = _reason_to_keep(image, rule, now, created, rank)
        if reason is not None:
            kept.append(f"{rule.action}: {reason}")
            continue
        tag = None if has_ended_early else matching_tag(rule.tag_map, image.tags)
        reason = _reason_to_act(image, rule)
        if tag is None:
            return _due(image, rule, reason, now, describe)
        exclusion = f"The image has the excluded tag '{tag[0]}: {tag[1]}'."
        skipped = skipped or Fate(image, reason, rule, exclusion)
    return skipped or Fate(image, " ".join(kept))


def _reason_to_keep(
    image: Image, rule: Rule, now: datetime, created: datetime, rank: int
) -> str | None:
    """Why the rule's action is not due, or None."""
    status = image.state.status
    if status in _DONE[rule.action]:
        return f"It is {status}."
    if status in ENDED_EARLY:
        return None
    if rule.age is not None and not rule.age.has_passed(created, now):
        return f"It is not {rule.age} old."
    if rank < rule.retained:
        return f"It is {_newest(image, rule.retained)}."
    return None


def _reason_to_act(image: Image, rule: Rule) -> str:
    status = image.state.status
    if status in ENDED_EARLY:
        return f"The image is {status}."
    if rule.age is not None:
        return f"The image is {rule.age} old or older."
    return f"The image is not {_newest(image, rule.retained)}."


def _due(image: Image, rule: Rule, reason: str, now: datetime, describe: Describe) -> Fate:
    amis = image.amis if "amis" in rule.included else ()
    exclusions = {}
    for ami in () if rule.amis is NO_AMIS else amis:
        known = describe(ami)
        exclusion = rule.amis.reason_for(known, now) if known else rule.amis.reason_in(ami.region)
        if exclusion is not None:
            exclusions[ami.image] = exclusion
    return Fate(image, reason, rule, amis=amis, ami_exclusions=exclusions)
