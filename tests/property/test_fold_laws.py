"""Laws of folding."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from archive_tool.ingest.census import Census
from archive_tool.ingest.overlaps.fold import fold
from archive_tool.model.tables import AT, ROW_BITS, Batch
from tests.support.canonical import batch, part

DAY = datetime(2024, 10, 20, tzinfo=UTC)
ROW = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["a", "b", "c", "dddddddddd", None]),
        "participantId": st.sampled_from(["p", "p", "q", None]),
        "roomId": st.sampled_from(["r", "r", "s", None]),
        "onset": st.sampled_from([1.0, 2.0, None]),
    }
)
DOWNLOADS = st.lists(st.lists(ROW, max_size=5), min_size=1, max_size=4)
COLUMNS = ("id", "participantId", "roomId", "onset")


def gathered(downloads, days):
    parts = [
        replace(
            part("events", len(rows), order=n, label=f"F{n:03d}"),
            downloaded_at=None if day is None else DAY + timedelta(days=day),
        )
        for n, (rows, day) in enumerate(zip(downloads, days, strict=True))
    ]
    return [batch("events", rows, order=n) for n, rows in enumerate(downloads)], parts


def kept(batches: list[Batch], dropped) -> list[Batch]:
    gone = set(dropped.tolist())
    masks = [
        pa.array([at not in gone for at in b.table[AT].to_pylist()], pa.bool_()) for b in batches
    ]
    return [replace(b, table=b.table.filter(m)) for b, m in zip(batches, masks, strict=True)]


def fold_all(batches, parts):
    census = Census()
    for each in batches:
        census.add(each)
    duplicates = census.duplicates("events")
    return fold([duplicates.filter(each) for each in batches], parts, "events")


def rows_of(batches) -> list[tuple]:
    found = [row for b in batches for row in b.table.select([*COLUMNS, AT]).to_pylist()]
    return [tuple(row[name] for name in (*COLUMNS, AT)) for row in found]


@given(DOWNLOADS, st.data())
def test_folding_twice_is_folding_once(downloads, data) -> None:
    days = data.draw(st.lists(st.none() | st.integers(0, 2), min_size=len(downloads),
                              max_size=len(downloads)))  # fmt: skip
    batches, parts = gathered(downloads, days)
    once = kept(batches, fold_all(batches, parts).dropped)
    assert fold_all(once, parts).dropped.tolist() == []


@given(DOWNLOADS, st.data())
def test_the_order_of_inputs_does_not_matter_when_dates_differ(downloads, data) -> None:
    days = list(range(len(downloads)))
    order = data.draw(st.permutations(days))
    straight, parts = gathered(downloads, days)
    shuffled, other = gathered([downloads[n] for n in order], [days[n] for n in order])
    left = rows_of(kept(straight, fold_all(straight, parts).dropped))
    right = rows_of(kept(shuffled, fold_all(shuffled, other).dropped))
    plain = [sorted(map(repr, (row[:-1] for row in rows))) for rows in (left, right)]
    assert plain[0] == plain[1]


@given(DOWNLOADS, st.data())
def test_every_dropped_row_has_a_copy_that_stays(downloads, data) -> None:
    days = data.draw(st.lists(st.none() | st.integers(0, 2), min_size=len(downloads),
                              max_size=len(downloads)))  # fmt: skip
    batches, parts = gathered(downloads, days)
    found = fold_all(batches, parts)
    gone = set(found.dropped.tolist())
    rows = rows_of(batches)
    stays = [row for row in rows if row[-1] not in gone]
    for name, person, room, onset, at in rows:
        if at not in gone:
            continue
        assert name is not None
        stand_ins = [
            row for row in stays
            if row[0] == name and all(None in pair or pair[0] == pair[1]
                                      for pair in ((row[1], person), (row[2], room)))
        ]  # fmt: skip
        assert stand_ins
        elsewhere = [row for row in stand_ins if row[-1] >> ROW_BITS != at >> ROW_BITS]
        # inside one part only an equal row may stand for it
        assert elsewhere or (name, person, room, onset) in [row[:-1] for row in stand_ins]


@given(st.lists(ROW, max_size=8, unique_by=lambda row: row["id"]), st.integers(1, 4))
def test_a_bundle_without_overlap_is_untouched(rows, cut) -> None:
    batches, parts = gathered([rows[:cut], rows[cut:]], [None, 1])
    found = fold_all(batches, parts)
    assert (found.dropped.tolist(), found.findings) == ([], [])


@given(DOWNLOADS)
def test_the_census_does_not_depend_on_the_cut_into_batches(downloads) -> None:
    batches, _ = gathered(downloads, [None] * len(downloads))
    together, pieces, merged = Census(), Census(), Census()
    tables = pa.concat_tables([b.table for b in batches]).unify_dictionaries().combine_chunks()
    together.add(Batch(data_type="events", table=tables))
    for each in batches:
        for row in range(each.table.num_rows):
            piece = Census()
            one = Batch(data_type="events", table=each.table.slice(row, 1))
            pieces.add(one)
            piece.add(one)
            merged.merge(piece)
    assert together.of("events") == pieces.of("events") == merged.of("events")
    found = [c.duplicates("events").fingerprints.tolist() for c in (together, pieces, merged)]
    assert found[0] == found[1] == found[2]
