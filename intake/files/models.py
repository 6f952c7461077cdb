"""Uploads, complete or not, and drafts."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from intake.people.models import Account


class Upload(models.Model):
    """A photo or a material of ``size`` bytes on its way; when all of them are here, it is looked through.

    How much is here, the file below ``place().uploads`` says by its own length. ``path`` is where its document names
    it, in the unit's folder. ``digest`` (``sha256:…``) and ``kept_size`` are of what is kept; ``changed`` when that is
    not what came: pictures are written anew, without what a camera tells of a person.
    """

    class State(models.TextChoices):
        """How far it is."""

        RECEIVING = "receiving", "上传中"
        READY = "ready", "已收下"
        REFUSED = "refused", "不收"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.CharField(max_length=40)
    account = models.ForeignKey(Account, models.PROTECT)
    path = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVING)
    digest = models.CharField(max_length=71, blank=True, default="")
    kept_size = models.PositiveBigIntegerField(default=0)
    changed = models.BooleanField(default=False)
    message = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Looked up by unit: what is not finished, and the newest of each path."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["unit", "state", "path", "-finished_at"], name="newest_of_a_path"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.state} {self.size}"


class Present(models.Manager["Draft"]):
    """The drafts that are there."""

    def get_queryset(self) -> models.QuerySet[Draft]:
        """Without those that were removed."""
        return super().get_queryset().filter(removed=False)


class Draft(models.Model):
    """What a unit has written and not yet submitted: the YAML text of one document.

    ``version`` grows with each save, so that two people who write at once are told. The row of a draft that was
    removed stays, without its text, so that no version comes twice; ``objects`` does not show it.
    """

    unit = models.CharField(max_length=40)
    document = models.CharField(max_length=60)
    version = models.PositiveIntegerField(default=1)
    yaml = models.TextField()
    account = models.ForeignKey(Account, models.PROTECT)
    saved_at = models.DateTimeField()
    removed = models.BooleanField(default=False)

    objects = Present()
    rows = models.Manager["Draft"]()

    class Meta:
        """One draft a document."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit", "document"], name="one_draft_a_document")
        ]

    def __str__(self) -> str:
        return f"{self.unit}/{self.document} v{self.version}"
