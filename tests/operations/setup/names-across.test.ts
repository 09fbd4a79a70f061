import assert from "node:assert/strict";

import { clashes } from "../../../operations/setup/across";
import { validated } from "../../support/stack-files";

type Sections = Record<string, any>; // any: the cases reach into every section
type Change = (sections: Sections) => void;

const none: Change = () => undefined;

/** What production and staging have alike once both are changed. */
function found(production: Change, staging: Change): string[] {
  const stacks = { production: validated("production", production), staging: validated("staging", staging) };
  return clashes(new Map(Object.entries(stacks))).map(({ message }) => message);
} // prettier-ignore

const whole =
  (name: string): Change =>
  (sections) =>
    (sections["naming"].bucketNames = { "report-requests": name });

const copy =
  (name: string): Change =>
  (sections) =>
    (sections["storage"].buckets.backups.replication.bucketName = name);

const expected = (file: string, key: string, name: string, other: string): string =>
  `Pulumi.${file}.yaml: ${key}: expected a name of this stack's own, got ${name}, as in Pulumi.${other}.yaml`;

const group =
  (name: string): Change =>
  (sections) =>
    (sections["database"].subnetGroupName = name);

const WHOLE = "crm:naming.bucketNames";
const COPY = "crm:storage.buckets.*.replication.bucketName";

describe("setup: settings of two stacks", () => {
  it("are the same hosts of services in production and in its recovery stack", () => {
    const hosts: Change = ({ services }) => (services["auth"].route.hosts = ["partners"]);
    const of = (production: Change, recovery: Change) =>
      clashes(
        new Map([
          ["production", validated("production", production)],
          ["recovery", validated("recovery", recovery)],
        ]),
      ).filter(({ key }) => key.endsWith("route.hosts"));
    assert.deepEqual(of(none, none), []);
    assert.deepEqual(of(hosts, hosts), []);
    assert.deepEqual(
      of(hosts, none).map(({ message }) => message),
      [
        "Pulumi.recovery.yaml: crm:services.<name>.route.hosts: expected partners too, as in Pulumi.production.yaml, got none; after a failover its certificate must name them",
      ],
    );
  });

  it("have CloudFront both or neither in production and in its recovery stack", () => {
    const open: Change = ({ edge }) => {
      for (const key of ["restrictOrigin", "headers"]) delete edge[key];
      edge.distribution = { enabled: false };
    };
    const of = (production: Change, recovery: Change) =>
      clashes(
        new Map([
          ["production", validated("production", production)],
          ["recovery", validated("recovery", recovery)],
        ]),
      );
    assert.deepEqual(of(open, open), []);
    const [found, ...more] = of(open, none);
    assert.deepEqual(more, []);
    assert.equal(
      found?.message,
      "Pulumi.recovery.yaml: crm:edge.distribution.enabled: expected false, as in Pulumi.production.yaml, got true; after a failover its load balancer must accept the same requests",
    );
    assert.match(found.fix!, /crm:edge\.distribution\.enabled false --stack recovery$/);
  });

  it("are each stack's own in the shipped files", () => {
    assert.deepEqual(found(none, none), []);
  });

  const cases: [string, Change, Change, string][] = [
    ["a whole name in both", whole("reports"), whole("reports"), expected("staging", WHOLE, "reports", "production")],
    ["a whole name that the other has by its suffix", none, whole("crm-backups-prod"), expected("staging", WHOLE, "crm-backups-prod", "production")],
    ["a whole name that the other's logs of copies have", none, whole("crm-access-logs-us-west-2-prod"), expected("staging", WHOLE, "crm-access-logs-us-west-2-prod", "production")],
    ["a whole name that the other's copy has", none, whole("crm-backups-backup-west"), expected("staging", WHOLE, "crm-backups-backup-west", "production")],
    ["a copy that is called as the other's bucket", copy("crm-backups-staging"), none, expected("production", COPY, "crm-backups-staging", "staging")],
    ["a copy that is called as the other's logs", copy("crm-access-logs-staging"), none, expected("production", COPY, "crm-access-logs-staging", "staging")],
    ["a subnet group of both", group("crm-db"), group("crm-db"), expected("staging", "crm:database.subnetGroupName", "crm-db in us-east-1", "production")],
    ["a copy that is called as the other's whole name", copy("reports"), whole("reports"), expected("staging", WHOLE, "reports", "production")],
  ]; // prettier-ignore
  it("are names of buckets alone in different accounts", () => {
    const account: Change = (sections) => (sections["accountId"] = "999933334444");
    const both = (...changes: Change[]): Change => (sections) => changes.forEach((one) => void one(sections));
    const suffix: Change = (sections) => (sections["naming"].bucketSuffix = "prod");
    assert.deepEqual(found(none, both(account, whole("crm-backups-prod"))), [expected("staging", WHOLE, "crm-backups-prod", "production")]);
    assert.deepEqual(found(none, both(account, suffix)), [expected("staging", "crm:naming.bucketSuffix", "prod", "production")]);
  }); // prettier-ignore

  for (const [title, production, staging, message] of cases) {
    it(`names ${title}, once`, () => assert.deepEqual(found(production, staging), [message]));
  }
});
