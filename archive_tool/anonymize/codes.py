"""Pseudonyms: short readable codes that only the holder of the vault can compute again.

People, rooms and labels: HMAC-SHA-256 (RFC 2104) under a key per purpose, cut to 50 bits. Records
come by the million, where one HMAC call each would cost more than reading them; theirs is AES-CMAC
(NIST SP 800-38B, RFC 4493) under a 256-bit key of its own, computed for all ids side by side, cut
to 80 bits. Both are keyed pseudorandom functions: without the key an id can be neither recovered
nor tested, with it the same id gives the same code in every table. Codes are written in Crockford's
base 32 (no I, L, O, U).

The collision bound decides the lengths: among 100,000 people two codes of 50 bits meet with a
probability of 5 in a million, and a run that meets it stops (:func:`check_distinct`); among ten
million records two codes of 80 bits meet with one of 4 in 100 billion.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from archive_tool.errors import DisclosureError
from archive_tool.model.people import canonical_person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    import pyarrow as pa

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PURPOSES: Final = ("person", "room", "record", "label", "shift")
SHORT: Final = 10
"""Characters of a code of a person, room or label: 50 bits."""
LONG: Final = 16
"""Characters of a code of a record: 80 bits."""
LARGEST_SHIFT: Final = 365
"""Days; a room's clocks move by 1 to this many days, back or forth."""
_BLOCK: Final = 16


@dataclass(frozen=True, kw_only=True)
class PseudonymKeys:
    """One secret per purpose, already bound to what may be linked."""

    person: bytes = field(repr=False)
    room: bytes = field(repr=False)
    record: bytes = field(repr=False)
    label: bytes = field(repr=False)
    shift: bytes = field(repr=False)
    per_type: bool = False
    """Codes differ between data types (``linkability = "none"``)."""

    @classmethod
    def derive(
        cls, key: Callable[[str], bytes], *, linkability: str, archive_id: str
    ) -> PseudonymKeys:
        """Take the study's keys from the vault and bind them.

        ``key`` gives the study's secret for a purpose. ``study``: the same codes in all archives
        of the study; ``release``: in this archive only; ``none``: in one data type of this archive
        only, so that two tables cannot be joined by person, room or record. Partners still share
        the code of their room inside each table.
        """
        bind = "" if linkability == "study" else f"{linkability}/{archive_id}"
        secrets = {p: _mac(key(p), f"archive_tool/{p}/{bind}") for p in PURPOSES}
        # Clocks move together in all tables whatever the codes do, or partners would drift apart.
        return cls(**secrets, per_type=linkability == "none")

    def within(self, data_type: str) -> PseudonymKeys:
        """Give the keys to use in the tables of one data type."""
        if not self.per_type:
            return self
        return replace(
            self,
            person=_mac(self.person, data_type),
            room=_mac(self.room, data_type),
            record=_mac(self.record, data_type),
            label=_mac(self.label, data_type),
        )

    def of_person(self, person_id: str) -> str:
        """Code of a person: ``P-7KQ2M9X4TB``."""
        return "P-" + _short(self.person, canonical_person(person_id))

    def of_agent(self, agent_id: str) -> str:
        """Code of an AI agent, which is no person: ``A-…``."""
        return "A-" + _short(self.person, agent_id.strip())

    def of_room(self, room_id: str) -> str:
        """Code of a room: ``R-…``."""
        return "R-" + _short(self.room, room_id.strip())

    def of_label(self, text: str) -> str:
        """Code of any other word or id: ``L-…``."""
        return "L-" + _short(self.label, text)

    def of_record(self, record_id: str) -> str:
        """Code of one record: ``E-…``; the same as :meth:`of_records` gives."""
        import pyarrow as pa

        code: str = self.of_records(pa.array([record_id], pa.string()))[0].as_py()
        return code

    def of_records(self, ids: pa.StringArray) -> pa.StringArray:
        """Codes of many records at once; nulls stay null."""
        return _record_codes(self.record, ids)

    def shift_days(self, room_id: str) -> int:
        """Whole days by which the clocks of a room move; never 0."""
        number = int.from_bytes(hmac.digest(self.shift, room_id.strip().encode(), "sha256")[:8])
        days = number % (2 * LARGEST_SHIFT)
        return days - LARGEST_SHIFT if days < LARGEST_SHIFT else days - LARGEST_SHIFT + 1


def check_distinct(codes: Iterable[str]) -> None:
    """Two subjects with one code would become one person: the run stops instead."""
    seen = list(codes)
    if len(set(seen)) != len(seen):
        raise DisclosureError(
            "two subjects would get the same code",
            where="pseudonyms",
            hint="make the archive with another vault, or in two parts",
        )


