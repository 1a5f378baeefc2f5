"""Dockerfile templates of container recipes: the placeholders that they must hold.

Source: user guide, create-container-recipes ("Dockerfile template").
"""

from __future__ import annotations

import re

from .errors import DocumentError

_PLACEHOLDER = re.compile(r"\{\{\{\s*imagebuilder:(\w+)\s*\}\}\}")
_KNOWN = ("parentImage", "environments", "components")


def check_dockerfile_template(text: str, *, has_components: bool) -> None:
    """Refuse a template that the service could not fill: DocumentError says what is missing.

    The parent image always has a place; with components, the environments come before them.
    """
    found = [match.group(1) for match in _PLACEHOLDER.finditer(text)]
    for name in found:
        if name not in _KNOWN:
            raise DocumentError(f"The placeholder '{_braced(name)}' is not supported.")
    required = _KNOWN if has_components else _KNOWN[:1]
    for name in required:
        if name not in found:
            raise DocumentError(f"The Dockerfile template must contain '{_braced(name)}'.")
    if has_components and found.index("components") < found.index("environments"):
        raise DocumentError(
            f"'{_braced('environments')}' must come before '{_braced('components')}' in the "
            "Dockerfile template."
        )


def _braced(name: str) -> str:
    return f"{{{{{{ imagebuilder:{name} }}}}}}"
