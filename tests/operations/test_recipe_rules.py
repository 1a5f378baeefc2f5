"""What CreateImageRecipe refuses.

The sentences are those of the user guide, create-image-recipes, where it has one.
"""

from __future__ import annotations

import pytest

from tests.builders import (
    AMAZON,
    DOCUMENT,
    MANAGED_COMPONENT,
    MANAGED_PARENT,
    OWN,
    WINDOWS_PARENT,
    a_build,
    a_component,
    a_recipe,
    an_image,
)
from tests.model import needs_member
from tests.refusals import invalid_combination, invalid_value

WINDOWS_COMPONENT = MANAGED_COMPONENT.replace("linux", "windows")
POWERSHELL = DOCUMENT.replace("ExecuteBash", "ExecutePowerShell")
AN_AMI = "ami-0123456789abcdef0"


@pytest.fixture
def refused_recipe(imagebuilder, refused):
    """The refusal of a recipe for Linux, but for what is said of it."""

    def refusal(**params):
        given = {
            "name": "golden",
            "semanticVersion": "1.0.0",
            "parentImage": MANAGED_PARENT,
            "components": [{"componentArn": MANAGED_COMPONENT}],
            **params,
        }
        return refused(imagebuilder.create_image_recipe, **given)

    return refusal


def platform_of(client, recipe):
    return client.get_image_recipe(imageRecipeArn=recipe)["imageRecipe"]["platform"]


def components_of(client, **params):
    """The components of a recipe that is made."""
    recipe = client.get_image_recipe(imageRecipeArn=a_recipe(client, **params))["imageRecipe"]
    return [component["componentArn"] for component in recipe["components"]]


def with_parameters(*parameters):
    """A document that declares parameters, each with or without a default."""
    lines = "".join(
        f"  - {name}: {{type: string{', default: ' + default if default else ''}}}\n"
        for name, default in parameters
    )
    return f"{DOCUMENT}parameters:\n{lines}"


class TestParents:
    """Source: API reference, CreateImageRecipe."""

    @pytest.mark.parametrize(
        "parent",
        [
            pytest.param(AN_AMI, id="AMI"),
            pytest.param("ami-01234567", id="AMI with a short id"),
            pytest.param("ssm:/aws/service/ami-amazon-linux-latest/al2023", id="parameter"),
            pytest.param("ssm:arn:aws:ssm:us-east-1:123456789012:parameter/golden", id="its ARN"),
            pytest.param("prod-abcdefghijklm", id="product"),
            pytest.param("01234567-89ab-cdef-0123-456789abcdef", id="product with a UUID"),
            pytest.param(f"{AMAZON}image/amazon-linux-2-x86/x.x.x", id="newest version"),
            pytest.param(f"{AMAZON}image/amazon-linux-2-x86/2019.x.x", id="newest of a year"),
        ],
    )
    def test_the_forms_of_a_parent(self, imagebuilder, parent):
        recipe = a_recipe(imagebuilder, parentImage=parent)

        answer = imagebuilder.get_image_recipe(imageRecipeArn=recipe)
        assert answer["imageRecipe"]["parentImage"] == parent

    @pytest.mark.parametrize(
        "parent",
        [
            "golden",
            "AMI-0123456789abcdef0",
            "ami-0123",
            "ssm:",
            "docker:latest",
            f"{AMAZON}image/amazon-linux-2-x86",
            f"{AMAZON}image/amazon-linux-2-x86/x",
            f"{AMAZON}image/amazon-linux-2-x86/1.x",
            f"{AMAZON}image/amazon-linux-2-x86/latest",
            f"{AMAZON}image/amazon-linux-2-x86/x.x.x/1",
            f"{AMAZON}component/update-linux/x.x.x",
            "arn:aws:ec2:us-east-1::image/ami-0123456789abcdef0",
        ],
    )
    def test_other_forms_are_refused(self, refused_recipe, parent):
        assert refused_recipe(parentImage=parent) == invalid_value(
            "parentImage",
            "The parent image must be an AMI ID, an Image Builder image ARN, an SSM parameter "
            "prefixed by 'ssm:', or an AWS Marketplace product ID.",
        )

    @pytest.mark.parametrize(
        "parent",
        [
            pytest.param(f"{AMAZON}image/no-such-image/x.x.x", id="Amazon's"),
            pytest.param(f"{OWN}image/no-such-image/1.0.0/1", id="the account's own"),
            pytest.param(
                "arn:aws:imagebuilder:us-east-1:210987654321:image/golden/1.0.0/1",
                id="another account's",
            ),
        ],
    )
    def test_an_image_must_be_there(self, refused_recipe, parent):
        assert refused_recipe(parentImage=parent) == invalid_value(
            "parentImage", f"The provided resource 'Image' does not exist: '{parent}'."
        )

    def test_of_an_image_of_another_region_that_is_said(self, refused_recipe):
        parent = MANAGED_PARENT.replace("us-east-1", "eu-west-1")

        assert refused_recipe(parentImage=parent) == invalid_value(
            "parentImage",
            f"The provided resource 'Image' does not exist: '{parent}'. "
            "The ARN is of eu-west-1, and the request was made in us-east-1.",
        )

    @pytest.mark.imagebuilder(builds="held")
    def test_a_version_means_an_image_that_is_available(self, imagebuilder, refused_recipe):
        image = a_build(imagebuilder)
        version = image.rpartition("/")[0]

        assert refused_recipe(parentImage=version) == invalid_value(
            "parentImage", f"The provided resource 'Image' does not exist: '{version}'."
        )

    def test_right_of_a_wildcard_there_are_only_wildcards(self, refused_recipe):
        refusal = refused_recipe(parentImage=f"{AMAZON}image/amazon-linux-2-x86/2019.x.21")

        assert refusal == invalid_value(
            "parentImage",
            "The version '2019.x.21' has a wildcard that is followed by a number. Every node to "
            "the right of the first wildcard must be a wildcard.",
        )


