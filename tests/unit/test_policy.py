"""Policies: what is read, what is refused, what is decided."""

import re
from pathlib import Path

import pytest

from archive_tool.errors import PolicyError
from archive_tool.model.policy import Action, Basis, Period, Policy, Retention
from archive_tool.policy import (
    decide,
    explain,
    load_policy,
    parse,
    policy_text,
    ready_policies,
)
from archive_tool.policy.decisions import UNDECIDED, Decisions
from archive_tool.policy.listed import listed
from archive_tool.policy.paths import ITEM
from archive_tool.policy.rules import FITS
from archive_tool.schemas import FIELDS, Field, Kind, Leaf, Sensitivity

HEAD = 'name = "test"\nversion = "1"\n'
TAIL = '[retention]\nperiod = "P1Y"\nbasis = "archiving"\n'
DEFAULTS = """[defaults]
"person-id" = "pseudonymize"
"room-id" = "pseudonymize"
"record-id" = "pseudonymize"
"name" = "drop"
"locator" = "drop"
"text" = "scrub"
"answer" = "scrub"
"measure" = "keep"
"quasi-identifier" = "keep"
"harmless" = "keep"
"""
WORDS = 'time = "relative"\nextra = "drop"\nunknown-leaves = "drop"\n'


def policy(fields="", *, words=WORDS, defaults=DEFAULTS, tail=TAIL):
    return parse(HEAD + words + defaults + fields + tail, where="test.toml")


def refused(text):
    with pytest.raises(PolicyError) as caught:
        parse(text, where="test.toml")
    assert caught.value.__context__ is None
    return str(caught.value)


def test_ready_policies_decide_every_field_and_leaf():
    assert ready_policies() == ["keep", "pseudonymize", "aggregate-only"]
    for name in ready_policies():
        decisions = decide(load_policy(name))
        rows = list(decisions.coverage())
        assert {(row.data_type, row.column) for row in rows} >= {
            (data_type, field.name) for data_type, fields in FIELDS.items() for field in fields
        }
        leaves = {(r.data_type, r.column, r.leaf) for r in rows if r.leaf is not None}
        assert leaves >= {
            (data_type, field.name, leaf.path)
            for data_type, fields in FIELDS.items()
            for field in fields
            if field.kind is Kind.JSON
            for leaf in field.leaves
        }
        assert all(row.because for row in rows)
        assert decisions.policy.text == policy_text(name)
        assert str(decisions.policy.retention.period) == "P10Y"


def test_keep_keeps_everything_but_unknown_columns():
    decisions = decide(load_policy("keep"))
    actions = {(r.column, r.action) for r in decisions.coverage()}
    assert {column for column, action in actions if action != "keep"} == {"extra"}


def test_aggregate_only_lets_no_single_value_leave():
    decisions = decide(load_policy("aggregate-only"))
    assert {r.action for r in decisions.coverage()} == {"drop", "aggregate-only"}
    assert not any(decisions.leaves_to_someone(data_type) for data_type in FIELDS)


@pytest.mark.parametrize(
    ("data_type", "column", "action"),
    [
        ("events", "onset", "keep"),
        ("events", "timestamp", "drop"),
        ("events", "clientTimestamp", "drop"),
        ("events", "participantId", "pseudonymize"),
        ("events", "variables", "drop"),
        ("events", "response", "by-leaf"),
        ("events", "content", "scrub"),
        ("chat", "recipientIds", "by-leaf"),
        ("chat", "senderName", "drop"),
        ("recordings", "downloadUrl", "drop"),
        ("recordings", "egressId", "pseudonymize"),
        ("recordings", "videoOffset", "keep"),
        ("ratings/continuous", "value", "keep"),
        ("sync", "timeDrift", "keep"),
        ("sync", "roomId", "pseudonymize"),
    ],
)
def test_pseudonymize_says(data_type, column, action):
    assert decide(load_policy("pseudonymize")).of(data_type, column).action == action


def fitting(kind):
    """Actions for a kind of column, in the order in which they are told."""
    return ", ".join(action for action in Action if action in FITS[kind])


