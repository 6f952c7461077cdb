"""What was received and what the office did, each line once and for ever.

A submission's row holds no text of the form: that lies in the spool (``spool``), exactly as it came. What follows from
it (findings, commit) is filled in later by the worker and can be made anew.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from build_tools.standing import why_of, word_of
from intake.people.models import Account


class Submission(models.Model):
    """One version of one document of one unit, as received.

    ``files`` maps each path in the unit's folder that the document names and that came with it, or with the version
    before, to ``{"digest": "sha256:…", "size": bytes}``. ``hash`` links it behind the unit's submission before.
    """

    number = models.CharField(max_length=24, unique=True)
    unit = models.CharField(max_length=40)
    document = models.CharField(max_length=60)
    item = models.CharField(max_length=40)
    seq = models.PositiveIntegerField()
    attempt = models.UUIDField()
    account = models.ForeignKey(Account, models.PROTECT)
    by = models.CharField(max_length=40)
    received_at = models.DateTimeField(db_index=True)
    """When the last byte of the body was here."""
    stored_at = models.DateTimeField()
    """When it was on the disk."""
    spool = models.CharField(max_length=80)
    body_digest = models.CharField(max_length=71)
    digest = models.CharField(max_length=71)
    """Of the document's bytes, as they will lie in git."""
    size = models.PositiveIntegerField()
    files = models.JSONField(default=dict)
    flags = models.JSONField(default=list)
    """What a person has to look at: ``stored_late`` (here before the deadline, on the disk after it), ``clock``."""
    nonce = models.CharField(max_length=32)
    previous = models.CharField(max_length=71, blank=True, default="")
    hash = models.CharField(max_length=71)

    findings: Any = models.JSONField(null=True, blank=True)
    """As ``shenbao check --format json`` tells them; ``None`` until judged. What a clash stands against in other units'
    files is under ``elsewhere``, for the office only."""
    judged_at = models.DateTimeField(null=True, blank=True)
    commit = models.CharField(max_length=64, blank=True, default="")
    blobs = models.JSONField(default=dict, blank=True)
    """Git's names for the document and its files, by path from the campaign's root."""
    projected_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    """When the ledger on the main branch knew of it."""
    trouble = models.CharField(max_length=300, blank=True, default="")
    """Why the worker could not do its part yet: a sentence for the office."""

    class Meta:
        """A chain for each unit; the same attempt is one submission."""

        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit", "seq"], name="one_link_a_place"),
            models.UniqueConstraint(fields=["unit", "attempt"], name="one_submission_an_attempt"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["unit", "document", "-id"], name="versions"),
            models.Index(fields=["recorded_at", "id"], name="to_project"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def errors(self) -> int | None:
        """How many findings are errors; ``None`` until judged."""
        if self.findings is None:
            return None
        return sum(1 for finding in self.findings if finding["severity"] == "error")


class Action(models.Model):
    """Something the office does: it takes effect when the worker has written it into the ledger."""

    class Kind(models.TextChoices):
        """As in the ledger."""

        RETURNED = "returned", "退回修改"
        ACCEPTED = "accepted", "受理"
        EXTENDED = "extended", "延期"
        PAPER = "paper", "收到纸质材料"
        WITHDRAWN = "withdrawn", "撤回"

    class State(models.TextChoices):
        """How far it is. What needs two people is ``proposed`` until the second agrees."""

        PROPOSED = "proposed", "待审批"
        PENDING = "pending", "办理中"
        DONE = "done", "已办"
        REFUSED = "refused", "未办成"
        DECLINED = "declined", "不同意"

    kind = models.CharField(max_length=10, choices=Kind)
    unit = models.CharField(max_length=40)
    document = models.CharField(max_length=60)
    """A document, or for an extension also an item or ``*``."""
    submission = models.ForeignKey(Submission, models.PROTECT, null=True, blank=True, related_name="actions")
    reason = models.CharField(max_length=500, blank=True, default="")
    until = models.DateTimeField(null=True, blank=True)
    copies = models.PositiveIntegerField(null=True, blank=True)
    seals = models.JSONField(default=list, blank=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="actions")
    second = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="approvals")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING, db_index=True)
    message = models.CharField(max_length=500, blank=True, default="")
    """Why it was refused, or not agreed to."""
    commit = models.CharField(max_length=64, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """In the order they were asked for."""

        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.unit}/{self.document}"

    @property
    def word(self) -> str:
        """What was done, as people call it: the ledger knows one way out, the office calls two by their names."""
        return word_of(self.get_kind_display(), self.reason)

    @property
    def why(self) -> str:
        """The reason as it is read beside the word."""
        return why_of(self.reason)
