"""The addresses of the mock's own servers in this process, whose requests are let through."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

_NAMES_OF_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


class OwnServers:
    """Hosts and ports of the mock's own servers."""

    def __init__(self) -> None:
        self._ports: Counter[tuple[str | None, int | None]] = Counter()

    def add(self, host: str, port: int) -> None:
        self._ports.update(_addresses(host, port))

    def remove(self, host: str, port: int) -> None:
        # This drops what is counted down to 0.
        self._ports -= Counter(_addresses(host, port))

    def has(self, host: str | None, port: int | None) -> bool:
        return (host, port) in self._ports

    def has_url(self, url: str) -> bool:
        if not self._ports:
            return False
        parts = urlsplit(url)
        return self.has(parts.hostname, parts.port)


def _addresses(host: str, port: int) -> list[tuple[str | None, int | None]]:
    """A server that listens on all addresses can be reached by the loopback names too."""
    return [(name, port) for name in {host, *_NAMES_OF_THIS_MACHINE}]
