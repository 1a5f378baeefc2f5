"""What EC2 knows of the AMIs that a build makes: who may launch from them, what they are tagged."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.builders import AMAZON, WINDOWS_PARENT, a_build, a_distribution, a_recipe, an_image
from tests.model import needs_optional
from tests.workflow_builders import BUILD_IMAGE, DISTRIBUTE_IMAGE, a_run, a_step, a_workflow

ARM_PARENT = f"{AMAZON}image/amazon-linux-2023-arm64/x.x.x"
HOME, OTHER, THIRD = "123456789012", "210987654321", "345678901234"
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)

instant = pytest.mark.imagebuilder(builds="instant", now=MOMENT)


def distribution_to(client, *settings):
    """A distribution configuration of (Region, AMI settings)."""
    return a_distribution(
        client,
        distributions=[
            {"region": region, "amiDistributionConfiguration": ami} for region, ami in settings
        ],
    )


def permissions_of(mock, arn):
    return {ami.region: (ami.public, sorted(ami.shared_with)) for ami in mock.images.amis(arn)}


class TestLaunchPermissions:
    def test_nobody_else_may_launch_what_was_not_distributed(self, imagebuilder, imagebuilder_mock):
        """Launch permissions are set by the distribution (user guide, wfdoc-step-actions)."""
        imagebuilder_mock.builds.fail_next(step="LaunchTestInstance")
        distribution = distribution_to(
            imagebuilder,
            ("us-east-1", {"launchPermission": {"userGroups": ["all"], "userIds": [OTHER]}}),
        )

        arn = a_build(imagebuilder, distributionConfigurationArn=distribution)
        imagebuilder_mock.builds.finish_all()

        assert permissions_of(imagebuilder_mock, arn) == {"us-east-1": (False, [])}

    @instant
    def test_each_region_has_its_own(self, imagebuilder, imagebuilder_mock):
        distribution = distribution_to(
            imagebuilder,
            ("us-east-1", {"launchPermission": {"userIds": [OTHER]}}),
            ("eu-west-1", {"launchPermission": {"userGroups": ["all"]}}),
            ("ap-south-1", {}),
        )

        arn = a_build(imagebuilder, distributionConfigurationArn=distribution)

        assert permissions_of(imagebuilder_mock, arn) == {
            "us-east-1": (False, [OTHER]),
            "eu-west-1": (True, []),
            "ap-south-1": (False, []),
        }

    @instant
    def test_the_managed_workflow_sets_those_of_the_configuration(
        self, imagebuilder, imagebuilder_mock
    ):
        distribution = distribution_to(
            imagebuilder, ("us-east-1", {"launchPermission": {"userIds": [OTHER]}})
        )

        arn = a_run(
            imagebuilder, BUILD_IMAGE, DISTRIBUTE_IMAGE, distributionConfigurationArn=distribution
        )

        assert permissions_of(imagebuilder_mock, arn) == {"us-east-1": (False, [OTHER])}

    @instant
    def test_a_step_can_have_its_own(self, imagebuilder, imagebuilder_mock):
        """They are used instead of the configuration's (user guide, wfdoc-step-actions)."""
        workflow = a_workflow(
            imagebuilder,
            a_step("Distribute", "DistributeImage"),
            a_step(
                "Modify",
                "ModifyImageAttributes",
                inputs={
                    "distributedImages.$": "$.stepOutputs.Distribute.distributedImages",
                    "attributes": [
                        {"region": "eu-west-1", "launchPermission": {"userIds": [THIRD]}}
                    ],
                },
            ),
            type="DISTRIBUTION",
        )
        shared = {"launchPermission": {"userIds": [OTHER]}}
        distribution = distribution_to(imagebuilder, ("us-east-1", shared), ("eu-west-1", shared))

        arn = a_run(imagebuilder, BUILD_IMAGE, workflow, distributionConfigurationArn=distribution)

        assert permissions_of(imagebuilder_mock, arn) == {
            "us-east-1": (False, []),
            "eu-west-1": (False, [THIRD]),
        }

    @instant
    def test_without_the_step_nothing_is_shared(self, imagebuilder, imagebuilder_mock):
        workflow = a_workflow(
            imagebuilder, a_step("Distribute", "DistributeImage"), type="DISTRIBUTION"
        )
        distribution = distribution_to(
            imagebuilder, ("us-east-1", {"launchPermission": {"userIds": [OTHER]}})
        )

        arn = a_run(imagebuilder, BUILD_IMAGE, workflow, distributionConfigurationArn=distribution)

        assert permissions_of(imagebuilder_mock, arn) == {"us-east-1": (False, [])}


