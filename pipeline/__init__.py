"""What does it mean? From captured bytes to documents, works, mentions and citations in the catalog."""

from pipeline.bundles import Inside, bundles_of, members_of
from pipeline.document import POOR, Citation, Description, Document, Grid, Mention, Page, Paragraph, Reading
from pipeline.errors import NeedsOcr, ReadError, WorkerError
from pipeline.history import Attempt, attempts
from pipeline.limits import Limits
from pipeline.ocr import Bounds, PicturesReport, read_pictures
from pipeline.ocr_queue import pictures_wait
from pipeline.process import Outcome, ReadReport, read_waiting, understand
from pipeline.readers import choices
from pipeline.rereading.again import Rehearsed, ask_again, could_not_be_read_again, rehearse, see_again
from pipeline.rereading.compare import same_words
from pipeline.rereading.news import DESCRIPTION
from pipeline.rereading.versions import (
    Difference,
    OldParagraph,
    Version,
    carried,
    differences,
    known_versions,
    text_of,
    undone,
    unpacked,
    version,
)
from pipeline.waiting import retry

__all__ = [
    "DESCRIPTION",
    "POOR",
    "Attempt",
    "Bounds",
    "Citation",
    "Description",
    "Difference",
    "Document",
    "Grid",
    "Inside",
    "Limits",
    "Mention",
    "NeedsOcr",
    "OldParagraph",
    "Outcome",
    "Page",
    "Paragraph",
    "PicturesReport",
    "ReadError",
    "ReadReport",
    "Reading",
    "Rehearsed",
    "Version",
    "WorkerError",
    "ask_again",
    "attempts",
    "bundles_of",
    "carried",
    "choices",
    "could_not_be_read_again",
    "differences",
    "known_versions",
    "members_of",
    "pictures_wait",
    "read_pictures",
    "read_waiting",
    "rehearse",
    "retry",
    "same_words",
    "see_again",
    "text_of",
    "understand",
    "undone",
    "unpacked",
    "version",
]