class TestPlatform:
    """A recipe has its parent's. Seen: terraform-provider-aws, image_recipe_test.go."""

    @pytest.mark.parametrize(
        ("parent", "component", "platform"),
        [
            pytest.param(MANAGED_PARENT, MANAGED_COMPONENT, "Linux", id="Linux image"),
            pytest.param(WINDOWS_PARENT, WINDOWS_COMPONENT, "Windows", id="Windows image"),
            pytest.param(AN_AMI, MANAGED_COMPONENT, "Linux", id="AMI, Linux component"),
            pytest.param(AN_AMI, WINDOWS_COMPONENT, "Windows", id="AMI, Windows component"),
            pytest.param(
                "ssm:/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base",
                WINDOWS_COMPONENT,
                "Windows",
                id="parameter of Windows",
            ),
        ],
    )
    def test_where_it_comes_from(self, imagebuilder, parent, component, platform):
        recipe = a_recipe(imagebuilder, parentImage=parent, components=[component])

        assert platform_of(imagebuilder, recipe) == platform

    def test_an_own_image_hands_its_own_down(self, imagebuilder):
        windows = a_recipe(imagebuilder, parentImage=WINDOWS_PARENT, components=[WINDOWS_COMPONENT])
        image = an_image(imagebuilder, imageRecipeArn=windows)

        recipe = a_recipe(imagebuilder, parentImage=image, components=[WINDOWS_COMPONENT])

        assert platform_of(imagebuilder, recipe) == "Windows"

    @pytest.mark.parametrize(
        ("parent", "components"),
        [
            pytest.param(MANAGED_PARENT, [WINDOWS_COMPONENT], id="of a managed image"),
            pytest.param(AN_AMI, [MANAGED_COMPONENT, WINDOWS_COMPONENT], id="of the first"),
        ],
    )
    def test_a_component_has_to_be_of_it(self, refused_recipe, parent, components):
        refusal = refused_recipe(
            parentImage=parent, components=[{"componentArn": arn} for arn in components]
        )

        assert refusal == invalid_combination(
            f"components[{len(components) - 1}].componentArn",
            "Component ARN does not match the Parent Image Platform.",
        )