class TestTags:
    @instant
    def test_the_build_fills_their_placeholders(self, imagebuilder, imagebuilder_mock):
        """User guide, tag-resources ("dynamic tags") and wfdoc-step-actions, for the format."""
        recipe = a_recipe(imagebuilder)
        distribution = distribution_to(
            imagebuilder,
            (
                "us-east-1",
                {
                    "amiTags": {
                        "Built": "{{imagebuilder:buildDate}}",
                        "Day": "{{ imagebuilder:buildDate:yyyy-MM-dd }}",
                        "Build": "{{imagebuilder:buildVersion}}",
                        "team": "images",
                    }
                },
            ),
        )
        an_image(imagebuilder, imageRecipeArn=recipe)

        arn = an_image(
            imagebuilder, imageRecipeArn=recipe, distributionConfigurationArn=distribution
        )

        [ami] = imagebuilder_mock.images.amis(arn)
        assert ami.tags == {
            "Built": "2026-01-02T03-04-05.678Z",
            "Day": "2026-01-02",
            "Build": "2",
            "team": "images",
            "CreatedBy": "EC2 Image Builder",
            "Ec2ImageBuilderArn": arn,
        }


class TestArchitecture:
    @instant
    @pytest.mark.parametrize(
        ("parent", "architecture"),
        [
            ("amazon-linux-2023-x86", "x86_64"),
            ("amazon-linux-2023-arm64", "arm64"),
            pytest.param(
                "macos-sequoia-arm64",
                "arm64_mac",
                marks=needs_optional("CreateImageRecipe", "components"),
            ),
        ],
    )
    def test_it_is_handed_down_from_image_to_image(
        self, imagebuilder, imagebuilder_mock, parent, architecture
    ):
        parents = [f"{AMAZON}image/{parent}/x.x.x"]
        for _ in range(2):
            recipe = a_recipe(imagebuilder, parentImage=parents[-1])
            parents.append(an_image(imagebuilder, imageRecipeArn=recipe))

        for arn in parents[1:]:
            [ami] = imagebuilder_mock.images.amis(arn)
            assert ami.architecture == architecture

    @instant
    def test_an_ami_that_a_build_made_is_known(self, imagebuilder, imagebuilder_mock):
        base = an_image(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, parentImage=ARM_PARENT))
        [made] = imagebuilder_mock.images.amis(base)

        recipe = a_recipe(imagebuilder, parentImage=made.image_id)
        [ami] = imagebuilder_mock.images.amis(an_image(imagebuilder, imageRecipeArn=recipe))

        assert ami.architecture == "arm64"


@needs_optional("CreateImageRecipe", "components")
def test_a_recipe_on_an_ami_that_a_build_made_has_its_platform(imagebuilder, imagebuilder_mock):
    base = an_image(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, parentImage=WINDOWS_PARENT))
    [made] = imagebuilder_mock.images.amis(base)

    recipe = a_recipe(imagebuilder, parentImage=made.image_id)

    shown = imagebuilder.get_image_recipe(imageRecipeArn=recipe)["imageRecipe"]
    assert shown["platform"] == "Windows"


