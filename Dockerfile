# One image for every process of ARV; what a container is, its command says (docker-compose.yml).
# TypeScript is run from source, so the workspace keeps its layout: Node strips types only outside node_modules.
FROM node:24-bookworm-slim

ENV NODE_ENV=production npm_config_update_notifier=false
WORKDIR /arv
COPY . .
# The devDependency `node` would be a second Node, and PostgreSQL has a container of its own.
RUN npx -y pnpm@12 install --frozen-lockfile --prod && rm -rf /root/.npm
# What phones load is built once, here, and not by whoever starts first.
RUN node packages/viewer/scripts/build.ts
RUN mkdir -p /data && chown node:node /data
USER node
EXPOSE 4000
CMD ["node", "gateway/src/main.ts"]
