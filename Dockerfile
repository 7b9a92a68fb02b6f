# Three stages: build with everything, the product without what only builds, and the commands that need PostgreSQL's client.
# No `syntax` line: nothing here needs a newer front end, and it would be one more image to fetch.

FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build
# `npm start` builds, so its tools are dependencies. The pages and the bundles are made now: what only they were made with goes,
# and of the fonts all faces that no paper is set in.
RUN npm pkg delete \
    dependencies.@lucide/svelte dependencies.@simplewebauthn/browser dependencies.@sveltejs/adapter-static \
    dependencies.@sveltejs/kit dependencies.@sveltejs/vite-plugin-svelte dependencies.@tailwindcss/vite \
    dependencies.dexie dependencies.esbuild dependencies.fflate dependencies.pdf-lib dependencies.svelte \
    dependencies.tailwindcss dependencies.tsx dependencies.tus-js-client dependencies.typescript dependencies.vite \
    dependencies.workbox-core dependencies.workbox-precaching dependencies.workbox-routing \
    dependencies.workbox-strategies \
  && npm prune --omit=dev && rm -rf node_modules/typescript \
  && find node_modules/@expo-google-fonts -name '*.ttf' | while read -r face; do \
    grep -q "${face#node_modules/}" server/papers/fonts.ts || rm "$face"; \
  done

FROM node:22-bookworm-slim AS app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
# As in server/process-settings.mjs.
ENV MALLOC_TRIM_THRESHOLD_=131072
ENV DISABLE_SYSTEM_FONTS_LOAD=1
WORKDIR /app
# The files belong to root and are only read; the process may write to /data alone.
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/build ./build
COPY --from=build /app/server/papers/templates ./server/papers/templates
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
# 200 only while database and files answer.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/api/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "--enable-source-maps", "--max-old-space-size=1024", "build/server.js"]

# pg_dump refuses a server newer than itself: the client is the one of the server's own image in compose.yaml.
FROM postgres:17 AS operations
ENV NODE_ENV=production DATA_DIR=/data
WORKDIR /app
COPY --from=app /usr/local/bin/node /usr/local/bin/node
COPY --from=app /app ./
# The user `node` of the other image.
USER 1000:1000
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["build/back-up.js", "/backup"]
