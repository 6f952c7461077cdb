"""A unit is told by mail what the office decided: once, by a real server, and nothing private."""

from __future__ import annotations

from datetime import timedelta

import pytest
from mail_server import MailServer, serving, settings
from service.journalled import sample, with_values
from service.people_steps import written

from intake.current import campaign, now
from intake.journal.models import Action
from intake.people.models import Account, Audit, Role
from intake.projection import telling
from intake.projection.telling import Teller

pytestmark = pytest.mark.django_db(transaction=True)
UNIT = "guangzhou"
REASON = "canary-reason 请补写示例人的事迹"


@pytest.fixture
def server():
    with serving(MailServer()) as running:
        yield running


@pytest.fixture
def posting(server: MailServer, monkeypatch):
    settings(monkeypatch, server.port, TLS="none")
    return server


@pytest.fixture
def decided(account, sent):
    """A decision that is in the ledger."""

    def make(kind: str = "returned", state: str = "done", **more) -> Action:
        line = sent(UNIT)
        until = now() + timedelta(days=1) if kind == "returned" else None
        told = {"at": now(), "done_at": now(), "until": until, "reason": REASON} | more
        return Action.objects.create(
            kind=kind, state=state, unit=UNIT, document=line.document, submission=line,
            account=account("office-1", Role.OFFICER), **told,
        )  # fmt: skip

    return make


def mailed() -> list[str]:
    return [action for action in written() if action.startswith("decision")]


@pytest.mark.parametrize(
    ("kind", "word"),
    [("returned", "已退回修改，请在"), ("accepted", "已受理"), ("withdrawn", "已撤回")],
)
def test_the_unit_reads_what_was_decided_and_where_to_look(posting, decided, kind: str, word: str):
    decided(kind)
    assert Teller().tell()
    (mail,) = posting.mails.values()
    contact = campaign().unit_by_slug[UNIT].contact
    assert contact
    assert posting.recipients == [contact.email]
    text = mail.get_content()
    assert word in text
    assert "先进个人推荐表（第 1 名）" in text
    assert "http://127.0.0.1:8000/my/" in text
    assert mail["Subject"].startswith(f"【示例】{Action.Kind(kind).label}")
    assert mail["Auto-Submitted"] == "auto-generated"
    whole = posting.taken[0].original_content.decode() + text + str(mail["Subject"])
    for private in ("canary", Account.objects.get(username=f"{UNIT}-1").name, contact.name, contact.phone):
        assert private not in whole
    assert mailed() == ["decision-mailed"]
    line = Audit.objects.get(action="decision-mailed")
    assert (line.unit, line.target, line.account) == (UNIT, "individual-01", None)


def test_what_is_not_taken_is_called_so(posting, decided):
    decided("withdrawn", reason="不予受理（超出名额）：来函")
    assert Teller().tell()
    (mail,) = posting.mails.values()
    assert "先进个人推荐表（第 1 名）不予受理。" in mail.get_content()


def test_it_is_told_once_also_by_a_worker_started_anew(posting, decided):
    decided()
    assert Teller().tell()
    assert Teller().tell()
    assert len(posting.taken) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"state": "pending"},
        {"state": "refused"},
        {"kind": "paper"},
        {"done_at": None},
        {"long ago": True},
    ],
    ids=str,
)
def test_nothing_is_told_of_what_is_not_done_or_long_ago(posting, decided, more):
    if more.pop("long ago", False):
        more = {"done_at": now() - timedelta(days=2)}
    decided(**more)
    assert Teller().tell()
    assert posting.taken == []


def test_what_a_later_decision_or_version_has_replaced_is_not_told(posting, decided, sent):
    first = decided()
    again = Action.objects.create(
        kind="accepted", state="done", unit=UNIT, document=first.document, submission=first.submission,
        account=first.account, at=now(), done_at=now(),
    )  # fmt: skip
    assert Teller().tell()
    (mail,) = posting.mails.values()
    assert "已受理" in mail.get_content()
    Audit.objects.all().delete()  # as if it had not been told
    sent(UNIT, text=with_values(sample(), post="合伙人"))
    assert Teller().tell()
    assert len(posting.taken) == 1, again


def test_what_is_being_decided_anew_is_not_told_yet_and_another_document_is(posting, decided):
    first = decided()
    same = {"unit": UNIT, "submission": first.submission, "account": first.account, "at": now()}
    Action.objects.create(kind="accepted", state="refused", document=first.document, **same)
    Action.objects.create(kind="accepted", state="done", document="summary", done_at=now(), **same)
    waits = Action.objects.create(kind="withdrawn", state="pending", document=first.document, **same)
    assert Teller().tell()
    (mail,) = posting.mails.values()
    assert ("总结已受理" in mail.get_content(), len(posting.taken)) == (True, 1)
    waits.delete()
    assert Teller().tell()
    assert len(posting.taken) == 2


def test_what_was_decided_before_the_server_was_set_is_not_told(server, decided, monkeypatch):
    settings(monkeypatch)
    decided()
    Teller().tend()
    monkeypatch.setenv("SHENBAO_NOW", "2012-08-21T12:00:00+08:00")
    settings(monkeypatch, server.port, TLS="none")
    assert Teller().tell()
    assert server.taken == []
    decided(kind="accepted")
    assert Teller().tell()
    assert len(server.taken) == 1


def test_without_a_mail_server_nothing_is_tried(server, decided, monkeypatch):
    settings(monkeypatch)
    decided()
    teller = Teller()
    teller.tend()
    assert teller._thread is None
    assert mailed() == []


def test_a_server_that_is_down_is_tried_again(posting, decided, monkeypatch):
    settings(monkeypatch, 1, TLS="none")
    decided()
    teller = Teller()
    assert not teller.tell()
    assert mailed() == []
    settings(monkeypatch, posting.port, TLS="none")
    assert teller.tell()
    assert len(posting.taken) == 1


def test_an_address_that_is_refused_is_given_up_after_five_tries(posting, decided):
    contact = campaign().unit_by_slug[UNIT].contact
    assert contact
    posting.refuse = contact.email
    decided()
    teller = Teller()
    assert [teller.tell() for _ in range(5)] == [False, False, False, False, True]
    assert mailed() == ["decision-not-mailed"]
    assert teller.tell()
    assert posting.taken == []


def test_whatever_goes_wrong_it_is_tried_less_and_less_often_and_then_as_before(monkeypatch):
    teller, outcomes = Teller(), [False, RuntimeError("x"), True]

    def tell() -> bool:
        told = outcomes.pop(0)
        if isinstance(told, Exception):
            raise told
        return told

    monkeypatch.setattr(teller, "tell", tell)
    waits = [teller._run() or teller._wait for _ in range(3)]
    assert waits == [10.0, 20.0, 5.0]


def test_the_worker_does_it_beside_its_work(posting, decided, monkeypatch):
    decided()
    teller = Teller()
    teller.tend()
    assert teller._thread
    teller._thread.join(20)
    assert len(posting.taken) == 1
    assert not Audit.objects.filter(action=telling.NOT_MAILED).exists()
