"""Journals: read by offset, which is a journal number."""
