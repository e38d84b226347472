"""The HTML that a document is laid out from: our own templates, every fact escaped."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATE_FOLDER = Path(__file__).parents[2] / "templates" / "pdf"

# Escaping is no nicety here: <pdf:…> in the name of a works would be obeyed by the renderer.
_environment = Environment(
    loader=FileSystemLoader(TEMPLATE_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def filled(template: str, **facts: object) -> str:
    """A template of `templates/pdf` with its facts put in. Raises jinja2.UndefinedError when it asks for one that is missing."""
    return _environment.get_template(template).render(facts)