class TestOperatingSystems:
    """Source: API reference, CreateComponent ("a prefix match")."""

    @pytest.mark.parametrize("supported", ["Amazon Linux", "Amazon Linux 2023", "A"])
    def test_what_the_parents_begins_with_is_supported(self, imagebuilder, supported):
        component = a_component(imagebuilder, supportedOsVersions=["Ubuntu", supported])

        assert components_of(imagebuilder, components=[component]) == [component]

    @pytest.mark.parametrize("supported", ["Amazon Linux 2023.1", "amazon linux", "Linux"])
    def test_anything_else_is_not(self, imagebuilder, refused_recipe, supported):
        component = a_component(imagebuilder, supportedOsVersions=["Ubuntu", supported])

        refusal = refused_recipe(components=[{"componentArn": component}])

        assert refusal == invalid_combination(
            "components[0].componentArn",
            "Component ARN does not support the Parent Image OS Version.",
        )

    def test_of_an_ami_it_is_not_known(self, imagebuilder):
        component = a_component(imagebuilder, supportedOsVersions=["Ubuntu"])

        made = components_of(imagebuilder, parentImage=AN_AMI, components=[component])

        assert made == [component]


class TestComponents:
    @pytest.mark.parametrize(
        "arn",
        [
            pytest.param(f"{OWN}component/hello/2.x.x", id="a wildcard without match"),
            pytest.param(f"{OWN}component/hello/1.0.0/2", id="another build"),
            pytest.param(f"{AMAZON}component/hello/x.x.x", id="Amazon's"),
            pytest.param(
                "arn:aws:imagebuilder:us-east-1:210987654321:component/hello/1.0.0",
                id="another account's",
            ),
        ],
    )
    def test_one_must_be_there(self, imagebuilder, refused_recipe, arn):
        a_component(imagebuilder, name="hello")

        refusal = refused_recipe(
            components=[{"componentArn": MANAGED_COMPONENT}, {"componentArn": arn}]
        )

        assert refusal == invalid_value(
            "components[1].componentArn",
            f"The provided resource 'Component' does not exist: '{arn}'.",
        )

    def test_right_of_a_wildcard_there_are_only_wildcards(self, refused_recipe):
        refusal = refused_recipe(
            components=[{"componentArn": f"{AMAZON}component/update-linux/x.0.x"}]
        )

        assert refusal == invalid_value(
            "components[0].componentArn",
            "The version 'x.0.x' has a wildcard that is followed by a number. Every node to the "
            "right of the first wildcard must be a wildcard.",
        )

    @pytest.mark.parametrize("version", ["x.x.x", "1.0.0", "1.0.0/1", "2.0.0/1"])
    def test_each_stands_there_once_in_whatever_version(
        self, imagebuilder, refused_recipe, version
    ):
        first = a_component(imagebuilder, name="hello")
        a_component(imagebuilder, name="hello", semanticVersion="2.0.0")

        refusal = refused_recipe(
            components=[
                {"componentArn": first},
                {"componentArn": MANAGED_COMPONENT},
                {"componentArn": f"{OWN}component/hello/{version}"},
            ]
        )

        assert refusal == invalid_value(
            "components", "A component may be specified in an image recipe at most once."
        )

    def test_another_owners_of_the_same_name_is_another(self, imagebuilder):
        own = a_component(imagebuilder, name="update-linux")

        made = components_of(imagebuilder, components=[own, MANAGED_COMPONENT])

        assert made == [own, MANAGED_COMPONENT]

    @pytest.mark.parametrize("status", ["DEPRECATED", "DISABLED"])
    def test_one_out_of_use_is_refused(
        self, imagebuilder, imagebuilder_mock, refused_recipe, status
    ):
        arn = a_component(imagebuilder)
        component = imagebuilder_mock.resources()[-1]
        component.state = type(component.state)(status)

        refusal = refused_recipe(components=[{"componentArn": arn}])

        assert refusal == invalid_value(
            "components[0].componentArn",
            f"Component ARN {arn} is {status.lower()} and cannot be included in new recipes.",
        )

    def test_a_recipe_keeps_one_that_goes_out_of_use(self, imagebuilder, imagebuilder_mock):
        arn = a_component(imagebuilder)
        recipe = a_recipe(imagebuilder, components=[arn])
        component = imagebuilder_mock.resources()[0]

        component.state = type(component.state)("DEPRECATED")

        image = an_image(imagebuilder, imageRecipeArn=recipe)
        copy = imagebuilder.get_image(imageBuildVersionArn=image)["image"]["imageRecipe"]
        assert copy["components"] == [{"componentArn": arn}]


