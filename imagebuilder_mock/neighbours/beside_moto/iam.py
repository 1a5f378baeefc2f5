"""IAM in moto."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .account import MotoAccount


class MotoIam:
    """Profiles and roles; once the test has made one of either, both are looked up."""

    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def has_instance_profile(self, name: str) -> bool:
        return self._can_take(
            lambda: self._moto.finds("iam", "get_instance_profile", InstanceProfileName=name)
        )

    def has_role(self, role: str) -> bool:
        return self._can_take(lambda: self._is_own_role(role))

    def _is_own_role(self, role: str) -> bool:
        found = self._moto.finds("iam", "get_role", RoleName=role.rpartition("/")[2])
        return found is not None and (not role.startswith("arn:") or found["Role"]["Arn"] == role)

    def _can_take(self, is_there: Callable[[], object]) -> bool:
        return self._moto.can_take("iam", is_there, _roles, _instance_profiles)


def _roles(moto: MotoAccount) -> object:
    return moto.ask("iam", "list_roles", MaxItems=1)["Roles"]


def _instance_profiles(moto: MotoAccount) -> object:
    return moto.ask("iam", "list_instance_profiles", MaxItems=1)["InstanceProfiles"]
