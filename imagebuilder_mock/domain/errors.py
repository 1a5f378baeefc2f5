"""The service's errors: AWS's names, and AWS's words where they are known.

The class name is the error code. The HTTP status comes from the installed model
(``protocol/model.py``). Texts follow the grammar of every validation error that was seen
(docs/fidelity.md): ``The value supplied for parameter '<path>' is not valid. <detail>``.
"""

from __future__ import annotations


class ImageBuilderError(Exception):
    """An answer that refuses the request; ``code`` and ``message`` are what the client sees."""

    status: int = 0
    """The HTTP status of an error that no model has; of the others it is 0."""

    def __init__(self, message: str, parameter: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.parameter = parameter
        """The path of the parameter that the message names; "" if it names none."""

    @property
    def code(self) -> str:
        return type(self).__name__


class DryRunOperationException(ImageBuilderError):
    """The request would have succeeded; nothing was made (user guide, dry-run-resources)."""

    def __init__(self) -> None:
        super().__init__("Request would have succeeded, but dryRun flag is set.")


class IdempotentParameterMismatchException(ImageBuilderError):
    """The client token was used before with other parameters."""


class InvalidPaginationTokenException(ImageBuilderError):
    """The ``nextToken`` is not one that this operation gave."""


class InvalidParameterException(ImageBuilderError):
    """What the tagging operations call a bad value."""


class InvalidParameterCombinationException(ImageBuilderError):
    """Two parameters do not go together."""


class InvalidParameterValueException(ImageBuilderError):
    """One parameter has a value that the service does not take."""


class InvalidRequestException(ImageBuilderError):
    """The request is malformed: no JSON, a member that does not exist, an unknown path."""


class InvalidVersionNumberException(ImageBuilderError):
    """A version number is out of bounds, or has more placeholders than one."""


class ResourceAlreadyExistsException(ImageBuilderError):
    """The name, or the name and version, is taken."""


class ResourceDependencyException(ImageBuilderError):
    """Something still refers to the resource."""


class ResourceInUseException(ImageBuilderError):
    """Something is being done with the resource right now."""


class ResourceNotFoundException(ImageBuilderError):
    """There is no such resource."""


class ServiceQuotaExceededException(ImageBuilderError):
    """One more would be over the account's quota."""


def not_valid(parameter: str, detail: str) -> str:
    """The grammar of every validation error seen (docs/fidelity.md)."""
    return f"The value supplied for parameter '{parameter}' is not valid. {detail}"


def invalid_value(parameter: str, detail: str) -> InvalidParameterValueException:
    """One parameter's value is wrong."""
    return InvalidParameterValueException(not_valid(parameter, detail), parameter)


def invalid_combination(parameter: str, detail: str) -> InvalidParameterCombinationException:
    """A parameter does not go with another one."""
    return InvalidParameterCombinationException(not_valid(parameter, detail), parameter)


def already_exists(label: str, arn: str) -> ResourceAlreadyExistsException:
    """Seen for an image recipe (docs/fidelity.md); the other labels are made alike."""
    return ResourceAlreadyExistsException(
        f"The following resource '{label}' already exists: '{arn}'."
    )


def dependency_error(arn: str) -> str:
    """Seen for recipes, components and infrastructure configurations (docs/fidelity.md)."""
    return (
        f"Resource dependency error: The resource ARN '{arn}' has other resources depended on it."
    )


def not_found(label: str, arn: str, hint: str = "") -> ResourceNotFoundException:
    """Inferred: the code is certain, its text was never seen."""
    return ResourceNotFoundException(
        f"The following resource '{label}' does not exist: '{arn}'.{hint}"
    )


def missing_reference(label: str, arn: str) -> str:
    """Inferred, after the sentence seen for a missing instance profile."""
    return f"The provided resource '{label}' does not exist: '{arn}'."
