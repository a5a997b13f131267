ARG BASE_IMAGE=docker.io/airbyte/python-connector-base:4.0.2@sha256:9fdb1888c4264cf6fee473649ecb593f56f58e5d0096a87ee0b231777e2e3e73

FROM ${BASE_IMAGE} AS builder
USER root
WORKDIR /build
COPY LICENSE README.md pyproject.toml setup.py ./
# source_xero_gl/schemas is a link to schemas/: both are needed for the build to find the files.
COPY schemas ./schemas
COPY source_xero_gl ./source_xero_gl
# The test suites of pandas, numpy and others are of no use in the image, and large.
RUN pip install --no-cache-dir --prefix=/install . \
 && find /install -type d -name tests -prune -exec rm -rf {} +

FROM ${BASE_IMAGE}
LABEL io.airbyte.name="airbyte/source-xero-gl" \
      io.airbyte.version="0.1.0"
COPY --from=builder /install /usr/local
# The root file system may be read-only: nothing is written outside of /tmp.
ENV PYTHONDONTWRITEBYTECODE=1 \
    AIRBYTE_ENTRYPOINT="source-xero-gl"
WORKDIR /airbyte
USER airbyte
ENTRYPOINT ["source-xero-gl"]
