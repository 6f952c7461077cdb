"""The signature of a receipt: Ed25519, in the format that ``ssh-keygen -Y verify`` reads (OpenSSH, PROTOCOL.sshsig)."""

from __future__ import annotations

import base64
import struct
from hashlib import sha512
from textwrap import wrap

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from intake.place import Place

NAMESPACE = "shenbao-receipt"
SIGNER = "shenbao"
_MAGIC = b"SSHSIG"
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"


def key(place: Place) -> Ed25519PrivateKey:
    """The service's key for receipts, made on its first use; two that start at once get the same."""
    found = load_ssh_private_key(place.once("receipt", _fresh), None)
    if not isinstance(found, Ed25519PrivateKey):
        raise TypeError("keys/receipt is no Ed25519 key")
    return found


def public_line(place: Place) -> str:
    """The public key as one line: ``ssh-ed25519 AAAA…``."""
    public = key(place).public_key()
    return public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode("ascii")


def allowed_signers(place: Place) -> str:
    """The file that ``ssh-keygen -Y verify -f`` wants."""
    return f'{SIGNER} namespaces="{NAMESPACE}" {public_line(place)}\n'


def sign(place: Place, message: bytes) -> str:
    """The armoured signature of ``message``; the same message always gives the same one."""
    private = key(place)
    signature = _string(b"ssh-ed25519") + _string(private.sign(_to_sign(message)))
    blob = (
        _MAGIC
        + struct.pack(">I", 1)
        + _string(_public(private.public_key()))
        + _string(NAMESPACE.encode())
        + _string(b"")
        + _string(b"sha512")
        + _string(signature)
    )
    body = "\n".join(wrap(base64.b64encode(blob).decode("ascii"), 70))
    return f"{_BEGIN}\n{body}\n{_END}\n"


def verify(place: Place, message: bytes, armoured: str) -> bool:
    """Whether ``armoured`` is this service's signature of ``message``."""
    try:
        body = armoured.strip().removeprefix(_BEGIN).removesuffix(_END)
        blob = base64.b64decode("".join(body.split()), validate=True)
        if blob[:6] != _MAGIC:
            return False
        parts = _strings(blob[10:])
        if len(parts) != 5 or parts[1] != NAMESPACE.encode() or parts[3] != b"sha512":
            return False
        name, signature = _strings(parts[4])
        public = key(place).public_key()
        if parts[0] != _public(public) or name != b"ssh-ed25519":
            return False
        public.verify(signature, _to_sign(message))
    except (ValueError, struct.error, InvalidSignature):
        return False
    return True


def _fresh() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


def _to_sign(message: bytes) -> bytes:
    digest = sha512(message).digest()
    return _MAGIC + _string(NAMESPACE.encode()) + _string(b"") + _string(b"sha512") + _string(digest)


def _public(public: Ed25519PublicKey) -> bytes:
    return _string(b"ssh-ed25519") + _string(public.public_bytes(Encoding.Raw, PublicFormat.Raw))


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _strings(data: bytes) -> list[bytes]:
    """The strings that ``data`` consists of; raises :class:`ValueError` or :class:`struct.error`."""
    found = []
    while data:
        (length,) = struct.unpack(">I", data[:4])
        if len(data) < 4 + length:
            raise ValueError("cut off")
        found.append(data[4 : 4 + length])
        data = data[4 + length :]
    return found
