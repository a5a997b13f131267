"""Tests of ``sync`` that read nothing from Xero."""
