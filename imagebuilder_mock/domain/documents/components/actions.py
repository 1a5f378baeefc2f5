"""The action modules of component documents, and the inputs that each of them takes.

Source: AWSTOE action modules, user guide page toe-action-modules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from imagebuilder_mock.domain.documents.members import (
    TEXTS,
    Kind,
    Member,
    Members,
    Node,
    integer,
    read_all,
    text,
)
from imagebuilder_mock.domain.records import Value

from .conditions import parse_expression

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagebuilder_mock.domain.states import Platform

# "linux" and "windows" were seen; for macOS AWSTOE uses the name of its kernel.
_OS_PLATFORMS: Mapping[Platform, str] = {
    "Linux": "linux",
    "Windows": "windows",
    "macOS": "darwin",
}


class ActionModule(Value):
    """The form of a module's ``inputs``, their names, and the platforms that have the module."""

    name: str
    platforms: frozenset[Platform]
    form: Literal["mapping", "list", "condition"]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()

    @property
    def requires_inputs(self) -> bool:
        return self.form == "condition" or bool(self.required or self.one_of)


_ANY: frozenset[Platform] = frozenset(_OS_PLATFORMS)
_UNIX: frozenset[Platform] = frozenset({"Linux", "macOS"})
_SERVERS: frozenset[Platform] = frozenset({"Linux", "Windows"})
_WINDOWS: frozenset[Platform] = frozenset({"Windows"})

_SOURCE_AND_DESTINATION = ("source", "destination")
_OWNERSHIP = ("owner", "group", "permissions", "overwrite")
_DOCUMENT = ("document-s3-bucket-owner", "phases", "parameters")
_WEB = ("overwrite", "checksum", "algorithm", "ignoreCertificateErrors")
_MSI = (
    "reboot",
    "logOptions",
    "logFile",
    "properties",
    "ignoreAuthenticodeSignatureErrors",
    "allowUnsignedInstaller",
)

ACTION_MODULES: Mapping[str, ActionModule] = {
    module.name: module
    for module in (
        ActionModule("Assert", _ANY, "condition"),
        ActionModule("ExecuteBash", _UNIX, "mapping", ("commands",)),
        ActionModule("ExecuteBinary", _ANY, "mapping", ("path",), ("arguments",)),
        ActionModule("ExecuteDocument", _ANY, "mapping", ("document",), _DOCUMENT),
        ActionModule("ExecutePowerShell", _WINDOWS, "mapping", one_of=("commands", "file")),
        ActionModule(
            "S3Download",
            _ANY,
            "list",
            _SOURCE_AND_DESTINATION,
            ("expectedBucketOwner", "overwrite"),
        ),
        ActionModule(
            "S3Upload",
            _ANY,
            "list",
            _SOURCE_AND_DESTINATION,
            ("recurse", "expectedBucketOwner"),
        ),
        ActionModule("WebDownload", _ANY, "list", _SOURCE_AND_DESTINATION, _WEB),
        ActionModule("AppendFile", _ANY, "list", ("path",), ("content", "encoding")),
        ActionModule("CopyFile", _ANY, "list", _SOURCE_AND_DESTINATION, ("overwrite",)),
        ActionModule("CopyFolder", _ANY, "list", _SOURCE_AND_DESTINATION, ("overwrite",)),
        ActionModule("CreateFile", _ANY, "list", ("path",), ("content", "encoding", *_OWNERSHIP)),
        ActionModule("CreateFolder", _ANY, "list", ("path",), _OWNERSHIP),
        ActionModule("CreateSymlink", _ANY, "list", ("path", "target"), ("force",)),
        ActionModule("DeleteFile", _ANY, "list", ("path",), ("force",)),
        ActionModule("DeleteFolder", _ANY, "list", ("path",), ("force",)),
        ActionModule("ListFiles", _ANY, "list", ("path",), ("fileNamePattern", "recursive")),
        ActionModule("MoveFile", _ANY, "list", _SOURCE_AND_DESTINATION, ("overwrite",)),
        ActionModule("MoveFolder", _ANY, "list", _SOURCE_AND_DESTINATION, ("overwrite",)),
        ActionModule("ReadFile", _ANY, "list", ("path",), ("encoding", "printFileContent")),
        ActionModule("SetFileEncoding", _ANY, "list", ("path",), ("encoding",)),
        ActionModule("SetFileOwner", _ANY, "list", ("path", "owner"), ("group",)),
        ActionModule("SetFolderOwner", _ANY, "list", ("path", "owner"), ("group", "recursive")),
        ActionModule("SetFilePermissions", _ANY, "list", ("path", "permissions")),
        ActionModule("SetFolderPermissions", _ANY, "list", ("path", "permissions"), ("recursive",)),
        ActionModule("InstallMSI", _WINDOWS, "mapping", ("path",), _MSI),
        ActionModule("UninstallMSI", _WINDOWS, "mapping", ("path",), _MSI),
        ActionModule("Reboot", _SERVERS, "mapping", optional=("delaySeconds",)),
        ActionModule("SetRegistry", _WINDOWS, "list", ("path", "name", "value", "type")),
        ActionModule("UpdateOS", _SERVERS, "mapping", optional=("include", "exclude")),
    )
}


