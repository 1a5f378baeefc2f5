"""ImportComponent, ImportVmImage, ImportDiskImage."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
import yaml

from tests.build_views import the_image
from tests.builders import OWN, a_recipe, an_infrastructure
from tests.model import modelled, needs_member, needs_operation
from tests.refusals import (
    Refusal,
    already_exists,
    invalid_combination,
    invalid_value,
    over_quota,
)

A_TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)

needs_disk_import = needs_operation("ImportDiskImage")


def component_params(**params):
    return {
        "name": "Script",
        "semanticVersion": "1.0.0",
        "type": "BUILD",
        "format": "SHELL",
        "platform": "Linux",
        "data": "echo hello\n",
        **params,
    }


def vm_params(**params):
    return {
        "name": "Imported",
        "semanticVersion": "1.0.0",
        "platform": "Linux",
        "vmImportTaskId": "import-ami-0123456789abcdef0",
        **params,
    }


def disk_params(client, **params):
    given = {
        "name": "Windows",
        "semanticVersion": "1.0.0",
        "platform": "Windows",
        "osVersion": "Microsoft Windows 11",
        "uri": "s3://bucket/windows/11.iso",
        **params,
    }
    if "infrastructureConfigurationArn" not in given:
        given["infrastructureConfigurationArn"] = an_infrastructure(client)
    return given


def the_component(client, arn):
    return client.get_component(componentBuildVersionArn=arn)["component"]


def states_of(client, mock, arn):
    """The states of a held build, each with the number of its AMIs."""
    seen = []
    while True:
        image = the_image(client, arn)
        seen.append((image["state"]["status"], len(image["outputResources"]["amis"])))
        if not mock.builds.running:
            return seen
        mock.builds.advance(arn)


class TestComponent:
    def test_it_answers_the_build_version_arn(self, imagebuilder):
        """Source: API reference, ImportComponent."""
        answer = imagebuilder.import_component(**component_params(clientToken="t"))

        assert set(answer) == {
            "requestId",
            "clientToken",
            "componentBuildVersionArn",
            "ResponseMetadata",
        }
        assert answer["componentBuildVersionArn"] == f"{OWN}component/script/1.0.0/1"
        assert answer["clientToken"] == "t"

    @pytest.mark.parametrize(
        ("platform", "action"), [("Linux", "ExecuteBash"), ("Windows", "ExecutePowerShell")]
    )
    @pytest.mark.parametrize(("kind", "phase"), [("BUILD", "build"), ("TEST", "test")])
    def test_the_script_is_one_step_of_a_document(
        self, imagebuilder, platform, action, kind, phase
    ):
        """Source: API reference, ImportComponent; the names of phase and step are inferred."""
        arn = imagebuilder.import_component(**component_params(platform=platform, type=kind))[
            "componentBuildVersionArn"
        ]

        component = the_component(imagebuilder, arn)

        assert (component["type"], component["platform"]) == (kind, platform)
        assert yaml.safe_load(component["data"]) == {
            "name": "Script",
            "schemaVersion": "1.0",
            "phases": [
                {
                    "name": phase,
                    "steps": [
                        {
                            "name": "RunScript",
                            "action": action,
                            "inputs": {"commands": ["echo hello\n"]},
                        }
                    ],
                }
            ],
        }

    def test_what_is_given_is_shown(self, imagebuilder):
        given = {
            "description": "a script",
            "changeDescription": "the first",
            "kmsKeyId": "alias/own",
            "tags": {"team": "images"},
        }
        arn = imagebuilder.import_component(**component_params(**given))

        component = the_component(imagebuilder, arn["componentBuildVersionArn"])

        assert {name: component[name] for name in given} == given

    def test_it_can_be_part_of_a_recipe(self, imagebuilder):
        arn = imagebuilder.import_component(**component_params())["componentBuildVersionArn"]

        recipe = a_recipe(imagebuilder, components=[arn])

        shown = imagebuilder.get_image_recipe(imageRecipeArn=recipe)["imageRecipe"]
        assert shown["components"] == [{"componentArn": arn}]

    def test_the_same_again_is_refused(self, imagebuilder, refused):
        arn = imagebuilder.import_component(**component_params())["componentBuildVersionArn"]

        refusal = refused(imagebuilder.import_component, **component_params())

        assert refusal == already_exists("Component", arn)

    def test_another_script_is_the_next_build(self, imagebuilder):
        imagebuilder.import_component(**component_params())

        answer = imagebuilder.import_component(**component_params(data="echo bye"))

        assert answer["componentBuildVersionArn"] == f"{OWN}component/script/1.0.0/2"

    @pytest.mark.parametrize(
        "given",
        [
            pytest.param({"data": "echo", "uri": "s3://bucket/script.sh"}, id="both"),
            pytest.param({}, id="neither"),
        ],
    )
    def test_there_is_one_script(self, imagebuilder, refused, given):
        params = component_params()
        del params["data"]

        refusal = refused(imagebuilder.import_component, **params, **given)

        assert refusal == invalid_combination(
            "data", "You must specify exactly one of 'data' and 'uri'."
        )

    def test_nothing_is_in_s3(self, imagebuilder, refused):
        params = component_params(uri="s3://bucket/script.sh")
        del params["data"]

        assert refused(imagebuilder.import_component, **params) == invalid_value(
            "uri",
            "The document at 's3://bucket/script.sh' could not be read. imagebuilder_mock looks "
            "it up in moto: switch moto's mock_aws on. "
            "Or put the document there with mock.documents.put().",
        )

    def test_a_reference_to_no_parameter_is_refused(self, imagebuilder, refused):
        """The document that it becomes is checked as any other."""
        refusal = refused(imagebuilder.import_component, **component_params(data="echo {{ name }}"))

        assert refusal.code == "InvalidParameterValueException"
        assert "Parsing step 'RunScript' in phase 'build' failed." in refusal.message


class TestVmImage:
    def test_it_answers_the_arn(self, imagebuilder):
        """Source: API reference, ImportVmImage."""
        answer = imagebuilder.import_vm_image(**vm_params(clientToken="t"))

        assert set(answer) == {"requestId", "clientToken", "imageArn", "ResponseMetadata"}
        assert answer["imageArn"] == f"{OWN}image/imported/1.0.0/1"
        assert answer["clientToken"] == "t"

    @pytest.mark.imagebuilder(builds="held", now=A_TIME)
    def test_it_is_an_imported_image_without_recipe(self, imagebuilder):
        logging = {"logGroupName": "/aws/imagebuilder/import"}
        given = {"osVersion": "Ubuntu 22", "tags": {"team": "images"}}
        if "loggingConfiguration" in modelled("GetImage", "image", {"loggingConfiguration"}):
            given["loggingConfiguration"] = logging
        arn = imagebuilder.import_vm_image(**vm_params(**given))["imageArn"]

        image = the_image(imagebuilder, arn)

        assert image == {
            "arn": arn,
            "type": "AMI",
            "name": "Imported",
            "version": "1.0.0/1",
            "platform": "Linux",
            "state": {"status": "PENDING"},
            "dateCreated": "2026-01-02T03:04:05.678Z",
            "outputResources": {"amis": []},
            "buildType": "IMPORT",
            "imageSource": "IMPORTED",
            **given,
        }

    @pytest.mark.imagebuilder(builds="held")
    def test_it_is_pending_until_the_task_has_ended(self, imagebuilder, imagebuilder_mock):
        """Source: API reference, ImportVmImage."""
        arn = imagebuilder.import_vm_image(**vm_params())["imageArn"]

        states = states_of(imagebuilder, imagebuilder_mock, arn)

        assert states == [("PENDING", 0), ("AVAILABLE", 1)]

    @pytest.mark.imagebuilder(builds="instant", now=A_TIME)
    def test_its_ami_is_in_the_callers_account(self, imagebuilder):
        arn = imagebuilder.import_vm_image(**vm_params())["imageArn"]

        (ami,) = the_image(imagebuilder, arn)["outputResources"]["amis"]

        assert (ami["region"], ami["accountId"]) == ("us-east-1", "123456789012")
        assert ami["name"] == "Imported 2026-01-02T03-04-05.678901Z"

    @pytest.mark.imagebuilder(builds="instant")
    def test_it_can_be_a_parent(self, imagebuilder):
        imagebuilder.import_vm_image(**vm_params(osVersion="Ubuntu 22"))

        recipe = a_recipe(imagebuilder, parentImage=f"{OWN}image/imported/x.x.x")

        shown = imagebuilder.get_image_recipe(imageRecipeArn=recipe)["imageRecipe"]
        assert shown["platform"] == "Linux"

    def test_the_next_one_has_the_next_build_number(self, imagebuilder):
        imagebuilder.import_vm_image(**vm_params())

        answer = imagebuilder.import_vm_image(**vm_params())

        assert answer["imageArn"] == f"{OWN}image/imported/1.0.0/2"

    def test_a_client_token_imports_once(self, imagebuilder):
        answers = [imagebuilder.import_vm_image(**vm_params(clientToken="t")) for _ in range(2)]

        assert {answer["imageArn"] for answer in answers} == {f"{OWN}image/imported/1.0.0/1"}

    @pytest.mark.parametrize("task", ["import-snap-0123456789abcdef0", "ami-0123456789abcdef0"])
    def test_the_task_is_one_that_imports_an_image(self, imagebuilder, refused, task):
        """Source: EC2 API reference, ImportImage (the form of the ID)."""
        refusal = refused(imagebuilder.import_vm_image, **vm_params(vmImportTaskId=task))

        assert refusal == invalid_value(
            "vmImportTaskId", "'vmImportTaskId' must be the ID of an Amazon EC2 import image task."
        )

    @pytest.mark.parametrize("name", ["vm", "-" * 129, "a.b.c", "hello!", " hello"])
    def test_its_name_is_one_that_an_image_can_have(self, imagebuilder, refused, name):
        """Source: API reference, Image. The model has no pattern for it in the request."""
        assert refused(imagebuilder.import_vm_image, **vm_params(name=name)) == invalid_value(
            "name", "'name' must match pattern ^[-_A-Za-z-0-9][-_A-Za-z0-9 ]{1,126}[-_A-Za-z-0-9]$"
        )

    @needs_member("ImportVmImage", "loggingConfiguration")
    def test_its_log_group_is_image_builders(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.import_vm_image,
            **vm_params(loggingConfiguration={"logGroupName": "/own/group"}),
        )

        assert refusal == invalid_value(
            "loggingConfiguration.logGroupName",
            "The log group must be within '/aws/imagebuilder/'.",
        )

    @pytest.mark.imagebuilder(builds="held", quotas={"concurrent builds": 1})
    def test_it_counts_as_a_build(self, imagebuilder, refused):
        imagebuilder.import_vm_image(**vm_params())

        refusal = refused(imagebuilder.import_vm_image, **vm_params())

        assert refusal == over_quota("concurrent builds", 1)

    @pytest.mark.imagebuilder(builds="held")
    def test_it_can_be_cancelled_and_deleted(self, imagebuilder):
        arn = imagebuilder.import_vm_image(**vm_params())["imageArn"]

        imagebuilder.cancel_image_creation(imageBuildVersionArn=arn)

        assert the_image(imagebuilder, arn)["state"]["status"] == "CANCELLED"
        imagebuilder.delete_image(imageBuildVersionArn=arn)
        assert imagebuilder.list_images()["imageVersionList"] == []

    def test_a_number_above_30_bits_is_refused(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.import_vm_image, **vm_params(semanticVersion="1.0.1073741824")
        )

        assert refusal == Refusal(
            "InvalidVersionNumberException",
            400,
            "The supplied semantic version does not follow the required format. Each number must "
            "be between 0 and 1073741823.",
        )


@needs_disk_import
class TestDiskImage:
    def test_it_answers_the_arn(self, imagebuilder):
        """Source: API reference, ImportDiskImage (no requestId)."""
        answer = imagebuilder.import_disk_image(**disk_params(imagebuilder, clientToken="t"))

        assert set(answer) == {"clientToken", "imageBuildVersionArn", "ResponseMetadata"}
        assert answer["imageBuildVersionArn"] == f"{OWN}image/windows/1.0.0/1"
        assert answer["clientToken"] == "t"

    @pytest.mark.imagebuilder(builds="held")
    def test_it_keeps_what_it_is_built_with(self, imagebuilder):
        infrastructure = an_infrastructure(imagebuilder)
        arn = imagebuilder.import_disk_image(
            **disk_params(
                imagebuilder,
                infrastructureConfigurationArn=infrastructure,
                executionRole="arn:aws:iam::123456789012:role/build",
                tags={"team": "images"},
            )
        )["imageBuildVersionArn"]

        image = the_image(imagebuilder, arn)

        expected = {
            "type": "AMI",
            "platform": "Windows",
            "osVersion": "Microsoft Windows 11",
            "buildType": "IMPORT_ISO",
            "imageSource": "IMPORTED",
            "executionRole": "arn:aws:iam::123456789012:role/build",
            "tags": {"team": "images"},
        }
        assert {name: image[name] for name in expected} == expected
        assert image["infrastructureConfiguration"]["arn"] == infrastructure
        assert "imageRecipe" not in image

    @pytest.mark.imagebuilder(builds="held")
    def test_it_is_built_and_not_tested(self, imagebuilder, imagebuilder_mock):
        arn = imagebuilder.import_disk_image(**disk_params(imagebuilder))["imageBuildVersionArn"]

        states = states_of(imagebuilder, imagebuilder_mock, arn)

        assert states == [("PENDING", 0), ("CREATING", 0), ("BUILDING", 0), ("AVAILABLE", 1)]

    @pytest.mark.imagebuilder(builds="instant")
    def test_it_can_be_a_parent(self, imagebuilder):
        arn = imagebuilder.import_disk_image(**disk_params(imagebuilder))["imageBuildVersionArn"]
        component = imagebuilder.import_component(**component_params(platform="Windows"))

        recipe = a_recipe(
            imagebuilder,
            parentImage=arn,
            components=[component["componentBuildVersionArn"]],
        )

        shown = imagebuilder.get_image_recipe(imageRecipeArn=recipe)["imageRecipe"]
        assert shown["platform"] == "Windows"

    def test_the_next_one_has_the_next_build_number(self, imagebuilder):
        imagebuilder.import_disk_image(**disk_params(imagebuilder))

        answer = imagebuilder.import_disk_image(**disk_params(imagebuilder))

        assert answer["imageBuildVersionArn"] == f"{OWN}image/windows/1.0.0/2"

    @pytest.mark.parametrize("ending", ["iso", "ISO", "Iso"])
    def test_the_file_may_end_in(self, imagebuilder, ending):
        """Source: API reference, ImportDiskImage."""
        params = disk_params(imagebuilder, uri=f"s3://bucket/11.{ending}")

        answer = imagebuilder.import_disk_image(**params)

        assert answer["imageBuildVersionArn"] == f"{OWN}image/windows/1.0.0/1"

    @pytest.mark.parametrize(
        ("change", "refusal"),
        [
            pytest.param(
                {"platform": "Linux"},
                invalid_value("platform", "The only supported platform is 'Windows'."),
                id="platform",
            ),
            pytest.param(
                {"osVersion": "Microsoft Windows 10"},
                invalid_value(
                    "osVersion",
                    "The only supported operating system version is 'Microsoft Windows 11'.",
                ),
                id="os-version",
            ),
            *(
                pytest.param(
                    {"uri": uri},
                    invalid_value(
                        "uri", "'uri' must be the S3 URI of a disk file that ends with .iso."
                    ),
                    id=uri,
                )
                for uri in ("s3://bucket/11.vhd", "s3://bucket", "https://bucket/11.iso")
            ),
            pytest.param(
                {"registerImageOptions": {"secureBootEnabled": False, "uefiData": "ZGF0YQ=="}},
                invalid_combination(
                    "registerImageOptions.uefiData",
                    "UEFI data can be set only when Secure Boot is enabled.",
                ),
                id="uefi-data",
            ),
            pytest.param(
                {"loggingConfiguration": {"logGroupName": "/own/group"}},
                invalid_combination(
                    "loggingConfiguration.logGroupName",
                    "A log group outside of '/aws/imagebuilder/' needs an execution role.",
                ),
                id="log-group",
            ),
            pytest.param(
                {"infrastructureConfigurationArn": f"{OWN}infrastructure-configuration/none"},
                invalid_value(
                    "infrastructureConfigurationArn",
                    "The provided resource 'InfrastructureConfiguration' does not exist: "
                    f"'{OWN}infrastructure-configuration/none'.",
                ),
                id="infrastructure",
            ),
        ],
    )
    def test_what_is_refused(self, imagebuilder, refused, change, refusal):
        """Source: API reference, ImportDiskImage; the sentences are ours."""
        params = disk_params(imagebuilder, **change)

        assert refused(imagebuilder.import_disk_image, **params) == refusal

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"registerImageOptions": {"uefiData": "ZGF0YQ=="}}, id="secure-boot"),
            pytest.param(
                {"registerImageOptions": {"secureBootEnabled": False}}, id="no-secure-boot"
            ),
            pytest.param(
                {
                    "loggingConfiguration": {"logGroupName": "/own/group"},
                    "executionRole": "arn:aws:iam::123456789012:role/build",
                },
                id="own-log-group",
            ),
        ],
    )
    def test_what_is_taken(self, imagebuilder, change):
        """Source: API reference, RegisterImageOptions (Secure Boot is on by default)."""
        answer = imagebuilder.import_disk_image(**disk_params(imagebuilder, **change))

        assert answer["imageBuildVersionArn"] == f"{OWN}image/windows/1.0.0/1"
