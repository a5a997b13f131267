"""The Xero side: HTTP, sign-in, tenants, limits, errors and dates. Knows nothing of Airbyte streams."""
