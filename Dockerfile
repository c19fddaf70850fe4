# Builds with a compiler, runs without one. Both stages have the same Node and the same libc, so that the compiled
# better-sqlite3 of the first fits the second.
FROM node:24-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json assay.example.toml ./
COPY scripts/build.ts scripts/
COPY proto proto
COPY migrations migrations
COPY workers workers
COPY src src
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    ASSAY_SERVER__LISTEN=0.0.0.0:50551 \
    ASSAY_STORE__DATABASE=/data/assay.db
WORKDIR /app
COPY --from=build /app/package.json /app/assay.example.toml ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/proto proto
COPY --from=build /app/dist dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 50551
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s --retries=3 \
    CMD ["node", "dist/src/main.js", "health"]
# One thread for the background work of V8: with its four, two processors have none left for the event loop.
CMD ["node", "--v8-pool-size=1", "dist/src/main.js", "start"]
