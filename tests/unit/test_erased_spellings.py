"""What is a mention of whoever withdrew, and what only looks like one: in rewriting, and in what comes back."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from archive_tool.archive.opening import open_archive
from archive_tool.lifecycle.applying import sweep
from archive_tool.lifecycle.planning import sweep_plan
from tests.support.archives import NOW, event
from tests.support.erasing import LATER, apply, planned
from tests.support.lives import Life, begin

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

A = "20261120-aaa"


def message(number: int, who: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "messageId": f"m{number}", "senderId": who, "roomId": "room-7", "content": text, **more
    }  # fmt: skip


def left(life: Life, data_type: str) -> list[dict[str, Any]]:
    """Rows of others after the erasure."""
    return open_archive(life.folder(A), vault=life.vault).read(data_type).to_pylist()


def erase(life: Life, *ids: str) -> None:
    apply(life, planned(life, *ids, rewrite_mentions=True), ids)


def came_back(life: Life, copy: Path) -> None:
    """The archive of before lies in its place again, and is swept."""
    shutil.rmtree(life.folder(A))
    shutil.copytree(copy, life.folder(A))
    decided = sweep_plan.plan(life.store, life.vault, as_of=NOW, now=LATER)
    sweep.apply(life.store, life.vault, decided, as_of=NOW, now=LATER)


def talk(folder: Path, name: str, texts: Sequence[str]) -> Life:
    life = begin(folder)
    rows = [message(number, "bob", text) for number, text in enumerate(texts)]
    own = message(99, "p_ann", "x", senderName=name)
    life.add(A, {("chat", "p_ann"): [own], ("chat", "bob"): rows})
    return life


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("İpek Yılmaz", ["İpek Yılmaz", "ipek yılmaz", "İPEK YILMAZ", "Ipek Yilmaz", "İpek"]),
        ("Nadja Weißhaupt", ["NADJA WEISSHAUPT", "nadja weißhaupt", "NADJA WEIẞHAUPT", "Weisshaupt"]),
        ("Renée Müller", ["Rene\u0301e Mu\u0308ller", "RENÉE MÜLLER", "rene\u0301e"]),
        ("Rene\u0301e Mu\u0308ller", ["Renée Müller", "rene\u0301e mu\u0308ller"]),
        ("Γιάννης Παπάς", ["ΓΙΆΝΝΗΣ ΠΑΠΆΣ", "γιάννης παπάς"]),
    ],
)  # fmt: skip
def test_a_name_leaves_in_every_case_and_form(tmp_path: Path, name: str, said: list[str]) -> None:
    life = talk(tmp_path, name, [f"hi {one}!" for one in said])
    copy = shutil.copytree(life.folder(A), tmp_path / "copy")
    erase(life, "p_ann")
    assert {row["content"] for row in left(life, "chat")} == {"hi [erased]!"}
    came_back(life, copy)
    assert {row["content"] for row in left(life, "chat")} == {"hi [erased]!"}


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("Ana Kowal", ["Anaïs", "Anai\u0308s", "Ana\u0328", "Anał", "łAna", "Anaß", "e\u0301Ana"]),
        ("Ali Demir", ["Aliş", "Alişan", "Aliı"]),
        ("Андрей Попов", ["Андрейка", "Андрей\u0306", "ПреАндрей"]),
        ("Андреи\u0306 Попов", ["Андреи\u0306ка"]),
        ("Νίκη Παππά", ["Νίκης"]),
        ("محمد علي", ["محمدي"]),
        ("अनिता शर्मा", ["अनिताजी"]),
    ],
)  # fmt: skip
def test_a_name_is_no_part_of_another_name(tmp_path: Path, name: str, others: list[str]) -> None:
    """Whatever the letters beside it are, and whether accents are composed or not."""
    said = [f"{name.split(maxsplit=1)[0]} and {other}" for other in others]
    life = talk(tmp_path, name, said)
    copy = shutil.copytree(life.folder(A), tmp_path / "copy")
    for put_back in (False, True):
        came_back(life, copy) if put_back else erase(life, "p_ann")
        assert [row["content"] for row in left(life, "chat")] == [
            f"[erased] and {other}" for other in others
        ]


@pytest.mark.parametrize(
    ("name", "said", "after"),
    [
        ("王小明", "我是王小明吗, 王小明OK王小明", "我是[erased]吗, [erased]OK[erased]"),
        ("สมชาย ใจดี", "พี่สมชายครับ", "พี่[erased]ครับ"),
        ("さくら", "私はさくらです", "私は[erased]です"),
        ("김민수", "저는 김민수입니다", "저는 [erased]입니다"),
        ("Ana Kowal", "สวัสดีAnaครับ 我叫Ana你好 [Ana]", "สวัสดี[erased]ครับ 我叫[erased]你好 [erased]"),
    ],
)  # fmt: skip
def test_a_name_is_found_inside_a_run_of_letters_without_spaces(
    tmp_path: Path, name: str, said: str, after: str
) -> None:
    life = talk(tmp_path, name, [said])
    copy = shutil.copytree(life.folder(A), tmp_path / "copy")
    for put_back in (False, True):
        came_back(life, copy) if put_back else erase(life, "p_ann")
        assert [row["content"] for row in left(life, "chat")] == [after]


@pytest.mark.parametrize("who", ["7", "a"])
def test_an_id_that_is_a_small_number_or_a_letter_is_found_where_people_stand(
    tmp_path: Path, who: str
) -> None:
    """Rooms, answers and talk of others are full of such words, and none of them means anybody."""
    life = begin(tmp_path)
    answer = f'{{"value":"{who}","{who}":1,"recipient":"{who}","at":"room-{who}"}}'
    theirs = event(
        2, "bob", roomId=f"room-{who}", componentType=who, content=f"c {who}", response=answer
    )
    text = f"I give {who} of ten"
    said = message(1, "bob", text, recipientIds=f'["{who}","cy"]', roomId=f"room-{who}")
    life.add(
        A, {("events", who): [event(1, who)], ("events", "bob"): [theirs], ("chat", "bob"): [said]}
    )
    copy = shutil.copytree(life.folder(A), tmp_path / "copy")
    wanted = {**theirs, "response": answer.replace(f':"{who}","at', ':"[erased]","at')}
    for put_back in (False, True):
        came_back(life, copy) if put_back else erase(life, who)
        (now,) = left(life, "events")
        assert {name: now[name] for name in wanted} == wanted
        (now,) = left(life, "chat")
        assert {name: now[name] for name in said} == {**said, "recipientIds": '["[erased]","cy"]'}


def test_what_is_said_of_two_people_stays_two_values(tmp_path: Path) -> None:
    life = begin(tmp_path)
    ratings = {"p_ann": 4, "p_dan": 2, "p_eve": 1}
    people = {("events", who): [event(1, who)] for who in ratings}
    life.add(A, {**people, ("events", "bob"): [event(2, "bob", response=json.dumps(ratings))]})
    erase(life, "p_ann", "p_dan")
    (row,) = [row for row in left(life, "events") if row["participantId"] == "bob"]
    assert json.loads(row["response"]) == {"[erased]": 4, "[erased] 2": 2, "p_eve": 1}
    erase(life, "p_eve")
    (row,) = left(life, "events")
    assert json.loads(row["response"]) == {"[erased]": 4, "[erased] 2": 2, "[erased] 3": 1}
