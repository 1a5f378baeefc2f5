"""Writes the schemas that CloudFormation checks our resource types against.

    python docs/generate_stack_schemas.py [--check]

It reads the copies in the package cfn-lint, which brings some 150 MB and has no place in the
development environment: install it into an environment of its own, and run the script with that.
``--check`` writes nothing, and fails if the committed file differs from what would be written.

Of the schemas of us-east-1 it takes what is checked: what nothing refers to, what other programs
look at (handlers, tagging …) and all prose are left out. cfn-lint's copies are CloudFormation's
with patterns, lengths, bounds and formats of the services' own models added, which CloudFormation
does not check: the service does, with its own words. The additions were files of cfn-lint until
its version 1.51 (data/schemas/patches, smithy.json and format.json), so it is known what was
CloudFormation's: ``CLOUDFORMATIONS_OWN``. What came later cannot be told apart and is left out.
"""

from __future__ import annotations

import hashlib
import json
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

DATA = (
    Path(__file__).parents[1]
    / "imagebuilder_mock/transports/moto/stacks/data/resource_schemas.json"
)

REGION = "us-east-1"
PREFIX = "AWS::ImageBuilder::"
CHECKED = ("$ref", "type", "enum", "required", "additionalProperties", "anyOf", "oneOf")
LIMITS = ("pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems")
# Which properties a template cannot set, and which replace the resource.
SEMANTICS = ("readOnlyProperties", "createOnlyProperties")
# By type and pointer: the limits that no addition of cfn-lint's has made.
CLOUDFORMATIONS_OWN = {
    ("Component", "/properties/Data"),
    ("Image", "/definitions/ImageTestsConfiguration/properties/TimeoutMinutes"),
    ("ImagePipeline", "/definitions/AutoDisablePolicy/properties/FailureCount"),
    ("ImagePipeline", "/definitions/ImageTestsConfiguration/properties/TimeoutMinutes"),
    ("ImagePipeline", "/definitions/Schedule/properties/Timezone"),
    ("Workflow", "/properties/Data"),
}
# One limit of these is an addition all the same.
ADDED = {
    ("Component", "/properties/Data", "pattern"),
    ("ImagePipeline", "/definitions/AutoDisablePolicy/properties/FailureCount", "maximum"),
    ("Workflow", "/properties/Data", "pattern"),
}


def text() -> str:
    """The file, made of the installed cfn-lint."""
    package = distribution("cfn-lint")
    folder = Path(str(package.locate_file("cfnlint/data/schemas")))
    files = _read(folder / "providers" / f"{REGION}.json")
    types = {
        name: _type(name.removeprefix(PREFIX), _read(folder / "resources" / f"{file}.json"))
        for name, file in sorted(files.items())
        if name.startswith(PREFIX)
    }
    found = {
        "date": _read(folder / "version.json")["schema_date"][:10],
        "source": f"CloudFormation's schemas of {REGION}, as cfn-lint {package.version} has them",
        "digest": digest(types),
        "types": types,
    }
    return json.dumps(found, separators=(",", ":")).replace('},"AWS::', '},\n"AWS::') + "\n"


def digest(types: object) -> str:
    """What tells that the types were changed by hand."""
    return hashlib.sha256(json.dumps(types, sort_keys=True).encode()).hexdigest()


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _type(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    kept = _schema(name, schema, "")
    definitions = {
        each: _schema(name, part, f"/definitions/{each}")
        for each, part in schema.get("definitions", {}).items()
    }
    used: set[str] = set()
    more = _references(kept)
    while more - used:
        used |= more
        more = {each for one in used for each in _references(definitions[one])}
    kept |= {each: schema[each] for each in SEMANTICS if each in schema}
    return kept | {"definitions": {each: definitions[each] for each in sorted(used)}}


def _schema(name: str, schema: dict[str, Any], pointer: str) -> dict[str, Any]:
    kept = {each: schema[each] for each in CHECKED if each in schema}
    for word in ("anyOf", "oneOf"):
        alternatives = [_schema(name, one, "") for one in kept.pop(word, ())]
        # Those of formats are cfn-lint's own.
        if any(alternatives):
            kept[word] = alternatives
    for limit in LIMITS:
        is_theirs = (name, pointer) in CLOUDFORMATIONS_OWN and (name, pointer, limit) not in ADDED
        if limit in schema and is_theirs:
            kept[limit] = schema[limit]
    for word in ("properties", "patternProperties"):
        if word in schema:
            kept[word] = {
                each: _schema(name, part, f"{pointer}/{word}/{each}")
                for each, part in schema[word].items()
            }
    if "items" in schema:
        kept["items"] = _schema(name, schema["items"], f"{pointer}/items")
    return kept


def _references(schema: object) -> set[str]:
    if isinstance(schema, list):
        return {each for part in schema for each in _references(part)}
    if not isinstance(schema, dict):
        return set()
    found = {each for part in schema.values() for each in _references(part)}
    if "$ref" in schema:
        found.add(schema["$ref"].rpartition("/")[2])
    return found


def main() -> int:
    if "--check" not in sys.argv[1:]:
        DATA.write_text(text(), encoding="utf-8")
        return 0
    if DATA.read_text(encoding="utf-8") == text():
        return 0
    sys.stderr.write(f"{DATA.name} differs: run python docs/generate_stack_schemas.py\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