def test_all_mistakes_come_at_once_with_their_paths():
    text = """
nmae = "x"
version = "1"
time = "relativ"
codes = "random"
[defaults]
persn-id = "keep"
measure = "scrub"
time = "keep"
[fields.events]
reponse = "keep"
"response.responseTme" = "keep"
onset = "scrub"
duration = { action = "generalize" }
"onset.x" = "keep"
stateName = { action = "keep", bin = 3 }
[fields.evnts]
[retention]
period = "10Y"
basis = "session-end"
[retention.types.recording]
[aggregate]
people = 3
[[accept]]
code = "X"
"""
    assert refused(text) == (
        "test.toml: 18 mistakes\n"
        '  nmae: unknown key, did you mean "name" (expected name, version, description, time, '
        "media, linkability, codes, consent, extra, unknown-leaves, defaults, fields, retention, "
        "text, disclosure, aggregate, accept)\n"
        "  codes: random codes are new in every archive, so that they cannot be linked over a study "
        '(expected linkability = "release" or "none")\n'
        "  name: missing (expected a text)\n"
        '  defaults.persn-id: unknown sensitivity, did you mean "person-id" (expected person-id, '
        "room-id, record-id, name, locator, text, answer, measure, quasi-identifier, harmless)\n"
        '  defaults.measure: scrub does not fit fields."ratings/continuous".value, which is a '
        f"number column (expected {fitting(Kind.NUMBER)})\n"
        '  defaults.time: clocks are decided by the key time (expected time = "relative")\n'
        '  fields.events.reponse: unknown column, did you mean "response" (expected a column of '
        "the schema)\n"
        '  fields.events."response.responseTme": unknown leaf, did you mean "responseTime" '
        "(expected a leaf of the schema)\n"
        "  fields.events.onset: scrub does not fit a number column "
        f"(expected {fitting(Kind.NUMBER)})\n"
        "  fields.events.duration: generalize needs one parameter (expected bin or digits)\n"
        '  fields.events."onset.x": this column has no leaves (expected a JSON column)\n'
        '  fields.events.stateName: bin belongs to generalize (expected action = "generalize")\n'
        '  fields.evnts: unknown data type, did you mean "events" '
        f"(expected {', '.join(FIELDS)}, *)\n"
        '  time: unknown word, did you mean "relative" (expected keep, shift, relative, '
        "aggregate-only)\n"
        "  retention.period: not an ISO 8601 calendar period (expected a calendar period like "
        "P10Y, P6M, P90D or P1Y6M)\n"
        '  retention.types.recording: unknown data type, did you mean "recordings" '
        f"(expected {', '.join(FIELDS)})\n"
        "  aggregate.because: missing: thresholds are looser than the default (expected a reason, "
        "which is printed in the release)\n"
        "  accept[0].because: missing (expected a text)"
    )


def test_one_mistake_is_one_line():
    assert refused(HEAD + WORDS + DEFAULTS) == (
        'test.toml: retention: missing (expected a table with period = "P10Y" and basis)'
    )


def test_broken_toml_is_refused():
    assert refused("name = ").startswith("test.toml: not TOML: invalid value (at ")


def test_a_broken_policy_says_what_toml_asks_for():
    with pytest.raises(PolicyError) as caught:
        parse("[fields.chat]\ncontent = drop\n", where="test.toml")
    assert caught.value.hint == (
        'words stand in quotes (key = "word"), and every key and every [table] stands once'
    )


def test_a_key_that_was_added_at_the_end_belongs_above_the_tables():
    text = policy_text("keep") + '\nmedia = "seal"\n'
    with pytest.raises(PolicyError) as caught:
        parse(text, where="test.toml")
    assert str(caught.value) == (
        "test.toml: retention.media: unknown key, it belongs above the first [table] "
        "(expected period, basis, action, types, downgrade_to)"
    )


def test_an_empty_key_is_named():
    text = HEAD + WORDS + DEFAULTS + '[fields.events]\n"" = "keep"\n' + TAIL
    assert refused(text).startswith('test.toml: fields.events."": unknown column')


