"""The ledger of an organisation: the models of the dbt package are assets, its tests their checks."""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, DbtProject, dbt_assets

import source_xero_gl
from source_xero_gl.commands.sync.databases import DuckDbFile
from source_xero_gl.commands.sync.proof import prove
from xero_gl_dagster.landing import LANDED
from xero_gl_dagster.organisations import Organisation, partitions

PACKAGE = Path(source_xero_gl.__file__).with_name("dbt").resolve()
_DATABASE = "XERO_GL_DUCKDB"
"""The variable by which the package's profile finds the database."""

os.environ.setdefault(_DATABASE, ":memory:")  # reading the package opens no database, but wants a name

project = DbtProject(
    project_dir=PACKAGE,
    profiles_dir=PACKAGE,
    target="duckdb",
    target_path=Path(__file__).resolve().parents[1] / "target",
)
dbt = DbtCliResource(project_dir=project, dbt_executable=str(Path(sys.executable).with_name("dbt")))


def _prepare() -> None:
    """Let dbt describe the package, unless it has done so since the package was changed."""
    newest = max(path.stat().st_mtime for path in PACKAGE.rglob("*.*") if path.suffix in (".sql", ".yml"))
    if not project.manifest_path.exists() or project.manifest_path.stat().st_mtime < newest:
        dbt.cli(["parse", "--quiet"], target_path=project.target_path).wait()


class _Translator(DagsterDbtTranslator):
    """Joins the package to the landed streams: it finds their tables by itself, so dbt knows of no source."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Group models as the package's folders do: staging, intermediate, marts, fivetran."""
        return str(dbt_resource_props["fqn"][1])

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        return spec if list(spec.deps) else spec.replace_attributes(deps=[LANDED])

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        return spec and spec._replace(partitions_def=partitions)


_prepare()


@dbt_assets(
    manifest=project.manifest_path,
    project=project,
    partitions_def=partitions,
    dagster_dbt_translator=_Translator(),
    name="ledger",
)
def ledger(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
    """Build the ledger of one organisation and test it."""
    # A run is a process and has one organisation; dbt-duckdb's profile takes the file from the environment alone.
    os.environ[_DATABASE] = str(Organisation(context.partition_key).database)
    with tempfile.TemporaryDirectory() as target:
        yield from dbt.cli(["build"], context=context, target_path=Path(target)).stream()


@dg.asset_check(asset=dg.AssetKey("trial_balance_proof"), name="compared_with_xero", partitions_def=partitions)
def compared_with_xero(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """Xero's trial balance was read, so that the tests of the proof had something to compare. They have passed by now."""
    proof = prove(DuckDbFile(Organisation(context.partition_key).database), [])
    return dg.AssetCheckResult(passed=proof.holds, description=" ".join(found.sentence for found in proof.verdicts))
