"""Rooms and people against each other: states, components, recipients, absence, consent."""

from __future__ import annotations

import pytest

from archive_tool.model.findings import FindingLog, Rows, Severity
from archive_tool.validation import Checks
from archive_tool.validation.missing.absence import (
    AGENT,
    ALL_LEFT,
    ALONE,
    BY_DESIGN,
    DECLINED,
    HOST,
    LEFT,
    LOST,
    REFUSED,
    SILENT,
    UNEXPLAINED,
    UNRATED,
)
from archive_tool.validation.missing.expected import EXPECTED
from tests.support.canonical import batch, census, part
from tests.support.checking import AS_OF, findings_and_survey, row, stamp


def event(kind, person="p1", *, at=0, room="room1", **fields):
    """One event."""
    return row(
        "events",
        id=f"{kind}{person}{at}{room}{fields}",
        eventType=kind,
        participantId=person,
        roomId=room,
        onset=at,
        timestamp=stamp(at),
        **fields,
    )


def said(found, code):
    """What findings of a kind say."""
    return [(f.data_type, f.severity, f.message, f.check, f.rows) for f in found if f.code == code]


def told(rows, code, **known):
    """What a bundle is told of one kind."""
    return said(findings_and_survey(rows, **known)[0], code)


UNPAIRED = "states are entered and left an unequal number of times"


def visits(*steps, key="stateId"):
    """Events of one person: ``+a`` enters state a, ``-a`` leaves it."""
    kinds = {"+": "state.enter", "-": "state.exit"}
    return [event(kinds[s[0]], at=i * 1000, **{key: s[1:]}) for i, s in enumerate(steps)]


@pytest.mark.parametrize("key", ["stateId", "stateName"])
@pytest.mark.parametrize(
    "steps", [["+a", "-a", "+b", "-b"], ["+a", "-a", "+b"], ["+a", "-a", "+a", "-a"], ["+a", "+b"]]
)
def test_states_in_pairs_are_fine(steps, key):
    assert told({"events": visits(*steps, key=key)}, "STATE-UNPAIRED") == []


def test_a_state_that_was_never_entered_is_told():
    assert told({"events": visits("+a", "-a", "-b")}, "STATE-UNPAIRED") == [
        (
            "events",
            Severity.WARNING,
            UNPAIRED,
            "every state that is left was entered",
            Rows(count=1, of=3),
        )
    ]


def test_states_that_are_never_left_are_told_except_the_last():
    assert told({"events": visits("+a", "+b", "-b", "+c", "+d")}, "STATE-UNPAIRED") == [
        (
            "events",
            Severity.WARNING,
            UNPAIRED,
            "every state but the last is left",
            Rows(count=2, of=5),
        )
    ]


def test_the_same_visit_in_two_downloads_counts_once():
    once = visits("+a", "-a", "+b")
    assert told({"events": [*once, *once]}, "STATE-UNPAIRED") == []


def checked(*files):
    """What several files of events are told of states, each read by itself."""
    log = FindingLog()
    checks = Checks(log, as_of=AS_OF)
    for order, rows in enumerate(files):
        checks.add(batch("events", rows, order=order))
    parts = [part("events", len(rows), order=order) for order, rows in enumerate(files)]
    checks.finish(census({"events": [row for rows in files for row in rows]}), [], parts)
    return [one[-1] for one in said(log, "STATE-UNPAIRED")]


def told_by(steps, *keys, first=0):
    """Visits, each told by id (``i``), by name (``n``), or both."""
    return [
        event(
            {"+": "state.enter", "-": "state.exit"}[step[0]],
            at=(first + i) * 1000,
            **({"stateId": f"s_{step[1:]}"} if "i" in by else {}),
            **({"stateName": step[1:]} if "n" in by else {}),
        )
        for i, (step, by) in enumerate(zip(steps, keys, strict=True))
    ]


def test_a_state_told_by_id_in_one_file_and_by_name_in_another_is_one_state():
    """Each file by itself was looked at by its own column: no visit had a counterpart."""
    later = told_by(["-a", "-b"], "n", "n", first=2)
    assert checked(told_by(["+a", "+b"], "i", "i"), later) == []
    assert checked(told_by(["+a", "+b"], "in", "in"), later) == []
    assert checked(later, told_by(["+a", "+b", "+c"], "in", "in", "i")) == []
    both = told_by(["+a", "+b"], "in", "in")
    more = told_by(["-a", "-c"], "n", "n", first=2)
    assert checked(both, more) == [Rows(count=1, of=4)]
    assert checked(both, [*more, *told_by(["+e"], "i", first=9)]) == []  # e may be c
    twins = told_by(["+a"], "in") + [{**one, "stateId": "s_2"} for one in told_by(["+a"], "n")]
    assert checked([{**one, "id": f"e{i}"} for i, one in enumerate(twins)], more) == []