def test_what_is_undecided_is_listed_with_the_lines_to_add():
    with pytest.raises(PolicyError) as caught:
        decide(
            policy(words='time = "relative"\n', defaults=DEFAULTS.replace('"text" =', '# "text" ='))
        )
    message = str(caught.value)
    assert message.startswith("policy test: ")
    assert "fields and leaves are undecided" in message
    for place in (
        "events.content", "chat.content", "events.response.questionText", "chat.extra",
        "events.response.(unknown)", '"ratings/sparse".metadata.question',
    ):  # fmt: skip
        assert place in message
    assert max(len(line) for line in message.splitlines()) <= 100
    assert caught.value.exit_code == 13
    assert caught.value.hint == (
        "add these lines, or other actions in their place, above the first [table] of the policy, and "
        "those of [defaults] to the one that is there:\n"
        '  unknown-leaves = "drop"\n  extra = "drop"\n  [defaults]\n  "text" = "drop"'
    )


def test_the_lines_to_add_are_enough():
    bare = parse(HEAD + TAIL, where="test.toml")
    with pytest.raises(PolicyError) as caught:
        decide(bare)
    lines = "\n".join(line.strip() for line in caught.value.hint.splitlines()[1:])
    decisions = decide(parse(HEAD + lines + "\n" + TAIL, where="test.toml"))
    assert not any(decisions.leaves_to_someone(data_type) for data_type in FIELDS)


def test_the_most_specific_rule_wins():
    fields = """[fields.events]
response = "drop"
"response.value" = "keep"
"response.answers.*" = "scrub"
"response.answers.q1" = "drop"
"response.*" = "aggregate-only"
[fields."*"]
stimulusId = "drop"
componentId = "drop"
[fields.sync]
[fields.chat]
content = "drop"
[fields."ratings/sparse"]
componentId = "keep"
"""
    decisions = decide(policy(fields))
    leaf = {
        path: decisions.leaf("events", "response", path).action
        for path in ("value", "answers.q1", "answers.q2", "label", "made.up", "")
    }
    assert leaf == {
        "value": Action.KEEP,
        "answers.q1": Action.DROP,
        "answers.q2": Action.SCRUB,
        "label": Action.AGGREGATE,
        "made.up": Action.AGGREGATE,
        "": Action.DROP,
    }
    assert decisions.of("events", "response").action is Action.BY_LEAF
    assert decisions.of("events", "stimulusId").action is Action.DROP
    assert decisions.of("events", "componentId").action is Action.DROP
    assert decisions.of("ratings/sparse", "componentId").action is Action.KEEP
    assert decisions.of("chat", "content").because == "fields.chat.content"
    assert 'response.value: keep, because of fields.events."response.value"' in explain(
        decisions, "events", "response"
    )


@pytest.mark.parametrize("place", ["stimulusId", '"response.value"'])
@pytest.mark.parametrize("turn", [1, -1])
def test_a_rule_of_the_type_goes_before_one_of_all_types_wherever_it_stands(place, turn):
    rules = [f'[fields.events]\n{place} = "keep"\n', f'[fields."*"]\n{place} = "drop"\n']
    decisions = decide(policy("".join(rules[::turn])))
    if place == "stimulusId":
        assert decisions.of("events", place).action is Action.KEEP
    else:
        assert decisions.leaf("events", "response", "value").action is Action.KEEP


def test_an_accepted_finding_has_a_code_and_a_reason_and_nothing_else():
    accept = '[[accept]]\ncode = "X"\nbecause = "y"\nwho = "me"\n'
    assert "accept[0].who: unknown key" in refused(HEAD + WORDS + DEFAULTS + TAIL + accept)


def test_a_yes_is_no_number():
    rules = '[fields.events]\nonset = {action = "generalize", digits = true}\n'
    rules += 'duration = {action = "generalize", bin = true}\n'
    said = refused(HEAD + WORDS + DEFAULTS + rules + TAIL)
    assert "fields.events.onset.digits: not a whole number in range" in said
    assert "fields.events.duration.bin: not a number in range" in said


def test_the_file_of_a_policy_has_a_size_and_lines_of_any_system(tmp_path):
    file = tmp_path / "p.toml"
    file.write_bytes((HEAD + WORDS + DEFAULTS + TAIL).replace("\n", "\r\n").encode())
    assert "\r" not in load_policy(file).text
    file.write_bytes(b"#" * 1_000_001)
    with pytest.raises(PolicyError, match="larger than 1000000 bytes"):
        load_policy(file)


