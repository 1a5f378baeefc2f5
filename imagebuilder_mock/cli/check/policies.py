"""Check lifecycle policies: the input of CreateLifecyclePolicy, or CloudFormation's properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import yaml

from imagebuilder_mock.domain.documents.errors import DocumentError, Problem, problems_of
from imagebuilder_mock.domain.documents.yaml_loading import MAX_DEPTH, MAX_NODES, load_document
from imagebuilder_mock.domain.errors import ImageBuilderError, not_valid
from imagebuilder_mock.domain.lifecycle.rules import Selection
from imagebuilder_mock.operations.rules.lifecycle import policy_errors
from imagebuilder_mock.protocol.model import service_model
from imagebuilder_mock.protocol.validation import form_problems

from .kinds import LOADER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeAlias

    from botocore.model import Shape

    Path: TypeAlias = tuple[str | int, ...]

_OPERATION = "CreateLifecyclePolicy"
_FILLED_IN = "clientToken"
"""Every SDK gives the parameter if its caller does not."""
_ELSEWHERE = ("Fn::", "Ref")


class _Unknown:
    """What another function of a template makes: nothing can be said of it."""


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
    """All that is wrong with a policy in a file, of either form."""
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
    """All that is wrong with a policy; ``has_properties`` if its members are CloudFormation's."""
    reader = _Reader()
    try:
        value = reader.read(root, ())
    except DocumentError as error:
        return error.problems
    shape = cast("Any", service_model().operation_model(_OPERATION).input_shape)
    wrong: list[tuple[Path, str]] = []
    if has_properties:
        value = _parameters(value, shape, (), wrong)
    if isinstance(value, dict):
        value.setdefault(_FILLED_IN, "x")
        wrong += _wrong(shape, value)
    return tuple(Problem(path, *reader.place_of(path), sentence) for path, sentence in wrong)


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
    """Without the members that are null: the service takes them as not given."""
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


class _Reader:
    """Reads the nodes of a document, and keeps where they stand."""

    def __init__(self) -> None:
        self._places: dict[Path, tuple[int, int]] = {(): (1, 1)}
        self._count = 0

    def read(self, node: yaml.Node, path: Path) -> Any:
        self._count += 1
        if self._count > MAX_NODES or len(path) > MAX_DEPTH:
            line, column = _place(node)
            sentence = f"The document has more than {MAX_NODES} nodes, or {MAX_DEPTH} levels."
            raise DocumentError(sentence, (Problem(path, line, column, sentence),))
        self._places.setdefault(path, _place(node))
        if is_function(node):
            return UNKNOWN
        if isinstance(node, yaml.MappingNode):
            members: dict[str, Any] = {}
            for key, value in node.value:
                at = (*path, str(key.value))
                self._places[at] = _place(key)
                members[str(key.value)] = self.read(value, at)
            return members
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
        return _value(node.tag, node.value)

    def place_of(self, path: Path) -> tuple[int, int]:
        """Where a member stands, or what is nearest above it; with either spelling of a name."""
        written: Path = ()
        for step in path:
            for spelling in (step, step[:1].upper() + step[1:] if isinstance(step, str) else step):
                if (*written, spelling) in self._places:
                    written = (*written, spelling)
                    break
            else:
                break
        return self._places[written]


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


_WORDS: Mapping[str, object] = {"true": True, "false": False}


def _value(tag: str, text: str) -> object:
    kind = tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return _WORDS.get(text.lower(), text)
    try:
        return int(text) if kind == "int" else float(text) if kind == "float" else text
    except ValueError:
        return text
