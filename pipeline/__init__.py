"""What does it mean? From captured bytes to documents, works, mentions and citations in the catalog."""

from pipeline.again import Rehearsed, ask_again, rehearse
from pipeline.document import Citation, Description, Document, Grid, Mention, Page, Paragraph, Reading
from pipeline.errors import NeedsOcr, ReadError, WorkerError
from pipeline.history import Attempt, attempts
from pipeline.limits import Limits
from pipeline.ocr import Bounds, PicturesReport, read_pictures
from pipeline.ocr_queue import pictures_wait
from pipeline.process import Outcome, ReadReport, read_waiting, understand
from pipeline.readers import choices
from pipeline.waiting import retry

__all__ = [
    "Attempt",
    "Bounds",
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
    "PicturesReport",
    "ReadError",
    "ReadReport",
    "Reading",
    "Rehearsed",
    "WorkerError",
    "ask_again",
    "attempts",
    "choices",
    "pictures_wait",
    "read_pictures",
    "read_waiting",
    "rehearse",
    "retry",
    "understand",
]
