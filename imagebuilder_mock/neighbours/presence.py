"""Whether moto is on. It is looked for among the loaded modules and never imported for that."""

from __future__ import annotations

import sys


def moto_is_on() -> bool:
    """Whether moto's ``mock_aws`` is on at this moment."""
    core = sys.modules.get("moto.core.models")
    return core is not None and bool(core.botocore_stubber.enabled)


def has_loaded(service: str) -> bool:
    """Whether moto has been asked for a service; until then nobody can have made anything there."""
    return f"moto.{service}.models" in sys.modules


def account_of_key(access_key: str) -> str | None:
    """The account in which moto's IAM or STS made the key; None if they did not, or are off."""
    models = sys.modules.get("moto.iam.models")
    if models is None or not moto_is_on():
        return None
    account_id = str(models.get_account_id_from(access_key))
    # moto's answer for a key that it does not know is its own default account.
    if account_id == models.DEFAULT_ACCOUNT_ID and not any(
        access_key in backend.access_keys
        for backend in list(models.iam_backends[account_id].values())
    ):
        return None
    return account_id
