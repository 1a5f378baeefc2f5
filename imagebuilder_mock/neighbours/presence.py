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
