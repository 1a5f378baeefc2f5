"""STS and IAM: which account an access key of moto's acts in."""

from __future__ import annotations

import sys

from .presence import moto_is_on


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