def _mac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def spelled(seven: bytes) -> str:
    """Give the first 50 bits of seven bytes as the characters of a short code."""
    number = int.from_bytes(seven) >> 56 - 5 * SHORT
    return "".join(ALPHABET[(number >> shift) & 31] for shift in range(5 * SHORT - 5, -1, -5))


def _short(key: bytes, text: str) -> str:
    return spelled(hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")[:7])


def _record_codes(key: bytes, ids: pa.StringArray) -> pa.StringArray:
    """AES-CMAC of every id, then ``E-`` and 16 characters.

    Ids of the same length are computed side by side: one call of the cipher per block position,
    whatever the number of ids.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    filled = ids.fill_null("")
    lengths = pc.binary_length(filled).to_numpy(zero_copy_only=False)
    order = np.argsort(lengths, kind="stable")
    ordered = filled.take(pa.array(order))
    data = np.frombuffer(ordered.buffers()[2] or b"", np.uint8)
    ends = np.cumsum(lengths[order], dtype=np.int64)
    macs = np.empty((len(ids), _BLOCK), np.uint8)
    cmac = _Cmac(hashlib.sha256(b"aes-cmac" + key).digest())
    first = 0
    for length, count in zip(*np.unique(lengths, return_counts=True), strict=True):
        last = first + int(count)
        start = int(ends[first]) - int(length)
        block = data[start : start + int(length) * int(count)].reshape(int(count), int(length))
        macs[order[first:last]] = cmac.many(block)
        first = last
    return _spell(macs, ids)


def _spell(macs: np.ndarray, ids: pa.StringArray) -> pa.StringArray:
    """Give the first 80 bits of each row in base 32, two characters at a time."""
    import numpy as np
    import pyarrow as pa

    table = _two_characters()
    text = np.empty((len(macs), 1 + LONG // 2), np.uint16)
    text[:, 0] = np.frombuffer(b"E-", np.uint16)[0]
    for half in range(2):  # five bytes are four times ten bits
        b = macs[:, 5 * half : 5 * half + 5].astype(np.uint16).T
        ten = (
            b[0] << 2 | b[1] >> 6,
            (b[1] & 63) << 4 | b[2] >> 4,
            (b[2] & 15) << 6 | b[3] >> 2,
            (b[3] & 3) << 8 | b[4],
        )
        for place, bits in enumerate(ten):
            text[:, 1 + 4 * half + place] = table[bits]
    offsets = np.arange(len(macs) + 1, dtype=np.int32) * (2 + LONG)
    codes = pa.StringArray.from_buffers(len(macs), pa.py_buffer(offsets), pa.py_buffer(text))
    if ids.null_count == 0:
        return codes
    import pyarrow.compute as pc

    return pc.if_else(ids.is_null(), pa.scalar(None, pa.string()), codes)


@cache
def _two_characters() -> np.ndarray:
    """Ten bits -> two characters of the alphabet, as one uint16."""
    import numpy as np

    pairs = "".join(a + b for a in ALPHABET for b in ALPHABET)
    return np.frombuffer(pairs.encode(), np.uint16)


class _Cmac:
    """AES-CMAC of many messages of one length."""

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        # ECB is the bare block cipher here: chaining is done below, for all messages at once.
        self._aes = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
        whole = int.from_bytes(self._aes.update(bytes(_BLOCK)))
        self._full = self._double(whole)
        self._padded = self._double(self._full)

    @staticmethod
    def _double(number: int) -> int:
        """Multiply by x in GF(2^128): the subkeys of RFC 4493, section 2.3."""
        doubled = number << 1 & (1 << 128) - 1
        return doubled ^ 0x87 if number >> 127 else doubled

    def many(self, messages: np.ndarray) -> np.ndarray:
        """Tags (n x 16) of ``n`` messages of the same length (n x length)."""
        import numpy as np

        count, length = messages.shape
        blocks = max(1, -(-length // _BLOCK))
        padded = np.zeros((count, blocks * _BLOCK), np.uint8)
        padded[:, :length] = messages
        subkey = self._full
        if length != blocks * _BLOCK:
            padded[:, length] = 0x80
            subkey = self._padded
        padded[:, -_BLOCK:] ^= np.frombuffer(subkey.to_bytes(_BLOCK), np.uint8)
        state = np.zeros((count, _BLOCK), np.uint8)
        room = bytearray(count * _BLOCK + _BLOCK)
        for block in range(blocks):
            mixed = np.ascontiguousarray(padded[:, block * _BLOCK : (block + 1) * _BLOCK]) ^ state
            self._aes.update_into(mixed.data.cast("B"), room)
            state = np.frombuffer(room, np.uint8, count * _BLOCK).reshape(count, _BLOCK)
            state = state.copy()
        return state
