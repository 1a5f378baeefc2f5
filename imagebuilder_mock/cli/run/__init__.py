"""``imagebuilder-mock run``: an unmodified program, none of whose requests reaches AWS."""
