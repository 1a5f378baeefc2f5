"""The documents in a CloudFormation template."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, get_args

import yaml

from imagebuilder_mock.domain.documents.yaml_loading import LOADER, place_at
from imagebuilder_mock.domain.states import Platform, WorkflowType

from .places import place_in
from .policies import is_function

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .places import Place
    from .problems import DocumentKind

T = TypeVar("T")

_DOCUMENTS: Mapping[str, tuple[DocumentKind, str | None]] = {
    "AWS::ImageBuilder::Component": ("component", "Data"),
    "AWS::ImageBuilder::Workflow": ("workflow", "Data"),
    "AWS::ImageBuilder::ContainerRecipe": ("dockerfile", "DockerfileTemplateData"),
    "AWS::ImageBuilder::LifecyclePolicy": ("lifecycle-policy", None),
}
"""The resource types with a document, and the property that holds it; None for all of them."""

_VARIABLE = re.compile(r"\$\{[^!}][^}]*\}")
_MARKS = range(0xE000, 0xF900)
"""Characters that no document has: each variable is replaced by a run of one of them."""
_PLACEHOLDER = re.compile(f"([{chr(_MARKS[0])}-{chr(_MARKS[-1])}])\\1*")


@dataclass(frozen=True, slots=True)
class Document:
    """A document by itself, or in a template."""

    kind: DocumentKind
    text: str | None = None
    """None if another function than Fn::Sub makes it."""
    resource: str | None = None
    """The logical id of the resource in the template."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """The variables that were replaced in the text, by the characters that replace them."""
    properties: yaml.Node | None = None
    """Of a lifecycle policy in a template, in the place of a text."""
    place: Place = field(default=lambda line, column: (line, column))
    platform: Platform | None = None
    workflow_type: WorkflowType | None = None
    has_components: bool = True


def documents_of(template: str) -> Iterator[Document]:
    """The documents of a template, in their order; yaml.YAMLError for one that cannot be read."""
    root = yaml.compose(template, Loader=LOADER)
    for resource, body in _members(_member(root, "Resources")).items():
        properties = _member(body, "Properties")
        resource_type = _text(_member(body, "Type"))
        if properties is None or is_function(properties) or resource_type not in _DOCUMENTS:
            continue
        kind, member = _DOCUMENTS[resource_type]
        node = properties if member is None else _member(properties, member)
        if node is not None:
            yield _document(resource, kind, node, properties, template)


def has_variables(text: str) -> bool:
    """Whether a variable of the text has been replaced."""
    return _PLACEHOLDER.search(text) is not None


def as_written(text: str, variables: Mapping[str, str]) -> str:
    """The text with its variables put back."""
    return _PLACEHOLDER.sub(lambda match: variables.get(match[0][0], match[0]), text)


def _document(
    resource: str,
    kind: DocumentKind,
    node: yaml.Node,
    properties: yaml.Node,
    template: str,
) -> Document:
    start = place_at(node.start_mark)
    scalar, is_substituted = _written(node)
    known: dict[str, str] = {}
    text = None if scalar is None else scalar.value
    if text is not None and is_substituted:
        text = _with_placeholders(text, known)
    platform, workflow_type = (_text(_member(properties, name)) for name in ("Platform", "Type"))
    components = _member(properties, "Components")
    return Document(
        resource=resource,
        kind=kind,
        text=text,
        variables={character: variable for variable, character in known.items()},
        properties=properties if node is properties else None,
        place=place_in(scalar, template) if scalar else lambda *_: start,
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


def _with_placeholders(text: str, known: dict[str, str]) -> str:
    """The text with a placeholder for each variable, as long as that, so that no place changes."""

    def placeholder(match: re.Match[str]) -> str:
        character = known.setdefault(match[0], chr(_MARKS[len(known) % len(_MARKS)]))
        return character * len(match[0])

    return _VARIABLE.sub(placeholder, text)


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
