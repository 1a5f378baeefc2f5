"""``imagebuilder-mock serve -- COMMAND``: a command whose AWS is the server."""
