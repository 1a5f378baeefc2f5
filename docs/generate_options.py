"""Writes options.md: what an option is called, may be and is by default, as the code has it.

python docs/generate_options.py
"""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.records import members_of
from imagebuilder_mock.world import settings
from imagebuilder_mock.world.settings import OPTIONS, Options, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DOCS = Path(__file__).parent

_PAGE = """\
# Options

<!-- Written by generate_options.py; do not edit. -->

Look up here the type and default of each option, and where it can be set: as a keyword of
`mock_imagebuilder`, `ImageBuilderMock`, `imagebuilder_server` and the marker
`@pytest.mark.imagebuilder`, in pytest's configuration, on the command line, or in the environment
of a command. [Using the mock](usage.md) has examples.

{options}"""

_OPTION = """\
## {name}

{description}

- Type: `{type}`
- Default: `{default}`
- Configuration of pytest: `{option.ini}`
- Flag of `run` and `serve`: `{option.flag}`
- Environment of `run` and `serve`: `{option.variable}`
"""


def page() -> str:
    """The page as it ought to be."""
    defaults = {member.name: member.default() for member in members_of(Settings)}
    return _PAGE.format(options="\n".join(_sections(defaults)))


def _sections(defaults: Mapping[str, object]) -> Iterator[str]:
    """Of each option; what describes a member of a class is the text behind it."""
    [options] = ast.parse(inspect.getsource(Options)).body
    for member, text in pairwise(ast.iter_child_nodes(options)):
        match member, text:
            case ast.AnnAssign(), ast.Expr(ast.Constant(str(description))):
                name = ast.unparse(member.target)
                yield _OPTION.format(
                    name=name,
                    option=OPTIONS[name],
                    type=_type(ast.unparse(member.annotation)),
                    description=inspect.cleandoc(description).replace("``", "`"),
                    default=_written(defaults[name]),
                )


def _type(name: str) -> str:
    """With the values of what is one of several words."""
    choices = getattr(settings, name, None)
    return str(choices).replace("typing.", "") if choices else name


def _written(default: object) -> str:
    return f'"{default}"' if isinstance(default, str) else repr(default)


if __name__ == "__main__":
    (DOCS / "options.md").write_text(page(), encoding="utf-8")
