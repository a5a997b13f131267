"""Tests of ``sync``."""
