# The server of modeldex, for a PostgreSQL of yours: docker build -t modeldex .
# The embedded PostgreSQL is left out: in a container the data belongs into a database that outlives it.

FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements-server.lock ./
RUN python -m venv /opt/modeldex && /opt/modeldex/bin/pip install --require-hashes -r requirements-server.lock
COPY pyproject.toml README.md LICENSE ./
COPY server server
COPY clients/python clients/python
COPY generated/python generated/python
RUN pip wheel --no-deps --wheel-dir dist . && /opt/modeldex/bin/pip install --no-deps dist/*.whl

FROM python:3.12-slim
LABEL org.opencontainers.image.title="modeldex" \
      org.opencontainers.image.description="A live catalogue of AI models behind gRPC" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin modeldex \
    && install -d -o modeldex -g modeldex -m 0700 /var/lib/modeldex /etc/modeldex
COPY --from=build /opt/modeldex /opt/modeldex
ENV PATH=/opt/modeldex/bin:$PATH PYTHONUNBUFFERED=1 \
    MODELDEX_LISTEN=0.0.0.0:50051 \
    MODELDEX_METRICS_LISTEN=0.0.0.0:9464 \
    MODELDEX_DATA_DIR=/var/lib/modeldex \
    MODELDEX_LOG_FORMAT=json
USER 10001:10001
WORKDIR /var/lib/modeldex
VOLUME /var/lib/modeldex
EXPOSE 50051 9464
# Health needs no token.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 CMD ["modeldex", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["modeldex"]
CMD ["serve"]
