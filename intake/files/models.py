"""Uploads, complete or not, and drafts."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from intake.people.models import Account


class Upload(models.Model):
    """A photo or a material on its way: ``offset`` bytes of ``size`` are here; then it is looked through.

    ``path`` is where its document names it, in the unit's folder. ``digest`` (``sha256:…``) and ``kept_size`` are of
    what is kept, which may differ from what came: pictures are written anew, without what a camera tells of a person.
    """

    class State(models.TextChoices):
        """How far it is."""

        RECEIVING = "receiving", "上传中"
        READY = "ready", "已收下"
        REFUSED = "refused", "不收"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.CharField(max_length=40, db_index=True)
    account = models.ForeignKey(Account, models.PROTECT)
    path = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVING)
    digest = models.CharField(max_length=71, blank=True, default="")
    kept_size = models.PositiveBigIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.unit} {self.state} {self.offset}/{self.size}"


class Draft(models.Model):
    """What a unit has written and not yet submitted: the YAML text of one document.

    ``version`` grows with each save, so that two people who write at once are told.
    """

    unit = models.CharField(max_length=40)
    document = models.CharField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    yaml = models.TextField()
    account = models.ForeignKey(Account, models.PROTECT)
    saved_at = models.DateTimeField()

    class Meta:
        """One draft a document."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit", "document"], name="one_draft_a_document")
        ]

    def __str__(self) -> str:
        return f"{self.unit}/{self.document} v{self.version}"