def test_copies_of_a_visit_tell_its_id_and_its_name():
    """One of the files was saved again: its times are cut."""
    steps = ["+a", "-a", "+b"]
    by_id, by_name = told_by(steps, "i", "i", "i"), told_by(steps, "n", "n", "n")
    for place, pair in enumerate(zip(by_id, by_name, strict=True)):
        for one in pair:
            one["id"] = f"e{place}"
        pair[0]["timestamp"] = pair[0]["timestamp"].replace("+00:00", ".250+00:00")
    assert checked(by_id, by_name) == []
    assert checked(by_id, told_by(["-b", "-a"], "n", "n", first=4)) == []
    assert checked(by_id, by_name, told_by(["-b", "-a"], "n", "n", first=4)) == [
        Rows(count=1, of=5)
    ]


def test_a_file_that_does_not_tell_its_states_leaves_its_room_alone():
    assert checked(visits("+a", "+b", "+c"), [event("state.exit", at=9)]) == []


def test_a_room_is_not_judged_where_a_visit_does_not_say_whose_it_is():
    nobody = [event("state.enter", None, at=500, stateId="b")]
    elsewhere = [event("state.exit", at=9, room="room2", stateId="x")]
    enter = [event("state.enter", at=0, room="room2", stateId="y")]
    rows = [*visits("+a", "-a", "-b"), *enter, *elsewhere]
    alone = Rows(count=1, of=5)
    assert [one[-1] for one in told({"events": [*rows, *nobody]}, "STATE-UNPAIRED")] == [alone]
    everywhere = [event("state.enter", at=500, room=None, stateId="b")]
    assert told({"events": [*rows, *everywhere]}, "STATE-UNPAIRED") == []


def test_bundles_without_exits_say_that_they_were_not_checked():
    _, survey = findings_and_survey({"events": visits("+a", "+b")})
    what = "states that are entered against those that are left"
    assert [(n.what, n.why) for n in survey.not_checked if n.what == what] == [
        (what, "the events have no exits")
    ]


def test_components_that_nothing_shows_are_told():
    rows = {
        "events": [
            event("component.start", componentId="c1", componentType="ContinuousRating"),
        ],
        "ratings/continuous": [
            row("ratings/continuous", ratingId=c, componentId=c) for c in ("c1", "c2")
        ],
    }
    assert told(rows, "COMPONENT-NOT-SHOWN") == [
        (
            "ratings/continuous",
            Severity.WARNING,
            "components were rated that nothing shows",
            "",
            Rows(count=1, of=2),
        )
    ]


def test_definitions_show_components_too():
    rows = {
        "components": [
            row("components", componentId="c1", componentType="sparse_rating"),
        ],
        "ratings/sparse": [row("ratings/sparse", componentId="c1")],
    }
    assert told(rows, "COMPONENT-NOT-SHOWN") == []


def test_without_any_component_of_the_kind_nothing_is_said_but_that():
    rows = {
        "events": [event("component.start", componentId="v1", componentType="ShowVideo")],
        "ratings/sparse": [row("ratings/sparse", componentId="c1")],
    }
    found, survey = findings_and_survey(rows)
    assert said(found, "COMPONENT-NOT-SHOWN") == []
    assert "components of ratings/sparse against those that were shown" in {
        n.what for n in survey.not_checked
    }


def messages(*recipients):
    """Messages of p1 to somebody."""
    return [
        row("chat", messageId=f"m{i}", senderId="p1", content=f"hello {i}", recipientIds=who)
        for i, who in enumerate(recipients)
    ]


ADDRESSED = "messages are addressed to people who are not in the room"


@pytest.mark.parametrize("who", [["p2"], ["p1", "p2"], "all", ["Everyone"], [], None, ["agent_1"]])
def test_known_recipients_are_fine(who):
    rows = {
        "events": [event("x.y"), event("x.y", "p2"), event("x.y", "agent_1")],
        "chat": messages(who),
    }
    assert told(rows, "CHAT-RECIPIENT-UNKNOWN") == []