class TestParameters:
    """Seen: rhythmictech/terraform-aws-ec2-image-builder#106 (undefined ones)."""

    @pytest.fixture
    def component(self, imagebuilder):
        return a_component(imagebuilder, data=with_parameters(("Greeting", "hello"), ("Name", "")))

    def test_a_value_is_given_and_shown(self, imagebuilder, component):
        given = {"componentArn": component, "parameters": [{"name": "Name", "value": ["you"]}]}

        recipe = a_recipe(imagebuilder, components=[given])

        answer = imagebuilder.get_image_recipe(imageRecipeArn=recipe)
        assert answer["imageRecipe"]["components"] == [given]

    def test_amazons_components_declare_theirs_too(self, imagebuilder):
        """Source: user guide, ib-stig."""
        stig = f"{AMAZON}component/stig-build-linux/x.x.x"
        given = {"componentArn": stig, "parameters": [{"name": "Level", "value": ["Low"]}]}

        a_recipe(imagebuilder, components=[given])

        component = imagebuilder.get_component(componentBuildVersionArn=stig)["component"]
        assert [parameter["name"] for parameter in component["parameters"]] == [
            "Level",
            "InstallPackages",
            "SetDoDConsentBanner",
        ]

    def test_only_those_that_the_component_declares(self, component, refused_recipe):
        parameters = [{"name": name, "value": ["x"]} for name in ("Name", "name", "Age")]

        refusal = refused_recipe(
            components=[
                {"componentArn": MANAGED_COMPONENT},
                {"componentArn": component, "parameters": parameters},
            ]
        )

        assert refusal == invalid_combination(
            "components[1].parameters",
            "The following parameters are not defined in the provided component: name, Age",
        )

    @pytest.mark.parametrize(
        "given",
        [
            pytest.param({}, id="none is given"),
            pytest.param({"parameters": [{"name": "Greeting", "value": ["x"]}]}, id="another is"),
        ],
    )
    def test_those_without_default_must_be_given(self, component, refused_recipe, given):
        refusal = refused_recipe(components=[{"componentArn": component, **given}])

        assert refusal == invalid_combination(
            "components[0].parameters",
            "The following parameters of the provided component have no default and need a "
            "value: Name",
        )

    def test_only_a_value_that_the_component_allows(self, imagebuilder, refused_recipe):
        """aws-samples have ``allowedValues``; what they enforce is inferred."""
        declared = "parameters: [{Level: {type: string, allowedValues: [Low, High]}}]\n"
        component = a_component(imagebuilder, data=DOCUMENT + declared)
        low, other = (
            {"componentArn": component, "parameters": [{"name": "Level", "value": [value]}]}
            for value in ("Low", "low")
        )

        a_recipe(imagebuilder, components=[low])

        assert refused_recipe(components=[other]) == invalid_combination(
            "components[0].parameters",
            "The parameter Level of the provided component does not allow the value 'low'. Allowed "
            "values are: Low, High",
        )
        shown = imagebuilder.get_component(componentBuildVersionArn=component)["component"]
        assert shown["parameters"] == [{"name": "Level", "type": "string"}]


class TestInstance:
    def test_the_agent_is_not_configured_on_windows(self, refused_recipe):
        refusal = refused_recipe(
            parentImage=WINDOWS_PARENT,
            components=[{"componentArn": WINDOWS_COMPONENT}],
            additionalInstanceConfiguration={"systemsManagerAgent": {"uninstallAfterBuild": True}},
        )

        assert refusal == invalid_combination(
            "additionalInstanceConfiguration.systemsManagerAgent",
            "Image Builder does not support configuring the SSM Agent on Windows.",
        )

    def test_user_data_are_for_windows_too(self, imagebuilder):
        arn = a_recipe(
            imagebuilder,
            parentImage=WINDOWS_PARENT,
            components=[WINDOWS_COMPONENT],
            additionalInstanceConfiguration={"userDataOverride": "ZWNobw=="},
            workingDirectory="C:/build",
        )

        recipe = imagebuilder.get_image_recipe(imageRecipeArn=arn)["imageRecipe"]
        assert recipe["additionalInstanceConfiguration"] == {"userDataOverride": "ZWNobw=="}
        assert recipe["workingDirectory"] == "C:/build"

    def test_a_directory_on_windows_has_no_quotes(self, imagebuilder, refused_recipe):
        refusal = refused_recipe(
            parentImage=WINDOWS_PARENT,
            components=[{"componentArn": WINDOWS_COMPONENT}],
            workingDirectory='C:/"build"',
        )

        assert refusal == invalid_value(
            "workingDirectory", "A working directory on Windows must not contain a double quote."
        )
        a_recipe(imagebuilder, workingDirectory='/opt/"build"')


