import assert from "node:assert/strict";

import { postgresUrl, redisUrl } from "../../components/connection-url/connection-urls";

describe("connection URLs", () => {
  const database = {
    host: "db.example",
    port: 5432,
    database: "crm",
    user: "owner",
    password: "p@ss/word?#:%",
    sslMode: "require",
  };

  it("survive every sign in a password", () => {
    const url = new URL(postgresUrl(database));
    assert.equal(decodeURIComponent(url.password), database.password);
    assert.equal(url.hostname, "db.example");
    assert.equal(url.port, "5432");
    assert.equal(url.pathname, "/crm");
    assert.equal(url.searchParams.get("sslmode"), "require");
    const redis = new URL(redisUrl({ host: "r.example", port: 6379, tls: true, token: "a@b/c" }));
    assert.equal(decodeURIComponent(redis.password), "a@b/c");
    assert.equal(redis.hostname, "r.example");
  });

  it("name the certificate file where there is one", () => {
    const url = new URL(postgresUrl({ ...database, sslRootCertificate: "/etc/ssl/rds.pem" }));
    assert.equal(url.searchParams.get("sslrootcert"), "/etc/ssl/rds.pem");
  });

  it("say whether Redis is reached over TLS", () => {
    assert.equal(redisUrl({ host: "r", port: 6379, tls: false }), "redis://r:6379");
    assert.equal(redisUrl({ host: "r", port: 6380, tls: true }), "rediss://r:6380");
  });
});
