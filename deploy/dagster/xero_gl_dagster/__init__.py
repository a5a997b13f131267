"""Xero's organisations in Dagster: each is a partition, read by ``source-xero-gl sync`` and built by the dbt package."""

import warnings

import dagster as dg

# Checks by partition: without them the result of one organisation would hide that of another.
warnings.filterwarnings("ignore", category=dg.PreviewWarning)