def test_the_reason_of_a_rule_is_told_beside_it():
    decisions = decide(
        policy(
            '[fields.events]\nonset = {action = "generalize", bin = 10, because = "the board asked"}\n'
            'content = {action = "drop", because = ""}\n'
        )
    )
    (told,) = explain(decisions, "events", "onset")
    assert told == "onset: generalize, because of fields.events.onset: the board asked"
    assert decisions.of("events", "content").because == "fields.events.content"


@pytest.mark.parametrize("reason", ["3", '["a"]', '"\\u001b[2J"', '" "'])
def test_a_reason_that_is_no_text_is_refused(reason):
    said = refused(
        policy().text.replace(
            TAIL, f'[fields.events]\nonset = {{action = "drop", because = {reason}}}\n{TAIL}'
        )
    )
    assert said.startswith("test.toml: fields.events.onset.because: ")


def test_a_column_kept_whole_does_not_let_unknown_leaves_through():
    decisions = decide(policy('[fields.events]\nresponse = "keep"\n'))
    assert decisions.leaf("events", "response", "value").action is Action.KEEP
    assert decisions.leaf("events", "response", "surprise").action is Action.DROP
    assert decisions.of("events", "response").action is Action.BY_LEAF


def test_an_exact_leaf_goes_before_the_pattern_of_the_type_itself():
    fields = '[fields.events]\n"response.*" = "keep"\n[fields."*"]\n"response.value" = "drop"\n'
    decisions = decide(policy(fields))
    assert decisions.leaf("events", "response", "value").action is Action.DROP
    assert decisions.leaf("events", "response", "label").action is Action.KEEP


def test_a_rule_that_drops_a_place_drops_what_lies_below_it():
    fields = """[fields.events]
"response.value" = "drop"
"response.value[].label" = "keep"
"response.deviceInfo" = "aggregate-only"
"""
    decisions = decide(policy(fields))
    leaf = {
        path: decisions.leaf("events", "response", path).action
        for path in ("value", "value[]", "value[].value", "value[].label", "deviceInfo.sampleRate")
    }
    assert leaf == {
        "value": Action.DROP,
        "value[]": Action.DROP,
        "value[].value": Action.DROP,
        "value[].label": Action.KEEP,
        "deviceInfo.sampleRate": Action.AGGREGATE,
    }


def test_a_default_that_drops_a_place_drops_what_lies_below_it():
    words = WORDS.replace('unknown-leaves = "drop"', 'unknown-leaves = "keep"')
    decisions = decide(policy('[fields.events]\n"variables.list[]" = "scrub"\n', words=words))
    leaf = {
        (column, path): decisions.leaf("events", column, path).action
        for column, path in (
            ("variables", "partner"), ("variables", "partner[]"), ("variables", "partner.name.first"),
            ("variables", "list[]"), ("metadata", "roomName.was"), ("metadata", "made.up"),
        )
    }  # fmt: skip
    assert leaf == {
        ("variables", "partner"): Action.DROP,
        ("variables", "partner[]"): Action.DROP,
        ("variables", "partner.name.first"): Action.DROP,
        ("variables", "list[]"): Action.SCRUB,
        ("metadata", "roomName.was"): Action.KEEP,
        ("metadata", "made.up"): Action.KEEP,
    }


@pytest.mark.parametrize("place", ["response.deviceInfo", "response.ranking[]"])
def test_a_rule_for_a_place_above_leaves_would_do_nothing(place):
    text = policy().text.replace(TAIL, f'[fields.events]\n"{place}" = "scrub"\n{TAIL}')
    assert refused(text) == (
        f'test.toml: fields.events."{place}": no leaf, of which there is nothing to scrub '
        f'(expected "{place}.*", for what lies below it)'
    )


