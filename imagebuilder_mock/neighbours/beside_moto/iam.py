"""IAM in moto."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .account import MotoAccount


# China's partition has a suffix of its own.
_US = frozenset(("imagebuilder.amazonaws.com", "imagebuilder.amazonaws.com.cn"))
_ASSUMING = frozenset(("*", "sts:*", "sts:AssumeRole"))


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

    def trusts_us(self, role: str) -> bool:
        """A trust policy without statements stands for one that the test is not about."""
        found = self._role(role)
        trust = {} if found is None else found["AssumeRolePolicyDocument"]
        statements = _several(trust.get("Statement") if isinstance(trust, dict) else None)
        return not statements or any(map(_lets_us_assume, statements))

    def _is_own_role(self, role: str) -> bool:
        found = self._role(role)
        return found is not None and (not role.startswith("arn:") or found["Arn"] == role)

    def _role(self, role: str) -> Any:
        found = self._moto.finds("iam", "get_role", RoleName=role.rpartition("/")[2])
        return None if found is None else found["Role"]

    def _can_take(self, is_there: Callable[[], object]) -> bool:
        return self._moto.can_take("iam", is_there, _roles, _instance_profiles)


def _roles(moto: MotoAccount) -> object:
    return moto.ask("iam", "list_roles", MaxItems=1)["Roles"]


def _instance_profiles(moto: MotoAccount) -> object:
    return moto.ask("iam", "list_instance_profiles", MaxItems=1)["InstanceProfiles"]


def _lets_us_assume(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    services = principal.get("Service") if isinstance(principal, dict) else principal
    return (
        statement.get("Effect") == "Allow"
        and not _ASSUMING.isdisjoint(_several(statement.get("Action")))
        and not (_US | {"*"}).isdisjoint(_several(services))
    )


def _several(value: Any) -> list[Any]:
    """What IAM's documents have alone or in a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
