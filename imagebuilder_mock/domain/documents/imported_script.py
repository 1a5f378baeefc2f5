"""Scripts that are imported as components: the document that the service wraps them in.

Source: API reference, ImportComponent ("a component document with a single step that runs the
script"). The names of phase and step are inferred.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from imagebuilder_mock.domain.states import ComponentType, Platform

_STEP = "RunScript"


def document_for(
    script: str, *, name: str, platform: Platform, component_type: ComponentType
) -> str:
    """The YAML text of a document whose one step runs the script."""
    action = "ExecutePowerShell" if platform == "Windows" else "ExecuteBash"
    step = {"name": _STEP, "action": action, "inputs": {"commands": [script]}}
    phase = {"name": "test" if component_type == "TEST" else "build", "steps": [step]}
    document = {"name": name, "schemaVersion": "1.0", "phases": [phase]}
    # PyYAML writes this old line end as it is, and reads it as a space.
    is_readable = "\x85" not in script
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=is_readable)
