"""What a world keeps so that it need not search, beside what a search of its resources gives.

Each row is one index. What is in an index has to be the very object that the resources lead to.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.resource_policies import accounts_allowed
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.lifecycle import LifecyclePolicy
from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
from imagebuilder_mock.domain.versions import Version, counted_in
from imagebuilder_mock.world.indexes import EVERYTHING
from imagebuilder_mock.world.managed import _IMAGES_BY_AMI, managed_store

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    from imagebuilder_mock.domain.ordered import OrderedIndex
    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.domain.resources.scans import ImageScanFinding
    from imagebuilder_mock.domain.versions import CountedNodes
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import State, World


_FEW_IMAGES = 2

_version = lru_cache(Version.parse)


@lru_cache
def _counted(version: Version) -> tuple[tuple[CountedNodes, int], ...]:
    return tuple(counted_in(version))


class Row(NamedTuple):
    """One index: what the world keeps, and what a rebuild from the resources gives."""

    name: str
    kept: object
    rebuilt: object


def check_indexes(world: World) -> None:
    """Each index is what a rebuild gives."""
    for name, kept, rebuilt in rows_of(world):
        assert kept == rebuilt, f"{name}: kept is {kept}, and a rebuild gives {rebuilt}"


def check_small(world: World) -> None:
    """The same, after every step of a long program: it is quick only in worlds of few images."""
    resources = [resource for store in world.state.stores.values() for resource in store]
    if sum(isinstance(resource, Image) for resource in resources) <= _FEW_IMAGES:
        check_indexes(world)


def rows_of(world: World) -> Iterator[Row]:
    state = world.state
    for store in _used(state.stores):
        images = [resource for resource in store if isinstance(resource, Image)]
        yield from _lists(store)
        yield from _runs(store, images)
        yield from _findings(store)
    for store in _used(state.shared):
        yield from _lists(store)
        yield from _runs(store, [])
    yield from _what_amazon_offers(state)
    resources = [resource for store in state.stores.values() for resource in store]
    images = [resource for resource in resources if isinstance(resource, Image)]
    yield _references(state, resources)
    yield from _sharing(state, resources)
    yield from _lifecycle_executions(state)
    yield _amis(state, images)
    yield _what_lies_ahead(state, resources)
    yield _numbers(state, images)


def _used(stores: Mapping[tuple[str, str], Store]) -> list[Store]:
    """Those that something has been in; the others were only looked at."""
    return [store for store in stores.values() if store._resources or store._orders]


# In one store


def _lists(store: Store) -> Iterator[Row]:
    orders: dict[Hashable, list[Resource]] = defaultdict(list)
    families: dict[tuple[str, str, str], dict[Version, list[Resource]]] = defaultdict(dict)
    for resource in store:
        orders[resource.kind, None].append(resource)
        if resource.listed_under is not None:
            orders[resource.kind, resource.listed_under].append(resource)
        arn = Arn.parse(resource.arn)
        if arn.version is not None:
            versions = families[arn.account, arn.kind, arn.slug]
            versions.setdefault(_version(arn.version), []).append(resource)
    yield Row("resources in order", _in_each(store._orders), _each_in_order(orders))
    yield Row(
        "builds of each version",
        {
            key: [(version, _in(family.groups[version].builds)) for version in family.versions]
            for key, family in store._families.items()
            if family.groups
        },
        {
            key: [(version, _in_order(builds)) for version, builds in sorted(versions.items())]
            for key, versions in families.items()
        },
    )
    names: dict[Hashable, list[object]] = defaultdict(list)
    groups: dict[Hashable, list[object]] = defaultdict(list)
    for key, versions in families.items():
        kind = next(iter(versions.values()))[0].kind
        names[kind].append(store._families[key])
        groups[kind] += store._families[key].groups.values()
    yield Row("names in order", _in_each(store._names), _each_in_order(names))
    yield Row("versions in order", _in_each(store._groups), _each_in_order(groups))
    yield Row("numbers that could be given twice", _too_low(store, families), [])


def _too_low(
    store: Store, families: Mapping[tuple[str, str, str], Mapping[Version, Iterable[Resource]]]
) -> list[object]:
    found: list[object] = []
    for key, versions in families.items():
        family = store._families[key]
        for version, builds in versions.items():
            last = max(Arn.parse(each.arn).build or 0 for each in builds)
            if family.last_builds.get(version, 0) < last:
                found.append((key, version, last))
            for nodes, number in _counted(version):
                if family.highest.get(nodes, 0) < number:
                    found.append((key, nodes, number))
    return found


def _runs(store: Store, images: list[Image]) -> Iterator[Row]:
    executions = [execution for image in images for execution in image.executions]
    steps = [step for execution in executions for step in execution.steps]
    kept = store.executions
    yield Row(
        "running builds",
        {arn: id(image) for arn, image in store.running.items()},
        {image.arn: id(image) for image in images if image.is_in_progress},
    )
    yield Row(
        "workflow executions by id",
        {key: id(execution) for key, execution in kept.workflows.items()},
        {execution.workflow_execution_id: id(execution) for execution in executions},
    )
    yield Row(
        "steps by id",
        {key: id(step) for key, step in kept.steps.items()},
        {step.step_execution_id: id(step) for step in steps},
    )
    waiting = [step for step in steps if step.is_waiting]
    yield Row("waiting steps", _in(kept.waiting), _in_order(waiting))


def _findings(store: Store) -> Iterator[Row]:
    kept = store.findings
    found = {id(finding): finding for index in kept._orders.values() for finding in index}
    on_demand = {id(finding) for finding in kept.all_on_demand()}
    orders: dict[Hashable, list[ImageScanFinding]] = defaultdict(list)
    for number, finding in found.items():
        for key in _questions(finding, on_demand=number in on_demand):
            orders[key].append(finding)
    yield Row("findings in order", _in_each(kept._orders), _each_in_order(orders))
    yield Row(
        "counts of findings",
        dict(kept._counts),
        {
            key: Counter(finding.severity for finding in findings)
            for key, findings in orders.items()
        },
    )
    images = {*kept.settled, *kept.packages}
    images |= {finding.image_build_version_arn for finding in found.values()}
    yield Row("images of findings", images, {arn for arn in images if store.get(Image, arn)})


def _questions(finding: ImageScanFinding, *, on_demand: bool) -> Iterator[tuple[str, str]]:
    """What can be asked that the finding is in the answer of."""
    if on_demand:
        yield "onDemand", finding.image_build_version_arn
        return
    yield "", ""
    yield "imageBuildVersionArn", finding.image_build_version_arn
    yield "severity", finding.severity
    yield "vulnerabilityId", finding.vulnerability_id
    if finding.image_pipeline_arn is not None:
        yield "imagePipelineArn", finding.image_pipeline_arn


# In the world


def _what_amazon_offers(state: State) -> Iterator[Row]:
    for (account, region, slug), store in state.managed.items():
        published = [
            str(Arn(store.partition, region, account, each.kind, each.slug).at(each.version, 1))
            for each in state.publications
            if each.account == account and slug in (None, each.slug)
        ]
        offer = managed_store(store.partition, region, account, slug)
        yield Row(
            "what Amazon offers",
            [resource.arn for resource in store],
            [*(resource.arn for resource in offer), *published],
        )
        yield from _lists(store)
        if store in _IMAGES_BY_AMI:
            yield Row(
                "managed images by AMI",
                {ami: id(image) for ami, image in _IMAGES_BY_AMI[store].items()},
                {
                    ami.image: id(image)
                    for image in store
                    if isinstance(image, Image) and image.output_resources
                    for ami in image.output_resources.amis or ()
                },
            )


def _references(state: State, resources: list[Resource]) -> Row:
    referrers: dict[str, set[str]] = defaultdict(set)
    for resource in resources:
        for arn in resource.refers_to():
            referrers[arn].add(resource.arn)
    kept = {arn: set(each) for arn, each in state.references._referrers.items()}
    return Row("references", kept, dict(referrers))


def _sharing(state: State, resources: list[Resource]) -> Iterator[Row]:
    shared: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for resource in resources:
        for account in resource.shared_with:
            shared[account, Arn.parse(resource.arn).region][resource.arn] = id(resource)
    kept = {
        place: {resource.arn: id(resource) for resource in store}
        for place, store in state.shared.items()
        if any(store)
    }
    yield Row("what is shared with an account", kept, dict(shared))
    policies = [(each, each.policy) for each in resources if each.policy is not None]
    yield Row(
        "accounts that a policy names",
        {each.arn: each.shared_with for each in resources if each.shared_with},
        {
            each.arn: accounts
            for each, policy in policies
            if (
                accounts := accounts_allowed(policy, arn=each.arn, kind=each.kind)
                - {Arn.parse(each.arn).account}
            )
        },
    )


def _lifecycle_executions(state: State) -> Iterator[Row]:
    kept = state.lifecycle_executions
    unfinished = [execution for execution in kept if not execution.is_over]
    orders: dict[Hashable, list[object]] = defaultdict(list)
    for execution in kept:
        orders[execution.resource_arn].append(execution)
    yield Row("lifecycle executions of a resource", _in_each(kept._of), _each_in_order(orders))
    yield Row(
        "unfinished lifecycle executions",
        [(key, id(execution)) for key, execution in kept.unfinished.items()],
        [(execution.lifecycle_execution_id, id(execution)) for execution in unfinished],
    )
    acted_on = (each for execution in unfinished for each in execution.resources)
    yield Row(
        "images that are acted on",
        dict(kept._images),
        dict(Counter(each.resource_id for each in acted_on)),
    )
    yield Row(
        "places of lifecycle executions",
        [execution.sequence for execution in kept],
        [*range(1, len(kept._by_id) + 1)],
    )


def _amis(state: State, images: list[Image]) -> Row:
    made = [
        ami
        for image in images
        if image.output_resources
        for ami in image.output_resources.amis or ()
    ]
    known = {ami.image: state.machine_images.get(ami.image) for ami in made}
    return Row(
        "AMIs of images",
        {key: ami and (ami.account_id, ami.region, ami.name) for key, ami in known.items()},
        {ami.image: (ami.account_id, ami.region, ami.name) for ami in made},
    )


def _what_lies_ahead(state: State, resources: list[Resource]) -> Row:
    tickets = [
        *(ticket for resource in resources for ticket in _tickets_of(resource)),
        *(
            (each.ticket, "move-lifecycle-execution", each.lifecycle_execution_id)
            for each in state.lifecycle_executions
        ),
    ]
    return Row(
        "what lies ahead",
        {due.ticket: (due.action, due.arn) for due in state.scheduler.entries()},
        {ticket: (action, key) for ticket, action, key in tickets if ticket is not None},
    )


def _tickets_of(resource: Resource) -> Iterator[tuple[int | None, str, str]]:
    if isinstance(resource, ImagePipeline):
        yield resource.schedule_ticket, "run-pipeline", resource.arn
    elif isinstance(resource, LifecyclePolicy):
        yield resource.run_ticket, "run-lifecycle-policy", resource.arn
    elif isinstance(resource, Image):
        yield resource.stage_ticket, "end-stage", resource.arn
        for execution in resource.executions:
            key = f"{resource.arn} {execution.workflow_execution_id}"
            yield execution.ticket, "end-step", key
            for step in execution.steps:
                yield step.ticket, "end-step", key


def _numbers(state: State, images: list[Image]) -> Row:
    """Lists are in the order of these numbers: each is given once, and the last is known."""
    executions = [execution for image in images for execution in image.executions]
    given = [execution.sequence for execution in executions]
    given += [step.sequence for execution in executions for step in execution.steps]
    for store in (*_used(state.stores), *_used(state.shared)):
        given += [finding.sequence for finding in store.findings.of(EVERYTHING)]
        given += [finding.sequence for finding in store.findings.all_on_demand()]
        for index in (*store._names.values(), *store._groups.values()):
            given += [entry.sequence for entry in index]
    for store in state.stores.values():
        given += [resource.sequence for resource in store]
    return Row(
        "numbers",
        sorted(given),
        sorted(number for number in set(given) if 0 < number <= state.numbering.last),
    )


# What is in an index, and what has to be in it


def _in(index: OrderedIndex[Any]) -> object:
    entries = zip(index._sequences, index._entries, strict=True)
    kept = [(number, type(each).__name__, id(each)) for number, each in entries if each is not None]
    return len(index), kept


def _in_order(things: Iterable[Any]) -> object:
    ordered = [
        (each.sequence, type(each).__name__, id(each))
        for each in sorted(things, key=attrgetter("sequence"))
    ]
    return len(ordered), ordered


def _in_each(indexes: Mapping[Any, OrderedIndex[Any]]) -> object:
    return {key: _in(index) for key, index in indexes.items() if index}


def _each_in_order(groups: Mapping[Any, Iterable[Any]]) -> object:
    return {key: _in_order(things) for key, things in groups.items()}
