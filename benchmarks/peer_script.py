"""The script that a careful researcher would write: pandas, pandera, hmac, re, Fernet.

    python -m benchmarks.peer_script BUNDLE OUT

One encrypted Parquet file per data type, one key for everything, no signature, no read-back.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import re
import sys
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from cryptography.fernet import Fernet

KEY = b"0123456789abcdef0123456789abcdef"

PATTERNS = [
    re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"),
    re.compile(r"https?://[^\s\"]+"),
    re.compile(r"\b\d{1,3}(\.\d{1,3}){3}\b"),
    re.compile(r"\+?\(?\d{2,4}\)?[-/ ]?\d{3}[- ]?\d{3,4}\b"),
]

TEXT = pa.Column(str, nullable=True)
NUMBER = pa.Column(float, coerce=True, nullable=True)
TIME = pa.Column("datetime64[us, UTC]", coerce=True)
UNIT = pa.Column(float, pa.Check.in_range(0, 1), coerce=True)
ID = pa.Column(str)
RECORD = pa.Column(str, unique=True)

SCHEMAS = {
    "ratings_continuous": pa.DataFrameSchema(
        {
            "ratingId": RECORD,
            "roomId": ID,
            "participantId": ID,
            "timestamp": TIME,
            "onset": NUMBER,
            "normalizedValue": UNIT,
            "rawValue": NUMBER,
            "scaleMin": NUMBER,
            "scaleMax": NUMBER,
        },
        checks=[
            pa.Check(lambda df: df["rawValue"] >= df["scaleMin"]),
            pa.Check(lambda df: df["rawValue"] <= df["scaleMax"]),
        ],
    ),
    "events": pa.DataFrameSchema(
        {
            "id": RECORD,
            "sessionId": ID,
            "participantId": ID,
            "timestamp": TIME,
            "onset": NUMBER,
            "eventType": ID,
            "content": TEXT,
            "response": TEXT,
        }
    ),
    "chat": pa.DataFrameSchema(
        {"messageId": RECORD, "roomId": ID, "senderId": ID, "timestamp": TIME, "content": TEXT}
    ),
}
IDS = {"ratingId", "id", "messageId", "participantId", "senderId", "roomId", "sessionId"}
TEXTS = {"content", "response", "value"}


def code(value: str) -> str:
    return hmac.new(KEY, value.encode(), hashlib.sha256).hexdigest()[:16]


def scrub(text: object) -> object:
    if not isinstance(text, str):
        return text
    for pattern in PATTERNS:
        text = pattern.sub("[removed]", text)
    return text


def main(bundle: Path, out: Path) -> None:
    out.mkdir(parents=True)
    fernet = Fernet(Fernet.generate_key())
    frames = {name: pd.read_csv(bundle / f"{name}.csv") for name in SCHEMAS}
    for name, schema in SCHEMAS.items():
        frames[name] = schema.validate(frames[name], lazy=True)
    known = set(frames["events"]["participantId"])
    strangers = set(frames["ratings_continuous"]["participantId"]) | set(frames["chat"]["senderId"])
    if strangers - known:
        sys.exit("people without events")
    for name, loaded in frames.items():
        frame = loaded.drop(columns=["senderName", "recipientIds"], errors="ignore")
        for column in IDS & set(frame.columns):
            frame[column] = frame[column].map(code)
        if name != "ratings_continuous":
            for column in TEXTS & set(frame.columns):
                frame[column] = frame[column].map(scrub)
        buffer = io.BytesIO()
        frame.to_parquet(buffer, compression="zstd", index=False)
        (out / f"{name}.parquet.enc").write_bytes(fernet.encrypt(buffer.getvalue()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
