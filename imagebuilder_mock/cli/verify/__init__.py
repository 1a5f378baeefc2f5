"""Claims about the service, put to an account.

``claims`` has them by subject; ``claim`` is what one consists of, and compares an answer with it,
``safety`` says what may be asked, ``service`` asks and deletes, ``running`` goes through them,
``report`` says what came out, ``dialogue`` talks to the caller.
"""

from __future__ import annotations

OFFERS = {
    "instance_profile": ("NAME", "an instance profile"),
    "role": ("ARN", "a role for lifecycle policies and workflows"),
    "topic": ("ARN", "an SNS topic"),
    "repository": ("NAME", "an ECR repository"),
}
"""What only the caller can name: the words of the claims, which are options too."""


def option_of(word: str) -> str:
    return f"--{word.replace('_', '-')}"
