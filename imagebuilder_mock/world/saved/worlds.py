"""From a world to its document, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, cast

from imagebuilder_mock.catalogue.records import offered
from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.errors import InvalidVersionNumberException
from imagebuilder_mock.domain.records import Value
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.versions import Version
from imagebuilder_mock.world.indexes import EVERYTHING, LifecycleExecutions
from imagebuilder_mock.world.orders import BuildFailures, OutputOrders
from imagebuilder_mock.world.tokens import ClientTokens

from .damage import Damage, at, damage_in
from .document import SavedShare, SavedState, SavedStore

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    from imagebuilder_mock.domain.ordered import Numbering
    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.world.indexes import MachineImages
    from imagebuilder_mock.world.managed import Publication
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.tokens import PageTokens
    from imagebuilder_mock.world.world import World

    from .document import AnyResource


def saved(world: World) -> SavedState:
    """Everything in a world that affects later answers."""
    members: dict[str, Any] = {}
    for name, part in vars(world.state).items():
        members |= STATE[name].save(part)
    return SavedState(
        account_id=world.account_id,
        time=world.clock.now(),
        stands_still=world.clock.stands_still,
        offset=world.clock.offset,
        seed=world.settings.seed,
        drawn=world.ids.drawn,
        **members,
    )


def fill(world: World, document: SavedState, file: str | os.PathLike[str]) -> None:
    """Replace the state of a world by a saved one; the clock and options stay.

    StateError names the file, and what in it does not go together; then nothing changes.
    """
    before = world.state
    world.state = before.emptied()
    try:
        with damage_in(file):
            for name, part in vars(world.state).items():
                STATE[name].read(world, part, document)
    except BaseException:  # Ctrl-C too
        world.state = before
        raise
    world.ids.skip_to(document.drawn)


class Saved(Value):
    """How a part of the state is written, as members of the document, and read from them."""

    save: Callable[[Any], Mapping[str, object]]
    read: Callable[[World, Any, SavedState], object]


_FOLLOWS = Saved(lambda _: {}, lambda *_: None)
"""It is derived from the other parts when these are read."""


def _each(
    member: str,
    enter: Callable[[Any, Any], object],
    written: Callable[[Any], object] = list,
) -> Saved:
    """A part that is a list in one member of the document.

    Written as a ``tuple``, it is left out if it is empty: that is the member's default.
    """

    def read(_: World, part: Any, document: SavedState) -> None:
        for thing in getattr(document, member):
            enter(part, thing)

    return Saved(lambda part: {member: written(part)}, read)


Stores: TypeAlias = "dict[tuple[str, str], Store]"


def _saved_stores(stores: Stores) -> Mapping[str, object]:
    return {
        "stores": [
            SavedStore(
                account_id=account,
                region=region,
                resources=cast("Sequence[AnyResource]", list(store)),
                running=list(store.running),
                names=store.numbers(),
                findings=list(store.findings.of(EVERYTHING)),
                on_demand_findings=list(store.findings.all_on_demand()),
                packages={arn: list(index) for arn, index in store.findings.packages.items()},
                settled_scans=sorted(store.findings.settled),
            )
            for (account, region), store in stores.items()
            if any(store) or store.numbers()
        ]
    }


def _read_stores(world: World, _: Stores, document: SavedState) -> None:
    if any(
        not each.sequence
        for part in document.stores
        for each in (*part.resources, *part.findings, *part.on_demand_findings)
    ):
        # What was written by hand has no place in the order, and gets the next.
        world.state.numbering.last = document.last_number
    for place, saved_store in enumerate(document.stores):
        with at("stores", place):
            store = world.store(saved_store.account_id, saved_store.region)
            for position, resource in enumerate(saved_store.resources):
                with at("resources", position, "arn"):
                    _check_home(store, resource)
                with at("resources", position):
                    _admit(world, store, resource)
            store.renumber(saved_store.names)
            _read_findings(store, saved_store)
            for position, arn in enumerate(saved_store.running):
                image = store.get(Image, arn)
                with at("running", position):
                    if image is None:
                        raise Damage(f"names no image of this store: {arn}")
                    if not image.is_in_progress:
                        raise Damage(f"names an image that is {image.state.status}: {arn}")
                store.running[arn] = image
            with at("running"):
                _check_running(store)


def _check_running(store: Store) -> None:
    for image in store.order(Image):
        if image.is_in_progress and image.arn not in store.running:
            raise Damage(f"leaves out an image that is {image.state.status}: {image.arn}")


def _read_findings(store: Store, part: SavedStore) -> None:
    for member, findings in (
        ("findings", part.findings),
        ("on_demand_findings", part.on_demand_findings),
    ):
        for position, finding in enumerate(findings):
            with at(member, position, "package_vulnerability_details"):
                if "vulnerabilityId" not in finding.package_vulnerability_details:
                    raise Damage("has no vulnerabilityId")
            enter = store.findings.readmit if finding.sequence else store.findings.add
            enter(finding, on_demand=member == "on_demand_findings")
    for arn, packages in part.packages.items():
        supplied = [(package.package_name, package.package_version) for package in packages]
        store.findings.set_packages(arn, supplied)
    store.findings.settled.update(part.settled_scans)


def _check_home(store: Store, resource: Resource) -> None:
    try:
        arn = Arn.parse(resource.arn)
        if arn.version is not None:
            Version.parse(arn.version)
    except (ValueError, InvalidVersionNumberException):
        raise Damage(f"is not the ARN of a resource: {resource.arn!r}") from None
    if not store.is_home_of(arn):
        raise Damage(f"is not of account {store.account} in {store.region}: {resource.arn}")
    if resource.arn in store:
        raise Damage(f"is there twice: {resource.arn}")


def _admit(world: World, store: Store, resource: Resource) -> None:
    if resource.sequence:
        store.admit(resource)
    else:
        store.add(resource)
    try:
        world.state.references.add(resource)
    except KeyError as error:
        # What AWS only echoes was kept as it came; who is referred to has to be in it.
        raise Damage(f"has an entry without {error.args[0]}") from None
    for reference in resource.refers_to():
        try:
            Arn.parse(reference)
        except ValueError:
            raise Damage(f"refers to {reference!r}, which is not the ARN of a resource") from None
    for account in sorted(resource.shared_with):
        world.shared_with(account, store.region).admit(resource)


def _saved_shares(shared: Stores) -> Mapping[str, object]:
    return {
        "shares": [
            SavedShare(account_id=account, region=region, names=store.numbers())
            for (account, region), store in sorted(shared.items())
            if any(store)
        ]
    }


def _read_shares(world: World, _: Stores, document: SavedState) -> None:
    for share in document.shares:
        world.shared_with(share.account_id, share.region).renumber(share.names)


def _read_numbering(_: World, numbering: Numbering, document: SavedState) -> None:
    # What was written by hand has got numbers.
    numbering.last = max(numbering.last, document.last_number)


def _read_page_tokens(_: World, tokens: PageTokens, document: SavedState) -> None:
    tokens.key = document.page_key or tokens.key


def _read_machine_images(_: World, images: MachineImages, document: SavedState) -> None:
    for machine_image in document.machine_images:
        images.add(machine_image)
    for resource_id, action, message in document.refusals:
        images.refuse(resource_id, action, message)


def _read_publications(_: World, known: list[Publication], document: SavedState) -> None:
    for position, publication in enumerate(document.publications):
        with at("publications", position):
            _check_publication(publication)
        known.append(publication)


def _check_publication(publication: Publication) -> None:
    try:
        Version.parse(publication.version)
    except (ValueError, InvalidVersionNumberException):
        raise Damage(f"has {publication.version!r}, which is not a version") from None
    if offered(publication.slug) != (publication.account, publication.kind, publication.slug):
        raise Damage(f"is of nothing that Amazon offers: {publication.kind}/{publication.slug}")


STATE: Mapping[str, Saved] = {
    "page_tokens": Saved(lambda tokens: {"page_key": tokens.key}, _read_page_tokens),
    "stores": Saved(_saved_stores, _read_stores),
    "shared": Saved(_saved_shares, _read_shares),
    "references": _FOLLOWS,
    "numbering": Saved(lambda numbering: {"last_number": numbering.last}, _read_numbering),
    "scheduler": Saved(
        lambda part: {"scheduler": part.entries(), "last_ticket": part.last_ticket},
        lambda _, part, document: part.resume(document.scheduler, last_ticket=document.last_ticket),
    ),
    "tokens": _each("client_tokens", ClientTokens.enter),
    "machine_images": Saved(
        lambda part: {"machine_images": list(part), "refusals": part.refusals()},
        _read_machine_images,
    ),
    "lifecycle_executions": _each("lifecycle_executions", LifecycleExecutions.readmit),
    "failures": _each("failures", BuildFailures.add),
    "output_orders": _each("output_orders", OutputOrders.add, tuple),
    "documents": Saved(
        lambda documents: {"documents": dict(documents)},
        lambda _, documents, document: documents.update(document.documents),
    ),
    "publications": Saved(lambda known: {"publications": list(known)}, _read_publications),
    "managed": _FOLLOWS,
    "durations": Saved(
        lambda durations: {"durations": dict(durations.given)},
        lambda _, durations, document: durations.update(document.durations),
    ),
}
"""Each part of the state; the document has the others of a world, its clock and ids, itself."""
