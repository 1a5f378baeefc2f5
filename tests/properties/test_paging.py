"""Pages: together they are the whole, whatever happens in between; tokens are the list's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.domain.ordered import OrderedIndex
from tests.builders import DOCUMENT, a_build, a_component, a_distribution, an_infrastructure
from tests.clients import the_client
from tests.refusals import refusal_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_imagebuilder import ImagebuilderClient


@dataclass(frozen=True)
class Listing:
    """A list, what it shows, and how to make and delete what it shows."""

    operation: str
    member: str
    create: Callable[[Any], str]
    delete: Callable[[Any, str], object]
    newest_first: bool = False

    def page(self, client: ImagebuilderClient, size: int, token: str | None) -> tuple[Any, Any]:
        position = {} if token is None else {"nextToken": token}
        answer = getattr(client, self.operation)(maxResults=size, **position)
        return [item["arn"] for item in answer[self.member]], answer.get("nextToken")


INFRASTRUCTURES = Listing(
    "list_infrastructure_configurations",
    "infrastructureConfigurationSummaryList",
    an_infrastructure,
    lambda client, arn: client.delete_infrastructure_configuration(
        infrastructureConfigurationArn=arn
    ),
)
DISTRIBUTIONS = Listing(
    "list_distribution_configurations",
    "distributionConfigurationSummaryList",
    a_distribution,
    lambda client, arn: client.delete_distribution_configuration(distributionConfigurationArn=arn),
)
COMPONENTS = Listing(
    "list_components",
    "componentVersionList",
    lambda client: a_component(client).removesuffix("/1"),
    lambda client, arn: client.delete_component(componentBuildVersionArn=f"{arn}/1"),
)
IMAGES = Listing(
    "list_images",
    "imageVersionList",
    lambda client: a_build(client).removesuffix("/1"),
    lambda client, arn: client.delete_image(imageBuildVersionArn=f"{arn}/1"),
    newest_first=True,
)
LISTINGS = [
    pytest.param(listing, id=listing.operation)
    for listing in (INFRASTRUCTURES, DISTRIBUTIONS, COMPONENTS, IMAGES)
]

# For each pause between pages, what happens in it: creations, or deletions by position.
EVENTS = st.lists(st.lists(st.one_of(st.none(), st.integers(0, 30)), max_size=3), max_size=8)


@pytest.mark.parametrize("listing", LISTINGS)
@given(count=st.integers(0, 12), size=st.integers(1, 25))
def test_pages_of_any_size_concatenate_to_the_whole(listing, count, size):
    with mock_imagebuilder(builds="instant"):
        client = the_client()
        whole = [listing.create(client) for _ in range(count)]
        if listing.newest_first:
            whole.reverse()

        pages, token = [], None
        while True:
            page, token = listing.page(client, size, token)
            pages.append(page)
            if token is None:
                break

        assert [arn for page in pages for arn in page] == whole
        assert all(len(page) == size for page in pages[:-1])
        assert len(pages) == max(1, -(-count // size)), "no empty page at the end"


@pytest.mark.parametrize("listing", LISTINGS)
@given(count=st.integers(1, 10), size=st.integers(1, 4), events=EVENTS)
def test_what_is_there_all_the_time_is_shown_once_whatever_comes_and_goes(
    listing, count, size, events
):
    with mock_imagebuilder(builds="instant"):
        client = the_client()
        there = [listing.create(client) for _ in range(count)]
        stayed, seen, token = set(there), [], None
        pauses = iter(events)
        while True:
            page, token = listing.page(client, size, token)
            seen += page
            if token is None:
                break
            for event in next(pauses, ()):
                if event is None:
                    there.append(listing.create(client))
                elif there:
                    gone = there.pop(event % len(there))
                    listing.delete(client, gone)
                    stayed.discard(gone)

        assert len(seen) == len(set(seen)), "nothing is shown twice"
        assert stayed <= set(seen), "nothing is lost"


def a_token(client: ImagebuilderClient, listing: Listing) -> str:
    for _ in range(2):
        listing.create(client)
    _, token = listing.page(client, 1, None)
    assert isinstance(token, str)
    return token


def is_refused(operation: Callable[..., object], token: str, **params: object) -> bool:
    refusal = refusal_of(operation, nextToken=token, **params)
    return refusal.code == "InvalidPaginationTokenException"


@given(garbage=st.text(st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_garbage_is_no_token(garbage):
    with mock_imagebuilder():
        assert is_refused(the_client().list_infrastructure_configurations, garbage)


@given(st.data())
def test_a_token_with_a_changed_character_is_no_token(data):
    with mock_imagebuilder():
        client = the_client()
        token = a_token(client, INFRASTRUCTURES)
        place = data.draw(st.integers(0, len(token) - 1))
        other = data.draw(
            st.characters(codec="ascii", exclude_characters=token[place], min_codepoint=32)
        )
        changed = token[:place] + other + token[place + 1 :]

        assert is_refused(client.list_infrastructure_configurations, changed)


def test_a_token_of_another_operation_is_refused(imagebuilder):
    token = a_token(imagebuilder, INFRASTRUCTURES)
    a_token(imagebuilder, DISTRIBUTIONS)

    assert is_refused(imagebuilder.list_distribution_configurations, token)


def test_a_token_of_another_parent_is_refused(imagebuilder):
    for version in ("1.0.0", "2.0.0"):
        for word in ("hello", "goodbye"):
            a_component(
                imagebuilder,
                name="web",
                semanticVersion=version,
                data=DOCUMENT.replace("echo hello", f"echo {word}"),
            )
    one, other = (
        f"arn:aws:imagebuilder:us-east-1:123456789012:component/web/{version}"
        for version in ("1.0.0", "2.0.0")
    )
    listed = imagebuilder.list_component_build_versions
    token = listed(componentVersionArn=one, maxResults=1)["nextToken"]

    assert is_refused(listed, token, componentVersionArn=other)
    assert len(listed(componentVersionArn=one, nextToken=token)["componentSummaryList"]) == 1


def test_a_token_of_another_owner_is_refused(imagebuilder):
    token = imagebuilder.list_components(owner="Amazon", maxResults=1)["nextToken"]

    assert is_refused(imagebuilder.list_components, token, owner="Self")


@pytest.mark.parametrize(
    "elsewhere",
    [{"region": "eu-west-1"}, {"account_id": "210987654321"}],
    ids=["Region", "account"],
)
def test_a_token_of_another_place_is_refused(imagebuilder, imagebuilder_mock, elsewhere):
    token = a_token(imagebuilder, INFRASTRUCTURES)
    there = imagebuilder_mock.client(**elsewhere)

    assert is_refused(there.list_infrastructure_configurations, token)


@dataclass
class Thing:
    sequence: int
    edition: int = 1


class OrderedIndexMachine(RuleBasedStateMachine):
    """An index does what a plain list does."""

    @initialize()
    def begin(self):
        self.index: OrderedIndex[Thing] = OrderedIndex()
        self.model: list[Thing] = []
        self.last = 0

    @rule(count=st.sampled_from([1, 3, 100]), gap=st.integers(1, 3))
    def add(self, count, gap):
        for _ in range(count):
            self.last += gap
            thing = Thing(self.last)
            self.index.add(thing)
            self.model.append(thing)

    @rule(position=st.integers(0, 500), count=st.sampled_from([1, 2, 90]))
    def remove(self, position, count):
        for _ in range(min(count, len(self.model))):
            self.index.remove(self.model.pop(position % len(self.model)))

    @rule(position=st.integers(0, 500))
    def replace(self, position):
        if self.model:
            place = position % len(self.model)
            newer = Thing(self.model[place].sequence, self.model[place].edition + 1)
            self.index.replace(newer)
            self.model[place] = newer

    @rule(sequence=st.integers(-1, 600))
    def go_on_from_anywhere(self, sequence):
        later = [thing for thing in self.model if thing.sequence > sequence]
        earlier = [thing for thing in self.model if thing.sequence < sequence]
        assert list(self.index.after(sequence)) == later
        assert list(self.index.before(sequence)) == earlier[::-1]

    @invariant()
    def holds_the_same(self):
        assert list(self.index) == self.model
        assert list(self.index.before(None)) == self.model[::-1]
        assert len(self.index) == len(self.model)


TestOrderedIndex = OrderedIndexMachine.TestCase
