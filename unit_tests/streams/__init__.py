"""Tests of the Airbyte side: records, states, readers, cursors and declarations."""
