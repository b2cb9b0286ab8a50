"""The ``metadata`` of an API page, taken apart with care: every key may be missing or odd."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec

from archive_tool.ingest.cells.times import moment
from archive_tool.ingest.cells.values import NOT_JSON, json_text
from archive_tool.model.bundle import Page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

SCOPES: Final = frozenset({"experiment", "room", "participant"})
_PAGING: Final = frozenset({"limit", "offset"})
_MOST: Final = 1 << 53
"""No number of rows: from here on the platform, which is JavaScript, cannot count."""


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """What a page says about itself."""

    data_type: str | None = None
    rating_type: str | None = None
    scope: str | None = None
    scope_id: str | None = None
    """Personal when the scope is a participant."""
    timestamp: datetime | None = None
    """When the platform answered."""
    query: Mapping[str, Any] = field(default_factory=dict)
    page: Page | None = None
    warned: bool = False
    """``_warnings`` is there: the answer may be incomplete."""
    missing_index: bool = False
    """One of the warnings is MISSING_INDEX: an empty answer is unknown, not empty."""
    truncated: bool = False
    """The platform says that it cut the listing."""
    timeline: tuple[Mapping[str, object], ...] = field(default=(), repr=False)
    """Of a page of variables: what each of them was in each state. Personal."""

    @property
    def tells_type(self) -> bool:
        """Whether it leaves nothing for the rows to tell."""
        return self.data_type is not None and (
            self.data_type != "ratings" or bool(self.rating_type)
        )

    @property
    def query_key(self) -> str:
        """Digest of the request without its place in the listing."""
        filters = {
            key: value
            for key, value in self.query.items()
            if key not in _PAGING and value is not None
        }
        parts = [self.data_type, self.rating_type, self.scope, self.scope_id, filters]
        return hashlib.sha256(json_text(parts).encode()).hexdigest()[:32]


def read_envelope(raw: msgspec.Raw) -> Envelope:
    """Read ``metadata``; what is not as documented counts as missing."""
    try:
        metadata = msgspec.json.decode(raw)
    except NOT_JSON:
        metadata = None
    if not isinstance(metadata, dict):
        return Envelope()
    scope = _text(metadata.get("scope"))
    query = metadata.get("query")
    query = query if isinstance(query, dict) else {}
    warnings = _items(metadata.get("_warnings"))
    return Envelope(
        data_type=_text(metadata.get("dataType")),
        rating_type=_text(metadata.get("ratingType")),
        scope=scope if scope in SCOPES else None,
        scope_id=_text(metadata.get("scopeId")) if scope in SCOPES else None,
        timestamp=moment(metadata.get("timestamp")),
        query=query,
        page=_page(metadata, query),
        warned=bool(warnings),
        missing_index=any("MISSING_INDEX" in text for text in warnings if isinstance(text, str)),
        truncated=metadata.get("truncated") is True,
        timeline=tuple(row for row in _items(metadata.get("timeline")) if isinstance(row, dict)),
    )


def _page(metadata: Mapping[str, Any], query: Mapping[str, Any]) -> Page | None:
    block = metadata.get("pagination")
    if not isinstance(block, dict):
        block = {key: metadata[key] for key in ("total", "limit", "offset") if key in metadata}
        if not block:
            return None
    more = block.get("hasMore")
    return Page(
        offset=_count(block.get("offset", query.get("offset"))),
        limit=_count(block.get("limit", query.get("limit"))),
        returned=_count(block.get("returned")),
        total=_count(block.get("total")),
        has_more=more if isinstance(more, bool) else None,
        next_offset=_count(block.get("nextOffset")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _count(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < _MOST else None
