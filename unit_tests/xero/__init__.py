"""Tests of the Xero side: what it sends, what it makes of answers, how it waits."""
