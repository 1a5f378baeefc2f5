"""ListImagePackages: what is on an image."""

from __future__ import annotations

import pytest

from tests.builders import OWN, WINDOWS_PARENT, a_build, a_component, a_recipe
from tests.container_builders import a_container_build
from tests.scans import collected, look

GONE = f"{OWN}image/gone/1.0.0/1"


class TestPackages:
    """Source: API reference, ListImagePackages."""

    def names(self, client, arn):
        packages = collected(
            client.list_image_packages, "imagePackageList", imageBuildVersionArn=arn
        )
        return [package["packageName"] for package in packages]

    def test_they_are_known_when_the_image_has_been_built(self, imagebuilder):
        build = a_build(imagebuilder)
        states = {}
        while "AVAILABLE" not in states:
            found = self.names(imagebuilder, build)
            states[look(imagebuilder, build)["state"]["status"]] = len(found)

        assert states["BUILDING"] == 0
        assert states["TESTING"] == states["AVAILABLE"] > 25

    @pytest.mark.imagebuilder(builds="instant")
    @pytest.mark.parametrize(
        ("parent", "component", "package"),
        [
            ("amazon-linux-2-x86", "docker-ce-linux", "docker"),
            ("ubuntu-server-22-lts-x86", "docker-ce-ubuntu", "docker-ce"),
            ("red-hat-enterprise-linux-9-x86", "python-3-linux", "firewalld"),
            ("suse-linux-enterprise-server-15-x86", "python-3-linux", "zypper"),
        ],
    )
    def test_they_are_those_of_the_base_image_and_of_amazons_components(
        self, imagebuilder, parent, component, package
    ):
        amazon = "arn:aws:imagebuilder:us-east-1:aws:"
        recipe = a_recipe(
            imagebuilder,
            parentImage=f"{amazon}image/{parent}/x.x.x",
            components=[f"{amazon}component/{component}/x.x.x", a_component(imagebuilder)],
        )

        assert package in self.names(imagebuilder, a_build(imagebuilder, imageRecipeArn=recipe))

    @pytest.mark.imagebuilder(builds="instant")
    def test_windows_has_others(self, imagebuilder):
        recipe = a_recipe(imagebuilder, parentImage=WINDOWS_PARENT)

        found = self.names(imagebuilder, a_build(imagebuilder, imageRecipeArn=recipe))

        assert "Windows PowerShell" in found
        assert "openssh-server" not in found

    @pytest.mark.imagebuilder(builds="instant")
    def test_without_enhanced_metadata_nothing_is_collected(self, imagebuilder):
        build = a_build(imagebuilder, enhancedImageMetadataEnabled=False)

        assert self.names(imagebuilder, build) == []

    @pytest.mark.imagebuilder(builds="instant")
    def test_containers_are_not_asked(self, imagebuilder):
        assert self.names(imagebuilder, a_container_build(imagebuilder)) == []

    def test_amazons_images_have_them_too(self, imagebuilder):
        newest = imagebuilder.get_image(
            imageBuildVersionArn="arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux-2-x86/x.x.x"
        )["image"]["arn"]

        assert "yum" in self.names(imagebuilder, newest)

    @pytest.mark.imagebuilder(builds="instant")
    def test_nothing_is_known_of_an_image_that_no_recipe_made(self, imagebuilder):
        arn = imagebuilder.import_vm_image(
            name="machine",
            semanticVersion="1.0.0",
            platform="Linux",
            osVersion="Ubuntu 22",
            vmImportTaskId="import-ami-0123456789abcdef0",
        )["imageArn"]

        assert self.names(imagebuilder, arn) == []

    def test_an_image_that_is_not_there_is_not_found(self, imagebuilder, refused):
        refusal = refused(imagebuilder.list_image_packages, imageBuildVersionArn=GONE)

        assert refusal[:2] == ("ResourceNotFoundException", 404)
