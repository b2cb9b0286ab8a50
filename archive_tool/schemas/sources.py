"""Where the declarations come from: the keys that a field's ``source`` uses."""

from __future__ import annotations

from typing import Final

SOURCES: Final = {
    "S1": "seed-data-management.md",
    "S2": "seed-data-types.md",
    "FX": "example responses of the official Python SDK",
    "SDK": "the official Python SDK (hyperstudy on PyPI)",
    "RN": "the platform's release notes",
    "IF": "the platform's older interface guide",
    "IMG-E": "screenshot of the events table in the platform's documentation",
    "DT": "the platform's documentation: data types, later edition",
    "V2": "the platform's documentation: event model V2",
    "PQ": "the platform's documentation: post-experiment questionnaire",
    "CC": "the platform's documentation: comprehension checks",
    "SR": "the platform's documentation: sparse rating",
    "SR2": "the platform's documentation: sparse rating, later edition",
    "CR": "the platform's documentation: continuous rating",
    "TC": "the platform's documentation: text chat",
    "AR": "the platform's documentation: audio recording",
    "SP": "the platform's documentation: scanner pulses",
    "TG": "the platform's documentation: triggers",
    "STIM": "the platform's documentation: stimuli",
    "VAR": "the platform's documentation: variables",
    "VS": "the platform's documentation: video synchronisation",
}
"""Key → document. A test holds that every field's source is one of them."""