class TestDevices:
    """Source: EC2's API reference, CreateImage; the roots' names were seen."""

    @instant
    @pytest.mark.parametrize(
        ("parent", "root"),
        [
            ("amazon-linux-2023-x86", "/dev/xvda"),
            ("ubuntu-server-22-lts-x86", "/dev/sda1"),
            ("red-hat-enterprise-linux-9-x86", "/dev/sda1"),
            ("windows-server-2022-english-core-base-x86", "/dev/sda1"),
        ],
    )
    def test_the_root_is_the_parents(self, imagebuilder, imagebuilder_mock, parent, root):
        recipe = a_recipe(imagebuilder, parentImage=f"{AMAZON}image/{parent}/x.x.x")

        arn = an_image(imagebuilder, imageRecipeArn=recipe)

        [ami] = imagebuilder_mock.images.amis(arn)
        assert [device["DeviceName"] for device in ami.devices] == [root]

    @instant
    def test_the_recipes_mappings_are_over_the_parents(self, imagebuilder, imagebuilder_mock):
        base = a_recipe(
            imagebuilder,
            blockDeviceMappings=[
                {"deviceName": "/dev/xvda", "ebs": {"volumeSize": 20}},
                {"deviceName": "/dev/sdb", "ebs": {"volumeSize": 100}},
                {"deviceName": "/dev/sdc", "ebs": {"volumeSize": 200}},
            ],
        )
        recipe = a_recipe(
            imagebuilder,
            parentImage=an_image(imagebuilder, imageRecipeArn=base),
            blockDeviceMappings=[
                {"deviceName": "/dev/xvda", "ebs": {"iops": 4000}},
                {"deviceName": "/dev/sdb", "noDevice": ""},
                {"deviceName": "/dev/sdd", "ebs": {"volumeSize": 300}},
            ],
        )

        arn = an_image(
            imagebuilder,
            imageRecipeArn=recipe,
            distributionConfigurationArn=a_distribution(imagebuilder, "us-east-1", "eu-west-1"),
        )

        for ami in imagebuilder_mock.images.amis(arn):
            sizes = {each["DeviceName"]: each["Ebs"]["VolumeSize"] for each in ami.devices}
            assert sizes == {"/dev/xvda": 20, "/dev/sdc": 200, "/dev/sdd": 300}
            assert ami.devices[0]["Ebs"]["Iops"] == 4000
            assert ami.snapshots == tuple(each["Ebs"]["SnapshotId"] for each in ami.devices)


@instant
class TestKeysOfOtherAccounts:
    KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
    MANAGED = (
        "1) EC2 Client Error: 'Snapshots encrypted with the AWS Managed CMK can\u2019t be shared. "
        "Specify another snapshot.' when distributing"
    )

    def reason_of(self, client, target=OTHER, ebs=None, **settings):
        mappings = [{"deviceName": "/dev/xvda", "ebs": ebs}] if ebs else []
        recipe = a_recipe(client, blockDeviceMappings=mappings)
        distribution = distribution_to(
            client,
            ("us-east-1", {"targetAccountIds": [HOME]}),
            ("eu-west-1", settings | {"targetAccountIds": [target]}),
        )
        arn = a_build(client, imageRecipeArn=recipe, distributionConfigurationArn=distribution)
        return client.get_image(imageBuildVersionArn=arn)["image"]["state"].get("reason")

    @pytest.mark.parametrize(
        ("ebs", "settings"),
        [
            ({"encrypted": True}, {}),
            ({"encrypted": True, "kmsKeyId": "alias/aws/ebs"}, {}),
            ({"volumeSize": 8}, {"kmsKeyId": "alias/aws/ebs"}),
        ],
        ids=["no key", "alias", "of the distribution"],
    )
    def test_what_aws_manages_is_not_shared(self, imagebuilder, ebs, settings):
        """Source: EC2 user guide; ModifySnapshotAttribute's error."""
        assert self.MANAGED in self.reason_of(imagebuilder, ebs=ebs, **settings)
        assert self.reason_of(imagebuilder, target=HOME, ebs=ebs, **settings) is None

    def test_a_bare_id_is_invalid_there(self, imagebuilder):
        """Seen: aws-samples."""
        reason = self.reason_of(imagebuilder, kmsKeyId=self.KEY)

        error = f"AMI snapshot copy failed with error: The specified keyId {self.KEY} is invalid"
        assert f"1) {error} when distributing" in reason
        assert self.reason_of(imagebuilder, target=HOME, kmsKeyId=self.KEY) is None

    @pytest.mark.parametrize(
        "key",
        [f"arn:aws:kms:eu-west-1:{HOME}:key/{KEY}", "alias/images"],
        ids=["ARN", "alias"],
    )
    def test_a_key_of_ones_own_is_good_there(self, imagebuilder, key):
        ebs = {"encrypted": True, "kmsKeyId": key}

        assert self.reason_of(imagebuilder, ebs=ebs, kmsKeyId=key) is None
