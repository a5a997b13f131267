"""Tests against a local Xero server over real HTTP."""
