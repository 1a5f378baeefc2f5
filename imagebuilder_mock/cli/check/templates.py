"""The documents in a CloudFormation template, and where each of their characters stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, get_args

import yaml

from imagebuilder_mock.domain.states import Platform, WorkflowType

from .kinds import LOADER
from .policies import is_function

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from .kinds import DocumentKind

    Place: TypeAlias = Callable[[int, int], tuple[int, int]]
    """Where a line and a column of a text stand in the template; all count from one."""

T = TypeVar("T")

_PREFIX = "AWS::ImageBuilder::"
_POLICY = f"{_PREFIX}LifecyclePolicy"
_DOCUMENTS: Mapping[str, tuple[DocumentKind, str]] = {
    f"{_PREFIX}Component": ("component", "Data"),
    f"{_PREFIX}Workflow": ("workflow", "Data"),
    f"{_PREFIX}ContainerRecipe": ("dockerfile", "DockerfileTemplateData"),
}
"""The resource types with a document, and the property that holds it."""

_VARIABLE = re.compile(r"\$\{[^!}][^}]*\}")
_SOME_TEXT = range(0xE000, 0xF900)
"""Characters that no document has: each variable is a text of one of them."""
_SOME_TEXTS = re.compile(f"([{chr(_SOME_TEXT[0])}-{chr(_SOME_TEXT[-1])}])\\1*")
_BLOCK = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?$")
_ESCAPE = re.compile(r"\\(?:x..|u....|U........|.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """A document in a template."""

    resource: str
    kind: DocumentKind
    line: int
    column: int
    text: str | None = None
    """None if another function than Fn::Sub makes it."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """What the characters stand for that the text has in the place of a variable."""
    properties: yaml.Node | None = None
    """Of a lifecycle policy, in the place of a text."""
    place: Place = field(default=lambda line, column: (line, column))
    platform: Platform | None = None
    workflow_type: WorkflowType | None = None
    has_components: bool = True


def documents_of(template: str) -> Iterator[Embedded]:
    """The documents of a template, in their order; yaml.YAMLError for one that cannot be read."""
    root = yaml.compose(template, Loader=LOADER)
    lines = template.splitlines()
    for resource, body in _members(_member(root, "Resources")).items():
        properties = _member(body, "Properties")
        resource_type = _text(_member(body, "Type"))
        if properties is None or is_function(properties):
            continue
        if resource_type == _POLICY:
            line, column = _start(properties)
            yield Embedded(
                resource=resource,
                kind="lifecycle-policy",
                line=line,
                column=column,
                properties=properties,
            )
        elif resource_type in _DOCUMENTS:
            kind, member = _DOCUMENTS[resource_type]
            node = _member(properties, member)
            if node is not None:
                yield _embedded(resource, kind, node, properties, lines)


def has_variables(text: str) -> bool:
    """Whether a variable stood in it."""
    return _SOME_TEXTS.search(text) is not None


def as_written(text: str, variables: Mapping[str, str]) -> str:
    """With the variables in their places again."""
    return _SOME_TEXTS.sub(lambda match: variables.get(match[0][0], match[0]), text)


def _embedded(
    resource: str,
    kind: DocumentKind,
    node: yaml.Node,
    properties: yaml.Node,
    lines: Sequence[str],
) -> Embedded:
    line, column = _start(node)
    scalar, is_substituted = _written(node)
    known: dict[str, str] = {}
    text = None if scalar is None else scalar.value
    if text is not None and is_substituted:
        text = _with_some_text(text, known)
    platform, workflow_type = (_text(_member(properties, name)) for name in ("Platform", "Type"))
    components = _member(properties, "Components")
    return Embedded(
        resource=resource,
        kind=kind,
        line=line,
        column=column,
        text=text,
        variables={character: variable for variable, character in known.items()},
        place=_place_in(scalar, lines) if scalar else lambda *_: (line, column),
        platform=_one_of(get_args(Platform), platform),
        workflow_type=_one_of(get_args(WorkflowType), workflow_type),
        has_components=components is not None and components.value != [],
    )


def _one_of(choices: tuple[T, ...], word: str) -> T | None:
    return next((choice for choice in choices if choice == word), None)


def _written(node: yaml.Node) -> tuple[yaml.ScalarNode | None, bool]:
    """The text of a property that is written out, and whether Fn::Sub replaces its variables."""
    if isinstance(node, yaml.ScalarNode) and not is_function(node):
        return node, False
    if node.tag == "!Sub":
        source: yaml.Node | None = node
    else:
        source = _member(node, "Fn::Sub") if is_function(node) else None
    if isinstance(source, yaml.SequenceNode) and source.value:
        source = source.value[0]
    return (source if isinstance(source, yaml.ScalarNode) else None), True


def _with_some_text(text: str, known: dict[str, str]) -> str:
    """With as long a text of its own for each variable, so that everything stays in its place."""

    def some_text(match: re.Match[str]) -> str:
        character = known.setdefault(match[0], chr(_SOME_TEXT[len(known) % len(_SOME_TEXT)]))
        return character * len(match[0])

    return _VARIABLE.sub(some_text, text)


# Places


def _place_in(scalar: yaml.ScalarNode, lines: Sequence[str]) -> Place:
    start = scalar.start_mark.line
    if scalar.style == "|":
        return _place_in_block(scalar, lines)
    if scalar.style == '"' and scalar.end_mark.line == start:
        return _place_in_quotes(scalar, lines[start])
    place = _start(scalar)
    return lambda *_: place


def _place_in_block(scalar: yaml.ScalarNode, lines: Sequence[str]) -> Place:
    first = scalar.start_mark.line
    while not _BLOCK.search(lines[first]):
        first += 1
    first += 1
    indent = 0
    for offset, line in enumerate(scalar.value.split("\n")):
        if line.strip():
            written = lines[first + offset]
            indent = len(written) - len(line)
            break
    return lambda line, column: (first + line, indent + column)


def _place_in_quotes(scalar: yaml.ScalarNode, source: str) -> Place:
    """A text with its line ends as escapes stands in one line, as in JSON."""
    line = scalar.start_mark.line + 1
    at = source.index('"', scalar.start_mark.column) + 1
    columns: list[int] = []
    while len(columns) <= len(scalar.value) and at < len(source):
        columns.append(at + 1)
        escape = _ESCAPE.match(source, at)
        at = escape.end() if escape else at + 1
    starts = [0]
    for text in scalar.value.split("\n"):
        starts.append(starts[-1] + len(text) + 1)

    def place(inner_line: int, inner_column: int) -> tuple[int, int]:
        offset = starts[min(inner_line, len(starts)) - 1] + inner_column - 1
        return line, columns[min(offset, len(columns) - 1)]

    return place


# Nodes


def _members(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {str(key.value): value for key, value in node.value}


def _member(node: yaml.Node | None, name: str) -> yaml.Node | None:
    return _members(node).get(name)


def _text(node: yaml.Node | None) -> str:
    if isinstance(node, yaml.ScalarNode) and not is_function(node):
        return str(node.value)
    return ""


def _start(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
