"""Runs the tests in some folders, one folder after the other, and says how many passed in each.

All in this process, for most of what a page's examples cost is the start of Python, pytest and
moto: ``python pages.py RESULTS FOLDER…`` writes a JSON object, from the folder to its exit code
and count.
"""

from __future__ import annotations

import gc
import json
import sys
from functools import lru_cache
from pathlib import Path

import boto3
import botocore.session
import pytest
from botocore.loaders import create_loader

# Each session would read the models again.
botocore.session.create_loader = lru_cache(maxsize=8)(create_loader)


class _Passed:
    """A plugin that counts the tests that pass."""

    def __init__(self):
        self.count = 0

    def pytest_runtest_logreport(self, report):
        self.count += report.when == "call" and report.passed


def main(results, *folders):
    told = {}
    for folder in folders:
        gc.freeze()  # pytest collects garbage several times at the end of a run
        passed, path = _Passed(), list(sys.path)
        code = pytest.main(["-p", "no:cacheprovider", "-W", "error", folder], plugins=[passed])
        told[folder] = [int(code), passed.count]
        # Pages have modules of one name, such as conftest, and boto3 keeps a session.
        sys.path[:] = path
        for name in [name for name, module in sys.modules.items() if _is_in(module, folder)]:
            del sys.modules[name]
        boto3.DEFAULT_SESSION = None
    Path(results).write_text(json.dumps(told), encoding="utf-8")


def _is_in(module, folder):
    return (getattr(module, "__file__", None) or "").startswith(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
