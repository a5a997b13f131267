ARG BASE_IMAGE=docker.io/airbyte/python-connector-base:4.0.2@sha256:9fdb1888c4264cf6fee473649ecb593f56f58e5d0096a87ee0b231777e2e3e73

FROM ${BASE_IMAGE} AS builder
USER root
WORKDIR /build
# The lock names every package with its hashes, so that a build can be repeated (`make lock` renews it). It comes first and
# alone: the layer stays the same while the lock does. Some packages bring their test suites along; they are not needed.
COPY requirements.lock ./
RUN pip install --no-cache-dir --no-deps --ignore-installed --require-hashes --only-binary :all: --prefix=/dependencies \
      --requirement requirements.lock \
 && find /dependencies/lib -type d -name tests -prune -exec rm -rf {} +
COPY LICENSE README.md pyproject.toml setup.py ./
# source_xero_gl/schemas is a link to schemas/: both are needed for the build to find the files.
COPY schemas ./schemas
COPY source_xero_gl ./source_xero_gl
# Built with the base image's setuptools, which is pinned with it, and not with the newest one.
RUN pip install --no-cache-dir --no-deps --no-build-isolation --prefix=/connector .

FROM ${BASE_IMAGE}
ARG BASE_IMAGE
LABEL io.airbyte.name="airbyte/source-xero-gl" \
      io.airbyte.version="0.1.0" \
      org.opencontainers.image.title="source-xero-gl" \
      org.opencontainers.image.description="Airbyte source connector for the general ledger and the invoices of Xero" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="${BASE_IMAGE}"
COPY --from=builder /dependencies/lib /usr/local/lib
COPY --from=builder /connector /usr/local
# The root file system may be read-only: nothing is written to it, and no temporary folder is needed.
ENV PYTHONDONTWRITEBYTECODE=1 \
    AIRBYTE_ENTRYPOINT="source-xero-gl"
WORKDIR /airbyte
# The user airbyte, as a number: Kubernetes refuses names where it is told to run as non-root.
USER 1000:1000
ENTRYPOINT ["source-xero-gl"]
