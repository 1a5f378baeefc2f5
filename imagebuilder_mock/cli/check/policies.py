"""Check lifecycle policies: the input of CreateLifecyclePolicy, or CloudFormation's properties."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, cast

import yaml

from imagebuilder_mock.domain.documents.errors import DocumentError, Problem, problems_of
from imagebuilder_mock.domain.documents.yaml_loading import (
    LOADER,
    MAX_DEPTH,
    MAX_NODES,
    load_document,
    place_at,
)
from imagebuilder_mock.domain.errors import ImageBuilderError, not_valid
from imagebuilder_mock.domain.lifecycle.rules import Selection
from imagebuilder_mock.operations.rules.lifecycle import policy_errors
from imagebuilder_mock.protocol.model import service_model
from imagebuilder_mock.protocol.validation import form_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeAlias

    from botocore.model import Shape

    Path: TypeAlias = tuple[str | int, ...]

_OPERATION = "CreateLifecyclePolicy"
_FILLED_IN = "clientToken"
"""Every SDK gives the parameter if its caller does not."""
_ELSEWHERE = ("Fn::", "Ref")


class _Unknown:
    """The value of an intrinsic function, which is not known."""


UNKNOWN = _Unknown()


def is_function(node: yaml.Node) -> bool:
    """Whether a template's node is a call of an intrinsic function."""
    if node.tag.startswith("!"):
        return True
    if not isinstance(node, yaml.MappingNode) or len(node.value) != 1:
        return False
    key = node.value[0][0]
    return isinstance(key, yaml.ScalarNode) and key.value.startswith(_ELSEWHERE)


def check_policy_text(text: str) -> tuple[Problem, ...]:
    """The problems of a policy in a file, in either form."""
    try:
        root = yaml.compose(text, Loader=LOADER)
    except (yaml.YAMLError, RecursionError):
        root = None
    if not isinstance(root, yaml.MappingNode):
        sentence = "A lifecycle policy must be a mapping."
        return problems_of(load_document, text) or (Problem((), 1, 1, sentence),)
    names = {key.value for key, _ in root.value}
    return check_policy_node(root, has_properties="PolicyDetails" in names)


def check_policy_node(root: yaml.Node, *, has_properties: bool) -> tuple[Problem, ...]:
    """The problems of a policy; with ``has_properties`` its members are CloudFormation's."""
    try:
        value = _value(root, (), count(1))
    except DocumentError as error:
        return error.problems
    shape = cast("Any", service_model().operation_model(_OPERATION).input_shape)
    wrong: list[tuple[Path, str]] = []
    if has_properties:
        value = _parameters(value, shape, (), wrong)
    if isinstance(value, dict):
        value.setdefault(_FILLED_IN, "x")
        wrong += _wrong(shape, value)
    return tuple(Problem(path, *_place_of(path, root), sentence) for path, sentence in wrong)


