"""Put and get of resource policies, and what sharing by them means for other accounts."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import NamedTuple

import pytest

from tests.builders import (
    DOCUMENT,
    OWN,
    a_component,
    a_pipeline,
    a_recipe,
    an_image,
    an_infrastructure,
)
from tests.container_builders import a_container_pipeline, a_container_recipe
from tests.refusals import in_use, invalid_value, not_found, refusal_of

OWNER, CONSUMER, STRANGER = "123456789012", "210987654321", "333333333333"


class Kind(NamedTuple):
    """How one of the four kinds is made, shared, listed and deleted."""

    name: str
    make: object
    arn_parameter: str
    get_parameter: str
    list_member: str
    suffix: str

    @property
    def operation(self):
        return self.name.lower().replace(" ", "_")

    @property
    def label(self):
        return self.name.replace(" ", "")

    def put(self, client, arn, policy):
        call = getattr(client, f"put_{self.operation}_policy")
        return call(**{self.arn_parameter: arn, "policy": policy})

    def get_policy(self, client, arn):
        return getattr(client, f"get_{self.operation}_policy")(**{self.arn_parameter: arn})

    def get(self, client, arn):
        return getattr(client, f"get_{self.operation}")(**{self.get_parameter: arn})

    def listed(self, client, **params):
        answer = getattr(client, f"list_{self.operation}s")(**params)
        return [entry["arn"] + self.suffix for entry in answer[self.list_member]]

    def policy(self, arn, *accounts, **statement):
        """The user guide's example, for this kind; ``statement`` changes it."""
        return json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": list(accounts)},
                        "Action": [
                            f"imagebuilder:Get{self.label}",
                            f"imagebuilder:List{self.label}s",
                        ],
                        "Resource": [arn],
                        **statement,
                    }
                ],
            }
        )

    def share(self, client, arn, *accounts):
        self.put(client, arn, self.policy(arn, *accounts))


COMPONENT = Kind(
    "Component",
    a_component,
    "componentArn",
    "componentBuildVersionArn",
    "componentVersionList",
    "/1",
)
IMAGE = Kind("Image", an_image, "imageArn", "imageBuildVersionArn", "imageVersionList", "/1")
IMAGE_RECIPE = Kind(
    "Image Recipe", a_recipe, "imageRecipeArn", "imageRecipeArn", "imageRecipeSummaryList", ""
)
CONTAINER_RECIPE = Kind(
    "Container Recipe",
    a_container_recipe,
    "containerRecipeArn",
    "containerRecipeArn",
    "containerRecipeSummaryList",
    "",
)
KINDS = (COMPONENT, IMAGE, IMAGE_RECIPE, CONTAINER_RECIPE)

each_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.operation for kind in KINDS])


@pytest.fixture
def consumer(imagebuilder_mock):
    """A client of the account that things are shared with."""
    return imagebuilder_mock.client(account_id=CONSUMER, region="us-east-1")


@pytest.fixture
def stranger(imagebuilder_mock):
    return imagebuilder_mock.client(account_id=STRANGER, region="us-east-1")


@each_kind
class TestPutAndGet:
    def test_a_policy_comes_back_as_it_was_sent(self, imagebuilder, kind):
        arn = kind.make(imagebuilder)
        policy = kind.policy(arn, CONSUMER).replace("{", "{ \n\t", 1)

        put = kind.put(imagebuilder, arn, policy)

        assert set(put) == {"requestId", kind.arn_parameter, "ResponseMetadata"}
        assert put[kind.arn_parameter] == arn
        got = kind.get_policy(imagebuilder, arn)
        assert set(got) == {"requestId", "policy", "ResponseMetadata"}
        assert got["policy"] == policy

    def test_the_last_one_counts(self, imagebuilder, kind):
        arn = kind.make(imagebuilder)
        kind.share(imagebuilder, arn, CONSUMER)

        kind.share(imagebuilder, arn, STRANGER)

        assert kind.get_policy(imagebuilder, arn)["policy"] == kind.policy(arn, STRANGER)

    def test_without_policy_there_is_an_empty_one(self, imagebuilder, kind):
        """Source: API reference, GetImagePolicy and its siblings."""
        assert kind.get_policy(imagebuilder, kind.make(imagebuilder))["policy"] == "{}"

    def test_what_is_not_there_has_no_policy(self, imagebuilder, refused, kind):
        """Source: API reference (ResourceNotFoundException is declared)."""
        there = kind.make(imagebuilder)
        arn = there.replace("1.0.0", "9.9.9")
        parameter = {kind.arn_parameter: arn}

        got = refused(getattr(imagebuilder, f"get_{kind.operation}_policy"), **parameter)
        put = refused(
            getattr(imagebuilder, f"put_{kind.operation}_policy"),
            policy=kind.policy(arn, CONSUMER),
            **parameter,
        )

        assert got == put == not_found(kind.label, arn)

    def test_a_refused_policy_leaves_the_one_before(self, imagebuilder, consumer, refused, kind):
        arn = kind.make(imagebuilder)
        kind.share(imagebuilder, arn, CONSUMER)

        refusal = refused(
            getattr(imagebuilder, f"put_{kind.operation}_policy"),
            policy="{}",
            **{kind.arn_parameter: arn},
        )

        assert refusal == invalid_value(
            "policy", "The policy's Version must be one of 2012-10-17, 2008-10-17."
        )
        assert kind.get_policy(imagebuilder, arn)["policy"] == kind.policy(arn, CONSUMER)
        assert kind.listed(consumer, owner="Shared") == [arn]

    def test_the_actions_are_those_of_the_kind(self, imagebuilder, refused, kind):
        """Source: awscli examples, get-*-policy."""
        arn = kind.make(imagebuilder)

        refusal = refused(
            getattr(imagebuilder, f"put_{kind.operation}_policy"),
            policy=kind.policy(arn, CONSUMER, Action=["imagebuilder:GetWorkflow"]),
            **{kind.arn_parameter: arn},
        )

        assert refusal == invalid_value(
            "policy",
            f"The Action of a Statement must be among imagebuilder:Get{kind.label}, "
            f"imagebuilder:List{kind.label}s.",
        )


