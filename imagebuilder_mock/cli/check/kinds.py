"""Recognize what kind of document a text is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from imagebuilder_mock.domain.documents.yaml_loading import LOADER

from .problems import TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .problems import Content, DocumentKind

_MAIN_MEMBERS: Mapping[DocumentKind, str] = {"component": "phases", "workflow": "steps"}

_RESOURCE = re.compile(r"\bAWS::\w+::\w+")
_MEMBER = re.compile(
    r"""^(?:\{\s*)?["']?([A-Za-z]+)["']?\s*:|^\s{0,8}"([A-Za-z]+)"\s*:""", re.MULTILINE
)
_FROM = re.compile(r"^\s*FROM\s+\S", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{\{\{\s*imagebuilder:")
_STEP = re.compile(r"""[\s{,"']action["']?\s*:""")
_OF_OTHERS = frozenset(("mainSteps", "runtimeConfig", "sessionType", "inputs", "assumeRole"))
"""Members of Systems Manager's documents, which have a ``schemaVersion`` too."""


def content_of(text: str, *, is_named: bool = True) -> Content | None:
    """The kind of a text; None if it is none of them.

    A Dockerfile without a placeholder of Image Builder is a template only if the user names it.
    """
    members = _members(text)
    if "Resources" in members and _RESOURCE.search(text):
        return TEMPLATE
    if {"policyDetails", "PolicyDetails"} & members.keys():
        return "lifecycle-policy"
    if not members.keys() & _OF_OTHERS:
        for kind, member in _MAIN_MEMBERS.items():
            is_list = member in members and not isinstance(members[member], yaml.MappingNode)
            if is_list and _STEP.search(text):
                return kind
        words = " ".join(members).lower()
        for kind, member in _MAIN_MEMBERS.items():
            # Also one that is misspelt.
            if "schemaVersion" in members and member[:-1] in words:
                return kind
    if _PLACEHOLDER.search(text) or (is_named and _FROM.search(text)):
        return "dockerfile"
    return None


def _members(text: str) -> Mapping[str, object]:
    """The members at a document's top, with what is known of their values."""
    try:
        root = yaml.compose(text, Loader=LOADER)
    except (yaml.YAMLError, RecursionError):
        # What it was meant to be is told by its lines.
        return {first or second: None for first, second in _MEMBER.findall(text)}
    if not isinstance(root, yaml.MappingNode):
        return {}
    return {key.value: value for key, value in root.value if isinstance(key, yaml.ScalarNode)}
