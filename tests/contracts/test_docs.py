"""What the documentation says of the package holds for the package."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import botocore
import pytest

from imagebuilder_mock.operations import HANDLERS

ROOT = Path(__file__).parents[2]

_PINNED = re.compile(r"^botocore==(\S+)", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#[^)]*)?\)")

pinned = _PINNED.findall((ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8"))

of_the_pinned_model = pytest.mark.skipif(
    [botocore.__version__] != pinned,
    reason=f"the page is that of botocore {pinned}",
)


@of_the_pinned_model
def test_the_table_of_operations_is_that_of_the_package():
    generator = runpy.run_path(str(ROOT / "docs" / "generate_operations.py"))

    committed = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    assert committed == generator["page"](), "run: python docs/generate_operations.py"


@of_the_pinned_model
def test_the_readme_counts_the_operations_right():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    built, missing = table.count("| yes |"), table.count("| no |")

    assert built == len(HANDLERS)
    assert f"{built} of the {built + missing} operations" in text
    assert f"{missing} operations:" in text


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda page: page.name
)
def test_links_to_files_lead_somewhere(page):
    targets = [target for target in _LINK.findall(page.read_text(encoding="utf-8")) if target]

    assert [target for target in targets if not (page.parent / target).exists()] == []
