/** How policies work together, by the IAM User Guide's pages on policy evaluation and their examples. */
import assert from "node:assert/strict";

import { type Policies } from "../../../analysis/iam";
import {
  ALICE,
  decide,
  EVERYTHING,
  HERE,
  identity,
  policy,
  ROLE,
  SESSION,
  THERE,
  verdict,
} from "./support";

const CARLOS = `arn:aws:iam::${HERE}:user/carlossalazar`;
const bucket = (name: string, ...principals: readonly unknown[]) =>
  policy(
    "resource",
    ...principals.map((Principal) => ({
      Effect: "Allow",
      Principal,
      Action: "s3:*",
      Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
    })),
  );
const nothing = (kind: "boundary" | "session") =>
  policy(kind, { Effect: "Allow", Action: "sns:Publish", Resource: "*" });

describe("IAM: one account (guide: Policy evaluation for requests within a single account)", () => {
  const carlos = identity(
    {
      Sid: "AllowS3ListRead",
      Effect: "Allow",
      Action: ["s3:GetBucketLocation", "s3:ListAccessPoints", "s3:ListAllMyBuckets"],
      Resource: "arn:aws:s3:::*",
    },
    {
      Sid: "AllowS3Self",
      Effect: "Allow",
      Action: "s3:*",
      Resource: ["arn:aws:s3:::carlossalazar/*", "arn:aws:s3:::carlossalazar"],
    },
    { Sid: "DenyS3Logs", Effect: "Deny", Action: "s3:*", Resource: "arn:aws:s3:::*log*" },
  );
  const save = (name: string, policies: Policies) =>
    decide(
      { who: CARLOS, action: "s3:PutObject", resource: `arn:aws:s3:::${name}/file` },
      policies,
    );

  it("denies Carlos the bucket of logs, by the statement that says so", () => {
    const { verdict: said, layer, statements } = save("carlossalazar-logs", { identity: [carlos] });
    assert.equal(said, "denied");
    assert.equal(layer, "explicit deny");
    assert.deepEqual(
      statements.map(({ statement }) => statement.sid),
      ["DenyS3Logs"],
    );
  });

  it("allows Carlos his own bucket by either policy and by both", () => {
    const own = bucket("carlossalazar", { AWS: CARLOS });
    assert.equal(save("carlossalazar", { identity: [carlos], resource: own }).verdict, "allowed");
    assert.equal(save("carlossalazar", { identity: [carlos] }).verdict, "allowed");
    assert.equal(save("carlossalazar", { resource: own }).verdict, "allowed");
    assert.equal(save("carlossalazar", {}).verdict, "denied");
  });

  it("tells implicit from explicit denials (guide: The difference between explicit and implicit denies)", () => {
    const reader = identity(
      { Sid: "AllowGetList", Effect: "Allow", Action: ["iam:Get*", "iam:List*"], Resource: "*" },
      { Sid: "DenyReports", Effect: "Deny", Action: "iam:*Report", Resource: "*" },
    );
    const ask = (action: string) => decide({ action }, { identity: [reader] });
    assert.equal(ask("iam:GetUser").verdict, "allowed");
    assert.deepEqual(
      [ask("iam:CreatePolicy").verdict, ask("iam:CreatePolicy").layer],
      ["denied", "identity"],
    );
    assert.equal(ask("iam:GetOrganizationsAccessReport").layer, "explicit deny");
    const more = identity({
      Effect: "Allow",
      Action: "iam:GenerateCredentialReport",
      Resource: "*",
    });
    const report = { action: "iam:GenerateCredentialReport" };
    assert.equal(verdict(report, { identity: [reader, more] }), "denied");
  });

  it("gives the root user everything that nothing denies", () => {
    const who = `arn:aws:iam::${HERE}:root`;
    const resource = "arn:aws:s3:::data/x";
    const guard = policy("resource", {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: "*",
    });
    assert.equal(verdict({ who, resource }, {}), "allowed");
    assert.equal(verdict({ who, resource }, { resource: guard }), "denied");
    const scps = [[policy("scp", { Effect: "Allow", Action: "ec2:*", Resource: "*" })]];
    assert.equal(verdict({ who, resource }, { scps }), "denied");
  });
});

