"""EC2 in moto: what is looked up there, and launch templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagebuilder_mock.neighbours.ports import AbsentError, AmiFacts, Named, NobodyToAskError

if TYPE_CHECKING:
    from imagebuilder_mock.neighbours.ports import LaunchTemplateVersion

    from .account import MotoAccount

_QUESTIONS = {
    "key pair": ("describe_key_pairs", "KeyNames", "KeyPairs"),
    "launch template": ("describe_launch_templates", "LaunchTemplateIds", "LaunchTemplates"),
    "security group": ("describe_security_groups", "GroupIds", "SecurityGroups"),
    "subnet": ("describe_subnets", "SubnetIds", "Subnets"),
}

OUTPUT_TAG = "Ec2ImageBuilderArn"
"""The tag by which an output AMI of Image Builder is known (user guide, tag-resources)."""


class MotoEc2:
    """Once the test has made anything in EC2, all that requests name is looked up there.

    The default network and the AMIs that moto comes with do not count, nor do output AMIs.
    """

    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def ami(self, ami_id: str) -> AmiFacts | None:
        found = self._images(ami_id)
        if found:
            return _facts(found[0])
        return AmiFacts() if self._takes_missing() else None

    def first_missing(self, *named: Named) -> Named | None:
        missing = next((each for each in named if not self._is_there(each)), None)
        return None if missing is None or self._takes_missing() else missing

    def add_launch_template_version(self, version: LaunchTemplateVersion) -> None:
        """The newest version, with the output AMI in the place of the one that it had."""
        template = version.launch_template_id
        if not self._is_there(Named("launch template", template)):
            msg = f"The launch-template ID '{template}' does not exist"
            raise AbsentError(msg)
        latest = self._moto.ask(
            "ec2",
            "describe_launch_template_versions",
            LaunchTemplateId=template,
            Versions=["$Latest"],
        )["LaunchTemplateVersions"]
        # moto does not take the rest from SourceVersion.
        made = self._moto.ask(
            "ec2",
            "create_launch_template_version",
            LaunchTemplateId=template,
            VersionDescription=version.description,
            LaunchTemplateData={**latest[0]["LaunchTemplateData"], "ImageId": version.image_id},
        )
        number = made["LaunchTemplateVersion"]["VersionNumber"]
        if version.set_default:
            self._moto.ask(
                "ec2",
                "modify_launch_template",
                LaunchTemplateId=template,
                DefaultVersion=str(number),
            )

    def _images(self, ami_id: str) -> Any:
        try:
            return self._finds("describe_images", "Images", ImageIds=[ami_id])
        except NobodyToAskError:
            return None

    def _is_there(self, named: Named) -> object:
        """Whether moto has it; what moto cannot tell of is taken, unless the rule is strict."""
        operation, parameter, member = _QUESTIONS[named.kind]
        try:
            return self._finds(operation, member, **{parameter: [named.id]})
        except NobodyToAskError:
            return not self._moto.is_strict

    def _finds(self, operation: str, member: str, **params: Any) -> Any:
        found = self._moto.finds("ec2", operation, **params)
        return found and found[member]

    def _takes_missing(self) -> bool:
        return self._moto.takes_missing("ec2", *_INVENTORIES)


def _facts(image: dict[str, Any]) -> AmiFacts:
    architecture, name = image.get("Architecture"), image.get("Name")
    if str(image.get("Platform", "")).lower() == "windows":
        return AmiFacts("Windows", architecture, name)
    # Only instances of Apple's own hardware have these architectures (EC2, DescribeImages).
    is_mac = str(architecture).endswith("_mac")
    return AmiFacts("macOS" if is_mac else "Linux", architecture, name)


def _networks(moto: MotoAccount) -> object:
    return [each for each in moto.ask("ec2", "describe_vpcs")["Vpcs"] if not each["IsDefault"]]


def _subnets(moto: MotoAccount) -> object:
    found = moto.ask("ec2", "describe_subnets")["Subnets"]
    return [each for each in found if not each["DefaultForAz"]]


def _security_groups(moto: MotoAccount) -> object:
    found = moto.ask("ec2", "describe_security_groups")["SecurityGroups"]
    return [each for each in found if each["GroupName"] != "default"]


def _launch_templates(moto: MotoAccount) -> object:
    return moto.ask("ec2", "describe_launch_templates")["LaunchTemplates"]


def _key_pairs(moto: MotoAccount) -> object:
    return moto.ask("ec2", "describe_key_pairs")["KeyPairs"]


def _instances(moto: MotoAccount) -> object:
    return moto.ask("ec2", "describe_instances")["Reservations"]


def _amis(moto: MotoAccount) -> object:
    found = moto.ask("ec2", "describe_images", Owners=["self"])["Images"]
    return [
        each for each in found if not any(tag["Key"] == OUTPUT_TAG for tag in each.get("Tags", ()))
    ]


_INVENTORIES = (
    _networks,
    _subnets,
    _security_groups,
    _launch_templates,
    _key_pairs,
    _instances,
    _amis,
)
