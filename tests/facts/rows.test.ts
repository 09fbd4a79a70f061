import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { cacheFamily, CACHE_VERSIONS, cacheVersions } from "../../facts/cache-engines";
import {
  databaseEngine,
  postgresFamily,
  STATIC_POSTGRES_PARAMETERS,
} from "../../facts/database-engines";
import { FARGATE_CPU_UNITS, fargateMemories } from "../../facts/fargate-sizes";
import { instanceMemoryGiB, maximumConnections } from "../../facts/instance-memory";
import { NAME_LENGTHS } from "../../facts/name-lengths";
import { CLOUDFRONT_PREFIX_LIST } from "../../facts/prefix-lists";
import { SERVICE_QUOTAS } from "../../facts/service-quotas";
import { LISTENER_TLS, RECOMMENDED_LISTENER_TLS } from "../../facts/tls-policies";

const FACTS = path.join(__dirname, "..", "..", "facts");

describe("facts", () => {
  it("name nothing twice", () => {
    const lists: readonly (readonly string[])[] = [
      CACHE_VERSIONS.map(({ engine, version }) => `${engine} ${version}`),
      Object.values(SERVICE_QUOTAS).map(({ service, code }) => `${service}/${code}`),
      Object.values(CLOUDFRONT_PREFIX_LIST.ids),
      STATIC_POSTGRES_PARAMETERS.names,
      [...LISTENER_TLS.modern, ...LISTENER_TLS.older],
      RECOMMENDED_LISTENER_TLS.names,
    ];
    for (const list of lists) assert.equal(new Set(list).size, list.length, list.join());
    // A second key of the same name in a JSON file hides the first.
    for (const file of fs.readdirSync(FACTS).filter((name) => name.endsWith(".json"))) {
      const text = fs.readFileSync(path.join(FACTS, file), "utf8");
      const shown = JSON.stringify(JSON.parse(text), null, 2);
      const keys = (json: string) => json.match(/"[^"\n]+"\s*:/g)?.length ?? 0;
      assert.equal(keys(text), keys(shown), file);
    }
  });

  it("know engines by their versions and names", () => {
    assert.equal(postgresFamily("15"), "postgres15");
    assert.equal(postgresFamily("18.1"), "postgres18");
    assert.equal(postgresFamily("12.4"), undefined);
    assert.equal(cacheFamily("redis", "6.2"), "redis6.x");
    assert.equal(cacheFamily("valkey", "8.1"), "valkey8");
    assert.equal(cacheFamily("redis", "8.1"), undefined);
    assert.deepEqual(cacheVersions("valkey"), ["7.2", "8.0", "8.1", "8.2", "9.0", "9.1"]);
    assert.equal(databaseEngine("sqlserver-ex").port, 1433);
    assert.equal(databaseEngine("undefined").port, 5432);
  });

  it("hold what an account that is new has, which is never more than usual", () => {
    assert.equal(SERVICE_QUOTAS.lambdaConcurrency.newAccount, 10);
    assert.equal(SERVICE_QUOTAS.fargateVcpus.newAccount, 6);
    for (const { title, newAccount, usual } of Object.values(SERVICE_QUOTAS)) {
      assert.ok(newAccount > 0 && newAccount <= usual, title);
    }
  });

  it("hold limits and sizes in their order of magnitude", () => {
    assert.ok(Object.values(NAME_LENGTHS).every(({ maximum }) => maximum >= 32));
    assert.ok(FARGATE_CPU_UNITS.every((cpu) => fargateMemories(cpu).length > 1));
    const policies = [
      ...LISTENER_TLS.modern,
      ...LISTENER_TLS.older,
      ...RECOMMENDED_LISTENER_TLS.names,
    ];
    assert.ok(policies.every((name) => LISTENER_TLS.pattern.test(name)));
    assert.ok(Object.values(CLOUDFRONT_PREFIX_LIST.ids).every((id) => /^pl-[0-9a-f]{8}$/.test(id)));
  });

  it("know an instance's memory and connections by its class", () => {
    assert.equal(instanceMemoryGiB("db.r6g.large"), 16);
    assert.equal(instanceMemoryGiB("db.t4g.medium"), 4);
    assert.equal(instanceMemoryGiB("db.m6g.4xlarge"), 64);
    assert.throws(() => instanceMemoryGiB("db.x2g.large"), /x2g/);
    assert.equal(maximumConnections(16), 1802);
    assert.equal(maximumConnections(512), 5000);
  });
});
