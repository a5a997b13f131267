ARG BASE_IMAGE=docker.io/airbyte/python-connector-base:4.0.2@sha256:9fdb1888c4264cf6fee473649ecb593f56f58e5d0096a87ee0b231777e2e3e73

FROM ${BASE_IMAGE} AS builder
USER root
WORKDIR /build
# Dependencies come first and without the sources, so that their layer stays the same while setup.py does.
COPY pyproject.toml setup.py ./
# What the CDK's other features ask for (readers of files, fuzzy dates, Google's secret store, coloured terminals) and this
# connector never imports is taken out again: three quarters of the size. So are the test suites of the rest.
RUN touch LICENSE README.md \
 && python -m venv --system-site-packages --without-pip /dependencies \
 && pip --python /dependencies/bin/python install --no-cache-dir . \
 && pip --python /dependencies/bin/python uninstall --yes --quiet source-xero-gl \
      pandas numpy nltk joblib regex tqdm rapidfuzz unidecode dateparser tzlocal \
      google-cloud-secret-manager google-api-core google-auth googleapis-common-protos grpc-google-iam-v1 grpcio \
      grpcio-status proto-plus protobuf pyasn1 pyasn1-modules \
      rich rich-click pygments markdown-it-py mdurl setuptools \
 && find /dependencies/lib -type d \( -name tests -o -name nltk_data \) -prune -exec rm -rf {} +
COPY LICENSE README.md ./
# source_xero_gl/schemas is a link to schemas/: both are needed for the build to find the files.
COPY schemas ./schemas
COPY source_xero_gl ./source_xero_gl
RUN pip install --no-cache-dir --no-deps --prefix=/connector .

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
