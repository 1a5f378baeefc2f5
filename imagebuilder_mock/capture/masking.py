"""Hiding whose account it was: ids of accounts, and the names that were given to resources."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.arn import slugify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])")
_DIGITS = 12


def masked_accounts(json: Any, own: str, mask: str) -> Any:
    """Every account id in every text is another one: ``own`` is ``mask``, the others are counted.

    The same id stays the same everywhere.
    """
    masks = {own: mask}

    def replace(match: re.Match[str]) -> str:
        number = len(masks)
        return masks.setdefault(match[0], f"{number:0{_DIGITS}d}")

    return _mapped(json, lambda text: _ACCOUNT.sub(replace, text))


def masked_names(json: Any, names: Iterable[tuple[str, str]]) -> Any:
    """Every name of a resource, given with its kind, is its kind and a number.

    It is replaced wherever it stands alone, in ARNs and in texts such as a description. Documents
    of components and tags stay as they are.
    """
    masks: dict[str, str] = {}
    for kind, name in names:
        mask = masks.get(slugify(name)) or f"{kind.rpartition('/')[2]}-{len(masks) + 1}"
        masks[name] = masks[slugify(name)] = mask
    if not masks:
        return json
    longest_first = sorted(masks, key=len, reverse=True)
    words = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")
    return _mapped(json, lambda text: words.sub(lambda match: masks[match[0]], text), _KEPT)


_KEPT = frozenset(("document", "tags", "class", "kind", "status", "platform", "region", "type"))


def _mapped(json: Any, change: Callable[[str], str], kept: frozenset[str] = frozenset()) -> Any:
    if isinstance(json, str):
        return change(json)
    if isinstance(json, list):
        return [_mapped(item, change, kept) for item in json]
    if isinstance(json, dict):
        return {
            change(name): item if name in kept else _mapped(item, change, kept)
            for name, item in json.items()
        }
    return json
