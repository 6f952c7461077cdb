"""A receipt: what it says, that its signature holds for OpenSSH too, and its printed face."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pdfplumber
import pytest
from service.journalled import submit

from intake.journal.models import Submission
from intake.receipts import printed, signature, wording

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(account) -> Submission:
    return submit(account("guangzhou-1"))


def test_it_says_who_what_when_and_which_bytes(line: Submission):
    told = wording.text(line)
    assert told.startswith("收件回执\n")
    for words in (
        line.number,
        "广州市司法局（guangzhou）",
        "先进个人推荐表（第 1 名）（individual-01）",
        "示例guangzhou-1",
        "2012年8月21日 10:00:00（2012-08-21T10:00:00+08:00）",
        line.digest,
        line.hash,
        "第 1 份",
    ):
        assert words in told


def test_ssh_keygen_verifies_the_signature_and_refuses_a_changed_receipt(
    line: Submission, service, tmp_path: Path
):
    message = wording.text(line).encode()
    (tmp_path / "signers").write_text(signature.allowed_signers(service))
    (tmp_path / "receipt.sig").write_text(signature.sign(service, message))
    command = ["ssh-keygen", "-Y", "verify", "-f", "signers", "-I", signature.SIGNER]
    command += ["-n", signature.NAMESPACE, "-s", "receipt.sig"]

    def verifies(data: bytes) -> bool:
        return (
            subprocess.run(command, check=False, input=data, cwd=tmp_path, capture_output=True).returncode
            == 0
        )

    assert verifies(message)
    assert not verifies(message.replace(b"10:00:00", b"09:00:00"))


def test_our_own_verification_agrees(line: Submission, service, tmp_path: Path):
    message = wording.text(line).encode()
    armoured = signature.sign(service, message)
    assert signature.verify(service, message, armoured)
    assert not signature.verify(service, message + b" ", armoured)
    for broken in ("", armoured[:-40], armoured.replace("U1NIU0lH", "U1NIU0lI"), "\0", "中"):
        assert not signature.verify(service, message, broken)


def test_a_signature_by_another_key_is_not_ours(line: Submission, service, tmp_path: Path):
    from intake.place import Place

    other = Place(tmp_path, tmp_path / "other")
    other.prepare()
    message = wording.text(line).encode()
    assert not signature.verify(service, message, signature.sign(other, message))


def test_the_key_is_for_this_account_only(line: Submission, service):
    signature.key(service)
    assert (service.keys / "receipt").stat().st_mode & 0o777 == 0o600


def test_the_printed_face_is_one_page_with_every_line(line: Submission):
    data = printed.pdf(line)
    assert data == printed.pdf(line)
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == 1
        text = "".join((pdf.pages[0].extract_text() or "").split()).replace("\u200b", "")
    for told in wording.lines(line):
        assert told.label in text
        assert "".join(told.value.split()) in text, told.label


def test_the_code_leads_to_the_page_where_it_is_verified(line: Submission):
    assert printed.address(line).endswith(f"/verify/{line.number}/")
    assert printed.code(line).startswith("<svg")
