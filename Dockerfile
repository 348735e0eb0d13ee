# A server for a classroom. The first stage builds and installs the wheel, the second one only runs it.
#   docker build --build-arg TORCH=no .
# TORCH=auto takes PyTorch along when its index of CPU builds answers, yes takes it from wherever, no leaves it out.
FROM python:3.13-slim AS build
ARG TORCH=auto
WORKDIR /src
ENV PATH=/opt/gradwalk/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /opt/gradwalk
COPY pyproject.toml ./
COPY requirements requirements
COPY tools tools
RUN case "$TORCH" in \
      auto) python tools/install_torch.py --cpu-only ;; \
      yes) python tools/install_torch.py --required ;; \
      no) echo "Building without PyTorch" ;; \
      *) echo "TORCH is auto, yes or no, not $TORCH"; exit 1 ;; \
    esac
COPY . .
RUN pip install --no-cache-dir --constraint requirements/run.txt .

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home gradwalk && install --directory --owner gradwalk /data
COPY --from=build /opt/gradwalk /opt/gradwalk
ENV PATH=/opt/gradwalk/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    GRADWALK_HOST=0.0.0.0 \
    GRADWALK_BROWSER=no \
    GRADWALK_DATA=/data \
    GRADWALK_RUNS_FILE=/data/runs.sqlite
USER 10001
WORKDIR /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "from os import environ; from urllib.request import urlopen; urlopen(f'http://127.0.0.1:{environ.get(\"GRADWALK_PORT\", 8000)}/healthz', timeout=2)"]
CMD ["gradwalk"]
