"""Type hints mean what they mean in the module that has them, whatever else is loaded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

from imagebuilder_mock.domain.records import Record
from imagebuilder_mock.domain.resources.components import ComponentState
from imagebuilder_mock.domain.resources.images import Ami, Image
from imagebuilder_mock.world.saved.hints import hints_of

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire
    from mypy_boto3_imagebuilder.literals import PlatformType

    from imagebuilder_mock.domain.resources.images import ImageState as State

GOLDEN = Path(__file__).with_name("golden")


class Base(Record):
    known: Ami
    renamed: State | None = None


class Below(Base):
    count: ClassVar[int] = 0

    structure: wire.ScheduleTypeDef | None = None
    word: PlatformType = "Linux"


def test_names_of_type_checkers_are_found_where_the_class_imports_them():
    from imagebuilder_mock.domain.resources.images import ImageState

    assert hints_of(Base) == {"known": Ami, "renamed": ImageState | None}


def test_boto3s_stubs_are_mappings_and_text():
    hints = hints_of(Below)

    assert list(hints) == ["known", "renamed", "structure", "word"]
    assert hints["structure"] == Mapping[str, object] | None
    assert hints["word"] is str


def test_each_class_has_the_names_of_its_own_module():
    assert hints_of(ComponentState)["status"] is str
    assert hints_of(Image)["state"].__module__ == Image.__module__


def test_a_name_that_another_module_has_is_not_taken_from_there():
    class Lost(Record):
        value: Container  # type: ignore[name-defined] # noqa: F821 - that is the point

    with pytest.raises(NameError, match="Container"):
        hints_of(Lost)


FRESH = """
import sys
sys.modules["mypy_boto3_imagebuilder"] = None
from imagebuilder_mock.world.saved.files import read_state
print(sum(len(store.resources) for path in sys.argv[1:] for store in read_state(path).stores))
assert not {"botocore", "yaml"} & set(sys.modules)
"""


def test_a_file_is_read_where_nothing_else_is_loaded_and_no_stubs_are_there():
    paths = map(str, sorted(GOLDEN.glob("*.json")))

    done = subprocess.run(
        [sys.executable, "-c", FRESH, *paths], capture_output=True, text=True, check=False
    )

    assert (done.stderr, done.returncode) == ("", 0)
    assert int(done.stdout) > 20
