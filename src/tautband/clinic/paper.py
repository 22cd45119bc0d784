"""Pages to PDF with WeasyPrint, where its libraries are on the machine."""

from collections.abc import Mapping, Sequence
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from tautband.records.models.vocabulary import PaperSize
from tautband.records.queries import centre

STYLE = "design/paper.css"


def of_centre() -> PaperSize:
    """What the centre prints on."""
    here = centre.current()
    return PaperSize(here.paper_size) if here else PaperSize.A4


def size_for(request: HttpRequest) -> PaperSize:
    """What the page was asked for with ?paper=, or else what the centre prints on."""
    asked = request.GET.get("paper", "")
    if not asked:
        return of_centre()
    try:
        return PaperSize(asked)
    except ValueError as error:
        raise Http404 from error


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


def pdf(
    template: str,
    context: Mapping[str, Any],
    *,
    size: PaperSize | None = None,
    styles: Sequence[str] = (),
) -> bytes:
    """A template as PDF; styles and fonts come from our own static files and nowhere else.

    Without a `size` it is the centre's; `styles` are files of this paper alone, after the shared
    one.
    """
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
    on = size or of_centre()
    shared = _static(STYLE).read_text("utf-8")
    own = "\n".join(_static(name).read_text("utf-8") for name in styles)
    style = f"{shared}\n@page {{ size: {on} }}\n{own}"
    sheet = CSS(string=style, url_fetcher=files, font_config=fonts)
    page = HTML(string=render_to_string(template, dict(context)), url_fetcher=files)
    made: bytes = page.write_pdf(stylesheets=[sheet], font_config=fonts)
    return made


def answer(made: bytes, name: str) -> HttpResponse:
    """A finished paper as the answer to a request; `name` says what it is and of nobody."""
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def printed(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    name: str,
    page: str,
    size: PaperSize | None = None,
    styles: Sequence[str] = (),
) -> HttpResponse:
    """A paper as the answer to a request; where the machine makes none, the way to its `page`."""
    if not available():
        return none_made(request, page)
    return answer(pdf(template, context, size=size, styles=styles), name)


def none_made(request: HttpRequest, page: str) -> HttpResponse:
    """Where the machine makes no PDF it says so, and leads to the `page` that prints."""
    return render(request, "clinic/sessions/no_pdf.html", {"page": page}, status=503)


def refused(
    request: HttpRequest, words: str, *, page: str, status: int = HTTPStatus.CONFLICT
) -> HttpResponse:
    """Why this paper is not printed now, and the page to go back to."""
    return render(
        request, "clinic/papers/refused.html", {"words": words, "page": page}, status=status
    )