def test_unknown_recipients_are_counted_by_file_and_row():
    rows = {
        "events": [event("x.y"), event("x.y", "p2"), event("x.y", "p3", room="room2")],
        "chat": messages(["p2"], ["p-secret"], ["p3"], ["p2", "p-secret"]),
    }
    anywhere = "recipients are known anywhere in the bundle"
    here = "recipients are people of the room"
    assert told(rows, "CHAT-RECIPIENT-UNKNOWN") == [
        ("chat", Severity.WARNING, ADDRESSED, anywhere, Rows(count=2, of=4, first=(2, 4))),
        ("chat", Severity.WARNING, ADDRESSED, here, Rows(count=1, of=4, first=(3,))),
    ]


@pytest.mark.parametrize("beside", [[], [{"roomId": "room1", "recipientIds": ["p2"]}]])
def test_a_message_without_a_room_is_told_if_its_recipient_is_nobody(beside):
    rows = {
        "events": [event("x.y"), event("x.y", "p2", room=None)],
        "chat": [
            row("chat", messageId=str(number), **fields)
            for number, fields in enumerate(
                [
                    {"roomId": None, "recipientIds": ["p2"]},
                    {"roomId": None, "recipientIds": ["p-secret"]},
                    *beside,
                ]
            )
        ],
    }
    anywhere, here = told(rows, "CHAT-RECIPIENT-UNKNOWN"), len(rows["chat"])
    assert anywhere[0][-1] == Rows(count=1, of=here, first=(2,))


def whys(rows, data_type, **known):
    """Reason by label of the person, in the first room."""
    _, survey = findings_and_survey(rows, **known)
    place = survey.pictures.availability.types.index(data_type)
    return {
        r.person: r.cells[place].why for r in survey.pictures.availability.rows if r.room == "R01"
    }


def session(*people, kinds=("TextChat", "ShowVideo"), until=600_000, room="room1"):
    """Events of some people from start to end."""
    return [
        event("component.start", person, at=at, room=room, componentType=kind, componentId=kind)
        for person in people
        for at in (0, until)
        for kind in kinds
    ]


def test_one_person_needs_no_sync():
    assert whys({"events": session("p1")}, "sync") == {"P01": ALONE}


def test_the_host_needs_no_sync():
    rows = {"events": session("p1", "p2"), "sync": [row("sync", participantId="p2", onset=1)]}
    assert whys(rows, "sync") == {"P01": HOST, "P02": ""}


@pytest.mark.parametrize(
    ("data_type", "kinds", "why"),
    [
        ("chat", ("ShowVideo",), EXPECTED["chat"].if_not_shown),
        ("chat", ("ShowVideo", "TextChat"), SILENT),
        ("recordings", ("ShowVideo",), EXPECTED["recordings"].if_not_shown),
        ("recordings", ("videochat",), REFUSED),
        ("ratings/sparse", ("ShowVideo",), EXPECTED["ratings/sparse"].if_not_shown),
        ("ratings/sparse", ("SparseRating",), UNRATED),
        ("ratings/sparse", ("VASRating",), UNRATED),
        ("ratings/sparse", ("likert_scale",), UNRATED),
        ("ratings/continuous", ("continuous_rating",), UNRATED),
        ("sync", ("TextChat",), EXPECTED["sync"].if_not_shown),
        ("sync", ("ShowVideo",), UNEXPLAINED),
        ("components", ("ShowVideo",), BY_DESIGN),
    ],
)
def test_what_the_events_show_explains_what_is_missing(data_type, kinds, why):
    rows = {"events": session("p1", "p2", kinds=kinds)}
    assert set(whys(rows, data_type).values()) == {why}


def test_a_recording_that_started_and_is_not_listed_is_lost():
    rows = {"events": [*session("p1", "p2"), event("video.recording.started", "p2", at=5)]}
    assert whys(rows, "recordings") == {"P01": EXPECTED["recordings"].if_not_shown, "P02": LOST}


def test_who_left_early_has_a_reason():
    rows = {"events": [*session("p1"), *session("p2", until=100_000)]}
    assert whys(rows, "chat") == {"P01": SILENT, "P02": LEFT}


