import assert from "node:assert/strict";

import { Names } from "../../platform/names";
import { names, stagingNames } from "../support/fixtures";

describe("Names", () => {
  it("gives production the document's names", () => {
    assert.equal(names.of("auth-service"), "crm-auth-service");
    assert.equal(names.environment(), "crm-production");
    assert.equal(names.environment("alb", "loadBalancer"), "crm-production-alb");
    assert.equal(names.bucket("user-uploads"), "crm-user-uploads-prod");
    assert.equal(names.parameter("auth", "jwt-secret"), "/crm/auth/jwt-secret");
    assert.equal(names.keyAlias("database"), "alias/crm-database");
  });

  it("gives a bucket the whole name that the stack file has for it", () => {
    const own = new Names({
      ...{ application: "crm", environmentLabel: "production", bucketSuffix: "prod" },
      bucketNames: { "report-requests": "crm-report-requests" },
    });
    assert.equal(own.bucket("report-requests"), "crm-report-requests");
    assert.equal(own.bucket("user-uploads"), "crm-user-uploads-prod");
  });

  it("gives an alarm the whole name that the stack file has for it, and no other one", () => {
    const own = new Names({
      ...{ application: "crm", environmentLabel: "production", bucketSuffix: "prod" },
      alarmNames: { "RDS-High-CPU": "RDS-High-CPU" },
    });
    assert.equal(own.alarm("RDS-High-CPU"), "RDS-High-CPU");
    assert.equal(own.alarm("RDS-High-CPU-replica"), "crm-RDS-High-CPU-replica");
    assert.equal(stagingNames.alarm("RDS-High-CPU"), "crm-staging-RDS-High-CPU");
    const long = { ...names["args"], alarmNames: { "RDS-High-CPU": "a".repeat(256) } };
    assert.throws(() => new Names(long).alarm("RDS-High-CPU"), /AWS accepts at most 255/);
  });

  it("gives a queue the whole name that the stack file has for it, and nothing else of that part", () => {
    const own = new Names({
      ...{ application: "crm", environmentLabel: "production", bucketSuffix: "prod" },
      queueNames: { "dlq-email": "dlq-email" },
    });
    assert.equal(own.of("dlq-email", "queue"), "dlq-email");
    assert.equal(own.of("dlq-social-processor", "queue"), "crm-dlq-social-processor");
    assert.equal(own.of("dlq-email", "role"), "crm-dlq-email");
  });

  it("sets another stack of the account apart in every kind of name", () => {
    assert.equal(stagingNames.of("auth-service"), "crm-staging-auth-service");
    assert.equal(stagingNames.environment("alb"), "crm-staging-alb");
    assert.equal(stagingNames.bucket("user-uploads"), "crm-user-uploads-staging");
    assert.equal(stagingNames.parameter("auth", "jwt-secret"), "/crm-staging/auth/jwt-secret");
    assert.equal(stagingNames.keyAlias("database"), "alias/crm-staging-database");
  });

  it("refuses a name that AWS would refuse for its length, and says which", () => {
    assert.throws(
      () => names.environment("a-very-long-name-of-a-balancer", "loadBalancer"),
      /The loadBalancer name "crm-production-a-very-long-name-of-a-balancer" has 45 characters; AWS accepts at most 32/,
    );
    assert.doesNotThrow(() => names.environment("x".repeat(17), "loadBalancer"));
  });
});
