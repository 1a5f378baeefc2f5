"""YAML as the service reads it, within bounds, by both of PyYAML's parsers."""

from __future__ import annotations

import json
from contextlib import suppress
from time import process_time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock.domain.documents import yaml_loading
from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.documents.members import Plain
from imagebuilder_mock.domain.documents.yaml_loading import (
    CHARACTERS_IN_A_NODE,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_NODES,
    load_document,
)
from tests.model_inputs import MANY

BROKEN = "Parsing the document failed. Error: "


@pytest.fixture(
    params=[
        pytest.param(getattr(yaml, "CSafeLoader", None), id="libyaml"),
        pytest.param(yaml.SafeLoader, id="python"),
    ],
)
def _parser(request, monkeypatch):
    """Each of the two parsers: not every platform's PyYAML comes with libyaml."""
    if request.param is None:
        pytest.skip("PyYAML has no libyaml here")
    monkeypatch.setattr(yaml_loading, "LOADER", request.param)


def detail_of(text: str, **bounds: int) -> str:
    with pytest.raises(DocumentError) as caught:
        load_document(text, **bounds)
    return caught.value.detail


@pytest.mark.usefixtures("_parser")
@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("on", "on", id="on"),
        pytest.param("Off", "Off", id="off"),
        pytest.param("yes", "yes", id="yes"),
        pytest.param("n", "n", id="n"),
        pytest.param("010", "010", id="octal of YAML 1.1"),
        pytest.param("0o17", "0o17", id="octal of YAML 1.2"),
        pytest.param("0x1F", "0x1F", id="hexadecimal"),
        pytest.param("1_000", "1_000", id="underscores"),
        pytest.param("+1", "+1", id="plus sign"),
        pytest.param("-0", "-0", id="negative zero"),
        pytest.param("1:30", "1:30", id="sexagesimal"),
        pytest.param("2024-01-31", "2024-01-31", id="date"),
        pytest.param("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00", id="time"),
        pytest.param("1.10", "1.10", id="version with a zero at its end"),
        pytest.param("1e3", "1e3", id="exponent"),
        pytest.param(".inf", ".inf", id="infinity"),
        pytest.param("1234567890123456789", "1234567890123456789", id="long number"),
        pytest.param("=", "=", id="value sign"),
        pytest.param("0", 0, id="zero"),
        pytest.param("-12", -12, id="negative"),
        pytest.param("1.0", 1.0, id="float"),
        pytest.param("-2.5", -2.5, id="negative float"),
        pytest.param("true", True, id="true"),
        pytest.param("False", False, id="False"),
        pytest.param("~", None, id="tilde"),
        pytest.param("null", None, id="null"),
        pytest.param("", None, id="nothing"),
        pytest.param("# a comment", None, id="comment"),
        pytest.param("'12'", "12", id="quoted number"),
        pytest.param('"true"', "true", id="quoted boolean"),
        pytest.param("!!str 12", "12", id="tagged string"),
        pytest.param("! 12", "12", id="non-specific tag"),
        pytest.param("--- a\n...\n", "a", id="one explicit document"),
        pytest.param("--- a\n---\n", "a", id="a lone mark at the end"),
        pytest.param("--- a\n--- b: c: d\n", "a", id="another document"),
        pytest.param("a: !Sub b", {"a": "b"}, id="tag of CloudFormation"),
        pytest.param("a: !!python/name:os.system x", {"a": "x"}, id="tag of Python"),
        pytest.param("!x [!y {a: 1}]", [{"a": 1}], id="tags of collections"),
        pytest.param("!!int 1", 1, id="tag of an integer"),
        pytest.param("!!float 1.5", 1.5, id="tag of a float"),
        pytest.param("!!bool true", True, id="tag of a boolean"),
        pytest.param("!!null ''", None, id="tag of nothing"),
        pytest.param("!x 12", "12", id="tag of a number of another kind"),
        pytest.param("|\n  a\n  b\n", "a\nb\n", id="literal"),
        pytest.param("- \n- 1", [None, 1], id="list"),
        pytest.param("!!seq [a]", ["a"], id="tagged list"),
        pytest.param("!!map {a: 1}", {"a": 1}, id="tagged mapping"),
        pytest.param("on: yes", {"on": "yes"}, id="on as a key"),
        pytest.param("1: a", {1: "a"}, id="number as a key"),
        pytest.param('{"a": [1, "b", null, true], "c": {}}', {"a": [1, "b", None, True], "c": {}},
                     id="JSON"),
        pytest.param("a: &x [1]\nb: *x", {"a": [1], "b": [1]}, id="alias"),
        pytest.param("&k a: 1\nb: *k", {"a": 1, "b": "a"}, id="alias of a scalar"),
        pytest.param("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}",
                     {"a": {"p": 1, "q": 2}, "b": {"p": 1, "q": 3}}, id="merge"),
        pytest.param("- &x {p: 1}\n- &y {p: 2, q: 2}\n- {r: 3, <<: [*x, *y]}",
                     [{"p": 1}, {"p": 2, "q": 2}, {"p": 1, "q": 2, "r": 3}], id="merge of many"),
        pytest.param("'<<': a", {"<<": "a"}, id="quoted merge sign"),
        pytest.param("\ufeffa: 1", {"a": 1}, id="byte order mark"),
    ],
)  # fmt: skip
def test_a_scalar_means_what_it_means_in_yaml_1_2(text, value):
    loaded = load_document(text)

    assert loaded == value
    assert type(loaded) is type(value) or isinstance(loaded, Plain)


