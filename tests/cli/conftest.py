"""Programs that ``run`` runs in this process share boto3's session with the tests around them."""

from __future__ import annotations

import boto3
import pytest


@pytest.fixture(autouse=True)
def _own_session(monkeypatch):
    """A session keeps the placeholders that it was given in place of credentials."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