def action_module(node: Node, platform: Platform | None) -> ActionModule | None:
    """The module of a step's action; refused if it does not exist or the platform lacks it.

    The sentence was seen for ``ExecutePowerShell`` in a component for Linux
    (aws-samples/cdk-image-pipeline#135), and for ``InvokeBash``, which is no module at all.
    """
    name = text(node)
    module = ACTION_MODULES.get(name or "")
    if module is not None and (platform is None or platform in module.platforms):
        return module
    if name is not None:
        where = "" if platform is None else f" for os platform {_OS_PLATFORMS[platform]}"
        node.refuse(f"Unsupported action {name}{where}.")
    return None


def parse_inputs(
    module: ActionModule, step: Node, inputs: Node | None
) -> tuple[Mapping[str, object], ...]:
    """The mappings in ``inputs``: all of a list, or the one that it is; none if it is empty."""
    subject = f"Action {module.name}"
    if inputs is None or inputs.value in ([], {}):
        if module.requires_inputs:
            # Seen for S3Download with an empty list: CloudSnorkel/cdk-github-runners#964.
            step.called(subject).lacks("inputs")
        return ()
    if not isinstance(inputs.value, list if module.form == "list" else dict):
        form = "list" if module.form == "list" else "mapping"
        inputs.refuse(f"{subject} requires its 'inputs' to be a {form}.")
        return ()
    if module.form == "condition":
        parse_expression(inputs)
        return (cast("Mapping[str, object]", inputs.value),)
    name = f"An entry of 'inputs' of action {module.name}"
    entries = inputs.items(name) if isinstance(inputs.value, list) else [inputs.called(name)]
    return tuple(_parse_input(module, entry, subject) for entry in entries or ())


def _parse_input(module: ActionModule, entry: Node, subject: str) -> Mapping[str, object]:
    members = entry.members((*module.required, *module.optional, *module.one_of))
    if members is None:
        return {}
    whole = entry.called(subject)
    for key in module.required:
        if members.get(key) in (None, [], {}):
            whole.lacks(key)
    if module.one_of and sum(bool(members.get(key)) for key in module.one_of) != 1:
        names = " and ".join(f"'{key}'" for key in module.one_of)
        whole.refuse(f"{subject} requires exactly one of {names}.")
    for key, value in members.items():
        if key not in module.required or value not in ([], {}):
            _INPUTS.get(key, text)(entry.at(key, f"The input '{key}' of action {module.name}"))
    return members


def _text_or_texts(node: Node) -> object:
    return (TEXTS if isinstance(node.value, list) else text)(node)


def _properties(node: Node) -> object:
    for key in node.mapping() or ():
        text(node.at(key, f"Every value of {node.inside}"))
    return node.value


class _DocumentParameter(Members):
    name = Member(text, "", required=True)
    value = Member(text, "", required=True)


def _document_parameters(node: Node) -> object:
    for item in node.items(f"A parameter in {node.inside}") or ():
        read_all(_DocumentParameter(item))
    return node.value


def _seconds(node: Node) -> object:
    """A number of seconds, or a reference that stands for one."""
    if not isinstance(node.value, str) and (integer(node) or 0) < 0:
        node.must("not be negative")
    return node.value


_INPUTS: Mapping[str, Kind[object]] = {
    "arguments": TEXTS,
    "commands": TEXTS,
    "delaySeconds": _seconds,
    "exclude": TEXTS,
    "include": TEXTS,
    "parameters": _document_parameters,
    "properties": _properties,
    "value": _text_or_texts,
}
"""What inputs take that are not scalars."""
