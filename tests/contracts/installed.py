"""Which botocore is installed: contracts with the model are strict for the pinned one alone."""

from __future__ import annotations

import re
from pathlib import Path

import botocore
import pytest

_REQUIREMENTS = Path(__file__).parents[2] / "requirements"


def pinned(name: str) -> str:
    """The version of botocore in ``requirements/<name>.txt``."""
    found = re.search(
        r"^botocore==(\S+)", (_REQUIREMENTS / f"{name}.txt").read_text(), re.MULTILINE
    )
    assert found is not None
    return found[1]


PINNED = pinned("dev")
IS_PINNED = botocore.__version__ == PINNED

only_with_the_pinned_botocore = pytest.mark.skipif(
    not IS_PINNED,
    reason=f"a contract with botocore {PINNED}; {botocore.__version__} is installed",
)
