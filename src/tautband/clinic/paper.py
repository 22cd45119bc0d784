"""Pages to PDF with WeasyPrint, where its libraries are on the machine."""

from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

STYLE = "design/paper.css"
A4, LETTER = "A4", "letter"


@cache
def available() -> bool:
    """Whether this machine can make PDFs; without the libraries importing WeasyPrint fails."""
    try:
        import weasyprint  # noqa: F401 - only whether it loads
    except (ImportError, OSError):
        return False
    return True


def _static(name: str) -> Path:
    found = finders.find(name)
    if not found:
        raise FileNotFoundError(name)
    return Path(str(found))


def pdf(template: str, context: dict[str, Any], *, size: str = A4) -> bytes:
    """A template as PDF; styles and fonts come from our own static files and nowhere else."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    class OurFiles(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
        """Turns `static:…` into our own file and refuses every other address."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url.startswith("static:"):
                raise ValueError("papers fetch nothing but our own static files")
            return super().fetch(_static(url.removeprefix("static:")).as_uri(), headers)

    files, fonts = OurFiles(allowed_protocols=("file",)), FontConfiguration()
    style = f"{_static(STYLE).read_text('utf-8')}\n@page {{ size: {size} }}"
    sheet = CSS(string=style, url_fetcher=files, font_config=fonts)
    page = HTML(string=render_to_string(template, context), url_fetcher=files)
    made: bytes = page.write_pdf(stylesheets=[sheet], font_config=fonts)
    return made
