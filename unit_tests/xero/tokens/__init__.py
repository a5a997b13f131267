"""Tests of ``source_xero_gl/xero/tokens/``."""