describe("IAM: boundaries, sessions, SCPs (guide: Permissions boundaries, Policy evaluation logic)", () => {
  const all = [identity(EVERYTHING)];
  const put = { action: "s3:PutObject", resource: "arn:aws:s3:::data/x" };

  it("allows what identity policy and boundary both allow", () => {
    const s3 = policy("boundary", {
      Effect: "Allow",
      Action: ["s3:*", "cloudwatch:*", "ec2:*"],
      Resource: "*",
    });
    const users = [identity({ Effect: "Allow", Action: "iam:CreateUser", Resource: "*" })];
    assert.equal(
      verdict({ action: "iam:CreateUser" }, { identity: users, boundary: s3 }),
      "denied",
    );
    assert.equal(verdict(put, { identity: users, boundary: s3 }), "denied");
    assert.equal(verdict(put, { identity: all, boundary: s3 }), "allowed");
    const denying = policy("boundary", EVERYTHING, {
      Effect: "Deny",
      Action: "s3:*",
      Resource: "*",
    });
    assert.equal(decide(put, { identity: all, boundary: denying }).layer, "explicit deny");
  });

  it("allows what SCP, boundary and identity policy all allow, at every level of the organization", () => {
    const open = policy("scp", EVERYTHING);
    const narrow = policy("scp", { Effect: "Allow", Action: "s3:Get*", Resource: "*" });
    assert.equal(verdict(put, { identity: all, scps: [[open], [open]] }), "allowed");
    assert.equal(decide(put, { identity: all, scps: [[open], [narrow]] }).layer, "scp");
    assert.equal(verdict(put, { identity: all, scps: [[open, narrow]] }), "allowed");
    assert.equal(verdict(put, { scps: [[open]] }), "denied", "an SCP grants nothing");
  });

  it("denies by an RCP and grants nothing by it", () => {
    const secure = policy("rcp", {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: "*",
      Condition: { BoolIfExists: { "aws:SecureTransport": "false" } },
    });
    const plain = { ...put, context: { "aws:SecureTransport": false } };
    assert.equal(verdict(plain, { identity: all, rcps: [secure] }), "denied");
    const safe = { ...put, context: { "aws:SecureTransport": true } };
    assert.equal(verdict(safe, { identity: all, rcps: [secure] }), "allowed");
    assert.equal(verdict(safe, { rcps: [secure] }), "denied");
  });

  it("lets a session do what its policy and its role's both allow", () => {
    const who = SESSION;
    const get = policy("session", { Effect: "Allow", Action: "s3:GetObject", Resource: "*" });
    assert.equal(verdict({ ...put, who }, { identity: all, session: [get] }), "denied");
    assert.equal(
      verdict({ ...put, who, action: "s3:GetObject" }, { identity: all, session: [get] }),
      "allowed",
    );
    assert.equal(verdict({ ...put, who }, { identity: all }), "allowed");
  });

  it("gives a federated user's session nothing without a session policy", () => {
    const who = `arn:aws:sts::${HERE}:federated-user/alice`;
    assert.equal(decide({ ...put, who }, { identity: all }).layer, "session");
    const session = [policy("session", EVERYTHING)];
    assert.equal(verdict({ ...put, who }, { identity: all, session }), "allowed");
  });

  it("lets a VPC endpoint's policy through what it allows", () => {
    const endpoint = policy("endpoint", {
      Effect: "Allow",
      Principal: "*",
      Action: "s3:GetObject",
      Resource: "*",
    });
    assert.equal(decide(put, { identity: all, endpoint }).layer, "endpoint");
    assert.equal(
      verdict({ ...put, action: "s3:GetObject" }, { identity: all, endpoint }),
      "allowed",
    );
  });
});

