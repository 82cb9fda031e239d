"""What does a PDF say? PDFium for text, page by page."""
from pipeline import sniff
from pipeline.document import Page, Paragraph, Reading
from pipeline.errors import DamagedFile, EncryptedFile, TooLarge
from pipeline.limits import Limits


class PdfReader:
    """Thin: text of each page, blocks as paragraphs."""

    name = "pypdfium2"

    def bid(self, media_type: str, data: bytes) -> int:
        return 100 if media_type == sniff.PDF else 0

    def read(self, data: bytes, limits: Limits, languages: tuple[str, ...]) -> Reading:
        import pypdfium2

        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise EncryptedFile("a password is needed to open it") from error
            raise DamagedFile("cannot be opened as a PDF") from error
        if len(document) > limits.pages:
            raise TooLarge(f"{len(document)} pages, the limit is {limits.pages}")
        pages, paragraphs = [], []
        for number, page in enumerate(document, 1):
            text = page.get_textpage().get_text_range().replace("\r\n", "\n")
            pages.append(Page(number, "pypdfium2", 1.0, None, text))
            for line in text.split("\n"):
                if line.strip():
                    paragraphs.append(Paragraph(len(paragraphs) + 1, number, None, None, line.strip()))
        first = pages[0].text.split("\n") if pages else []
        return Reading(sniff.PDF, self.name, tuple(pages), tuple(paragraphs), None, {"first_page": first})
