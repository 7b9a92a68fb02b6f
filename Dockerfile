# Three stages: build with everything, the product without what only builds, and the commands that need PostgreSQL's client.
# No `syntax` line: nothing here needs a newer front end, and it would be one more image to fetch.

FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:22-bookworm-slim AS app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
# As in server/process-settings.mjs.
ENV MALLOC_TRIM_THRESHOLD_=131072
WORKDIR /app
# The files belong to root and are only read; the process may write to /data alone.
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/build ./build
COPY --from=build /app/server ./server
COPY --from=build /app/src/lib/domain ./src/lib/domain
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
# 200 only while database and files answer.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/api/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "--enable-source-maps", "--max-old-space-size=1024", "build/server.js"]

FROM app AS operations
USER root
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
USER node
ENTRYPOINT ["node", "--import", "tsx"]
CMD ["server/operations/back-up.ts", "/backup"]
