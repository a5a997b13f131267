"""The connector where people run it: as an image, in PyAirbyte, by Airbyte's API, by cron and by Kubernetes."""
