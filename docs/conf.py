"""Sphinx reads this to build the documentation."""

from importlib.metadata import version as installed_version

project = "imagebuilder-mock"
author = "The imagebuilder_mock authors"
copyright = author
release = version = installed_version(project)

extensions = ["myst_parser"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"{project} {release}"
