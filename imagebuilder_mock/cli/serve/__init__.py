"""The command ``serve``, and the command that it may run beside the server."""
