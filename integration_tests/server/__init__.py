"""Tests of the local Xero: that it keeps to what Xero documents."""
