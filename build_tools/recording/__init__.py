"""Writing the ledger: what the office may record, how it reaches the disk, and whether all of it still stands."""

from build_tools.recording.book import Recorded, Refused
from build_tools.recording.commits import record_received
from build_tools.recording.events import record
from build_tools.recording.request import BadRequest, Request, kind_called, moment_given, times_given
from build_tools.recording.verify import Verdict, verify

__all__ = [
    "BadRequest",
    "Recorded",
    "Refused",
    "Request",
    "Verdict",
    "kind_called",
    "moment_given",
    "record",
    "record_received",
    "times_given",
    "verify",
]
