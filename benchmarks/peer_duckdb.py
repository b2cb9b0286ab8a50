"""The same work in SQL: what somebody who knows DuckDB would write, as fast as it gets.

    python -m benchmarks.peer_duckdb BUNDLE OUT person|type

Typed read of the three CSV files; the same checks (required, range, scale, uniqueness,
references); keyed-hash codes for people, rooms and records; the four text patterns; zstd Parquet,
one file per person and type, or one per type. No encryption, no keys, no signature, no read-back.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

KEY = "0123456789abcdef0123456789abcdef"

RATINGS = {
    "ratingId": "VARCHAR",
    "experimentId": "VARCHAR",
    "roomId": "VARCHAR",
    "participantId": "VARCHAR",
    "componentId": "VARCHAR",
    "timestamp": "TIMESTAMPTZ",
    "onset": "DOUBLE",
    "value": "DOUBLE",
    "normalizedValue": "DOUBLE",
    "rawValue": "DOUBLE",
    "scaleMin": "DOUBLE",
    "scaleMax": "DOUBLE",
}
EVENTS = {
    "id": "VARCHAR",
    "timestamp": "TIMESTAMPTZ",
    "onset": "DOUBLE",
    "experimentId": "VARCHAR",
    "sessionId": "VARCHAR",
    "participantId": "VARCHAR",
    "eventType": "VARCHAR",
    "category": "VARCHAR",
    "componentType": "VARCHAR",
    "componentId": "VARCHAR",
    "content": "VARCHAR",
    "stateName": "VARCHAR",
    "participantRole": "VARCHAR",
    "duration": "DOUBLE",
    "response": "VARCHAR",
    "value": "VARCHAR",
}
CHAT = {
    "messageId": "VARCHAR",
    "experimentId": "VARCHAR",
    "roomId": "VARCHAR",
    "senderId": "VARCHAR",
    "senderName": "VARCHAR",
    "content": "VARCHAR",
    "timestamp": "TIMESTAMPTZ",
    "onset": "DOUBLE",
    "recipientIds": "VARCHAR",
    "messageType": "VARCHAR",
}

PATTERNS = (
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}",
    r"https?://[^\s" "]+",
    r"\b\d{1,3}(\.\d{1,3}){3}\b",
    r"\+?\(?\d{2,4}\)?[-/ ]?\d{3}[- ]?\d{3,4}\b",
)

CHECKS = """
select
  (select count(*) from ratings where ratingId is null or roomId is null or participantId is null
     or timestamp is null) as required,
  (select count(*) from ratings where normalizedValue not between 0 and 1) as range_,
  (select count(*) from ratings where rawValue < scaleMin or rawValue > scaleMax) as scale_,
  (select count(*) - count(distinct ratingId) from ratings)
    + (select count(*) - count(distinct id) from events)
    + (select count(*) - count(distinct messageId) from chat) as duplicates,
  (select count(*) from (select distinct participantId, roomId from ratings) r
     anti join (select distinct participantId, sessionId as roomId from events) e
     using (participantId, roomId)) as strangers,
  (select count(*) from (select distinct senderId from chat) c
     anti join (select distinct participantId as senderId from events) e
     using (senderId)) as unknown
"""


def read(
    con: duckdb.DuckDBPyConnection, bundle: Path, name: str, file: str, types: dict[str, str]
) -> None:
    columns = ", ".join(f"'{column}': '{kind}'" for column, kind in types.items())
    con.execute(
        f"create temp table {name} as select * from read_csv('{bundle / file}', header=true, "
        f"columns={{{columns}}}, quote='\"', escape='\"', delim=',', new_line='\\n')"
    )


def scrubbed(column: str) -> str:
    sql = column
    for pattern in PATTERNS:
        sql = f"regexp_replace({sql}, '{pattern}', '[removed]', 'g')"
    return f"{sql} as {column}"


def coded(column: str) -> str:
    return f"substr(sha256('{KEY}' || {column}), 1, 16)"


def main(bundle: Path, out: Path, mode: str) -> None:
    con = duckdb.connect()
    read(con, bundle, "ratings", "ratings_continuous.csv", RATINGS)
    read(con, bundle, "events", "events.csv", EVENTS)
    read(con, bundle, "chat", "chat.csv", CHAT)
    if any(con.execute(CHECKS).fetchone() or ()):
        sys.exit("the bundle has errors")
    con.execute(
        f"create temp table people as select participantId as id, {coded('participantId')} as code "
        "from (select distinct participantId from events)"
    )
    con.execute(
        f"create temp table rooms as select sessionId as id, {coded('sessionId')} as code "
        "from (select distinct sessionId from events)"
    )
    tables = {
        "ratings_continuous": (
            "select r.* replace (p.code as participantId, o.code as roomId, "
            f"{coded('ratingId')} as ratingId) from ratings r join people p on "
            "r.participantId = p.id join rooms o on r.roomId = o.id",
            "participantId",
        ),
        "events": (
            "select e.* replace (p.code as participantId, o.code as sessionId, "
            f"{coded('e.id')} as id, {scrubbed('content')}, {scrubbed('response')}, "
            f"{scrubbed('value')}) from events e "
            "join people p on e.participantId = p.id join rooms o on e.sessionId = o.id",
            "participantId",
        ),
        "chat": (
            "select c.* exclude (senderName, recipientIds) replace (p.code as senderId, "
            f"o.code as roomId, {coded('messageId')} as messageId, "
            f"{scrubbed('content')}) from chat c "
            "join people p on c.senderId = p.id join rooms o on c.roomId = o.id",
            "senderId",
        ),
    }
    out.mkdir(parents=True)
    for name, (query, subject) in tables.items():
        target = out / (name if mode == "person" else f"{name}.parquet")
        split = f", partition_by ({subject})" if mode == "person" else ""
        con.execute(f"copy ({query}) to '{target}' (format parquet, compression zstd{split})")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