def _wrong(shape: Shape, policy: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    refused: list[Path] = []
    for error in form_problems(shape, policy):
        path = tuple(error.steps)
        if not isinstance(_at(policy, path), _Unknown):
            refused.append(path)
            yield path, not_valid(error.path, error.detail)
    yield from _against_rules(_given(policy), refused)


def _against_rules(policy: dict[str, Any], refused: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """What the rules refuse, wherever the form is right and every value is known."""

    def is_readable(*path: str | int) -> bool:
        value = _at(policy, path)
        return (
            value is not None
            and not any(each[: len(path)] == path for each in refused)
            and not _holds_unknown(value)
        )

    details = policy.get("policyDetails")
    readable = {
        position: detail
        for position, detail in enumerate(details if isinstance(details, list) else ())
        if is_readable("policyDetails", position)
    }
    resource_type = policy["resourceType"] if is_readable("resourceType") else ""
    selection = policy["resourceSelection"] if is_readable("resourceSelection") else None
    for error in policy_errors(resource_type, readable, selection):
        yield _path(error.parameter), error.message
    if selection is not None:
        try:
            Selection.parse(resource_type or "AMI_IMAGE", selection)
        except ImageBuilderError as error:
            yield _path(error.parameter) or ("resourceSelection",), error.message


def _path(parameter: str) -> Path:
    steps = parameter.replace("[", ".[").split(".") if parameter else ()
    return tuple(int(step[1:-1]) if step.startswith("[") else step for step in steps)


def _at(value: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _given(value: Any) -> Any:
    """The value without members that are null, which the service takes as not given."""
    if isinstance(value, dict):
        return {key: _given(item) for key, item in value.items() if item is not None}
    return [_given(item) for item in value] if isinstance(value, list) else value


def _holds_unknown(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_unknown, value.values()))
    if isinstance(value, list):
        return any(map(_holds_unknown, value))
    return isinstance(value, _Unknown)


def _parameters(value: object, shape: Any, path: Path, wrong: list[tuple[Path, str]]) -> object:
    """CloudFormation's properties as the parameters of the operation."""
    if shape.type_name == "structure" and isinstance(value, dict):
        converted: dict[object, object] = {}
        for name, item in value.items():
            member = str(name)[:1].lower() + str(name)[1:]
            if not str(name)[:1].isupper() or member not in shape.members:
                wrong.append(((*path, name), f"The property '{name}' is not known."))
            else:
                at = (*path, member)
                converted[member] = _parameters(item, shape.members[member], at, wrong)
        return converted
    if shape.type_name == "list" and isinstance(value, list):
        return [
            _parameters(item, shape.member, (*path, index), wrong)
            for index, item in enumerate(value)
        ]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: _parameters(item, shape.value, path, wrong) for key, item in value.items()}
    return _scalar(value, shape.type_name)


_BOOLEANS = {"true": True, "false": False}


def _scalar(value: object, type_name: str) -> object:
    """A value as the type that CloudFormation makes of it."""
    if type_name == "string" and isinstance(value, (bool, int, float)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if type_name == "boolean" and isinstance(value, str):
        return _BOOLEANS.get(value.lower(), value)
    if type_name == "integer" and isinstance(value, str) and value.isdecimal():
        return int(value)
    return value


def _value(node: yaml.Node, path: Path, numbers: Iterator[int]) -> Any:
    """The value of a node; DocumentError if there are too many nodes or levels."""
    if next(numbers) > MAX_NODES or len(path) > MAX_DEPTH:
        sentence = f"The document has more than {MAX_NODES} nodes, or {MAX_DEPTH} levels."
        raise DocumentError(sentence, (Problem(path, *place_at(node.start_mark), sentence),))
    if is_function(node):
        return UNKNOWN
    if isinstance(node, yaml.MappingNode):
        return {
            str(key.value): _value(item, (*path, str(key.value)), numbers)
            for key, item in node.value
        }
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, index), numbers) for index, item in enumerate(node.value)]
    return _plain(node.tag.rpartition(":")[2], node.value)


def _plain(kind: str, text: str) -> object:
    """The value of a scalar, as YAML has it; what is not of its kind is text."""
    if kind == "null":
        return None
    if kind == "bool":
        return _BOOLEANS.get(text.lower(), text)
    try:
        return int(text) if kind == "int" else float(text) if kind == "float" else text
    except ValueError:
        return text


def _place_of(path: Path, root: yaml.Node) -> tuple[int, int]:
    """Where a member stands, or what is nearest above it; with either spelling of its name."""
    node, place = root, place_at(root.start_mark)
    for step in path:
        below: dict[str | int, tuple[yaml.Node, yaml.Node]] = {}
        if isinstance(node, yaml.MappingNode):
            below = {str(key.value): (key, item) for key, item in node.value}
        elif isinstance(node, yaml.SequenceNode):
            below = {index: (item, item) for index, item in enumerate(node.value)}
        found = below.get(step) or below.get(_capitalized(str(step)))
        if found is None:
            break
        key, node = found
        place = place_at(key.start_mark)
    return place


def _capitalized(name: str) -> str:
    return name[:1].upper() + name[1:]
