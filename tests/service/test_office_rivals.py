"""Two units recommend the same person: the office reads who the other is, the units never do."""

from __future__ import annotations

import pytest
from service.journalled import NoSites, sample, submit
from service.test_projection import AFTER

from intake.journal.models import Action, Submission
from intake.people.models import Role
from intake.projection.worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = ("佛山", "foshan")


def text(client, address: str) -> str:
    answer = client.get(address)
    return answer.content.decode() if not answer.streaming else b"".join(answer.streaming_content).decode()


@pytest.fixture
def work(service, monkeypatch) -> Worker:
    monkeypatch.setenv("SHENBAO_NOW", AFTER)
    monkeypatch.setattr("intake.projection.clashes._REST", 0.0)
    return Worker(NoSites())


@pytest.fixture
def twice(account, work) -> Submission:
    """河源 recommends whom 佛山 recommended before it."""
    line = submit(account("heyuan-1"), "individual-01", sample("foshan", "individual-01"), judged=False)
    work.round()
    line.refresh_from_db()
    assert "D02" in {finding["code"] for finding in line.findings}
    return line


def test_the_office_reads_whose_the_other_is_when_it_came_and_how_it_stands(twice, account, work, signed_in):
    desk = signed_in("officer", Role.OFFICER)
    assert desk.get(f"/desk/{twice.number}/take-out/").context["chosen"] == "twice"
    told = text(desk, f"/desk/{twice.number}/")
    assert '<a href="/desk/units/foshan/">佛山 先进个人推荐表（第 1 名）</a>，2012年' in told
    newer = submit(account("foshan-1"), "individual-01", judged=False)
    work.round()
    told = text(desk, f"/desk/{twice.number}/")
    assert f'<a href="/desk/{newer.number}/">佛山' in told
    assert "2012年8月23日 10:30:00 收到，" in told


def test_no_page_of_the_unit_names_the_other(twice, signed_in):
    assert any(finding.get("elsewhere") for finding in twice.findings)
    clerk = signed_in("heyuan-1")
    receipt = f"/my/receipts/{twice.number}/"
    for address in (
        "/my/", receipt, f"{receipt}receipt.txt", f"{receipt}changes/", "/my/documents/individual-01/",
        "/my/documents/individual-01/withdraw/", "/intake/state",
    ):  # fmt: skip
        told = text(clerk, address)
        assert not [name for name in OTHER if name in told.replace(sample("foshan", "individual-01"), "")], (
            address
        )


def test_the_units_own_page_tells_of_the_error_and_what_to_do(twice, signed_in):
    told = text(signed_in("heyuan-1"), "/my/")
    assert told.count("有 1 处错误，请改正或撤回") == 2  # 下一步, and the row
    assert told.count('<span class="mark mark--invalid">校验未通过</span>') == 1


def test_what_was_taken_out_keeps_what_was_found(twice, account, work, signed_in):
    Action.objects.create(
        kind=Action.Kind.WITHDRAWN, unit="heyuan", document=twice.document, submission=twice,
        account=account("officer", Role.OFFICER), at=twice.received_at, reason="不予受理（已由其他单位推荐）：示例",
    )  # fmt: skip
    work.round()
    work.round()
    known = Submission.objects.get(pk=twice.pk)
    assert known.findings == twice.findings
    told = text(signed_in("officer", Role.OFFICER), f"/desk/{twice.number}/")
    assert "两个单位" not in told
    assert "另有单位也推荐了" in told
    assert "理由：已由其他单位推荐：示例" in told