def test_a_leaf_that_only_a_rule_names_is_said_too():
    fields = '[fields.events]\n"response.custom" = "keep"\n"response.value" = "drop"\n'
    said = explain(decide(policy(fields)), "events", "response")
    assert said[-2:] == [
        'response.custom: keep, because of fields.events."response.custom"',
        "response.(unknown): drop, because of unknown-leaves",
    ]
    assert [line for line in said if line.startswith("response.value:")] == [
        'response.value: drop, because of fields.events."response.value"'
    ]


def test_an_empty_word_is_unknown():
    text = policy().text.replace(TAIL, "[fields.chat]\ntimestamp = {{ {} }}\n" + TAIL)
    assert refused(text.format('action = "generalize", to = ""')) == (
        "test.toml: fields.chat.timestamp.to: unknown word (expected day, month, year)"
    )


def test_no_number_has_so_many_decimal_places():
    text = policy().text.replace(TAIL, "[fields.chat]\nonset = {{ {} }}\n" + TAIL)
    assert refused(text.format('action = "generalize", digits = 16')) == (
        "test.toml: fields.chat.onset.digits: more than a number has (expected at most 15)"
    )


def test_a_star_for_a_key_is_no_element_wherever_the_path_ends():
    decisions = decide(policy('[fields.events]\n"response.*.*" = "keep"\n'))
    assert decisions.leaf("events", "response", "made.up.deeper").action is Action.KEEP
    assert decisions.leaf("events", "response", "[].up").action is Action.DROP
    assert decisions.leaf("events", "response", "[].up.deeper").action is Action.DROP


def test_a_column_of_which_every_leaf_is_ruled_otherwise_is_not_what_its_own_rule_says():
    fields = '[fields.events]\nmetadata = "keep"\n"metadata.*" = "{}"\n'
    decided = {
        word: decide(policy(fields.format(word))).of("events", "metadata").action
        for word in ("drop", "aggregate-only")
    }
    assert decided == {"drop": Action.DROP, "aggregate-only": Action.AGGREGATE}


def test_one_word_for_all_leaves_is_still_applied_leaf_by_leaf():
    words = WORDS.replace('unknown-leaves = "drop"', 'unknown-leaves = "scrub"')
    decisions = decide(policy('[fields.events]\nresponse = "scrub"\n', words=words))
    assert decisions.of("events", "response").action is Action.BY_LEAF
    assert decisions.leaf("events", "response", "made.up").action is Action.SCRUB


def test_a_pattern_for_unknown_leaves_opens_a_column_that_is_dropped():
    fields = '[fields.events]\nresponse = "drop"\n"response.made.*" = "keep"\n'
    decisions = decide(policy(fields))
    assert decisions.of("events", "response").action is Action.BY_LEAF
    assert decisions.leaf("events", "response", "made.up").action is Action.KEEP
    assert decisions.leaf("events", "response", "value").action is Action.DROP


def test_what_the_schema_lists_is_exact_before_free_keys_and_a_free_key_is_no_element():
    column = Field(
        name="response",
        kind=Kind.JSON,
        sensitivity=Sensitivity.ANSWER,
        description="",
        source="",
        leaves=(
            Leaf(path="*", sensitivity=Sensitivity.HARMLESS),
            Leaf(path="name", sensitivity=Sensitivity.NAME),
            Leaf(path="*.*", sensitivity=Sensitivity.MEASURE),
        ),
    )
    assert listed(column, ("name",)) is Sensitivity.NAME
    assert listed(column, ("other",)) is Sensitivity.HARMLESS
    assert listed(column, ("other", "deeper")) is Sensitivity.MEASURE
    assert listed(column, ("other", ITEM)) is None
    assert listed(column, ("other", "deeper", "still")) is None


@pytest.mark.parametrize(
    ("action", "hidden"), [("keep", False), ("pseudonymize", True), ("drop", True)]
)
def test_people_are_hidden_where_their_ids_do_not_leave_as_they_are(action, hidden):
    decisions = decide(policy(f'[fields.chat]\nsenderId = "{action}"\nrecipientIds = "drop"\n'))
    assert decisions.hides_people("chat") is hidden


def test_digest_counts_what_is_said_not_how():
    one = policy()
    other = parse(
        "# a comment\nversion = '1'\nname = 'test'\n" + WORDS + DEFAULTS + TAIL, where="x"
    )
    assert one.digest == other.digest
    assert one.digest != policy(words=WORDS.replace("relative", "keep")).digest
    assert len(one.digest) == 64