@pytest.mark.usefixtures("_parser")
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("a: 1\na: 2", "found duplicate key 'a' (line 2, column 1).", id="duplicate"),
        pytest.param("{a: 1, 'a': 2}", "found duplicate key 'a' (line 1, column 8).",
                     id="duplicate in quotes"),
        pytest.param("!!int a", "cannot read 'a' as !!int (line 1, column 1).",
                     id="tag of a number"),
        pytest.param("a: !!bool 1", "cannot read '1' as !!bool (line 1, column 4).",
                     id="tag of a boolean"),
        pytest.param("!!null 1", "cannot read '1' as !!null (line 1, column 1).",
                     id="tag of nothing"),
        pytest.param("a: {{ x }}", "found a mapping key that is not a scalar (line 1, column 5).",
                     id="reference without quotes"),
        pytest.param("? [a]\n: b", "found a mapping key that is not a scalar (line 1, column 3).",
                     id="list as a key"),
        pytest.param("a: *b", "found undefined alias 'b' (line 1, column 4).",
                     id="undefined alias"),
        pytest.param("&a [*a]", "found undefined alias 'a' (line 1, column 5).", id="cycle"),
        pytest.param("a: {<<: b}", "found a merge key that names no mapping (line 1, column 5).",
                     id="merge of a scalar"),
        pytest.param("a: {<<: [{}, b]}", "found a merge key that names no mapping "
                     "(line 1, column 5).", id="merge of a list of others"),
        pytest.param("a: b\nc: d\x00", "control characters are not allowed (line 2, column 5).",
                     id="control character"),
        pytest.param("\ud800", "control characters are not allowed (line 1, column 1).",
                     id="half a surrogate pair"),
    ],
)  # fmt: skip
def test_what_the_service_does_not_read_is_refused_with_its_place(text, problem):
    assert detail_of(text) == BROKEN + problem


@pytest.mark.usefixtures("_parser")
@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("a: b: c", "(line 1, column 5).", id="mapping in a line"),
        pytest.param("x: 1\n\ta: 1", "(line 2, column 1).", id="tab"),
        pytest.param("a: 1\n  b: 2", "(line 2, column 4).", id="indentation"),
        pytest.param("%YAML 3.0\n---\na", "(line 1, column 1).", id="version"),
    ],
)
def test_broken_yaml_is_refused_with_its_place(text, place):
    detail = detail_of(text)

    assert detail.startswith(BROKEN)
    assert detail.endswith(place)


