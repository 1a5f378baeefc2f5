"""KMS in moto."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .account import MotoAccount

_OF_AWS = "alias/aws/"


class MotoKms:
    """Once the test has made a key, all are looked up; those that AWS manages do not count."""

    def __init__(self, moto: MotoAccount) -> None:
        self._moto = moto

    def has_key(self, key: str) -> bool:
        return self._moto.can_take(
            "kms", lambda: self._moto.finds("kms", "describe_key", KeyId=key), _keys
        )


def _keys(moto: MotoAccount) -> object:
    aliases = moto.ask("kms", "list_aliases")["Aliases"]
    managed = {
        alias.get("TargetKeyId") for alias in aliases if alias["AliasName"].startswith(_OF_AWS)
    }
    found = moto.ask("kms", "list_keys")["Keys"]
    return [key for key in found if key["KeyId"] not in managed]
