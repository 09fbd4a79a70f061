export { createConnectionUrl } from "./connection-url";
export { postgresUrl, redisUrl } from "./connection-urls";
