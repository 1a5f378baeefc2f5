"""What the documentation says of the package holds for the package."""

from __future__ import annotations

import re
import runpy
import sys
from importlib.util import find_spec
from pathlib import Path

import botocore
import pytest

from imagebuilder_mock.operations import HANDLERS
from imagebuilder_mock.world.settings import Options
from tests.model import service_model

ROOT = Path(__file__).parents[2]

_PINNED = re.compile(r"^botocore==(\S+)", re.MULTILINE)
_ROW_ID = re.compile(r"[a-z]+\.[a-z0-9]+(?:-[a-z0-9]+)*")
_LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#[^)]*)?\)")

pinned = _PINNED.findall((ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8"))

of_the_pinned_model = pytest.mark.skipif(
    [botocore.__version__] != pinned,
    reason=f"the page is that of botocore {pinned}",
)


@of_the_pinned_model
def test_the_table_of_operations_is_that_of_the_package(generator):
    committed = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    assert committed == generator["page"](), "run: python docs/generate_operations.py"


@pytest.fixture(scope="module")
def generator():
    return runpy.run_path(str(ROOT / "docs" / "generate_operations.py"))


# What the mock does, where that comes from, and how sure it is


@pytest.fixture(scope="module")
def fidelity():
    return runpy.run_path(str(ROOT / "docs" / "generate_fidelity.py"))


def test_the_fidelity_page_is_that_of_its_data(fidelity):
    committed = (ROOT / "docs" / "fidelity.md").read_text(encoding="utf-8")

    assert committed == fidelity["page"](), "run: python docs/generate_fidelity.py"


def test_every_row_of_the_fidelity_page_has_an_id_of_its_own(fidelity):
    ids = [row.id for row in fidelity["rows"]()]

    assert [id_ for id_ in ids if not _ROW_ID.fullmatch(id_)] == []
    assert len(ids) == len(set(ids))


def test_the_rows_of_the_fidelity_page_are_sorted_by_their_subjects(fidelity):
    subjects = [row.subject for row in fidelity["rows"]()]

    assert list(dict.fromkeys(subjects)) == list(fidelity["DATA"]["subjects"])
    assert sorted(subjects, key=list(dict.fromkeys(subjects)).index) == subjects


def test_every_row_of_the_fidelity_page_says_how_sure_it_is(fidelity):
    for row in fidelity["rows"]():
        assert row.confidence in fidelity["CONFIDENCES"], row.id
        assert bool(row.source) != bool(row.no_source), f"{row.id}: a source, or why there is none"
        if row.confidence in fidelity["REAL"]:
            assert row.source, row.id
            assert not row.contradicted_by, row.id
        if row.confidence == "inferred":
            assert row.settled_by, row.id


@of_the_pinned_model
def test_every_pattern_for_rows_of_the_fidelity_page_means_an_operation(generator, fidelity):
    patterns = {pattern for row in fidelity["rows"]() for pattern in row.operations}

    assert [
        pattern
        for pattern in patterns
        if not any(generator["is_meant"](name, pattern) for name in HANDLERS)
    ] == []


@of_the_pinned_model
def test_what_is_inferred_of_an_operation_is_not_called_real():
    section = _section_of("RetryImage")

    real, inferred = section.split("**Inferred:**")
    assert "`imports.retry`" in real
    assert "`events.retry`" in inferred
    assert "API_RetryImage.html" in section


# The errors of an operation, to which tests/operations/conftest.py holds all that tests meet


@of_the_pinned_model
@pytest.mark.parametrize(
    ("name", "answered", "by_faults"),
    [
        (
            "GetImage",
            "InvalidParameterValue InvalidRequest InvalidVersionNumber ResourceNotFound",
            "CallRateLimitExceeded Client Forbidden Service ServiceUnavailable",
        ),
        (
            "DeleteImage",
            "InvalidParameterValue InvalidRequest ResourceDependency ResourceNotFound",
            "CallRateLimitExceeded Client Forbidden Service ServiceUnavailable",
        ),
        ("TagResource", "InvalidParameter InvalidRequest ResourceNotFound", "Service"),
    ],
)
def test_an_operation_has_the_errors_that_its_code_raises(name, answered, by_faults):
    section = _section_of(name)

    for title, errors in (("Errors", answered), ("Only with `mock.faults`", by_faults)):
        listed = ", ".join(f"`{error}Exception`" for error in errors.split())
        assert f"**{title}:** {listed}\n" in section


@of_the_pinned_model
def test_every_error_of_the_model_has_its_status(generator):
    table = _section_of("Errors")

    assert "| `ResourceNotFoundException` | 404 | At least one of the resources " in table
    declared = {error for name in HANDLERS for error in generator["ERRORS"]["declared_by"](name)}
    answered = {error for name in HANDLERS for error in generator["ERRORS"]["answered_by"](name)}
    for error in declared | answered:
        assert f"\n| `{error}` | " in table


def _section_of(operation):
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    return text.partition(f"\n## {operation}\n")[2].partition("\n## ")[0]


# Which there are


@of_the_pinned_model
def test_every_operation_that_is_built_has_tests_of_its_own(generator):
    assert [name for name in sorted(HANDLERS) if not generator["tests_of"](name)] == []


def test_the_botocore_with_which_an_operation_came_is_right(generator):
    """For the installed botocore, which is the oldest or the newest that is tested."""
    installed = _numbers(botocore.__version__)
    operations = set(service_model().operation_names)
    since = generator["FACTS"]["since"]

    assert generator["FACTS"]["oldest"] == min(
        re.findall(r"botocore>=([\d.]+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    )
    for name, version in since.items():
        assert (name in operations) == (installed >= _numbers(version)), name
    assert set(HANDLERS) - operations <= set(since)


@of_the_pinned_model
def test_the_facts_are_about_operations_that_there_are(generator):
    facts = generator["FACTS"]

    assert {*facts["since"], *facts["user_guide"]} <= set(service_model().operation_names)


def test_every_operation_of_the_oldest_botocore_came_with_it_or_before(generator):
    if botocore.__version__ != generator["FACTS"]["oldest"]:
        pytest.skip("this botocore is newer")

    assert not set(service_model().operation_names) & set(generator["FACTS"]["since"])


def _numbers(version):
    return tuple(int(number) for number in version.split("."))


@of_the_pinned_model
def test_the_readme_counts_the_operations_right():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| (\[?)(\w+)", table.partition("\n## ")[0], re.MULTILINE)[1:]
    built = [name for link, name in named if link]

    assert len(built) == len(named) == len(HANDLERS)
    assert f"All {len(built)} operations" in text


@pytest.mark.parametrize(
    "page",
    [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))],
    ids=lambda page: page.name,
)
def test_links_to_files_lead_somewhere(page):
    targets = [target for target in _LINK.findall(page.read_text(encoding="utf-8")) if target]

    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_a_page_says_what_its_examples_need(page):
    text = page.read_text(encoding="utf-8")
    examples = "\n".join(re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", examples, re.MULTILINE))
    if "tests" in imported:
        return  # those are for who works on the project
    own = {name.removesuffix(".py") for name in re.findall(r"# (\w+\.py)\n", examples)}
    known = {"boto3", "botocore", "imagebuilder_mock"}

    opening = " ".join(text.partition("\n## ")[0].partition("```")[0].split())
    assert [
        name
        for name in imported - sys.stdlib_module_names - known - own
        if not re.search(rf"need\b.*`{name.replace('_', '-')}[`\[]", opening)
    ] == []


def test_the_classes_that_the_page_of_names_has_are_in_the_code():
    page = (ROOT / "docs" / "names.md").read_text(encoding="utf-8")
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "imagebuilder_mock").rglob("*.py")
    )
    told = re.findall(r"^\|[^|]+\|[^|]+\|([^|]+)\|$", page, re.MULTILINE)
    named = {name for cell in told for name in re.findall(r"`([A-Z][a-z]\w+)`", cell)}

    assert len(named) > 20
    assert {name for name in named if not re.search(rf"class {name}\b", code)} == set()


@pytest.mark.parametrize("name", ["quotas.md", "catalogue.md", "control.md"])
def test_the_reference_is_that_of_the_package(name):
    pages = runpy.run_path(str(ROOT / "docs" / "generate_reference.py"))["PAGES"]
    committed = (ROOT / "docs" / name).read_text(encoding="utf-8")

    assert committed == pages[name](), "run: python docs/generate_reference.py"


def test_the_page_of_options_is_that_of_the_package():
    page = runpy.run_path(str(ROOT / "docs" / "generate_options.py"))["page"]()
    committed = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")

    assert committed == page, "run: python docs/generate_options.py"
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == list(Options.__annotations__)


@of_the_pinned_model
def test_the_pictures_are_those_of_the_package(tmp_path):
    runpy.run_path(str(ROOT / "docs" / "generate_pictures.py"))["save"](tmp_path)
    folder = ROOT / "docs" / "pictures"

    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted(path.name for path in folder.iterdir() if path.suffix != ".png")
    for name in names:
        committed = (folder / name).read_text(encoding="utf-8")
        written = (tmp_path / name).read_text(encoding="utf-8")
        assert committed == written, "run: python docs/generate_pictures.py"
    for page in folder.glob("*.html"):
        assert 0 < page.with_suffix(".png").stat().st_size < 100_000


def test_the_architecture_page_has_the_layers_of_the_import_contract():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    generator = runpy.run_path(str(ROOT / "docs" / "generate_pictures.py"))

    layers = text.partition("### Where a subject lives")[0]
    rows = re.findall(r"^\| ((?:`\w+`(?:, | \\\| )?)+) \|", layers, re.MULTILINE)

    assert [re.findall(r"\w+", row) for row in rows] == generator["layers"]()


def test_the_architecture_page_names_modules_that_are_there():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text.partition("### Where a subject lives")[2].partition("\n**")[0]

    rows = [re.findall(r"`([\w.]+)`", row) for row in table.splitlines() if row.startswith("| `")]
    assert len(rows) > 1
    for floor, *rooms in rows:
        for room in rooms:
            assert find_spec(f"imagebuilder_mock.{floor}.{room}"), f"{floor} has no {room}"
