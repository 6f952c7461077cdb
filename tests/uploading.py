"""Sending files to the intake as the form pages' script does."""

from __future__ import annotations

from typing import Any

from django.test import Client

PHOTO, PAPER = "materials/individual-01.jpg", "materials/individual-01-study.pdf"


def begin(client: Client, path: str, size: Any) -> Any:
    return client.post("/intake/files", {"path": path, "size": size}, content_type="application/json")


def patch(client: Client, name: str, offset: int, data: bytes, **headers: str) -> Any:
    headers = {"Upload-Offset": str(offset), **headers}
    return client.patch(
        f"/intake/files/{name}", data, content_type="application/octet-stream", headers=headers
    )


def sent(client: Client, path: str, data: bytes) -> Any:
    """The answer to the last piece; the upload's id with it."""
    answer = begin(client, path, len(data))
    assert answer.status_code == 201, answer.content
    name, piece, offset = answer.json()["id"], answer.json()["chunk"], 0
    while True:
        answer = patch(client, name, offset, data[offset : offset + piece])
        offset += piece
        if offset >= len(data):
            return answer, name
