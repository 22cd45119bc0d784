"""What a test reads of a PDF: its pages, their size, their words, title and language."""

import re
from dataclasses import dataclass
from io import BytesIO

from django.http import HttpResponse
from pypdf import PdfReader

MM_PER_POINT = 25.4 / 72
#: Width and height in mm: A4 of ISO 216; US Letter is 8.5 by 11 inches.
SIZES_MM = {"a4": (210, 297), "letter": (215.9, 279.4)}


@dataclass(frozen=True)
class Printed:
    """A PDF as read back."""

    sizes_mm: tuple[tuple[float, float], ...]
    pages: tuple[str, ...]
    title: str
    language: str
    #: The names of the fonts that stand in the file.
    fonts: frozenset[str]
    #: How many letters were drawn as the box of a letter that the font lacks.
    missing_letters: int

    @property
    def text(self) -> str:
        """The words of every page."""
        return "\n".join(self.pages)

    @property
    def is_in_our_fonts(self) -> bool:
        """Whether every letter came from a font that we bring: others are not on every machine."""
        return all("Inter" in name or "Noto" in name for name in self.fonts)

    def all_on(self, size: str) -> bool:
        """Whether every page is of this size, to a tenth of a millimetre."""
        wanted = SIZES_MM[size]
        return bool(self.sizes_mm) and all(
            abs(have - want) < 0.1
            for page in self.sizes_mm
            for have, want in zip(page, wanted, strict=True)
        )

    def on_every_page(self, *words: str) -> bool:
        """Whether each page carries all the words, and its own number of how many."""
        return all(
            each in " ".join(page.split())
            for number, page in enumerate(self.pages, start=1)
            for each in (*words, f"{number} / {len(self.pages)}")
        )


def printed(answer: HttpResponse) -> Printed:
    """A PDF of an answer, read."""
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    read = PdfReader(BytesIO(answer.content))
    drawn = [page.get_contents().get_data().decode("latin-1") for page in read.pages]
    glyphs = [
        run[at : at + 4]
        for page in drawn
        for run in re.findall(r"<([0-9a-f]+)>", page)
        for at in range(0, len(run), 4)
    ]
    return Printed(
        sizes_mm=tuple(
            (float(page.mediabox.width) * MM_PER_POINT, float(page.mediabox.height) * MM_PER_POINT)
            for page in read.pages
        ),
        pages=tuple(page.extract_text().replace("\u00a0", " ") for page in read.pages),
        title=str((read.metadata or {}).get("/Title", "")),
        language=str(read.trailer["/Root"].get("/Lang", "")),  # type: ignore[index]
        fonts=frozenset(
            str(font.get_object()["/BaseFont"])
            for page in read.pages
            for font in page["/Resources"].get("/Font", {}).values()
        ),
        missing_letters=glyphs.count("0000"),
    )
