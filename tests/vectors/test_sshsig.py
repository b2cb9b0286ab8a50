"""Our signatures and those of ssh-keygen, both ways."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import load_ssh_private_key

from archive_tool.errors import IntegrityError, UsageError
from archive_tool.keys import sshsig
from archive_tool.keys.primitives import public_of

if TYPE_CHECKING:
    from pathlib import Path

SEED = bytes(range(32))
MESSAGE = b"what is signed\n"


def keygen(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["ssh-keygen", *arguments], input=stdin, capture_output=True, check=False)


def verify_ours(folder: Path, message: bytes, namespace: str = "archive-tool") -> int:
    line = sshsig.openssh_line(public_of(SEED))
    (folder / "signers").write_text(f"lab@example.org {line}\n")
    (folder / "sig").write_text(sshsig.sign(SEED, MESSAGE))
    return keygen(
        "-Y", "verify", "-f", str(folder / "signers"), "-I", "lab@example.org",
        "-n", namespace, "-s", str(folder / "sig"), stdin=message,
    ).returncode  # fmt: skip


def test_ssh_keygen_accepts_our_signature(tmp_path: Path) -> None:
    assert verify_ours(tmp_path, MESSAGE) == 0


def test_ssh_keygen_refuses_another_message_or_purpose(tmp_path: Path) -> None:
    assert verify_ours(tmp_path, MESSAGE + b" ") != 0
    assert verify_ours(tmp_path, MESSAGE, "git") != 0


def test_we_accept_a_signature_of_ssh_keygen(tmp_path: Path) -> None:
    key = tmp_path / "key"
    assert keygen("-q", "-t", "ed25519", "-N", "", "-f", str(key)).returncode == 0
    (tmp_path / "file").write_bytes(MESSAGE)
    keygen("-Y", "sign", "-f", str(key), "-n", "archive-tool", str(tmp_path / "file"))
    signature = (tmp_path / "file.sig").read_text()
    private = load_ssh_private_key(key.read_bytes(), None)
    public = private.public_key().public_bytes_raw()
    assert sshsig.verify(signature, MESSAGE) == public
    line = (tmp_path / "key.pub").read_text()
    assert sshsig.parse_openssh_line(line) == public
    for other in ("", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-ed25519 AAAé", f"{line[:40]}é"):
        with pytest.raises(UsageError) as caught:
            sshsig.parse_openssh_line(other)
        assert str(caught.value) == "signer: not a public key (expected ssh-ed25519 AAAA…)"
    shown = keygen("-l", "-f", str(tmp_path / "key.pub")).stdout.decode()
    assert sshsig.fingerprint(public) == shown.split()[1]


def test_a_signature_has_one_form() -> None:
    """Golden: the format and Ed25519 are deterministic."""
    assert sshsig.sign(SEED, MESSAGE).splitlines()[1:-1] == [
        line for line in GOLDEN.split() if line
    ]


def refusal(armoured: str, message: bytes = MESSAGE) -> str:
    with pytest.raises(IntegrityError) as caught:
        sshsig.verify(armoured, message)
    return str(caught.value)


def test_every_refusal_says_why() -> None:
    good = sshsig.sign(SEED, MESSAGE)
    assert refusal(good, b"other") == "the signature does not fit what it signs"
    assert refusal(good.replace("SSH SIG", "SSH-SIG")) == "not an armoured SSH signature"
    assert refusal("") == "not an armoured SSH signature"
    other = sshsig.sign(SEED, MESSAGE, namespace="file")
    expected = "the signature was made for something else (expected archive-tool)"
    assert refusal(other) == expected


def test_nothing_may_be_appended_to_a_signature() -> None:
    """At its end, behind the key and behind the signature within: each has a length of its own."""
    good = sshsig._dearmour(sshsig.sign(SEED, MESSAGE))
    key = sshsig.public_blob(public_of(SEED))
    raw = good[-83:]
    assert good.endswith(sshsig._string(raw))
    longer = (
        good + b"x",
        good.replace(sshsig._string(key), sshsig._string(key + b"x")),
        good.replace(sshsig._string(raw), sshsig._string(raw + b"x")),
    )
    said = {refusal(sshsig._armour(blob)) for blob in longer if blob != good}
    assert said == {"the signature has something appended"}
    assert len(set(longer) - {good}) == 3


GOLDEN = """
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgA6EHv/POEL4dcN0Y50vAmWfk1j
CbpQ1fHdyGZBJVMbgAAAAMYXJjaGl2ZS10b29sAAAAAAAAAAZzaGE1MTIAAABTAAAAC3Nz
aC1lZDI1NTE5AAAAQDno2xuK55yxt7JxsUqofbaWaYJwhIz33eseP64ICmFY4nF23Y01Ku
S/f4aK8QRbmf83R1Oh5bm+0yEl/hxOzAU=
"""
