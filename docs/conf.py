"""Sphinx reads this to build the documentation."""

from importlib.metadata import version as installed_version

project = "imagebuilder-mock"
author = "The imagebuilder_mock authors"
copyright = author
release = version = installed_version(project)

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx_copybutton"]
copybutton_exclude = ".linenos, .gp, .go"  # what is copied is the commands: no prompts, no answers
autodoc_class_signature = "separated"
autodoc_default_options = {
    "exclude-members": "__init__,__new__,record_defaults,record_factories,record_names"
}
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "signature"
add_module_names = False
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
pygments_dark_style = "github-dark"  # the theme's own underlines modules as if they were links
html_title = f"{project} {release}"