class TestAmi:
    @needs_member("CreateImageRecipe", "amiTags")
    @pytest.mark.parametrize("key", ["CreatedBy", "Ec2ImageBuilderArn"])
    def test_the_services_own_tags_are_reserved(self, refused_recipe, key):
        """Source: user guide, create-image-recipes."""
        assert refused_recipe(amiTags={"team": "images", key: "me"}) == invalid_value(
            "amiTags", f"The tag key '{key}' is reserved by Image Builder."
        )

    @needs_member("CreateImageRecipe", "amiWatermarks")
    def test_a_watermark_stands_there_once(self, refused_recipe):
        """Source: user guide, ami-watermarks."""
        assert refused_recipe(amiWatermarks=["golden", "other", "golden"]) == invalid_value(
            "amiWatermarks", "Each watermark may be specified at most once."
        )


def test_bounds_are_those_of_the_model(refused_recipe):
    refusal = refused_recipe(blockDeviceMappings=[{"ebs": {"volumeSize": 16001}}])

    assert refusal == invalid_value(
        "blockDeviceMappings[0].ebs.volumeSize",
        "'blockDeviceMappings[0].ebs.volumeSize' must be at most 16000",
    )


class TestSize:
    """Source: user guide, create-image-recipes: too many parameters, or too long ones."""

    SENTENCE = "You've exceeded the maximum cumulative component size of 25 KB."

    def configurations(self, client, *lengths):
        """As many components, each with the name N and a value of the length."""
        return [
            {
                "componentArn": a_component(client, data=with_parameters(("N" * 3, ""))),
                "parameters": [{"name": "N" * 3, "value": ["v" * 1024] * length}],
            }
            for length in lengths
        ]

    def test_components_are_together_at_most_25_kb_large(self, imagebuilder, refused_recipe):
        fits = self.configurations(imagebuilder, 12, 12)
        a_recipe(imagebuilder, components=fits)

        refusal = refused_recipe(components=self.configurations(imagebuilder, 12, 13))

        assert refusal == invalid_value("components", self.SENTENCE)


class TestBlockDevices:
    """Source: user guide, create-image-recipes."""

    def mapping(self, **volume):
        return [{"deviceName": "/dev/sda1"}, {"deviceName": "/dev/sdb", "ebs": volume}]

    @pytest.mark.parametrize("volume_type", ["io1", "io2"])
    def test_provisioned_volumes_need_iops(self, imagebuilder, refused_recipe, volume_type):
        a_recipe(imagebuilder, blockDeviceMappings=self.mapping(volumeType=volume_type, iops=3000))

        refusal = refused_recipe(blockDeviceMappings=self.mapping(volumeType=volume_type))

        assert refusal == invalid_combination(
            "blockDeviceMappings[1].ebs.iops", f"The volume type '{volume_type}' needs 'iops'."
        )

    def test_a_throughput_is_for_gp3(self, imagebuilder, refused_recipe):
        a_recipe(imagebuilder, blockDeviceMappings=self.mapping(volumeType="gp3", throughput=125))

        refusal = refused_recipe(blockDeviceMappings=self.mapping(volumeType="gp2", throughput=125))

        assert refusal == invalid_combination(
            "blockDeviceMappings[1].ebs.throughput",
            "A throughput is for volumes of the type 'gp3' only.",
        )


def test_a_container_image_is_no_parent(refused_recipe):
    parent = f"{AMAZON}image/amazon-linux-2023-x86-2023/x.x.x"

    assert refused_recipe(parentImage=parent) == invalid_value(
        "parentImage", "The parent image of an image recipe must be an AMI."
    )