@each_kind
class TestSharing:
    """Source: user guide, manage-shared-resources."""

    def test_the_consumer_sees_it(self, imagebuilder, consumer, kind):
        arn = kind.make(imagebuilder)
        kind.make(imagebuilder)

        kind.share(imagebuilder, arn, CONSUMER)

        assert kind.listed(consumer, owner="Shared") == [arn]
        assert kind.listed(consumer) == []
        shown = kind.get(consumer, arn)[kind.label[0].lower() + kind.label[1:]]
        assert shown["arn"] == arn
        assert shown.get("owner", OWNER) == OWNER

    def test_a_third_account_does_not(self, imagebuilder, stranger, refused, kind):
        arn = kind.make(imagebuilder)

        kind.share(imagebuilder, arn, CONSUMER)

        assert kind.listed(stranger, owner="Shared") == []
        refusal = refused(getattr(stranger, f"get_{kind.operation}"), **{kind.get_parameter: arn})
        assert refusal == not_found(kind.label, arn)

    def test_the_owner_has_it_once(self, imagebuilder, kind):
        arn = kind.make(imagebuilder)

        kind.share(imagebuilder, arn, OWNER)

        assert kind.listed(imagebuilder) == [arn]
        assert kind.listed(imagebuilder, owner="Shared") == []

    def test_a_new_policy_ends_the_sharing(self, imagebuilder, consumer, stranger, kind):
        arn = kind.make(imagebuilder)
        kind.share(imagebuilder, arn, CONSUMER)

        kind.share(imagebuilder, arn, STRANGER)

        assert kind.listed(consumer, owner="Shared") == []
        assert kind.listed(stranger, owner="Shared") == [arn]
        kind.share(imagebuilder, arn, CONSUMER)
        assert kind.listed(consumer, owner="Shared") == [arn]

    def test_what_is_shared_cannot_be_deleted(self, imagebuilder, refused, kind):
        """Source: API reference and user guide, manage-shared-resources."""
        arn = kind.make(imagebuilder)
        kind.share(imagebuilder, arn, CONSUMER)
        delete = getattr(imagebuilder, f"delete_{kind.operation}")

        assert refused(delete, **{kind.get_parameter: arn}) == in_use(arn)

        kind.share(imagebuilder, arn, OWNER)
        delete(**{kind.get_parameter: arn})
        assert kind.listed(imagebuilder) == []

    def test_only_the_owner_can_change_it(self, imagebuilder, consumer, refused, kind):
        arn = kind.make(imagebuilder)
        kind.share(imagebuilder, arn, CONSUMER)
        policy = kind.policy(arn, STRANGER)
        parameter = {kind.arn_parameter: arn}

        refusals = {
            refused(getattr(consumer, f"delete_{kind.operation}"), **{kind.get_parameter: arn}),
            refused(getattr(consumer, f"get_{kind.operation}_policy"), **parameter),
            refused(getattr(consumer, f"put_{kind.operation}_policy"), policy=policy, **parameter),
        }

        assert refusals == {not_found(kind.label, arn)}
        assert kind.listed(imagebuilder) == [arn]

    def test_it_is_shared_in_its_region(self, imagebuilder, imagebuilder_mock, refused, kind):
        arn = kind.make(imagebuilder)
        kind.share(imagebuilder, arn, CONSUMER)
        elsewhere = imagebuilder_mock.client(account_id=CONSUMER, region="eu-west-1")

        assert kind.listed(elsewhere, owner="Shared") == []
        refusal = refused(getattr(elsewhere, f"get_{kind.operation}"), **{kind.get_parameter: arn})
        assert refusal == not_found(kind.label, arn, seen_from="eu-west-1")

    def test_the_order_is_that_of_making(self, imagebuilder, consumer, kind):
        first, second, third = (kind.make(imagebuilder) for _ in range(3))
        in_order = [first, second, third]

        for arn in (third, first, second):
            kind.share(imagebuilder, arn, CONSUMER)

        listed = kind.listed(consumer, owner="Shared")
        # Versions of components and images are listed as they came into the account's view.
        assert listed == (in_order if not kind.suffix else _as_listed(kind, third, first, second))

    def test_two_accounts_can_share_one_name(self, imagebuilder, consumer, stranger, kind):
        parameters = {}
        if kind is IMAGE:
            parameters = {
                client: {"imageRecipeArn": a_recipe(client, name="same")}
                for client in (imagebuilder, stranger)
            }
        arns = []
        for client in (imagebuilder, stranger):
            arn = kind.make(client, **parameters.get(client, {"name": "same"}))
            kind.share(client, arn, CONSUMER)
            arns.append(arn)

        assert {arn.replace(STRANGER, OWNER) for arn in arns} == {arns[0]}
        assert sorted(kind.listed(consumer, owner="Shared")) == sorted(arns)
        kind.share(imagebuilder, arns[0], OWNER)
        assert kind.listed(consumer, owner="Shared") == [arns[1]]


