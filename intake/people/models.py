"""Who has an account, the codes that open one, what was guessed, and what everybody did."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac


class Role(models.TextChoices):
    """What an account may do."""

    UNIT = "unit", "报送单位"
    OFFICER = "officer", "经办人"
    APPROVER = "approver", "审批人"


class Account(AbstractBaseUser):
    """A person who signs in. ``unit`` is the slug for which a unit's account speaks, empty for the office's.

    ``name`` is the person's name as the ledger and the audit trail write it.
    """

    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    role = models.CharField(max_length=8, choices=Role)
    unit = models.CharField(max_length=40, blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    totp_secret = models.CharField(max_length=64, blank=True, default="")
    """Base32; empty without a second factor."""
    totp_last = models.BigIntegerField(default=0)
    """The step of the last code that was taken: no code is taken twice."""
    sessions_ended = models.PositiveIntegerField(default=0)
    """How often all sessions were ended; each is bound to the number it was opened under."""

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]
    objects = BaseUserManager["Account"]()

    class Meta:
        """One account a name."""

        ordering: ClassVar[list[str]] = ["unit", "username"]

    def __str__(self) -> str:
        return self.username

    @property
    def is_office(self) -> bool:
        """Whether it is the office's."""
        return self.role in (Role.OFFICER, Role.APPROVER)

    @property
    def is_approver(self) -> bool:
        """Whether it may approve what needs two."""
        return self.role == Role.APPROVER

    @property
    def has_its_factors(self) -> bool:
        """Whether it has the factors it needs: an approver is nobody without a second one."""
        return not self.is_approver or bool(self.totp_secret)

    def get_session_auth_hash(self) -> str:
        """What a session is bound to: it ends when the passphrase, the second factor or the role changes."""
        bound = (self.password, self.totp_secret, self.role, self.unit, str(self.sessions_ended))
        return salted_hmac("intake.people.session", "\0".join(bound), algorithm="sha256").hexdigest()


class Enrolment(models.Model):
    """A one-time code that opens an account: its SHA-256 only, single use, until it expires or is voided."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="enrolments")
    code_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="issued")
    """Who handed it out; nobody if the command line did."""

    def __str__(self) -> str:
        return f"{self.account_id} {self.expires_at:%F}"


class Guess(models.Model):
    """Failed attempts for one key (what was guessed at with an address, or an address), hashed. See ``guessing``."""

    key = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key[:8]


class Audit(models.Model):
    """One line of the audit trail: who did what, when, from where. Never changed, and never holds a private value."""

    at = models.DateTimeField(db_index=True)
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True)
    address = models.CharField(max_length=45, blank=True, default="")
    action = models.CharField(max_length=40)
    unit = models.CharField(max_length=40, blank=True, default="", db_index=True)
    target = models.CharField(max_length=80, blank=True, default="")
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        """Newest first."""

        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.action}"
