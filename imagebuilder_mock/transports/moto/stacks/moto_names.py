"""Modules, classes and members of moto's CloudFormation, whose names depend on its version.

moto is not imported here: all of this is used once its CloudFormation is loaded.
"""

from __future__ import annotations

import sys
from typing import Any


def module(name: str) -> Any:
    return sys.modules[f"moto.cloudformation.{name}"]


def class_name(name: str) -> str:
    """The name of a class of its models; moto 5.0 has ``FakeStack`` for ``Stack``."""
    return name if hasattr(module("models"), name) else f"Fake{name}"


def backend_of(resources: Any) -> Any:
    """The account's CloudFormation in the Region of a stack's resources."""
    backends = module("models").cloudformation_backends
    return backends[resources._account_id][resources._region_name]


def validation_error(message: str) -> Exception:
    """The error of CloudFormation for a template or a request that it refuses."""
    error: Exception = module("exceptions").ValidationError(message=message)
    return error


def type_of(resource: Any) -> str:
    # moto 5.0 has it as ``type``.
    return str(getattr(resource, "cf_resource_type", None) or getattr(resource, "type", ""))


def id_of(resource: Any) -> str:
    return str(getattr(resource, "physical_resource_id", "") or "")
