"""Findings and evidence for people: terminal text, HTML, PDF, and the record they are made from."""
