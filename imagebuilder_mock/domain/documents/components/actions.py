"""The action modules that a component document's steps can name, and the inputs each one takes.

Source: AWSTOE action modules, user guide page toe-action-modules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from imagebuilder_mock.domain.documents.errors import DocumentError
from imagebuilder_mock.domain.documents.members import (
    integer_of,
    list_of,
    mapping_of,
    members_of,
    required,
    text_of,
)

from .conditions import parse_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagebuilder_mock.domain.states import Platform

# AWSTOE says "linux" and "windows" in what was seen, and calls macOS by the name of its kernel.
_OS_PLATFORMS: Mapping[Platform, str] = {
    "Linux": "linux",
    "Windows": "windows",
    "macOS": "darwin",
}


@dataclass(frozen=True, slots=True)
class ActionModule:
    """What a module's ``inputs`` look like, and where it runs.

    ``form`` says whether ``inputs`` is one mapping, a list of them, or a condition.
    """

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
        ActionModule("DeleteFile", _ANY, "list", ("path",)),
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


def action_module(name: str, platform: Platform | None) -> ActionModule:
    """The module of that name; one that the platform does not have is an error.

    The sentence was seen for ``ExecutePowerShell`` in a component for Linux
    (aws-samples/cdk-image-pipeline#135), and for ``InvokeBash``, which is no module at all.
    """
    module = ACTION_MODULES.get(name)
    if module is not None and (platform is None or platform in module.platforms):
        return module
    where = "" if platform is None else f" for os platform {_OS_PLATFORMS[platform]}"
    raise DocumentError(f"Unsupported action {name}{where}.")


def parse_inputs(module: ActionModule, inputs: object) -> tuple[Mapping[str, object], ...]:
    """The mappings that ``inputs`` holds: as many as the list has, one otherwise, or none."""
    subject = f"Action {module.name}"
    if inputs in (None, [], {}):
        if module.requires_inputs:
            # Seen for S3Download with an empty list: CloudSnorkel/cdk-github-runners#964.
            raise DocumentError(f"{subject} has no inputs; it requires an 'inputs'")
        return ()
    if module.form == "list":
        if not isinstance(inputs, list):
            raise DocumentError(f"{subject} requires its 'inputs' to be a list.")
        return tuple(_parse_input(module, entry, subject) for entry in inputs)
    if not isinstance(inputs, dict):
        raise DocumentError(f"{subject} requires its 'inputs' to be a mapping.")
    if module.form == "condition":
        parse_expression(inputs)
        return (inputs,)
    return (_parse_input(module, inputs, subject),)


def _parse_input(module: ActionModule, entry: object, subject: str) -> dict[str, object]:
    known = (*module.required, *module.optional, *module.one_of)
    members = members_of(entry, f"An entry of 'inputs' of action {module.name}", known=known)
    for key in module.required:
        required(members, key, subject)
    if module.one_of and sum(bool(members.get(key)) for key in module.one_of) != 1:
        names = " and ".join(f"'{key}'" for key in module.one_of)
        raise DocumentError(f"{subject} requires exactly one of {names}.")
    for key, value in members.items():
        _INPUT_CHECKS.get(key, _scalar)(value, f"input '{key}' of action {module.name}")
    return members


def _scalar(value: object, what: str) -> None:
    text_of(value, f"The {what}")


def _texts(value: object, what: str) -> None:
    for item in list_of(value, f"The {what}"):
        text_of(item, f"Every item of the {what}")


def _text_or_texts(value: object, what: str) -> None:
    check = _texts if isinstance(value, list) else _scalar
    check(value, what)


def _properties(value: object, what: str) -> None:
    for text in mapping_of(value, f"The {what}").values():
        text_of(text, f"Every value of the {what}")


def _document_parameters(value: object, what: str) -> None:
    for item in list_of(value, f"The {what}"):
        subject = f"A parameter in the {what}"
        parameter = members_of(item, subject, known=("name", "value"))
        for key in ("name", "value"):
            text_of(required(parameter, key, subject), f"The {key} of a parameter in the {what}")


def _seconds(value: object, what: str) -> None:
    """A number of seconds, or a reference that stands for one."""
    if not isinstance(value, str) and integer_of(value, f"The {what}") < 0:
        raise DocumentError(f"The {what} must not be negative.")


_INPUT_CHECKS: Mapping[str, Callable[[object, str], None]] = {
    "arguments": _texts,
    "commands": _texts,
    "delaySeconds": _seconds,
    "exclude": _texts,
    "include": _texts,
    "parameters": _document_parameters,
    "properties": _properties,
    "value": _text_or_texts,
}
