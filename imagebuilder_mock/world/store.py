"""What one account has in one Region: resources by ARN, their versions, pages over them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from imagebuilder_mock.domain.arn import Arn, slugify
from imagebuilder_mock.domain.ordered import Numbering, OrderedIndex
from imagebuilder_mock.domain.records import Value, replace, values_of
from imagebuilder_mock.domain.resources.base import Resource
from imagebuilder_mock.domain.versions import Version, counted_in

from .indexes import Executions, Findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.domain.versions import CountedNodes, VersionPattern

R = TypeVar("R", bound=Resource)
R_co = TypeVar("R_co", bound=Resource, covariant=True)


class Entry(Protocol[R_co]):
    """What a list shows as one: all builds of a version, or all versions of a name."""

    sequence: int

    def newest_first(self) -> Iterator[R_co]: ...


class VersionGroup:
    """All that is stored under one version: its builds, or the one recipe."""

    __slots__ = ("builds", "sequence", "version")

    def __init__(self, version: Version, sequence: int) -> None:
        self.version = version
        self.sequence = sequence
        self.builds: OrderedIndex[Any] = OrderedIndex()
        """All of one class: that of the name's ARN."""

    def newest_first(self) -> Iterator[Any]:
        return self.builds.before(None)


class Family:
    """All versions of one name. It outlives its resources: numbers are never given twice."""

    __slots__ = ("groups", "highest", "last_builds", "sequence", "versions")

    def __init__(self) -> None:
        self.sequence = 0
        self.groups: dict[Version, VersionGroup] = {}
        self.versions: list[Version] = []
        self.highest: dict[CountedNodes, int] = {}
        self.last_builds: dict[Version, int] = {}

    def newest_first(self, pattern: VersionPattern | None = None) -> Iterator[Any]:
        """The builds from the highest version down, those that match the pattern only."""
        first, end = 0, len(self.versions)
        if pattern is not None:
            first = bisect_left(self.versions, pattern.fixed)
            end = bisect_left(self.versions, pattern.ceiling)
        for position in range(end - 1, first - 1, -1):
            yield from self.groups[self.versions[position]].builds.before(None)


class FamilyNumbers(Value):
    """The numbers of one name, apart from the resources that got them."""

    owner: str
    kind: str
    slug: str
    sequence: int
    versions: Mapping[Version, int]
    """The sequence number of each version that is there."""
    last_builds: Mapping[Version, int]
    highest: Mapping[CountedNodes, int]


