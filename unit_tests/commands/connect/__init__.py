"""Tests of ``connect`` that need no socket."""
