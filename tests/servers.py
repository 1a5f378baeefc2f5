"""Servers in processes of their own, as the command line starts them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from contextlib import contextmanager

import boto3

FULL = os.environ.get("HYPOTHESIS_PROFILE") == "full"
"""Whether what takes its time is tested too."""

SIGNED = (
    "AWS4-HMAC-SHA256 "
    "Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/imagebuilder/aws4_request, "
    "SignedHeaders=host, Signature=0a"
)

SERVE = "import sys; from imagebuilder_mock.cli.command_line import main; sys.exit(main())"

NOTHING_IGNORED = """
import signal
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
"""
"""Signals as a terminal has them: under nohup, or behind ``&``, pytest ignores some, and so would
what it starts."""

# Its input ends with pytest, however that does, and it with its input.
_SERVE_UNTIL_THE_INPUT_ENDS = f"""
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(3)), daemon=True).start()
{SERVE}
"""
_PATIENCE = 60


@contextmanager
def served(*arguments, before="", patience=_PATIENCE):
    """A server, run after some code of the test's; the values are the process and the URL."""
    watched, kept_open = os.pipe()
    program = NOTHING_IGNORED + before + _SERVE_UNTIL_THE_INPUT_ENDS
    process = subprocess.Popen(
        [sys.executable, "-c", program, "serve", "--port", "0", *arguments],
        stdin=watched,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    os.close(watched)
    # A server that says nothing would be listened to for ever.
    too_late = threading.Timer(patience, process.kill)
    too_late.start()
    try:
        assert process.stdout is not None
        greeting = process.stdout.readline()
        found = re.match(r"Image Builder is at (http://127\.0\.0\.1:\d+),", greeting)
        assert found, greeting + process.communicate(timeout=30)[1]
        greeting += "".join(process.stdout.readline() for _ in range(3))
        assert f"aws imagebuilder list-images --endpoint-url {found[1]}\n" in greeting
        assert f"AWS_ENDPOINT_URL_IMAGEBUILDER={found[1]}\n" in greeting
        yield process, found[1]
    finally:
        too_late.cancel()
        process.kill()
        process.communicate()
        os.close(kept_open)


def a_client(url):
    return boto3.client(
        "imagebuilder",
        "us-east-1",
        endpoint_url=url,
        aws_access_key_id="example",
        aws_secret_access_key="example",
    )


def ended(process, number):
    """Exit status and output of a process that gets a signal."""
    process.send_signal(number)
    output, log = process.communicate(timeout=30)
    return process.returncode, output, log


def run_serve(*arguments):
    """Run a `serve` command that ends by itself; return the finished process."""
    return subprocess.run(
        [sys.executable, "-c", SERVE, "serve", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
