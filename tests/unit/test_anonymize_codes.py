"""Pseudonym codes."""

import os

import numpy as np
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.cmac import CMAC

from archive_tool.anonymize.codes import PseudonymKeys, _Cmac, check_distinct
from archive_tool.errors import DisclosureError
from archive_tool.model.people import canonical_person


def keys(linkability="study", archive_id="a1"):
    return PseudonymKeys.derive(
        lambda purpose: purpose.encode() * 8, linkability=linkability, archive_id=archive_id
    )


def test_codes_have_a_fixed_form():
    assert keys().of_person("user_1") == "P-610YKSSFWA"
    assert keys().of_agent("user_1") == "A-610YKSSFWA"
    assert keys().of_room("room_1") == "R-T8TVZXN1HN"
    assert keys().of_label("word") == "L-QCEH6Q93HY"
    assert keys().of_record("rating_1") == "E-5WAAX92MJM77N94T"


def test_both_spellings_of_a_prolific_id_are_one_person():
    assert canonical_person(" prolific_5f3a ") == "5f3a"
    for twice in ("prolific_prolific_5f3a", "prolific_ 5f3a", " prolific_ prolific_5f3a"):
        assert canonical_person(twice) == canonical_person(canonical_person(twice)) == "5f3a"
    assert keys().of_person("prolific_5f3a") == keys().of_person("5f3a")


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 32, 33, 100])
def test_many_macs_at_once_are_aes_cmac(length):
    key = os.urandom(32)
    messages = np.frombuffer(os.urandom(3 * length), np.uint8).reshape(3, length)
    tags = _Cmac(key).many(messages)
    for message, tag in zip(messages, tags, strict=True):
        oracle = CMAC(algorithms.AES(key))
        oracle.update(message.tobytes())
        assert tag.tobytes() == oracle.finalize()


def test_aes_cmac_of_rfc_4493():
    message = bytes.fromhex(
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
    )
    cmac = _Cmac(bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c"))
    for length, tag in (
        (0, "bb1d6929e95937287fa37d129b756746"),
        (16, "070a16b46b4d4144f79bdd9dd04a287c"),
        (40, "dfa66747de9ae63030ca32611497c827"),
    ):
        block = np.frombuffer(message[:length], np.uint8).reshape(1, length)
        assert cmac.many(block)[0].tobytes().hex() == tag


def test_records_keep_nulls_order_and_slices():
    ids = pa.array(["skipped", "b", None, "long" * 20, "", "é", "b"])[1:]
    codes = keys().of_records(ids).to_pylist()
    assert codes == [None if i is None else keys().of_record(i) for i in ids.to_pylist()]
    assert codes[0] == codes[-1]
    assert keys().of_records(pa.array([], pa.string())).to_pylist() == []


def test_two_subjects_with_one_code_stop_the_run():
    check_distinct(["P-1", "P-2"])
    with pytest.raises(DisclosureError) as caught:
        check_distinct(["P-1", "P-1"])
    assert str(caught.value) == "pseudonyms: two subjects would get the same code"


def test_linkability_says_what_can_be_joined():
    study, other = keys(), keys(archive_id="a2")
    assert study.of_person("u") == other.of_person("u")
    assert study.within("chat") is study
    release, later = keys("release"), keys("release", "a2")
    assert release.of_person("u") not in (later.of_person("u"), study.of_person("u"))
    assert release.within("chat").of_person("u") == release.within("sync").of_person("u")
    none = keys("none")
    for code in ("of_person", "of_room", "of_record", "of_label"):
        assert getattr(none.within("chat"), code)("u") != getattr(none.within("sync"), code)("u")
    assert none.within("chat").shift_days("r") == none.within("sync").shift_days("r")


def test_keys_do_not_show():
    assert repr(keys()) == "PseudonymKeys(per_type=False)"