@pytest.mark.parametrize(
    ("until", "last", "why"),
    [
        (600_000, 480_000, SILENT),  # a fifth of the session
        (600_000, 479_999, LEFT),
        (100_000, 40_000, SILENT),  # a minute
        (100_000, 39_999, LEFT),
    ],
)
def test_who_left_early_missed_a_fifth_and_a_minute(until, last, why):
    rows = {"events": [*session("p1", until=until), *session("p2", until=last)]}
    assert whys(rows, "chat") == {"P01": SILENT, "P02": why}


def test_of_whom_no_row_has_a_time_nobody_knows_when_they_left():
    timeless = [{**one, "onset": None} for one in session("p2")]
    assert whys({"events": [*session("p1"), *timeless]}, "chat") == {"P01": SILENT, "P02": SILENT}


def test_a_partner_with_rows_shows_what_the_events_do_not():
    events = session("p1", "p2", kinds=("ShowVideo",))
    rows = {"events": events, "chat": [row("chat", senderId="p1", onset=1)]}
    assert whys(rows, "chat") == {"P01": "", "P02": SILENT}


def test_without_events_nothing_explains_what_is_missing():
    rows = {"chat": [row("chat", senderId=who, onset=1) for who in ("p1", "p2")]}
    assert set(whys(rows, "ratings/sparse").values()) == {UNEXPLAINED}


def test_the_participants_table_says_who_left_early():
    roster = [
        {"participantId": "p2", "isAgent": False, "completionCode": "DISCONNECT_TIMEOUT"},
        {"participantId": "p1", "isAgent": False, "completionCode": "SUCCESS"},
    ]
    assert whys({"events": session("p1", "p2")}, "chat", roster=roster) == {
        "P01": SILENT,
        "P02": LEFT,
    }


def test_agents_and_people_who_declined_have_a_reason():
    roster = [{"participantId": "p3", "isAgent": True, "completionCode": None}]
    rows = {"events": session("p1", "p2", "p3")}
    assert whys(rows, "chat", roster=roster, declined={"p2"}) == {
        "P01": SILENT,
        "P02": DECLINED,
        "P03": AGENT,
    }


def test_rooms_without_a_type_are_counted_by_reason():
    rows = {
        "events": [
            *session("p1", "p2", room="room1"),
            *session("p3", room="room2"),
            *session("p4", "p5", room="room3", kinds=("TextChat",)),
            *session("p6", "p7", room="room4"),
        ],
        "sync": [row("sync", participantId="p2", onset=1)],
    }
    text = "rooms have no rows of a type that other rooms have: "
    assert told(rows, "TYPE-ABSENT-ROOM") == [
        ("sync", Severity.WARNING, text + UNEXPLAINED, UNEXPLAINED, Rows(count=1, of=4)),
        (
            "sync",
            Severity.NOTE,
            text + EXPECTED["sync"].if_not_shown,
            EXPECTED["sync"].if_not_shown,
            Rows(count=1, of=4),
        ),
        ("sync", Severity.NOTE, text + ALONE, ALONE, Rows(count=1, of=4)),
    ]


def test_a_room_that_everybody_left_early_is_explained():
    gone = [{"participantId": p, "isAgent": False, "status": "disconnected"} for p in ("p3", "p4")]
    rows = {
        "events": [*session("p1", "p2"), *session("p3", "p4", room="room2")],
        "chat": [row("chat", senderId="p1", onset=1)],
    }
    assert [f[3] for f in told(rows, "TYPE-ABSENT-ROOM", roster=gone)] == [ALL_LEFT]


def test_a_room_that_some_left_early_has_the_reason_of_the_others():
    gone = [{"participantId": "p4", "isAgent": False, "status": "disconnected"}]
    rows = {
        "events": [*session("p1", "p2"), *session("p3", "p4", room="room2")],
        "chat": [row("chat", senderId="p1", onset=1)],
    }
    assert [f[3] for f in told(rows, "TYPE-ABSENT-ROOM", roster=gone)] == [SILENT]


def test_a_room_of_agents_has_nobody_who_could_have_rows():
    rows = {
        "events": [*session("p1", "p2"), *session("bot", room="room2")],
        "chat": [row("chat", senderId="p1", onset=1)],
    }
    agents = [{"participantId": "bot", "isAgent": True}]
    found = [(f[0], f[3]) for f in told(rows, "TYPE-ABSENT-ROOM", roster=agents)]
    assert sorted(found) == [("chat", AGENT), ("events", AGENT)]


