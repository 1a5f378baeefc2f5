"""Claims about the service, put to an account.

``claims`` has them by subject; ``claim`` is what one consists of, ``comparing`` holds an answer
against it, ``safety`` says what may be asked, ``service`` asks and deletes, ``running`` goes
through them, ``report`` tells what came out, ``dialogue`` talks to the caller.
"""
