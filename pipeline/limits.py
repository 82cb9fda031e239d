"""How much may the reading of one file cost? Every bound, in one frozen table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one file; what goes over one of them fails alone, with the bound named in the reason."""

    seconds: float = 400.0  # wall clock from the moment a worker takes the file
    cpu_seconds: int = 180  # processor time of the worker itself
    idle_seconds: float = 60.0  # wall clock without any processor time: it hangs
    patience: float = 2.0  # wall clock after which a file gives way to those that wait, longer where all take long
    memory_mb: int = 1500  # resident memory of the worker and the programs it started
    disk_mb: int = 1000  # temporary files of the worker and those programs
    programs: int = 50  # processes of the worker at a time
    file_mb: int = 200  # size of the file
    bundle_files: int = 200  # files in a zip archive of several documents
    bundle_mb: int = 300  # what all of them unpack to
    pages: int = 3000  # pages of one file
    characters: int = 20_000_000  # text of one file
    paragraphs: int = 300_000  # of one file
    output_mb: int = 100  # what a worker may hand back
    ocr_seconds: float = 120.0  # for OCR of one page, in all languages that are tried
    ocr_pixels: int = 12_000_000  # of one page image: A4 at 300 dpi has 8.7 million
    table_pages: int = 100  # pages of one file that pdfplumber is asked about: it is ten times slower than PDFium
    table_seconds: float = 5.0  # processor time for one of them
    office_seconds: float = 120.0  # for LibreOffice to convert one file