def _as_listed(kind, *arns):
    return list(reversed(arns)) if kind is IMAGE else list(arns)


class TestUse:
    """Source: user guide, manage-shared-resources: a consumer can use what is shared."""

    @pytest.mark.parametrize("version", ["1.0.0/1", "1.0.0", "1.x.x", "x.x.x"])
    def test_a_shared_component_in_a_recipe(self, imagebuilder, consumer, version):
        component = a_component(imagebuilder, name="hello")
        COMPONENT.share(imagebuilder, component, CONSUMER)
        recipe = a_recipe(consumer, components=[f"{OWN}component/hello/{version}"])

        image = consumer.get_image(imageBuildVersionArn=an_image(consumer, imageRecipeArn=recipe))[
            "image"
        ]

        assert image["imageRecipe"]["components"] == [{"componentArn": component}]

    def test_a_wildcard_means_the_newest_that_is_shared(self, imagebuilder, consumer, stranger):
        shared = a_component(imagebuilder, name="hello", semanticVersion="1.0.0")
        COMPONENT.share(imagebuilder, shared, CONSUMER)
        a_component(imagebuilder, name="hello", semanticVersion="2.0.0")
        other = a_component(stranger, name="hello", semanticVersion="3.0.0")
        COMPONENT.share(stranger, other, CONSUMER)

        found = COMPONENT.get(consumer, f"{OWN}component/hello/x.x.x")

        assert found["component"]["arn"] == shared

    def test_what_is_not_shared_cannot_be_used(self, imagebuilder, consumer, refused):
        component = a_component(imagebuilder)

        refusal = refused(
            consumer.create_image_recipe,
            name="golden",
            semanticVersion="1.0.0",
            parentImage="ami-0123456789abcdef0",
            components=[{"componentArn": component}],
        )

        assert refusal == invalid_value(
            "components[0].componentArn",
            f"The provided resource 'Component' does not exist: '{component}'.",
        )

    def test_a_shared_image_as_a_parent(self, imagebuilder, consumer):
        parent = an_image(imagebuilder)
        IMAGE.share(imagebuilder, parent, CONSUMER)

        recipe = a_recipe(consumer, parentImage=parent)

        shown = consumer.get_image_recipe(imageRecipeArn=recipe)["imageRecipe"]
        assert shown["parentImage"] == parent

    def test_what_a_consumer_uses_cannot_be_deleted_after_the_sharing(
        self, imagebuilder, consumer, refused
    ):
        component = a_component(imagebuilder)
        COMPONENT.share(imagebuilder, component, CONSUMER)
        recipe = a_recipe(consumer, components=[component])
        COMPONENT.share(imagebuilder, component, OWNER)

        refusal = refused(imagebuilder.delete_component, componentBuildVersionArn=component)

        assert refusal == in_use(component)
        consumer.delete_image_recipe(imageRecipeArn=recipe)
        imagebuilder.delete_component(componentBuildVersionArn=component)

    def test_a_component_that_is_no_longer_shared_stops_builds(
        self, imagebuilder, consumer, refused
    ):
        component = a_component(imagebuilder)
        COMPONENT.share(imagebuilder, component, CONSUMER)
        recipe = a_recipe(consumer, components=[component])
        COMPONENT.share(imagebuilder, component, OWNER)

        refusal = refused(
            consumer.create_image,
            imageRecipeArn=recipe,
            infrastructureConfigurationArn=an_infrastructure(consumer),
        )

        assert refusal == invalid_value(
            "components", f"The provided resource 'Component' does not exist: '{component}'."
        )

    def test_a_parent_that_is_no_longer_shared_stops_builds(self, imagebuilder, consumer, refused):
        parent = an_image(imagebuilder)
        IMAGE.share(imagebuilder, parent, CONSUMER)
        recipe = a_recipe(consumer, parentImage=parent)
        IMAGE.share(imagebuilder, parent, OWNER)

        refusal = refused(
            consumer.create_image,
            imageRecipeArn=recipe,
            infrastructureConfigurationArn=an_infrastructure(consumer),
        )

        assert refusal == invalid_value(
            "parentImage", f"The provided resource 'Image' does not exist: '{parent}'."
        )


