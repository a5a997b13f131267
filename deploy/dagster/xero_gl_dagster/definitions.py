"""What Dagster loads."""

from __future__ import annotations

import dagster as dg

from xero_gl_dagster import landing, ledger, organisations

read_and_build = dg.define_asset_job(
    "read_and_build",
    description="Read organisations, build their ledgers, compare them with Xero.",
    partitions_def=organisations.partitions,
    config=dg.PartitionedConfig(
        organisations.partitions,
        run_config_for_partition_key_fn=lambda _: {},
        tags_for_partition_key_fn=organisations.tags,
    ),
)


@dg.schedule(job=read_and_build, cron_schedule="17 2 * * *", execution_timezone="UTC")
def nightly(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
    """Ask for a run of each organisation."""
    names = context.instance.get_dynamic_partitions(str(organisations.partitions.name))
    return [dg.RunRequest(partition_key=name) for name in names]


definitions = dg.Definitions(
    assets=[landing.landed, ledger.ledger],
    asset_checks=[ledger.compared_with_xero],
    jobs=[read_and_build],
    schedules=[nightly],
    sensors=[organisations.folder_of_configs],
    resources={"dbt": ledger.dbt},
    # The steps of a run follow each other: a process, or a container, for each run is enough.
    executor=dg.in_process_executor,
)