class Store:
    """The resources of one account in one Region, with an index for each way to list them."""

    def __init__(
        self, partition: str, region: str, account: str, numbering: Numbering | None = None
    ) -> None:
        self.partition = partition
        self.region = region
        self.account = account
        self.running: dict[str, Image] = {}
        """The builds that have not ended, by ARN, in the order of their start."""
        self.executions = Executions()
        self._resources: dict[str, Resource] = {}
        # By account too: two accounts can share one name with a third.
        self._families: dict[tuple[str, str, str], Family] = defaultdict(Family)
        # By kind, whose class alone is in it.
        self._orders: dict[tuple[str, str | None], OrderedIndex[Any]] = defaultdict(OrderedIndex)
        self._groups: dict[str, OrderedIndex[Any]] = defaultdict(OrderedIndex)
        self._names: dict[str, OrderedIndex[Any]] = defaultdict(OrderedIndex)
        # By ARN of the source: what it was like, what is different in its last copy, and the copy.
        self._kept: dict[str, tuple[tuple[object, ...], Mapping[str, object], Any]] = {}
        self._numbering = numbering or Numbering()
        self.findings = Findings(self._numbering)
        """What scans found on the account's images."""

    def arn_for(self, kind: str, name: str) -> Arn:
        """The ARN of a name here, without version."""
        return Arn(self.partition, self.region, self.account, kind, slugify(name))

    def is_home_of(self, arn: Arn) -> bool:
        """Whether the ARN's resource, if there is one, is here."""
        return arn[:3] == (self.partition, self.region, self.account)

    def __contains__(self, arn: str) -> bool:
        return arn in self._resources

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._resources.values())

    def get(self, cls: type[R], arn: str) -> R | None:
        """The resource with exactly this ARN, if it is one of ``cls``."""
        resource = self._resources.get(arn)
        return resource if isinstance(resource, cls) else None

    def any(self, arn: str) -> Resource | None:
        """The resource with exactly this ARN, whatever it is."""
        return self._resources.get(arn)

    def newest(self, cls: type[R], arn: Arn, pattern: VersionPattern) -> R | None:
        """The newest build, of the highest matching version, that a wildcard can mean."""
        for build in self.family(arn).newest_first(pattern):
            if isinstance(build, cls) and build.is_selectable:
                return build
        return None

    def family(self, arn: Arn) -> Family:
        """The versions of the ARN's name; an empty family for one that is not in use."""
        return self._families.get((arn.account, arn.kind, arn.slug)) or Family()

    def order(self, cls: type[R], parent: str | None = None) -> OrderedIndex[R]:
        """The resources of a class, or those that are listed under an ARN, as they were made."""
        return self._orders.get((cls.kind, parent)) or OrderedIndex()

    def versions(self, cls: type[R]) -> OrderedIndex[Entry[R]]:
        """The versions in use, in the order in which each came into use."""
        return self._groups.get(cls.kind) or OrderedIndex()

    def names(self, cls: type[R]) -> OrderedIndex[Entry[R]]:
        """The names in use, in the order in which each came into use."""
        return self._names.get(cls.kind) or OrderedIndex()

    def builds_of(self, cls: type[R], arn: Arn) -> OrderedIndex[R]:
        """What is stored under the version of an ARN of the class, however that is written."""
        group = self.family(arn).groups.get(Version.parse(arn.version or ""))
        is_one = arn.kind.partition("/")[0] == cls.kind
        return group.builds if group is not None and is_one else OrderedIndex()

    def next_build(self, kind: str, name: str, version: str) -> str:
        """The ARN of the next build of a version: no build number is given twice."""
        base = self.arn_for(kind, name)
        last = self.family(base).last_builds.get(Version.parse(version), 0)
        return str(base.at(version, last + 1))

    def kept_copy(self, source: R, **changes: object) -> R:
        """The copy of a recipe or a configuration that an image keeps, with some changes.

        Images share it as long as the next one would be the same: the mock changes no copy.
        """
        values = values_of(source)
        known = self._kept.get(source.arn)
        if known is not None:
            last_values, last_changes, copy = known
            is_unchanged = last_values == values and copy.tags == source.tags
            if is_unchanged and last_changes == changes:
                return cast("R", copy)
        copy = replace(source, tags=dict(source.tags), **changes)
        self._kept[source.arn] = values, changes, copy
        return copy

    def add(self, resource: Resource) -> None:
        """Store a new resource and give it its place in every order."""
        resource.sequence = self._numbering.next()
        self.admit(resource)

    def admit(self, resource: Resource) -> None:
        """Store a resource in the place that it was given, here or in another store."""
        self._resources[resource.arn] = resource
        arn = Arn.parse(resource.arn)
        if self.is_home_of(arn):
            # Who is shown an image is not shown what runs for it.
            for execution in resource.runs():
                self.executions.add(execution)
        for key in _order_keys(resource):
            self._orders[key].add(resource)
        if arn.version is not None:
            self._add_version(resource, arn, Version.parse(arn.version))

    def replace(self, resource: Resource) -> None:
        """Put an updated resource in the place of the one with its ARN."""
        resource.sequence = self._resources[resource.arn].sequence
        self._resources[resource.arn] = resource
        for key in _order_keys(resource):
            self._orders[key].replace(resource)

    def remove(self, resource: Resource) -> None:
        del self._resources[resource.arn]
        self._kept.pop(resource.arn, None)
        for execution in resource.runs():
            self.executions.forget(execution)
        self.findings.forget(resource.arn)
        for key in _order_keys(resource):
            self._orders[key].remove(resource)
        arn = Arn.parse(resource.arn)
        if arn.version is not None:
            self._remove_version(resource, arn, Version.parse(arn.version))

    def remove_last_build(self, resource: Resource) -> None:
        """Remove what should not have been added: its build number is free again."""
        arn = Arn.parse(resource.arn)
        self.remove(resource)
        self.family(arn).last_builds[Version.parse(arn.version or "")] -= 1

    def restore_numbers(self, numbers: Iterable[FamilyNumbers]) -> None:
        """Go back to the names and numbers of ``numbers()``, after what came since is removed."""
        known = {(each.owner, each.kind, each.slug): each for each in numbers}
        for name in [name for name in self._families if name not in known]:
            del self._families[name]
        for name, each in known.items():
            family = self._families[name]
            family.last_builds, family.highest = dict(each.last_builds), dict(each.highest)

    def numbers(self) -> list[FamilyNumbers]:
        """What the names' numbers are, those of names that are not in use any more too.

        Their order is that of the numbers, however the store came to be.
        """
        names = sorted(self._families.items(), key=lambda name: name[1].sequence)
        return [
            FamilyNumbers(
                owner=owner,
                kind=kind,
                slug=slug,
                sequence=family.sequence,
                versions={version: family.groups[version].sequence for version in family.versions},
                last_builds=dict(sorted(family.last_builds.items())),
                highest=dict(sorted(family.highest.items(), key=str)),
            )
            for (owner, kind, slug), family in names
        ]

    def renumber(self, names: Iterable[FamilyNumbers]) -> None:
        """Give names and versions the numbers that they had in another store."""
        for numbers in names:
            family = self._families[numbers.owner, numbers.kind, numbers.slug]
            family.sequence = numbers.sequence
            family.last_builds.update(numbers.last_builds)
            family.highest.update(numbers.highest)
            for version, sequence in numbers.versions.items():
                if version in family.groups:
                    family.groups[version].sequence = sequence
        self._names.clear()
        self._groups.clear()
        for family in self._families.values():
            newest = next(family.newest_first(), None)
            if newest is not None:
                # Not the kind in the ARN: a list of workflows has those of all stages.
                self._names[newest.kind].add(family)
                for group in family.groups.values():
                    self._groups[newest.kind].add(group)

    def _add_version(self, resource: Resource, arn: Arn, version: Version) -> None:
        family = self._families[arn.account, arn.kind, arn.slug]
        if not family.groups:
            family.sequence = self._numbering.next()
            self._names[resource.kind].add(family)
        group = family.groups.get(version)
        if group is None:
            group = VersionGroup(version, self._numbering.next())
            family.groups[version] = group
            insort(family.versions, version)
            self._groups[resource.kind].add(group)
            for nodes, number in counted_in(version):
                if number >= family.highest.get(nodes, 0):
                    family.highest[nodes] = number
        group.builds.add(resource)
        if arn.build is not None:
            family.last_builds[version] = max(family.last_builds.get(version, 0), arn.build)

    def _remove_version(self, resource: Resource, arn: Arn, version: Version) -> None:
        family = self._families[arn.account, arn.kind, arn.slug]
        group = family.groups[version]
        group.builds.remove(resource)
        if not group.builds:
            self._groups[resource.kind].remove(group)
            del family.groups[version]
            del family.versions[bisect_left(family.versions, version)]
        if not family.groups:
            self._names[resource.kind].remove(family)


def _order_keys(resource: Resource) -> tuple[tuple[str, str | None], ...]:
    everything, parent = (resource.kind, None), resource.listed_under
    return (everything,) if parent is None else (everything, (resource.kind, parent))
