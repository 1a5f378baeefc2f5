"""What becomes of each image, case by case (user guide, image-lifecycle-rules)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from imagebuilder_mock.domain.errors import InvalidParameterValueException
from imagebuilder_mock.domain.lifecycle.rules import Rule, Selection, creation_date, evaluate
from imagebuilder_mock.domain.machine_image import MachineImage
from imagebuilder_mock.domain.resources.images import (
    Ami,
    Image,
    ImageState,
    OutputResources,
    Transition,
)
from imagebuilder_mock.domain.resources.recipes import ImageRecipe
from tests.builders import OWN
from tests.lifecycle_builders import a_count, a_rule

UTC = timezone.utc
NOW = datetime(2026, 6, 1, tzinfo=UTC)
HOME = ("123456789012", "us-east-1")
EVERYTHING: Any = {"recipes": [{"name": "web", "semanticVersion": "x.x.x"}]}
AMIS = ("amis",)


class Made:
    """Images of a table, and the AMIs that they made."""

    def __init__(self) -> None:
        self.images: list[Image] = []
        self.amis: dict[str, MachineImage] = {}

    def image(
        self,
        days: float,
        status: Any = "AVAILABLE",
        *,
        version: str = "1.0.0",
        name: str = "web",
        tags: dict[str, str] | None = None,
        image_type: str = "AMI",
        amis: list[dict[str, Any]] | None = None,
    ) -> str:
        """An image of an age; the answer is how the table calls it: by its number."""
        number = len(self.images) + 1
        made = tuple(
            self._ami(f"ami-{number}{letter}", **ami)
            for letter, ami in zip("abc", amis or [], strict=False)
        )
        created = NOW - timedelta(days=days)
        recipe = ImageRecipe(
            arn=f"{OWN}image-recipe/{name}/{version}",
            name=name,
            date_created=created,
            owner=None,
            platform="Linux",
            parent_image="ami-1",
        )
        self.images.append(
            Image(
                arn=f"{OWN}image/{name}/{version}/{number}",
                name=name,
                date_created=created,
                owner=HOME[0],
                type=image_type,
                platform="Linux",
                state=ImageState(status),
                tags=tags or {},
                image_recipe=recipe,
                output_resources=OutputResources(amis=made),
            )
        )
        return str(number)

    def fates(self, *rules: Any, selection: Any = None, now: datetime = NOW) -> Any:
        found = evaluate(
            self.images,
            Selection.parse("AMI_IMAGE", selection or EVERYTHING),
            [Rule.parse(rule) for rule in rules],
            now,
            lambda ami: self.amis.get(ami.image),
        )
        return {fate.image.arn.rpartition("/")[2]: fate for fate in found}

    def words(self, *rules: dict[str, Any], **options: Any) -> dict[str, str]:
        """``KEEP``, ``SKIP`` or the action, by number, from the newest to the oldest."""
        return {
            number: "SKIP" if fate.is_skipped else fate.action or "KEEP"
            for number, fate in self.fates(*rules, **options).items()
        }

    def _ami(self, image_id: str, region: str = HOME[1], **attributes: Any) -> Ami:
        self.amis[image_id] = MachineImage(
            image_id=image_id,
            account_id=HOME[0],
            region=region,
            name=image_id,
            creation_date=NOW,
            **attributes,
        )
        return Ami(region=region, image=image_id, name=image_id, account_id=HOME[0])


@pytest.fixture
def made():
    return Made()


PROGRESSIVE = (a_rule("DEPRECATE", 90), a_rule("DISABLE", 120), a_rule("DELETE", 180))


@pytest.mark.parametrize(
    ("days", "status", "fate"),
    [
        (89, "AVAILABLE", "KEEP"),
        (90, "AVAILABLE", "DEPRECATE"),
        (500, "AVAILABLE", "DEPRECATE"),
        (119, "DEPRECATED", "KEEP"),
        (120, "DEPRECATED", "DISABLE"),
        (500, "DEPRECATED", "DISABLE"),
        (179, "DISABLED", "KEEP"),
        (180, "DISABLED", "DELETE"),
        (0, "FAILED", "DELETE"),
        (0, "CANCELLED", "DELETE"),
        *((500, status, "KEEP") for status in ("PENDING", "CREATING", "BUILDING", "TESTING")),
        *((500, status, "KEEP") for status in ("DISTRIBUTING", "INTEGRATING")),
    ],
)
def test_an_image_takes_one_step_at_a_time(made, days, status, fate):
    made.image(days, status)

    assert made.words(*PROGRESSIVE) == {"1": fate}


def test_the_order_of_the_rules_in_the_policy_means_nothing(made):
    for days, status in [
        (200, "AVAILABLE"),
        (200, "DEPRECATED"),
        (200, "DISABLED"),
        (10, "FAILED"),
    ]:
        made.image(days, status)

    assert made.words(*PROGRESSIVE) == made.words(*reversed(PROGRESSIVE))


class TestRetention:
    def test_a_count_keeps_the_newest_of_each_recipe_version(self, made):
        for days in (1, 2, 3):
            made.image(days)
        for days in (4, 5, 6):
            made.image(days, version="1.1.0")

        assert made.words(a_count(2)) == {
            "1": "KEEP",
            "2": "KEEP",
            "3": "DELETE",
            "4": "KEEP",
            "5": "KEEP",
            "6": "DELETE",
        }

    def test_an_age_keeps_at_least_some_whatever_their_age(self, made):
        for days in (100, 101, 102):
            made.image(days)

        assert made.words(a_rule("DELETE", 30, retain=2)) == {
            "1": "KEEP",
            "2": "KEEP",
            "3": "DELETE",
        }

    def test_what_is_too_young_holds_a_place(self, made):
        for days in (1, 100, 101):
            made.image(days)

        assert made.words(a_rule("DELETE", 30, retain=2)) == {
            "1": "KEEP",
            "2": "KEEP",
            "3": "DELETE",
        }

    @pytest.mark.parametrize("status", ["FAILED", "CANCELLED"])
    def test_what_ended_early_takes_no_place_and_goes(self, made, status):
        made.image(1, status)
        made.image(2)
        made.image(3)

        assert made.words(a_count(1)) == {"1": "DELETE", "2": "KEEP", "3": "DELETE"}

    def test_a_build_in_progress_takes_no_place(self, made):
        made.image(1, "BUILDING")
        made.image(2)
        made.image(3)

        assert made.words(a_count(1)) == {"1": "KEEP", "2": "KEEP", "3": "DELETE"}

    @pytest.mark.parametrize("status", ["DEPRECATED", "DISABLED"])
    def test_any_other_state_takes_a_place(self, made, status):
        made.image(1, status)
        made.image(2)

        assert made.words(a_count(1)) == {"1": "KEEP", "2": "DELETE"}

    def test_places_are_given_before_tags_exclude(self, made):
        """Of five images the newest is pinned: three stay and two go (aws-samples, lifecycle)."""
        made.image(1, tags={"keep": "yes"})
        for days in range(2, 6):
            made.image(days)

        assert made.words(a_count(3, tags={"keep": "yes"})) == {
            "1": "KEEP",
            "2": "KEEP",
            "3": "KEEP",
            "4": "DELETE",
            "5": "DELETE",
        }

    def test_an_excluded_image_beyond_the_places_is_skipped(self, made):
        made.image(1)
        made.image(2, tags={"keep": "yes"})
        made.image(3)

        fates = made.fates(a_count(1, tags={"keep": "yes"}))

        assert [fate.is_skipped for fate in fates.values()] == [False, True, False]
        assert fates["2"].exclusion == "The image has the excluded tag 'keep: yes'."
        assert fates["3"].action == "DELETE"

    def test_an_image_with_an_excluded_ami_takes_a_place(self, made):
        made.image(1, amis=[{"public": True}])
        made.image(2, amis=[{}])
        rule = a_count(1, include=AMIS, amis={"isPublic": True})

        assert made.words(rule) == {"1": "KEEP", "2": "DELETE"}

    @pytest.mark.parametrize("action", ["DEPRECATE", "DISABLE", "DELETE"])
    def test_each_action_can_spare_the_newest(self, made, action):
        """``retainAtLeast`` is taken with each (Terraform's test of policyDetails)."""
        made.image(100)
        made.image(101, "FAILED")
        made.image(102, tags={"keep": "yes"})
        made.image(103)

        fates = made.fates(a_rule(action, 90, retain=2, tags={"keep": "yes"}))

        assert [fates[number].action for number in "134"] == [None, None, action]

    def test_each_rule_spares_as_many_as_it_says(self, made):
        for days in (100, 101, 102):
            made.image(days)

        rules = a_rule("DEPRECATE", 90, retain=1), a_count(2)

        assert made.words(*rules) == {"1": "KEEP", "2": "DEPRECATE", "3": "DEPRECATE"}

    @pytest.mark.parametrize("status", ["FAILED", "CANCELLED"])
    @pytest.mark.parametrize(
        "rule", [a_count, lambda count, **o: a_rule("DELETE", 90 * count, **o)]
    )
    def test_neither_age_nor_tags_protect_what_ended_early(self, made, status, rule):
        """Such images always qualify for a DELETE rule (aws-samples, lifecycle)."""
        made.image(0, status, tags={"keep": "yes"})

        [fate] = made.fates(rule(1, tags={"keep": "yes"})).values()

        assert (fate.action, fate.exclusion) == ("DELETE", None)
        assert fate.reason == f"The image is {status}."

    def test_places_are_held_whatever_another_rule_does(self, made):
        made.image(100)
        made.image(101, "DEPRECATED")

        assert made.words(a_rule("DEPRECATE", 90), a_count(1)) == {"1": "DEPRECATE", "2": "DELETE"}

    def test_what_was_made_at_one_moment_goes_by_its_number(self, made):
        for _ in range(11):
            made.image(1)

        words = made.words(a_count(2))

        assert [number for number, word in words.items() if word == "KEEP"] == ["11", "10"]


class TestSelection:
    @pytest.mark.parametrize(
        ("pattern", "versions"),
        [
            ("x.x.x", ["1.0.0", "1.2.0", "1.2.3", "2.0.0"]),
            ("1.x.x", ["1.0.0", "1.2.0", "1.2.3"]),
            ("1.2.x", ["1.2.0", "1.2.3"]),
            ("1.2.3", ["1.2.3"]),
            ("3.x.x", []),
        ],
    )
    def test_a_version_may_end_in_wildcards(self, made, pattern, versions):
        for version in ("1.0.0", "1.2.0", "1.2.3", "2.0.0"):
            made.image(100, version=version)
        selection = {"recipes": [{"name": "web", "semanticVersion": pattern}]}

        found = made.fates(a_rule("DELETE"), selection=selection).values()

        assert sorted(fate.image.arn.split("/")[2] for fate in found) == versions

    def test_a_number_behind_a_wildcard_is_refused(self):
        selection: Any = {"recipes": [{"name": "web", "semanticVersion": "x.2.x"}]}

        with pytest.raises(InvalidParameterValueException, match=r"recipes\[0\].semanticVersion"):
            Selection.parse("AMI_IMAGE", selection)

    def test_several_entries_select_what_any_of_them_does_once(self, made):
        made.image(100, version="1.0.0")
        made.image(100, version="2.0.0")
        made.image(100, name="app")
        recipes = [
            {"name": "WEB", "semanticVersion": "1.x.x"},
            {"name": "web", "semanticVersion": "1.0.0"},
            {"name": "App", "semanticVersion": "x.x.x"},
        ]

        assert list(made.words(a_rule("DELETE"), selection={"recipes": recipes})) == ["1", "3"]

    def test_one_tag_with_its_value_is_enough(self, made):
        made.image(100, tags={"stage": "test", "team": "web"})
        made.image(100, tags={"stage": "production"})
        made.image(100, tags={"team": "app"})
        made.image(100)
        tags = {"tagMap": {"stage": "test", "team": "app"}}

        assert set(made.words(a_rule("DELETE"), selection=tags)) == {"1", "3"}

    def test_the_type_must_be_the_policys(self, made):
        made.image(100, image_type="DOCKER")

        assert made.fates(a_rule("DELETE")) == {}

    def test_another_recipe_is_not_selected(self, made):
        made.image(100, name="app")

        assert made.fates(a_rule("DELETE")) == {}

    def test_an_image_without_recipe_is_selected_by_tags_only(self, made):
        made.image(100, tags={"a": "b"})
        made.images[0].image_recipe = None

        assert made.fates(a_rule("DELETE")) == {}
        assert made.words(a_rule("DELETE"), selection={"tagMap": {"a": "b"}}) == {"1": "DELETE"}


class TestImageTags:
    def test_key_and_value_must_match(self, made):
        made.image(100, tags={"keep": "yes"})
        made.image(100, tags={"keep": "no"})
        rule = a_rule("DELETE", tags={"keep": "yes", "other": "tag"})

        assert made.words(rule) == {"2": "DELETE", "1": "SKIP"}

    def test_a_rules_exclusions_are_its_own(self, made):
        made.image(100, tags={"keep": "yes"})

        words = made.words(a_rule("DEPRECATE", tags={"keep": "yes"}), a_rule("DISABLE"))

        assert words == {"1": "DISABLE"}

    def test_the_first_exclusion_is_told_if_no_other_rule_is_due(self, made):
        made.image(100, tags={"keep": "yes"})

        fate = made.fates(a_rule("DEPRECATE", tags={"keep": "yes"}), a_rule("DISABLE", 200))["1"]

        assert (fate.action, fate.is_skipped) == ("DEPRECATE", True)


LAUNCHED = {"value": 1, "unit": "WEEKS"}
ALL_EXCLUSIONS = {
    "regions": ["eu-west-1"],
    "isPublic": True,
    "tagMap": {"keep": "yes"},
    "sharedAccounts": ["210987654321"],
    "lastLaunched": LAUNCHED,
}
IS_ALL: dict[str, Any] = {
    "region": "eu-west-1",
    "public": True,
    "tags": {"keep": "yes"},
    "shared_with": frozenset(["210987654321"]),
    "last_launched": NOW - timedelta(days=1),
}


class TestAmis:
    @pytest.mark.parametrize(
        ("ami", "reason"),
        [
            ({}, None),
            ({"region": "eu-west-1"}, "The AMI is in the excluded Region 'eu-west-1'."),
            ({"public": True}, "The AMI is public, and public AMIs are excluded."),
            ({"tags": {"keep": "yes"}}, "The AMI has the excluded tag 'keep: yes'."),
            ({"tags": {"keep": "no"}}, None),
            (
                {"shared_with": frozenset(["210987654321", "111111111111"])},
                "The AMI is shared with the excluded account '210987654321'.",
            ),
            ({"shared_with": frozenset(["111111111111"])}, None),
            (
                {"last_launched": NOW - timedelta(days=6)},
                "The AMI was launched within the last 1 week.",
            ),
            ({"last_launched": NOW - timedelta(days=7)}, None),
            ({"last_launched": None}, None),
            ({**IS_ALL, "state": "deregistered"}, None),
        ],
    )
    def test_each_condition_has_its_reason(self, made, ami, reason):
        made.image(100, amis=[ami])

        fate = made.fates(a_rule("DEPRECATE", include=AMIS, amis=ALL_EXCLUSIONS))["1"]

        assert fate.ami_exclusions.get("ami-1a") == reason

    def test_the_first_condition_in_the_documented_order_is_the_reason(self):
        order = ["region", "public", "tags", "shared_with", "last_launched"]
        words = ["Region", "public", "tag", "account", "launched"]
        attributes = dict(IS_ALL)
        for name, word in zip(order, words, strict=True):
            image = Made()
            image.image(100, amis=[attributes])
            fate = image.fates(a_rule("DEPRECATE", include=AMIS, amis=ALL_EXCLUSIONS))["1"]
            assert word in fate.ami_exclusions["ami-1a"]
            del attributes[name]

    def test_a_deprecated_or_disabled_image_changes_whatever_its_amis_do(self, made):
        made.image(100, amis=[{"public": True}])

        fate = made.fates(a_rule("DISABLE", include=AMIS, amis={"isPublic": True}))["1"]

        assert (fate.action, fate.is_skipped) == ("DISABLE", False)
        assert list(fate.ami_exclusions) == ["ami-1a"]

    def test_an_image_is_deleted_around_an_ami_that_stays(self, made):
        """An exclusion of AMIs protects AMIs alone (aws-samples, lifecycle)."""
        made.image(100, amis=[{"public": True}, {}])

        fate = made.fates(a_rule("DELETE", include=AMIS, amis={"isPublic": True}))["1"]

        assert (fate.action, fate.exclusion) == ("DELETE", None)
        assert [ami.image for ami in fate.amis] == ["ami-1a", "ami-1b"]
        assert list(fate.ami_exclusions) == ["ami-1a"]

    def test_conditions_mean_nothing_where_amis_are_not_included(self, made):
        made.image(100, amis=[IS_ALL])

        fate = made.fates(a_rule("DELETE", amis=ALL_EXCLUSIONS))["1"]

        assert (fate.action, fate.is_skipped, fate.amis) == ("DELETE", False, ())

    def test_what_ec2_does_not_know_is_excluded_by_its_region_alone(self, made):
        made.image(100, amis=[IS_ALL])
        made.amis.clear()
        others = {name: value for name, value in ALL_EXCLUSIONS.items() if name != "regions"}

        for exclusions, excluded in ((ALL_EXCLUSIONS, ["ami-1a"]), (others, [])):
            fate = made.fates(a_rule("DELETE", include=AMIS, amis=exclusions))["1"]
            assert list(fate.ami_exclusions) == excluded


class TestAge:
    def test_it_counts_from_the_end_of_the_build(self, made):
        made.image(31)
        image = made.images[0]
        image.transitions = [
            Transition("PENDING", image.date_created),
            Transition("INTEGRATING", image.date_created),
            Transition("AVAILABLE", image.date_created + timedelta(days=2)),
        ]

        assert made.words(a_rule("DEPRECATE", 30)) == {"1": "KEEP"}
        assert made.words(a_rule("DEPRECATE", 29)) == {"1": "DEPRECATE"}

    def test_what_happened_to_the_image_since_makes_it_no_younger(self, made):
        made.image(100)
        image = made.images[0]
        image.transitions = [
            Transition("PENDING", image.date_created),
            *(Transition(status, NOW) for status in ("AVAILABLE", "DEPRECATED", "AVAILABLE")),
        ]
        image.transitions[1] = Transition("AVAILABLE", image.date_created)

        assert creation_date(image) == image.date_created

    def test_a_retried_build_is_as_old_as_its_last_end(self, made):
        made.image(100)
        image = made.images[0]
        statuses: list[Any] = ["PENDING", "FAILED", "BUILDING", "AVAILABLE"]
        image.transitions = [
            Transition(status, NOW - timedelta(days=100 - number))
            for number, status in enumerate(statuses)
        ]

        assert creation_date(image) == NOW - timedelta(days=97)


class TestReasons:
    def test_an_image_that_stays_has_the_reason_of_each_rule(self, made):
        made.image(10, "DEPRECATED")

        assert made.fates(a_rule("DEPRECATE", 5), a_count(3))["1"].reason == (
            "DEPRECATE: It is DEPRECATED. DELETE: It is among the newest 3 of 'web/1.0.0'."
        )

    def test_a_build_in_progress_is_told(self, made):
        made.image(10, "TESTING")

        assert made.fates(a_count(1))["1"].reason == "Its build is in progress."

    @pytest.mark.parametrize(
        ("rule", "status", "reason"),
        [
            (a_rule("DISABLE", 1, "WEEKS"), "AVAILABLE", "The image is 1 week old or older."),
            (a_count(1), "FAILED", "The image is FAILED."),
            (
                a_count(1),
                "AVAILABLE",
                "The image is not among the newest 1 of 'web/1.0.0'.",
            ),
        ],
    )
    def test_an_action_has_the_reason_of_its_rule(self, made, rule, status, reason):
        made.image(1)
        made.image(100, status)

        assert made.fates(rule)["2"].reason == reason

    @pytest.mark.parametrize(
        ("rule", "text"),
        [
            (a_rule("DEPRECATE", 6, "MONTHS"), "DEPRECATE after 6 months"),
            (a_rule("DELETE", 1, "YEARS", retain=3), "DELETE after 1 year, retaining 3"),
            (a_count(5), "DELETE beyond the newest 5"),
        ],
    )
    def test_a_rule_reads_as_words(self, rule, text):
        assert str(Rule.parse(rule)) == text
