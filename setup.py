"""Build and dependency description of the source-xero-gl package."""

import os
import re
from pathlib import Path

from setuptools import find_packages, setup

VERSION = "0.1.0"
REPOSITORY = os.environ.get("REPOSITORY_URL", "")
"""Address of the repository; whoever releases the package sets it, as .github/workflows/release.yml does."""

# PyAirbyte supports Python up to 3.12; the connector itself also runs on 3.13.
PYAIRBYTE_PYTHON = 'python_version < "3.13"'

INSTALL_REQUIRES = [
    "airbyte-cdk>=7.39,<8",
    "airbyte-protocol-models-dataclasses>=0.17,<1",
    # Comes with the CDK, which asks for 3.1; older releases of that have holes that were mended in 3.1.6.
    "Jinja2>=3.1.6,<4",
    "jsonschema>=4.20,<5",
    "orjson>=3.10.7,<4",
    "pendulum>=3,<4",
    "PyYAML>=6.0.1,<7",
    "requests>=2.32,<3",
    "tenacity>=9,<10",
    "urllib3>=1.26,<3",
]

# What builds the ledger with dbt/: for everyone who runs the package.
LEDGER_REQUIRES = [
    "dbt-core>=1.10,<1.12",
    "dbt-duckdb>=1.10,<1.12",
]

# `source-xero-gl sync`, and the demo: from Xero to a ledger in DuckDB or PostgreSQL.
SYNC_REQUIRES = [
    *LEDGER_REQUIRES,
    f"airbyte>=0.71,<0.72; {PYAIRBYTE_PYTHON}",
    # PyAirbyte pins one exact release of DuckDB: this range only states what we call.
    f"duckdb>=1.4,<2; {PYAIRBYTE_PYTHON}",
    # For a PostgreSQL database. PyAirbyte brings psycopg in any case.
    "dbt-postgres>=1.10,<1.12",
    "psycopg[binary]>=3.2,<4",
    "rich>=13,<15",
]

# deploy/dagster: many organisations, each read by `source-xero-gl sync`.
DAGSTER_REQUIRES = [
    *SYNC_REQUIRES,
    # Checks by partition, which we use, may change with a minor release.
    "dagster>=1.13.27,<1.14",
    "dagster-dbt>=0.29.27,<0.30",
    "dagster-webserver>=1.13.27,<1.14",
]

DEV_REQUIRES = [
    *DAGSTER_REQUIRES,
    # Airbyte's models exist up to Python 3.12, like PyAirbyte.
    f"airbyte-connector-models>=0.1.12,<0.2; {PYAIRBYTE_PYTHON}",
    # Compile the package's SQL, which no test runs there: dbt-snowflake 1.11 wants a connector that PyAirbyte refuses.
    "dbt-bigquery>=1.10,<1.12",
    "dbt-snowflake>=1.10,<1.11",
    # Builds the package, as a release does; twine looks at what was built.
    "build>=1.5,<2",
    "twine>=6.2,<8",
    # Brings GitHub's schema of workflows; actionlint's package fetches a program from GitHub while it is installed.
    "check-jsonschema>=0.33,<1",
    # A new release may find more, and the list of what is allowed belongs to this one.
    "detect-secrets==1.5.0",
    "hypothesis>=6.130,<7",
    # The second major release wants a pathspec that dbt-core refuses.
    "mypy>=1.19,<2",
    "pip-audit>=2.10,<3",
    # Drives Debian's Chromium; no browser of its own is downloaded.
    "playwright>=1.50,<2",
    "pytest>=9,<10",
    "pytest-cov>=7,<8",
    "pytest-xdist>=3.8,<4",
    "requests-mock>=1.12,<2",
    # A minor release of ruff may add rules, and all rules are selected.
    "ruff>=0.17.5,<0.18",
    # Simulates the syncs of many organisations: tools/scale, `make bench`.
    "simpy>=4.1,<5",
    "sqlfluff>=4.5,<5",
    "sqlglot>=30,<31",
    "types-PyYAML",
    "types-jsonschema",
    "types-requests>=2.32,<3",
    # Resolves the image's lock. PyAirbyte pins an older minor release: this range only states what we call.
    "uv>=0.8,<1",
]

# The dbt package, without its examples and what dbt leaves in a clone.
DBT_FILES = [
    "dbt/*.yml",
    "dbt/macros/*.sql",
    "dbt/models/*.*",
    "dbt/models/*/*",
    "dbt/tests/*.sql",
    "dbt/tests/generic/*.sql",
]


def page(text: str, repository: str) -> str:
    """Return the README as a page of PyPI, where a link within the repository leads nowhere.

    Such links lead to this version's file in the repository. Without an address of it their words stay, and the link goes.
    """

    def link(found: re.Match[str]) -> str:
        target = found["target"] if not found["target"].startswith("#") else f"README.md{found['target']}"
        return f"[{found['words']}]({repository}/blob/v{VERSION}/{target})" if repository else found["words"]

    return re.sub(r"\[(?P<words>[^\[\]]+)\]\((?!https?:)(?P<target>[^)\s]+)\)", link, text)


def addresses(repository: str) -> dict[str, str]:
    """Return the addresses that PyPI shows beside the page: pages of the repository, none when its address is not known."""
    pages = {
        "Source": "",
        "Documentation": f"/blob/v{VERSION}/docs/sources/xero-gl.md",
        "Changelog": f"/blob/v{VERSION}/CHANGELOG.md",
        "Issues": "/issues",
        "Security": "/security/policy",
    }
    return {name: repository + path for name, path in pages.items()} if repository else {}


setup(
    name="source-xero-gl",
    version=VERSION,
    description="Airbyte source connector for the general ledger and the invoices of Xero",
    long_description=page(Path(__file__).with_name("README.md").read_text(encoding="utf-8"), REPOSITORY),
    long_description_content_type="text/markdown",
    author="source-xero-gl contributors",
    keywords=["airbyte", "xero", "general-ledger", "accounting", "elt", "dbt", "duckdb"],
    project_urls=addresses(REPOSITORY),
    license_expression="MIT",
    license_files=["LICENSE"],
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Intended Audience :: Financial and Insurance Industry",
        "Operating System :: POSIX",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Typing :: Typed",
    ],
    python_requires=">=3.10,<3.14",
    packages=find_packages(include=["source_xero_gl", "source_xero_gl.*"]),
    # source_xero_gl/schemas and source_xero_gl/dbt are links to the folders at the top: builds copy what they point to.
    package_data={
        "source_xero_gl": ["py.typed", "spec.yaml", "schemas/*.json", "schemas/shared/*.json", *DBT_FILES],
        "source_xero_gl.commands.connect": ["templates/*.html", "static/*"],
        "source_xero_gl.commands.sync.page": ["templates/*"],
    },
    install_requires=INSTALL_REQUIRES,
    extras_require={"dagster": DAGSTER_REQUIRES, "dev": DEV_REQUIRES, "ledger": LEDGER_REQUIRES, "sync": SYNC_REQUIRES},
    entry_points={"console_scripts": ["source-xero-gl=source_xero_gl.run:main"]},
)
