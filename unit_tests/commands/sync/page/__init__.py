"""Tests of the page of ``sync``."""