def test_no_room_needs_components_of_its_own():
    shown = row("components", componentId="c1", participantId="p1", roomId="room1")
    rows = {"events": [*session("p1"), *session("p2", room="room2")], "components": [shown]}
    assert told(rows, "TYPE-ABSENT-ROOM") == []


def test_a_room_of_people_who_all_declined_is_no_room_of_agents():
    rows = {
        "events": [*session("p1", "p2"), event("consent.declined", "p3", room="room2")],
        "chat": [row("chat", senderId="p1", onset=1)],
    }
    assert [f[3] for f in told(rows, "TYPE-ABSENT-ROOM", declined={"p3"})] == [DECLINED]


def test_partners_who_declined_or_are_agents_are_not_missed():
    rows = {
        "events": session("p1", "p2", "p3"),
        "ratings/sparse": [row("ratings/sparse", participantId="p1")],
    }
    assert [f[4] for f in told(rows, "PARTNER-WITHOUT-ROWS")] == [Rows(count=2, of=3)]
    roster = [{"participantId": "p3", "isAgent": True}]
    assert told(rows, "PARTNER-WITHOUT-ROWS", roster=roster, declined={"p2"}) == []
    assert told(rows, "PARTNER-WITHOUT-ROWS", declined={"p1"}) == []  # nobody else has any


def test_people_who_declined_and_have_data_are_told():
    rows = {"events": [event("consent.declined"), event("component.start"), event("x.y", "p2")]}
    assert told(rows, "CONSENT-DECLINED", declined={"p1"}, accepted={"p2"}) == [
        (None, Severity.WARNING, "people who declined consent have data", "", Rows(count=1, of=2))
    ]


def test_declining_alone_is_no_data():
    rows = {
        "events": [event("consent.declined"), event("instructions.page_view"), event("x", "p2")]
    }
    found, survey = findings_and_survey(rows, declined={"p1"}, accepted={"p2"})
    assert said(found, "CONSENT-DECLINED") == []
    assert survey.pictures.consent.declined_with_data == 0
    assert [(p.person, p.state, p.rows) for p in survey.pictures.consent.people] == [
        ("P01", "declined", 2),
        ("P02", "accepted", 1),
    ]


def test_consent_and_instructions_outside_of_rooms_hide_no_data_in_them():
    lobby = [event("instructions.page_view", at=at, room=None) for at in range(3)]
    rows = {"events": [*lobby, event("consent.declined", room=None), event("component.start")]}
    assert [f[4] for f in told(rows, "CONSENT-DECLINED", declined={"p1"})] == [Rows(count=1, of=1)]


def test_unknown_consent_is_a_warning_where_others_have_evidence():
    rows = {"events": [event("x.y"), event("x.y", "p2")]}
    unknown = "people have data and no evidence of consent"
    assert told(rows, "CONSENT-UNKNOWN", accepted={"p1"}) == [
        (None, Severity.WARNING, unknown, "", Rows(count=1, of=2))
    ]
    assert told(rows, "CONSENT-UNKNOWN") == [
        (None, Severity.NOTE, unknown, "", Rows(count=2, of=2))
    ]


def test_agents_need_no_consent():
    roster = [{"participantId": "p2", "isAgent": True}]
    rows = {"events": [event("x.y"), event("x.y", "p2")]}
    assert told(rows, "CONSENT-UNKNOWN", accepted={"p1"}, roster=roster) == []


FAR = "rows lie more than 30 days from the events of their room"


@pytest.mark.parametrize(
    ("day", "far"), [("2026-04-01", 0), ("2026-04-29", 0), ("2026-05-03", 1), ("2021-04-01", 1)]
)
def test_rows_far_away_from_the_session_are_told(day, far):
    message = row("chat", timestamp=f"{day}T10:00:00Z", senderId="p1")
    rows = {"events": [event("state.enter", stateId="a")], "chat": [message]}
    assert told(rows, "TIME-OUTSIDE-SESSION") == far * [
        ("chat", Severity.WARNING, FAR, "a time of the session", Rows(count=1, of=1))
    ]


def test_a_room_without_times_of_events_has_no_session():
    rows = {"events": [row("events", timestamp=None)], "chat": [row("chat")]}
    assert told(rows, "TIME-OUTSIDE-SESSION") == []
