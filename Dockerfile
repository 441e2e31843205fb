# syntax=docker/dockerfile:1
# Lagrange: both planes and the panel in one image, without a shell and without a package manager. scripts/image.mjs says what is in it.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /src
COPY . .
# What a folder that is there already belongs to, COPY leaves as it is: so the volume's goes by itself.
RUN node scripts/image.mjs /image && mv /image/data /volume

FROM scratch
COPY --from=build /image/ /
COPY --from=build --chown=65532:65532 /volume /data
ENV NODE_ENV=production \
    LOG_FORMAT=json \
    DATA_DIR=/data \
    HOST=0.0.0.0 \
    CONTROL_HOST=0.0.0.0
USER 65532:65532
VOLUME /data
# The APIs for clients, and the panel.
EXPOSE 8088 8089
HEALTHCHECK --interval=10s --timeout=6s --start-period=20s --retries=3 \
  CMD ["/usr/local/bin/node", "/app/bin/lagrange.mjs", "health"]
STOPSIGNAL SIGTERM
WORKDIR /app
ENTRYPOINT ["/usr/local/bin/node", "/app/bin/lagrange.mjs"]
CMD ["start"]
