"""From a world to its document, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.errors import InvalidVersionNumberException
from imagebuilder_mock.domain.findings import EVERYTHING
from imagebuilder_mock.domain.managed import offered
from imagebuilder_mock.domain.paging import PageTokens
from imagebuilder_mock.domain.resources.image import Image
from imagebuilder_mock.domain.scheduler import Due
from imagebuilder_mock.domain.store import FamilyNumbers
from imagebuilder_mock.domain.versions import Version

from .damage import Damage, at
from .document import SavedDue, SavedName, SavedShare, SavedState, SavedStore, SavedToken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imagebuilder_mock.domain.managed import Publication
    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.domain.store import Store
    from imagebuilder_mock.domain.world import State, World

# What the document has a place of its own for, or what follows from that.
_PLACED = frozenset(
    (
        "numbering",
        "stores",
        "shared",
        "references",
        "tokens",
        "scheduler",
        "machine_images",
        "lifecycle_executions",
        "failures",
        "publications",
        "managed",
    )
)


def saved(world: World) -> SavedState:
    """All of a world that has a say in what comes later."""
    state = world.state
    return SavedState(
        account_id=world.settings.account_id,
        time=world.clock.now(),
        stands_still=world.clock.stands_still,
        offset=world.clock.offset,
        seed=world.settings.seed,
        drawn=world.ids.drawn,
        page_key=world.page_tokens.key.hex(),
        last_number=state.numbering.last,
        last_ticket=state.scheduler.last_ticket,
        stores=[
            SavedStore(
                account_id=account,
                region=region,
                resources=list(store),
                running=list(store.running),
                names=_names(store),
                findings=list(store.findings.of(EVERYTHING)),
                on_demand_findings=list(store.findings.all_on_demand()),
                packages={arn: list(index) for arn, index in store.findings.packages.items()},
                settled_scans=sorted(store.findings.settled),
            )
            for (account, region), store in state.stores.items()
            if any(store) or store.numbers()
        ],
        shares=[
            SavedShare(account_id=account, region=region, names=_names(store))
            for (account, region), store in sorted(state.shared.items())
            if any(store)
        ],
        scheduler=[
            SavedDue(moment=due.moment, ticket=due.ticket, action=due.action, arn=due.arn)
            for due in state.scheduler.entries()
        ],
        client_tokens=[
            SavedToken(
                account_id=account,
                region=region,
                operation=operation,
                token=token,
                fingerprint=fingerprint.hex(),
                answer=answer,
            )
            for (account, region, operation, token), fingerprint, answer in state.tokens.entries()
        ],
        machine_images=list(state.machine_images),
        refusals=list(state.machine_images.refusals()),
        lifecycle_executions=list(state.lifecycle_executions),
        failures=list(state.failures),
        publications=list(state.publications),
        durations=world.durations.set_here(),
        more={name: value for name, value in vars(state).items() if name not in _PLACED},
    )


def fill(world: World, document: SavedState) -> None:
    """Give a new world what was saved; its settings and its clock are its own.

    Damage says which part of the document goes with no other.
    """
    state = world.state
    _fill_stores(world, document)
    for position, share in enumerate(document.shares):
        with at("shares", position):
            _renumber(world.shared_with(share.account_id, share.region), share.names)
    state.numbering.last = max(state.numbering.last, document.last_number)
    state.scheduler.resume(
        [Due(due.moment, due.ticket, due.action, due.arn) for due in document.scheduler],
        last_ticket=document.last_ticket,
    )
    for position, token in enumerate(document.client_tokens):
        with at("client_tokens", position, "fingerprint"):
            key = (token.account_id, token.region, token.operation, token.token)
            state.tokens.enter(key, _bytes(token.fingerprint), token.answer)
    _fill_beside_stores(world, document)
    _fill_more(state, document)
    world.ids.skip_to(document.drawn)
    if document.page_key:
        with at("page_key"):
            world.page_tokens = PageTokens(_bytes(document.page_key))


def _names(store: Store) -> list[SavedName]:
    return [
        SavedName(
            owner=numbers.owner,
            kind=numbers.kind,
            slug=numbers.slug,
            sequence=numbers.sequence,
            versions={str(version): number for version, number in numbers.versions.items()},
            last_builds={str(version): number for version, number in numbers.last_builds.items()},
            highest=[(*nodes, number) for nodes, number in numbers.highest.items()],
        )
        for numbers in store.numbers()
    ]


def _fill_stores(world: World, document: SavedState) -> None:
    if any(
        not each.sequence
        for part in document.stores
        for each in (*part.resources, *part.findings, *part.on_demand_findings)
    ):
        # What was written by hand has no place in the order, and gets the next.
        world.state.numbering.last = document.last_number
    for place, part in enumerate(document.stores):
        with at("stores", place):
            store = world.store(part.account_id, part.region)
            for position, resource in enumerate(part.resources):
                with at("resources", position, "arn"):
                    _check_home(store, resource)
                with at("resources", position):
                    _admit(world, store, resource)
            with at("names"):
                _renumber(store, part.names)
            _fill_findings(store, part)
            for position, arn in enumerate(part.running):
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
    for image in store.order(Image.kind):
        if isinstance(image, Image) and image.is_in_progress and image.arn not in store.running:
            raise Damage(f"leaves out an image that is {image.state.status}: {image.arn}")


def _fill_findings(store: Store, part: SavedStore) -> None:
    for is_on_demand, findings in ((False, part.findings), (True, part.on_demand_findings)):
        for finding in findings:
            enter = store.findings.readmit if finding.sequence else store.findings.add
            enter(finding, on_demand=is_on_demand)
    for arn, packages in part.packages.items():
        supplied = [(package.package_name, package.package_version) for package in packages]
        store.findings.set_packages(arn, supplied)
    store.findings.settled.update(part.settled_scans)


def _check_home(store: Store, resource: Resource) -> None:
    try:
        arn = Arn.parse(resource.arn)
        if arn.version is not None:
            Version.parse(arn.version)
    except (TypeError, ValueError, InvalidVersionNumberException):
        raise Damage(f"is no ARN of a resource: {resource.arn!r}") from None
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
            raise Damage(f"refers to {reference!r}, which is no ARN of a resource") from None
    for account in sorted(resource.shared_with):
        world.shared_with(account, store.region).admit(resource)


def _renumber(store: Store, names: Sequence[SavedName]) -> None:
    numbers = []
    for position, name in enumerate(names):
        with at(position):
            numbers.append(
                FamilyNumbers(
                    owner=name.owner,
                    kind=name.kind,
                    slug=name.slug,
                    sequence=name.sequence,
                    versions=_by_version(name.versions, "versions"),
                    last_builds=_by_version(name.last_builds, "last_builds"),
                    highest={
                        (major, minor, patch): number
                        for major, minor, patch, number in name.highest
                    },
                )
            )
    store.renumber(numbers)


def _by_version(texts: Mapping[str, int], member: str) -> dict[Version, int]:
    versions = {}
    for text, number in texts.items():
        try:
            versions[Version.parse(text)] = number
        except (TypeError, ValueError, InvalidVersionNumberException):
            with at(member, text):
                raise Damage("is no version") from None
    return versions


def _fill_beside_stores(world: World, document: SavedState) -> None:
    state = world.state
    for machine_image in document.machine_images:
        state.machine_images.add(machine_image)
    for resource_id, action, message in document.refusals:
        state.machine_images.refuse(resource_id, action, message)
    for execution in document.lifecycle_executions:
        state.lifecycle_executions.readmit(execution)
    for failure in document.failures:
        state.failures.add(failure)
    for position, publication in enumerate(document.publications):
        with at("publications", position):
            _check_publication(publication)
        state.publications.append(publication)
    world.durations.update(document.durations)


def _check_publication(publication: Publication) -> None:
    try:
        Version.parse(publication.version)
    except (TypeError, ValueError, InvalidVersionNumberException):
        raise Damage(f"has a version that is none: {publication.version!r}") from None
    if offered(publication.slug) != (publication.account, publication.kind, publication.slug):
        raise Damage(f"is of nothing that Amazon offers: {publication.kind}/{publication.slug}")


def _fill_more(state: State, document: SavedState) -> None:
    for name, value in document.more.items():
        if name in _PLACED or name not in vars(state):
            with at("more", name):
                raise Damage("is no part of a world's state")
        setattr(state, name, value)


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise Damage(f"must be hexadecimal digits, and is {text!r}") from None
