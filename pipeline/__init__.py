"""What does it mean? From captured bytes to documents, works, mentions and citations in the catalog."""

from pipeline.document import Citation, Description, Document, Grid, Mention, Page, Paragraph, Reading
from pipeline.errors import NeedsOcr, ReadError, WorkerError
from pipeline.limits import Limits
from pipeline.process import Outcome, ReadReport, read_waiting, understand
from pipeline.waiting import retry

__all__ = [
    "Citation",
    "Description",
    "Document",
    "Grid",
    "Limits",
    "Mention",
    "NeedsOcr",
    "Outcome",
    "Page",
    "Paragraph",
    "ReadError",
    "ReadReport",
    "Reading",
    "WorkerError",
    "read_waiting",
    "retry",
    "understand",
]