def test_a_text_has_at_most_so_many_bytes():
    two_bytes_each = "é" * (MAX_BYTES // 2)

    assert load_document(f"#{two_bytes_each[1:]}") is None
    assert detail_of(f"#{two_bytes_each}") == "The document is larger than 1048576 bytes."


@pytest.mark.usefixtures("_parser")
def test_a_text_has_at_most_so_many_levels():
    deepest = "[" * MAX_DEPTH + "]" * MAX_DEPTH

    assert load_document(deepest) is not None
    assert f"more than {MAX_DEPTH} nested levels" in detail_of(f"[{deepest}]")


def test_a_text_has_at_most_so_many_nodes():
    most = "[" + "a," * (MAX_NODES - 1) + "]"

    assert load_document(most) == ["a"] * (MAX_NODES - 1)
    assert f"more than {MAX_NODES} nodes" in detail_of(f"[{most}]")


def test_aliases_do_not_make_a_small_text_large():
    laughs = "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
    )

    assert f"more than {MAX_NODES} nodes" in detail_of(laughs)


def test_aliases_do_not_repeat_a_long_text_without_end():
    long = "a" * 40_000
    affordable = MAX_NODES * CHARACTERS_IN_A_NODE // len(long)

    assert load_document(f"[&a {long}{', *a' * (affordable - 1)}]") == [long] * affordable
    assert f"more than {MAX_NODES} nodes" in detail_of(f"[&a {long}{', *a' * affordable}]")


def test_aliases_do_not_make_a_flat_text_deep():
    half = MAX_DEPTH // 2
    text = f"- &a {'[' * half}{']' * half}\n- {'[' * half}*a{']' * half}\n"

    assert f"more than {MAX_DEPTH} nested levels" in detail_of(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 65_000, id="lists"),
        pytest.param("{" * 65_000, id="mappings"),
        pytest.param("- " * 32_000, id="dashes"),
        pytest.param("? " * 32_000, id="keys"),
        pytest.param("&a " * 20_000, id="anchors"),
        pytest.param("- *a\n" * 13_000, id="aliases"),
        pytest.param("-\n" * 32_000, id="items"),
        pytest.param("\t" * 65_000, id="tabs"),
        pytest.param("9" * 65_000, id="digits"),
        pytest.param("a" * 65_000 + ":", id="long key"),
        pytest.param("- &a {x: 1}\n- {" + "<<: *a, " * 8_000 + "}", id="merges"),
    ],
)
def test_no_text_takes_long(text):
    started = process_time()

    with suppress(DocumentError):
        load_document(text)

    assert process_time() - started < 2


def test_an_error_is_a_value_error_with_its_sentence():
    error = DocumentError("A sentence.")

    assert isinstance(error, ValueError)
    assert (str(error), error.detail) == ("A sentence.", "A sentence.")


# Characters with a meaning in YAML come up often.
TEXTS = st.one_of(
    st.text(max_size=200),
    st.text(alphabet="ab01 -:?,[]{}#&*!|>'\"%@`\n\t~<=.", max_size=200),
)
PRINTABLE = st.text(
    alphabet=st.characters(
        min_codepoint=0x20,
        max_codepoint=0xFFFD,
        exclude_categories=["Cs", "Cc"],
        # A mark at the beginning, and YAML 1.1's line breaks, which a JSON string may hold.
        exclude_characters="\ufeff\x85\u2028\u2029",
    ),
    max_size=8,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | PRINTABLE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PRINTABLE, inner, max_size=4),
    max_leaves=20,
)


@MANY
@given(text=TEXTS)
def test_any_text_is_read_or_refused(text):
    with suppress(DocumentError):
        load_document(text)


@given(value=VALUES)
def test_json_is_read_as_it_was_written(value):
    assert load_document(json.dumps(value, ensure_ascii=False)) == value


@MANY
@given(text=st.from_regex(r"[-+]?0?[0-9]{1,4}(\.[0-9]{1,3})?(e[0-9])?", fullmatch=True))
def test_a_number_keeps_the_characters_it_was_written_with(text):
    assert str(load_document(text)) == text
