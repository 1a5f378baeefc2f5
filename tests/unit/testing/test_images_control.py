"""``mock.images``: images with a past, and what EC2 knows of their AMIs."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest

from tests.builders import a_build, a_component, a_distribution, a_recipe, an_image
from tests.container_builders import a_container_recipe
from tests.model import needs_member

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
THEN = datetime(2020, 2, 29, 12, tzinfo=timezone.utc)

pytestmark = pytest.mark.imagebuilder(now=NOW)


@pytest.fixture
def recipe(imagebuilder):
    return a_recipe(imagebuilder, name="web")


@pytest.fixture
def add(imagebuilder_mock, recipe):
    def call(**options):
        return imagebuilder_mock.images.add(**{"recipe": recipe, **options})

    return call


def shown(client, arn):
    return client.get_image(imageBuildVersionArn=arn)["image"]


def test_an_image_looks_as_if_it_had_been_built(imagebuilder, add, recipe):
    """But for its age: the members are those of an image that was built."""
    built = shown(imagebuilder, an_image(imagebuilder, imageRecipeArn=recipe))

    added = shown(imagebuilder, add(created=THEN, tags={"a": "b"}))

    assert added["dateCreated"] == "2020-02-29T12:00:00.000Z"
    assert added["version"] == "1.0.0/2"
    assert added["tags"] == {"a": "b"}
    assert added.keys() - {"distributionConfiguration"} == built.keys()
    for member in ("state", "type", "platform", "imageRecipe", "osVersion", "buildType"):
        assert added[member] == built[member]


@pytest.mark.parametrize("state", ["AVAILABLE", "DEPRECATED", "DISABLED", "FAILED", "CANCELLED"])
@pytest.mark.parametrize(
    "mode",
    [
        pytest.param(mode, marks=pytest.mark.imagebuilder(builds=mode, now=NOW))
        for mode in ("observed", "instant", "clock", "held")
    ],
)
def test_it_is_finished_in_every_mode(imagebuilder, imagebuilder_mock, add, mode, state):
    arn = add(created=THEN, state=state)

    assert mode
    assert shown(imagebuilder, arn)["state"]["status"] == state
    assert imagebuilder_mock.builds.running == []
    made = len(imagebuilder_mock.images.amis(arn))
    assert made == (0 if state in {"FAILED", "CANCELLED"} else 1)
    imagebuilder_mock.clock.advance(days=1)
    assert shown(imagebuilder, arn)["state"]["status"] == state


def test_the_clock_and_the_mode_are_as_before(imagebuilder, imagebuilder_mock, add):
    add(created=THEN)

    assert imagebuilder_mock.clock.now() == NOW
    build = a_build(imagebuilder)
    assert shown(imagebuilder, build)["dateCreated"] == "2026-06-01T00:00:00.000Z"


def test_by_default_it_was_made_just_now(imagebuilder, add):
    assert shown(imagebuilder, add())["dateCreated"] == "2026-06-01T00:00:00.000Z"


def test_amis_are_what_was_said_of_them(imagebuilder, imagebuilder_mock, add):
    launched = NOW - timedelta(days=1)

    arn = add(
        created=THEN,
        regions=["eu-west-1", "us-east-1"],
        ami_tags={"stage": "test"},
        last_launched=launched,
        public=True,
        shared_with=["210987654321"],
    )

    amis = imagebuilder_mock.images.amis(arn)
    listed = shown(imagebuilder, arn)["outputResources"]["amis"]
    assert [(ami.image_id, ami.region, ami.name) for ami in amis] == [
        (ami["image"], ami["region"], ami["name"]) for ami in listed
    ]
    assert [ami.region for ami in amis] == ["us-east-1", "eu-west-1"]
    for ami in amis:
        assert ami.account_id == "123456789012"
        assert (ami.platform, ami.architecture) == ("Linux", "x86_64")
        assert ami.creation_date == THEN
        assert ami.tags == {
            "stage": "test",
            "CreatedBy": "EC2 Image Builder",
            "Ec2ImageBuilderArn": arn,
        }
        assert (ami.public, ami.shared_with) == (True, frozenset(["210987654321"]))
        assert ami.last_launched == launched
        assert ami.state == "available"
        assert len(ami.snapshots) == 1
        assert ami.snapshots[0].startswith("snap-")
    assert imagebuilder_mock.images.ami(amis[0].image_id) is amis[0]


def test_a_build_makes_its_amis_known_too(imagebuilder, imagebuilder_mock):
    permission = {"userIds": ["210987654321"], "userGroups": ["all"]}
    distribution = a_distribution(
        imagebuilder,
        distributions=[
            {
                "region": "eu-west-1",
                "amiDistributionConfiguration": {
                    "targetAccountIds": ["111111111111"],
                    "amiTags": {"team": "web"},
                    "launchPermission": permission,
                },
            }
        ],
    )
    recipe = a_recipe(
        imagebuilder,
        blockDeviceMappings=[
            {"deviceName": "/dev/xvda", "ebs": {"volumeSize": 8}},
            {"deviceName": "/dev/xvdb", "ebs": {"volumeSize": 8}},
            {"deviceName": "/dev/xvdc", "virtualName": "ephemeral0"},
        ],
    )

    arn = an_image(imagebuilder, imageRecipeArn=recipe, distributionConfigurationArn=distribution)

    here, there = imagebuilder_mock.images.amis(arn)
    assert (here.public, here.shared_with) == (False, frozenset())
    assert (there.public, there.shared_with) == (True, frozenset(["210987654321"]))
    assert (there.account_id, there.tags["team"]) == ("111111111111", "web")
    assert len(here.snapshots) == len(there.snapshots) == 2
    assert not set(here.snapshots) & set(there.snapshots)


@pytest.mark.parametrize(
    ("attribute", "value", "instead"),
    [
        ("last_launched", datetime(2026, 1, 1), "a datetime with a time zone"),  # noqa: DTZ001
        ("deprecation_time", "2026-01-01", "a datetime with a time zone"),
        ("state", "deregisterd", "one of 'available', 'disabled', 'deregistered'"),
        ("tags", {"team": 1}, "a dict of strings"),
        ("tags", None, "a dict of strings"),
        ("public", "no", "True or False"),
        ("shared_with", "111122223333", "a set of account ids"),
        ("shared_with", [111122223333], "a set of account ids"),
    ],
    ids=str,
)
def test_what_nobody_could_read_of_an_ami_is_not_set(
    imagebuilder_mock, add, attribute, value, instead
):
    """A lifecycle run would fail later, or take it for something else."""
    [ami] = imagebuilder_mock.images.amis(add())
    before = getattr(ami, attribute)

    with pytest.raises(ValueError, match=rf"{attribute}={re.escape(repr(value))}: give {instead}"):
        setattr(ami, attribute, value)

    assert getattr(ami, attribute) == before


def test_an_ami_is_shared_with_any_collection_of_accounts(imagebuilder_mock, add):
    [ami] = imagebuilder_mock.images.amis(add())

    ami.shared_with = ["111122223333"]

    assert ami.shared_with == frozenset({"111122223333"})


@needs_member("CreateImageRecipe", "amiTags")
def test_a_recipes_tags_are_on_its_amis(imagebuilder, imagebuilder_mock):
    recipe = a_recipe(imagebuilder, amiTags={"from": "recipe"})

    [ami] = imagebuilder_mock.images.amis(an_image(imagebuilder, imageRecipeArn=recipe))

    assert ami.tags["from"] == "recipe"


def test_arm_images_have_arm_amis(imagebuilder, imagebuilder_mock):
    parent = "arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux-2023-arm64/x.x.x"
    arn = imagebuilder_mock.images.add(recipe=a_recipe(imagebuilder, parentImage=parent))

    assert imagebuilder_mock.images.amis(arn)[0].architecture == "arm64"


def test_a_recipe_goes_by_its_name_too(imagebuilder, imagebuilder_mock, recipe):
    newer = a_recipe(imagebuilder, name="web", semanticVersion="1.2.0")
    a_recipe(imagebuilder, name="web", semanticVersion="1.1.0")

    arn = imagebuilder_mock.images.add(recipe="Web")

    assert shown(imagebuilder, arn)["imageRecipe"]["arn"] == newer != recipe


def test_a_wildcard_is_the_newest_version(imagebuilder, imagebuilder_mock, recipe):
    arn = imagebuilder_mock.images.add(recipe=recipe.replace("1.0.0", "x.x.x"))

    assert shown(imagebuilder, arn)["imageRecipe"]["arn"] == recipe


def test_the_recipe_says_where(imagebuilder_mock):
    other = imagebuilder_mock.client(region="eu-west-1", account_id="210987654321")
    here = imagebuilder_mock.client(region="us-east-1")
    a_recipe(here)
    recipe = a_recipe(other)

    arn = imagebuilder_mock.images.add(recipe=recipe)

    assert ":eu-west-1:210987654321:image/" in arn
    name = recipe.split("/")[1]
    again = imagebuilder_mock.images.add(recipe=name, region="eu-west-1", account_id="210987654321")
    assert again == arn[:-1] + "2"


def test_a_container_image_has_uris(imagebuilder, imagebuilder_mock):
    arn = imagebuilder_mock.images.add(
        recipe=a_container_recipe(imagebuilder, name="web"), regions=["eu-west-1"]
    )

    containers = shown(imagebuilder, arn)["outputResources"]["containers"]
    assert [each["region"] for each in containers] == ["us-east-1", "eu-west-1"]
    assert imagebuilder_mock.images.amis(arn) == []


class TestMistakes:
    @pytest.mark.usefixtures("recipe")
    def test_a_recipe_that_is_not_there(self, imagebuilder_mock):
        with pytest.raises(LookupError, match="no recipe 'app'") as caught:
            imagebuilder_mock.images.add(recipe="app")
        assert "There are: web." in str(caught.value)

        with pytest.raises(LookupError, match=r"no recipe 'wbe' .* Did you mean 'web'"):
            imagebuilder_mock.images.add(recipe="wbe")

    def test_a_time_without_zone(self, add):
        with pytest.raises(ValueError, match="created= needs a datetime with a time zone"):
            add(created=datetime(2020, 1, 1))  # noqa: DTZ001 - the mistake

    @pytest.mark.parametrize("what", ["created", "last_launched"])
    def test_a_time_that_lies_ahead(self, add, what):
        with pytest.raises(ValueError, match=f"{what}=.* lies ahead"):
            add(**{what: NOW + timedelta(seconds=1)})

    def test_a_launch_before_the_image_was_made(self, imagebuilder_mock, add):
        with pytest.raises(ValueError, match=r"last_launched=.* lies before created=2020-03-01"):
            add(created=[THEN - timedelta(days=1), THEN + timedelta(days=1)], last_launched=THEN)
        assert len(imagebuilder_mock.resources()) == 1

    @pytest.mark.parametrize("state", ["PENDING", "DELETED", "gone"])
    def test_a_state_of_no_finished_image(self, imagebuilder_mock, add, state):
        with pytest.raises(ValueError, match="a finished image is in one of 'AVAILABLE'"):
            add(state=state)
        assert len(imagebuilder_mock.resources()) == 1

    @pytest.mark.parametrize("options", [{"public": True}, {"last_launched": THEN}])
    def test_amis_of_a_container_recipe(self, imagebuilder, imagebuilder_mock, options):
        recipe = a_container_recipe(imagebuilder)

        with pytest.raises(ValueError, match="makes container images"):
            imagebuilder_mock.images.add(recipe=recipe, **options)

    @pytest.mark.parametrize("what", ["regions", "shared_with"])
    def test_a_string_in_the_place_of_a_list(self, add, what):
        with pytest.raises(TypeError, match=rf"{what}='111122223333' is one .* \['111122223333'\]"):
            add(**{what: "111122223333"})

    @pytest.mark.parametrize("account", ["1111", 111122223333])
    def test_an_account_that_is_none(self, add, account):
        with pytest.raises(ValueError, match="an account is 12 digits"):
            add(shared_with=[account])

    @pytest.mark.parametrize("what", ["tags", "ami_tags"])
    @pytest.mark.parametrize("tags", [{"aws:own": "x"}, {"x": 1}, {"x": "y" * 257}])
    def test_tags_that_the_service_does_not_take(self, add, what, tags):
        with pytest.raises(ValueError, match=f"{what}=.*'tags.* is not valid"):
            add(**{what: tags})

    @pytest.mark.imagebuilder(quotas={"concurrent builds": 0})
    def test_what_the_service_would_refuse(self, add):
        with pytest.raises(ValueError, match="quota for concurrent builds"):
            add()

    def test_an_image_that_is_not_there(self, imagebuilder, imagebuilder_mock):
        with pytest.raises(LookupError, match="There is no image"):
            imagebuilder_mock.images.amis(a_component(imagebuilder))

    def test_an_ami_that_no_build_made(self, imagebuilder_mock):
        with pytest.raises(LookupError, match="No build made the AMI 'ami-1'"):
            imagebuilder_mock.images.ami("ami-1")

    def test_an_action_that_is_none(self, imagebuilder_mock):
        with pytest.raises(ValueError, match="choose one of 'AVAILABLE', 'DELETE'"):
            imagebuilder_mock.images.refuse("ami-1", action="DEREGISTER")
