# syntax=docker/dockerfile:1
# One image for all processes: which one a container is, its command says (see compose.yaml).

FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/production.txt /build/production.txt
RUN /opt/venv/bin/pip install --require-hashes -r /build/production.txt
COPY . /srv/portal
WORKDIR /srv/portal
# Hashed and compressed once, here: a container never writes beside its code. The settings want
# values that the static files do not depend on.
RUN DJANGO_SETTINGS_MODULE=bearing_portal.settings.production \
    SECRET_KEY="only-while-the-image-is-built-0123456789-abcdefghijklmnopqrstuvwxyz" \
    ALLOWED_HOSTS=localhost DATABASE_URL=postgresql://nobody:none@localhost:5432/none \
    REDIS_URL=redis://localhost:6379/0 DATA_DIR=/tmp/data LOG_TO_FILE=false \
    STATIC_ROOT=/srv/static \
    /opt/venv/bin/python manage.py prepare --only static

# The documentation's site: what builds it stays out of the image.
FROM build AS docs
RUN /opt/venv/bin/pip install --require-hashes -r /srv/portal/requirements/docs.txt \
    && /opt/venv/bin/python docs/site/build.py --out /srv/docs

FROM python:3.12-slim-bookworm
RUN groupadd --gid 10001 portal \
    && useradd --uid 10001 --gid portal --no-create-home --home-dir /nonexistent portal \
    && install --directory --owner portal --group portal --mode 0700 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv /srv
COPY --from=docs /srv/docs /srv/docs
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=bearing_portal.settings.production \
    DATA_DIR=/data STATIC_ROOT=/srv/static DOCS_SITE_DIR=/srv/docs LOG_TO_FILE=false HOST=0.0.0.0 PORT=8000
WORKDIR /srv/portal
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["python", "deploy/alive.py"]
CMD ["sh", "-c", "exec python -m bearing_portal.serve -b $HOST -p $PORT"]