describe("IAM: what limits a resource's grant in one account (guide: Resource-based policies and implicit denies)", () => {
  const resource = "arn:aws:s3:::data/x";
  /** Who asks; whom the bucket's policy names; whether identity policy, boundary, session limit the grant. */
  const rows: readonly [
    who: string,
    principal: unknown,
    limits: readonly [boolean, boolean, boolean],
  ][] = [
    [ALICE, { AWS: ALICE }, [false, false, false]],
    [ROLE, { AWS: ROLE }, [false, true, true]],
    [SESSION, { AWS: ROLE }, [false, true, true]],
    [SESSION, { AWS: SESSION }, [false, false, false]],
    [SESSION, "*", [false, false, false]],
    [SESSION, { AWS: HERE }, [true, true, true]],
    [
      `arn:aws:sts::${HERE}:federated-user/alice`,
      { AWS: `arn:aws:sts::${HERE}:federated-user/alice` },
      [false, false, false],
    ],
    [`arn:aws:sts::${HERE}:federated-user/alice`, { AWS: ALICE }, [false, true, true]],
  ];
  const session = [policy("session", EVERYTHING)];

  for (const [who, principal, [byIdentity, byBoundary, bySession]] of rows) {
    it(`${JSON.stringify(principal)} for ${who}`, () => {
      const data = bucket("data", principal);
      const said = (policies: Policies) =>
        verdict(
          { who, resource },
          { session: who.includes("federated") ? session : undefined, ...policies, resource: data },
        );
      const limited = (yes: boolean) => (yes ? "denied" : "allowed");
      assert.equal(said({}), limited(byIdentity), "identity policy");
      const all = [identity(EVERYTHING)];
      assert.equal(said({ identity: all }), "allowed", "nothing limits");
      assert.equal(
        said({ identity: all, boundary: nothing("boundary") }),
        limited(byBoundary),
        "boundary",
      );
      if (who !== ALICE) {
        assert.equal(
          said({ identity: all, session: [nothing("session")] }),
          limited(bySession),
          "session",
        );
      }
      const guard = identity({ Effect: "Deny", Action: "s3:*", Resource: "*" });
      assert.equal(said({ identity: [guard] }), "denied", "an explicit denial always counts");
    });
  }
});

describe("IAM: two accounts (guide: Cross-account policy evaluation logic)", () => {
  const who = `arn:aws:iam::${THERE}:user/carlossalazar`;
  const carlos = identity(
    { Sid: "AllowS3ListRead", Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" },
    {
      Sid: "AllowS3ProductionObjectActions",
      Effect: "Allow",
      Action: "s3:*Object*",
      Resource: "arn:aws:s3:::Production/*",
    },
    {
      Sid: "DenyS3Logs",
      Effect: "Deny",
      Action: "s3:*",
      Resource: ["arn:aws:s3:::*log*", "arn:aws:s3:::*log*/*"],
    },
  );
  const production = policy("resource", {
    Effect: "Allow",
    Action: ["s3:GetObject*", "s3:PutObject*", "s3:ReplicateObject", "s3:RestoreObject"],
    Principal: { AWS: who },
    Resource: "arn:aws:s3:::Production/*",
  });
  const put = { who, action: "s3:PutObject", resource: "arn:aws:s3:::Production/x" };

  it("allows what both accounts allow, and nothing that one of them does not", () => {
    assert.equal(verdict(put, { identity: [carlos], resource: production }), "allowed");
    assert.equal(decide(put, { identity: [carlos] }).layer, "resource");
    assert.equal(decide(put, { resource: production }).layer, "identity");
    const remove = { ...put, action: "s3:DeleteObject" };
    assert.equal(verdict(remove, { identity: [carlos], resource: production }), "denied");
    const logs = { ...put, resource: "arn:aws:s3:::Production-logs/x" };
    assert.equal(decide(logs, { identity: [carlos] }).layer, "explicit deny");
  });

  it("takes a grant to the account, and to everybody, as far as the caller's own account allows", () => {
    for (const principal of [{ AWS: THERE }, { AWS: `arn:aws:iam::${THERE}:root` }, "*"]) {
      const open = policy("resource", { ...EVERYTHING, Principal: principal });
      assert.equal(verdict(put, { identity: [carlos], resource: open }), "allowed");
      assert.equal(verdict(put, { resource: open }), "denied");
    }
    const other = policy("resource", { ...EVERYTHING, Principal: { AWS: "999988887777" } });
    assert.equal(verdict(put, { identity: [carlos], resource: other }), "denied");
  });

  it("limits a session that a resource of another account names by its boundary", () => {
    const session = `arn:aws:sts::${THERE}:assumed-role/app/s`;
    const open = policy("resource", { ...EVERYTHING, Principal: { AWS: session } });
    const policies = { identity: [identity(EVERYTHING)], resource: open };
    assert.equal(verdict({ ...put, who: session }, policies), "allowed");
    const limited = { ...policies, boundary: nothing("boundary") };
    assert.equal(verdict({ ...put, who: session }, limited), "denied");
  });
});
