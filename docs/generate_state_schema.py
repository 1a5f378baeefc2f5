"""Writes state-schema.json, the JSON schema of the files that ``mock.save()`` writes."""

from __future__ import annotations

import json
from pathlib import Path

from imagebuilder_mock.world.saved.files import schema

PAGE = Path(__file__).with_name("state-schema.json")


def page() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
