"""Writing the ledger: what the office may record, how it reaches the disk, and whether all of it still stands."""

from build_tools.recording.book import Book, Books, Recorded, Refused
from build_tools.recording.commits import record_received
from build_tools.recording.events import add, record
from build_tools.recording.request import BadRequest, Request, kind_called, moment_given, times_given
from build_tools.recording.verify import Verdict, verify

__all__ = [
    "BadRequest",
    "Book",
    "Books",
    "Recorded",
    "Refused",
    "Request",
    "Verdict",
    "add",
    "kind_called",
    "moment_given",
    "record",
    "record_received",
    "times_given",
    "verify",
]
