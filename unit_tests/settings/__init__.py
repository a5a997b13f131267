"""Tests of ``source_xero_gl/settings/``."""