def test_names_come_from_the_policy_and_from_a_file(tmp_path):
    (tmp_path / "names.txt").write_text("Berta Blau\n\n  Carl \n", encoding="utf-8")
    file = tmp_path / "p.toml"
    words = '[text]\nnames = ["Anna"]\nnames_file = "names.txt"\n'
    file.write_text(HEAD + WORDS + DEFAULTS + words + TAIL, encoding="utf-8")
    assert load_policy(file).names == ("Anna", "Berta Blau", "Carl")
    digest = load_policy(file).digest
    (tmp_path / "names.txt").write_text("Berta Blau\n", encoding="utf-8")
    assert load_policy(file).digest != digest
    (tmp_path / "names.txt").unlink()
    with pytest.raises(PolicyError) as caught:
        load_policy(str(file))
    assert str(caught.value) == (
        "p.toml: text.names_file: cannot be read (expected a UTF-8 text, one name per line)"
    )


def test_a_policy_that_does_not_exist(tmp_path):
    with pytest.raises(PolicyError) as caught:
        load_policy("pseudonymise")
    assert str(caught.value) == (
        'pseudonymise: no such policy or file, did you mean "pseudonymize" '
        "(expected a policy file, or one of keep, pseudonymize, aggregate-only)"
    )
    with pytest.raises(PolicyError) as caught:
        policy_text("nothing")
    assert str(caught.value) == (
        "policy: there is no ready policy of that name "
        "(expected keep, pseudonymize, aggregate-only)"
    )
    (tmp_path / "latin.toml").write_bytes(b"name = '\xe4'")
    with pytest.raises(PolicyError, match=r"latin\.toml: not UTF-8"):
        load_policy(tmp_path / "latin.toml")


def test_the_documented_policy_is_a_policy():
    document = Path(__file__).parents[2] / "docs" / "policies.md"
    (example,) = re.findall(r"```toml\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL)
    decisions = decide(parse(example, where="policies.md"))
    assert [one.code for one in decisions.policy.accept] == ["RATINGS-OUT-OF-SCALE"]
    assert decisions.of("events", "duration").bin == 100


def test_what_nobody_decided_does_not_leave():
    """A second line of defence: :func:`decide` refuses such a policy."""
    year = Retention(period=Period(years=1), basis=Basis.ARCHIVING)
    nothing = Policy(name="x", version="1", defaults={}, retention=year)
    decisions = Decisions(policy=nothing, columns={})
    assert decisions.leaf("events", "response", "value") is UNDECIDED
    assert decisions.leaf("events", "response", "surprise") is UNDECIDED
    assert UNDECIDED.action is Action.DROP


def test_a_name_has_no_code_of_its_own():
    said = refused(
        HEAD + WORDS + DEFAULTS + '[fields.recordings]\ndeviceInfo = "pseudonymize"\n' + TAIL
    )
    assert said == (
        "test.toml: fields.recordings.deviceInfo: a name has no code of its own "
        "(expected drop, scrub or keep)"
    )


@pytest.mark.parametrize(
    "more",
    [
        "x = " + "[" * 5000 + "]" * 5000,
        "x = " + "{a=" * 3000 + "1" + "}" * 3000,
        "x = " + "9" * 5000,
    ],
)
def test_toml_that_no_parser_can_hold_is_refused(more):
    with pytest.raises(PolicyError) as refused:
        parse(policy_text("keep") + "\n[x]\n" + more, where="p")
    message = "p: not TOML: nested too deeply, or a number is too long"
    assert str(refused.value) == message


@pytest.mark.parametrize("sign", ["\\u001b[2J", "\\u0000", "\\u202e", "\\u009b"])
def test_what_moves_the_cursor_of_a_terminal_is_no_text_of_a_policy(sign):
    text = policy_text("keep").replace('name = "keep"', f'name = "keep{sign}"')
    with pytest.raises(PolicyError) as refused:
        parse(text, where="p")
    assert str(refused.value) == (
        "p: name: has control characters (expected a text that a terminal can show)"
    )
