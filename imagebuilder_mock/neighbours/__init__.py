"""The services that Image Builder works with, as small ports."""
