"""roc-validator without a network: its cache is filled from the context inside ``rocrate``."""

from __future__ import annotations

import io
from importlib.resources import files
from typing import TYPE_CHECKING

import requests
from requests.adapters import BaseAdapter
from requests_cache import CachedSession
from rocrate_validator import services
from rocrate_validator.models import Severity, ValidationSettings
from urllib3 import HTTPResponse

if TYPE_CHECKING:
    from pathlib import Path

CONTEXT = "https://w3id.org/ro/crate/1.1/context"


class _FromWheel(BaseAdapter):
    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:
        response = requests.Response()
        response.status_code = 200
        response.url = str(request.url)
        response.request = request
        response.headers["Content-Type"] = "application/ld+json"
        content = (files("rocrate") / "data" / "ro-crate.jsonld").read_bytes()
        response.raw = HTTPResponse(
            io.BytesIO(content), status=200, preload_content=False, request_url=request.url
        )
        return response

    def close(self) -> None:
        pass


def problems(crate: Path, cache: Path, profile: str) -> list[str]:
    """What roc-validator finds wrong at the level REQUIRED; empty when nothing."""
    with CachedSession(str(cache), expire_after=-1) as session:
        session.mount("https://", _FromWheel())
        session.get(CONTEXT)
    settings = ValidationSettings(
        rocrate_uri=str(crate),
        profile_identifier=profile,
        requirement_severity=Severity.REQUIRED,
        cache_path=cache,
        cache_max_age=-1,
        offline=True,
    )
    result = services.validate(settings)
    return [f"{issue.check.identifier}: {issue.message}" for issue in result.get_issues()]