@pytest.mark.parametrize(
    ("kind", "a_pipeline_for"),
    [
        pytest.param(IMAGE_RECIPE, a_pipeline, id="image_recipe"),
        pytest.param(CONTAINER_RECIPE, a_container_pipeline, id="container_recipe"),
    ],
)
class TestSharedRecipeOfAPipeline:
    def shared_recipe(self, kind, imagebuilder):
        arn = kind.make(imagebuilder, name="golden")
        kind.share(imagebuilder, arn, CONSUMER)
        return arn

    def test_it_is_built_in_the_consumers_account(
        self, imagebuilder, consumer, kind, a_pipeline_for
    ):
        recipe = self.shared_recipe(kind, imagebuilder)
        pipeline = a_pipeline_for(consumer, **{kind.arn_parameter: recipe})

        started = consumer.start_image_pipeline_execution(imagePipelineArn=pipeline)

        arn = f"arn:aws:imagebuilder:us-east-1:{CONSUMER}:image/golden/1.0.0/1"
        assert started["imageBuildVersionArn"] == arn

    @pytest.mark.imagebuilder(now=datetime(2026, 1, 1, tzinfo=timezone.utc))
    def test_after_the_sharing_it_is_not_built(self, imagebuilder_mock, kind, a_pipeline_for):
        owner, consumer = (
            imagebuilder_mock.client(account_id=account, region="us-east-1")
            for account in (OWNER, CONSUMER)
        )
        recipe = self.shared_recipe(kind, owner)
        pipeline = a_pipeline_for(
            consumer,
            schedule={"scheduleExpression": "cron(0 0 * * ? *)"},
            **{kind.arn_parameter: recipe},
        )
        kind.share(owner, recipe, OWNER)

        refusal = refusal_of(consumer.start_image_pipeline_execution, imagePipelineArn=pipeline)
        imagebuilder_mock.clock.advance(days=2)

        assert refusal == invalid_value(
            kind.arn_parameter,
            f"The provided resource '{kind.label}' does not exist: '{recipe}'.",
        )
        assert consumer.list_images()["imageVersionList"] == []


def test_builds_of_a_shared_version_show_the_newest_shared_one(imagebuilder, consumer):
    first = a_component(imagebuilder, name="hello", description="first")
    a_component(imagebuilder, name="hello", data=DOCUMENT.replace("hello", "bye"))
    COMPONENT.share(imagebuilder, first, CONSUMER)

    (entry,) = consumer.list_components(owner="Shared")["componentVersionList"]

    assert (entry["owner"], entry["description"]) == (OWNER, "first")


def test_a_shared_name_can_be_listed_by_name(imagebuilder, consumer):
    for version in ("1.0.0", "1.1.0"):
        arn = a_component(imagebuilder, name="hello", semanticVersion=version)
        COMPONENT.share(imagebuilder, arn, CONSUMER)

    entries = consumer.list_components(owner="Shared", byName=True)["componentVersionList"]

    assert [entry["arn"] for entry in entries] == [f"{OWN}component/hello/x.x.x"]


def test_a_reset_ends_all_sharing(imagebuilder, imagebuilder_mock, consumer):
    COMPONENT.share(imagebuilder, a_component(imagebuilder), CONSUMER)

    imagebuilder_mock.reset()

    assert COMPONENT.listed(consumer, owner="Shared") == []
