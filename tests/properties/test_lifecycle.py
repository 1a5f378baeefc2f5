"""Lifecycle policies: the laws of the evaluation, and that what was previewed is what happens."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.domain.lifecycle.rules import Rule, Selection, evaluate
from imagebuilder_mock.domain.resources.images import Image
from tests.builders import a_recipe
from tests.clients import the_client
from tests.index_rebuild import check_indexes
from tests.lifecycle_builders import a_policy, pages_of, resources_of

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
VERSIONS = ("1.0.0", "1.1.0")
ENDED_EARLY = {"FAILED", "CANCELLED"}
TAGS = st.sampled_from([{}, {"keep": "yes"}, {"keep": "no"}])

IMAGES = st.lists(
    st.fixed_dictionaries(
        {
            "version": st.sampled_from(VERSIONS),
            "days": st.sampled_from([0, 1, 5, 5, 29, 30, 31, 59, 60, 90, 200]),
            "state": st.sampled_from(
                ["AVAILABLE", "AVAILABLE", "DEPRECATED", "DISABLED", "FAILED", "CANCELLED"]
            ),
            "tags": TAGS,
            "ami_tags": TAGS,
            "public": st.booleans(),
            "regions": st.sampled_from([[], ["eu-west-1"]]),
        }
    ),
    max_size=8,
)

EXCLUSIONS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "tagMap": st.just({"keep": "yes"}),
        "amis": st.fixed_dictionaries(
            {},
            optional={
                "isPublic": st.booleans(),
                "regions": st.just(["eu-west-1"]),
                "tagMap": st.just({"keep": "yes"}),
            },
        ),
    },
)


def by_age(**more: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "type": st.just("AGE"),
            "value": st.sampled_from([1, 2, 30, 60]),
            "unit": st.sampled_from(["DAYS", "WEEKS", "MONTHS"]),
        },
        **more,
    )


def rules_of(
    action: str, conditions: st.SearchStrategy[dict[str, Any]], *included: dict[str, bool]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "action": st.sampled_from(
                [{"type": action, "includeResources": resources} for resources in included]
            ),
            "filter": conditions,
            "exclusionRules": EXCLUSIONS,
        }
    )


AGE = by_age(optional={"retainAtLeast": st.integers(1, 3)})
DELETE_CONDITIONS = st.one_of(
    st.fixed_dictionaries({"type": st.just("COUNT"), "value": st.integers(1, 4)}), AGE
)
DELETE = rules_of(
    "DELETE", DELETE_CONDITIONS, {}, {"amis": True}, {"amis": True, "snapshots": True}
)
POLICIES = st.lists(
    st.one_of(
        rules_of("DEPRECATE", AGE, {}, {"amis": True}),
        rules_of("DISABLE", AGE, {}, {"amis": True}),
        DELETE,
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda rule: str(rule["action"]["type"]),
)


class Scene:
    """A mock with images, and a policy over them."""

    def __init__(self, mock: Any, images: Any, rules: Any) -> None:
        self.mock = mock
        self.client: Any = the_client()
        for version in VERSIONS:
            a_recipe(self.client, name="web", semanticVersion=version)
        recipes = {
            each["arn"].rpartition("/")[2]: each["arn"]
            for each in self.client.list_image_recipes()["imageRecipeSummaryList"]
        }
        self.arns = [
            mock.images.add(
                recipe=recipes[image["version"]],
                created=NOW - timedelta(days=image["days"]),
                **{name: value for name, value in image.items() if name not in {"version", "days"}},
            )
            for image in images
        ]
        self.rules = rules
        recipes_of = {
            "recipes": [{"name": "web", "semanticVersion": version} for version in VERSIONS]
        }
        self.policy = a_policy(self.client, *rules, resourceSelection=recipes_of)

    def images(self) -> list[Image]:
        return [each for each in self.mock.resources() if isinstance(each, Image)]

    def what_is_there(self) -> Any:
        """All that a run can change, but for the traces of the run itself."""
        amis = [
            (ami.image_id, ami.state, ami.deprecation_time, ami.public, ami.tags, ami.snapshots)
            for arn in self.arns
            for image in self.images()
            if image.arn == arn
            for ami in self.mock.images.amis(arn)
        ]
        return {image.arn: image.state.status for image in self.images()}, amis

    def preview(self, **options: Any) -> Any:
        return self.mock.lifecycle.preview(self.policy, **options).rows

    def refuse(self, positions: Any) -> None:
        """Let EC2 refuse everything of the AMIs of some images."""
        for arn in [arn for position, arn in enumerate(self.arns) if position in positions]:
            for ami in self.mock.images.amis(arn):
                self.mock.images.refuse(ami.image_id)

    def run(self) -> Any:
        """What a run says of its images and of what they made."""
        execution = self.mock.lifecycle.run(self.policy)
        check_indexes(self.mock._active_world("test"))
        return self.happened_in(execution)

    def happened_in(self, execution: str) -> Any:
        return self._resources(execution, None)

    def failed_in(self, execution: str) -> set[str]:
        found = resources_of(self.client, execution)
        return {each["resourceId"] for each in found if each["state"]["status"] == "FAILED"}

    def _resources(self, execution: str, parent: str | None) -> Any:
        found = resources_of(self.client, execution, parent)
        if parent is not None:
            return [self._fate(each) for each in found]
        return [
            (
                *self._fate(each),
                self._resources(execution, each["resourceId"]),
            )
            for each in found
        ]

    @staticmethod
    def _fate(resource: Any) -> tuple[str, str]:
        skipped = resource["state"]["status"] == "SKIPPED"
        return resource["resourceId"], "SKIP" if skipped else resource["action"]["name"]


@given(IMAGES, POLICIES)
def test_what_was_previewed_is_what_happens(images, rules):
    with mock_imagebuilder(now=NOW) as mock:
        scene = Scene(mock, images, rules)
        before = scene.what_is_there()
        previewed = scene.preview()
        assert scene.what_is_there() == before, "a preview changes nothing"
        assert mock.lifecycle.running == []

        happened = scene.run()

        assert happened == [
            (
                row["image"],
                row["fate"],
                [(each["resource"], each["fate"]) for each in row["resources"]],
            )
            for row in previewed
            if row["fate"] != "KEEP"
        ]
        states, _ = scene.what_is_there()
        target = {"DEPRECATE": "DEPRECATED", "DISABLE": "DISABLED", "DELETE": None}
        for row in previewed:
            assert states.get(row["image"]) == target.get(row["fate"], row["state"])


REFUSING = st.sets(st.integers(0, 7), max_size=2)
RUN_BY_THEMSELVES = st.sampled_from(["observed", "instant", "clock"])


@given(IMAGES, POLICIES, REFUSING)
def test_what_was_previewed_until_it_settles_is_what_runs_at_that_moment_do(
    images, rules, refusing
):
    with mock_imagebuilder(now=NOW) as mock:
        scene = Scene(mock, images, rules)
        scene.refuse(refusing)
        before = scene.what_is_there()
        previewed = scene.preview(runs="settled")
        assert scene.what_is_there() == before, "a preview changes nothing"

        executions: list[str] = []
        standing = None
        while standing != scene.what_is_there():
            standing = scene.what_is_there()
            executions.append(mock.lifecycle.run(scene.policy))

        # The last run changed nothing, so all that it did was done before it.
        check_that_it_happened(scene, previewed, executions)


@given(IMAGES, POLICIES, REFUSING, RUN_BY_THEMSELVES, st.sampled_from([1, 2, 5, 31]))
def test_what_was_previewed_of_daily_runs_is_what_they_do(images, rules, refusing, builds, runs):
    with mock_imagebuilder(now=NOW, builds=builds) as mock:
        scene = Scene(mock, images, rules)
        scene.refuse(refusing)
        first = mock.lifecycle.next_run(scene.policy)
        assert first is not None
        before = scene.what_is_there()
        previewed = scene.preview(at=first, runs=runs)
        assert scene.what_is_there() == before, "a preview changes nothing"
        assert mock.clock.now() == NOW

        mock.clock.move_to(first + timedelta(days=runs - 1, hours=1))

        pages = pages_of(scene.client.list_lifecycle_executions, resourceArn=scene.policy)
        newest_first = [
            each["lifecycleExecutionId"] for page in pages for each in page["lifecycleExecutions"]
        ]
        executions = newest_first[::-1]
        assert len(executions) == runs
        check_that_it_happened(scene, previewed, executions)


def check_that_it_happened(scene: Scene, previewed: Any, executions: list[str]) -> None:
    """Each run did what the newest row so far of each image says; and the images are so now."""
    for number, execution in enumerate(executions, start=1):
        told = {
            row["image"]: row
            for row in previewed
            if row["run"] is not None and row["run"] <= number
        }
        failed = scene.failed_in(execution)
        happened = scene.happened_in(execution)
        for image, fate, resources in happened:
            row = told[image]
            assert fate == row["fate"]
            assert resources == [(each["resource"], each["fate"]) for each in row["resources"]]
            assert (image in failed) == (row["obstacle"] is not None)
        new = {row["image"] for row in previewed if row["run"] == number}
        assert new <= {image for image, *_ in happened}
    states, _ = scene.what_is_there()
    target = {"DEPRECATE": "DEPRECATED", "DISABLE": "DISABLED", "DELETE": None}
    ended_as = {row["image"]: row["state"] for row in previewed}
    for row in previewed:
        if row["obstacle"] is None:
            ended_as[row["image"]] = target.get(row["fate"], row["state"])
    assert {arn: states.get(arn) for arn in ended_as} == ended_as


@given(IMAGES, POLICIES)
def test_every_selected_image_has_one_fate(images, rules):
    with mock_imagebuilder(now=NOW) as mock:
        scene = Scene(mock, images, rules)

        assert sorted(row["image"] for row in scene.preview()) == sorted(scene.arns)


@given(IMAGES, POLICIES)
def test_runs_at_one_moment_come_to_rest_after_as_many_as_there_are_rules(images, rules):
    with mock_imagebuilder(now=NOW) as mock:
        scene = Scene(mock, images, rules)
        for _ in rules:
            scene.run()
        at_rest = scene.what_is_there()

        scene.run()

        assert scene.what_is_there() == at_rest


@given(IMAGES, POLICIES, st.integers(0, 2**32))
def test_the_order_in_which_images_are_stored_means_nothing(images, rules, seed):
    with mock_imagebuilder(now=NOW) as mock:
        stored = Scene(mock, images, rules).images()
        shuffled = list(stored)
        Random(seed).shuffle(shuffled)
        known = {ami.image_id: ami for each in stored for ami in mock.images.amis(each.arn)}
        selection = Selection.parse(
            "AMI_IMAGE", {"recipes": [{"name": "web", "semanticVersion": "x.x.x"}]}
        )
        parsed = [Rule.parse(rule) for rule in rules]

        one, other = (
            evaluate(order, selection, parsed, NOW, lambda ami: known.get(ami.image))
            for order in (stored, shuffled)
        )

        assert one == other


@given(IMAGES, POLICIES)
def test_the_newest_hold_the_places_of_each_rule_whatever_is_excluded(images, rules):
    with mock_imagebuilder(now=NOW) as mock:
        scene = Scene(mock, images, rules)
        known = {image.arn: image for image in scene.images()}
        places = {rule["action"]["type"]: places_of(rule) for rule in rules}
        newest_first: dict[str, list[str]] = defaultdict(list)
        for row in scene.preview():
            image = known[row["image"]]
            if image.state.status not in ENDED_EARLY:
                # The rule of a row that stays is none.
                action = (row["rule"] or "").partition(" ")[0]
                newest_first[image.arn.rpartition("/")[0]].append(action)

        for version in newest_first.values():
            for action, number in places.items():
                assert action not in version[:number]


@given(IMAGES, DELETE)
def test_nothing_newer_than_what_stays_is_deleted(images, rule):
    with mock_imagebuilder(now=NOW) as mock:
        scene = Scene(mock, images, [rule])
        known = {image.arn: image for image in scene.images()}
        kept: dict[str, list[bool]] = defaultdict(list)
        for row in scene.preview():
            image = known[row["image"]]
            if image.state.status not in ENDED_EARLY:
                kept[image.arn.rpartition("/")[0]].append(row["fate"] == "KEEP")

        for version in kept.values():
            # From the newest to the oldest: those that stay, then those that go or are excluded.
            assert version == sorted(version, reverse=True)
            assert version.count(True) >= min(places_of(rule), len(version))
            if rule["filter"]["type"] == "COUNT":
                assert version.count(True) == min(places_of(rule), len(version))


def places_of(rule: Any) -> int:
    condition = rule["filter"]
    return int(condition.get("retainAtLeast", 0 if "unit" in condition else condition["value"]))


@given(IMAGES, DELETE)
def test_exclusions_protect_what_they_are_about_and_no_image_that_ended_early(images, rule):
    with mock_imagebuilder(now=NOW) as mock:
        scene = Scene(mock, images, [rule])
        before = {image.arn: image for image in scene.images()}
        states = {arn: image.state.status for arn, image in before.items()}
        amis = {arn: mock.images.amis(arn) for arn in before}
        exclusions = rule["exclusionRules"]

        scene.run()

        left, _ = scene.what_is_there()
        for arn, image in before.items():
            has_ended_early = states[arn] in ENDED_EARLY
            is_pinned = bool(exclusions.get("tagMap", {}).items() & image.tags.items())
            if has_ended_early:
                assert arn not in left
            elif is_pinned:
                assert left[arn] == states[arn]
            for ami in amis[arn]:
                if is_excluded(ami, exclusions.get("amis", {})) or arn in left:
                    assert ami.state != "deregistered"


def is_excluded(ami: Any, exclusions: Any) -> bool:
    """The law, in other words than the code's."""
    return (
        (exclusions.get("isPublic") and ami.public)
        or ami.region in exclusions.get("regions", [])
        or bool(exclusions.get("tagMap", {}).items() & ami.tags.items())
    )
