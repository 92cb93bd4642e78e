# The hub alone; PostgreSQL and NATS run beside it, see compose.yaml.
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /hub && /hub/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY . .
RUN /hub/bin/pip install --no-cache-dir --no-deps --no-build-isolation --no-index .

FROM python:3.11-slim
RUN useradd --system --create-home --home-dir /var/lib/mdm mdm && install --directory --owner=mdm /var/lib/mdm/.mdm
COPY --from=build /hub /hub
ENV PATH=/hub/bin:$PATH MDM_HOST=0.0.0.0 MDM_LOG_FORMAT=json
USER mdm
WORKDIR /var/lib/mdm
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/health/ready', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["mdm", "up"]
