import { strict as assert } from "node:assert";

import { API_DOMAIN_TLS, LISTENER_TLS, TRANSFER_POLICY } from "../../facts/tls-policies";

/**
 * The policies of AWS's pages "Security policies for your Application Load Balancer" and "... Network Load Balancer", with the lowest version of
 * TLS and whether a cipher without forward secrecy is among them ("rsa"), as the tables of public copies of the pages have them, of autumn 2026.
 */
const AWS = `
TLS13-1-3-2021-06 1.3
TLS13-1-3-PQ-2025-09 1.3
TLS13-1-2-2021-06 1.2
TLS13-1-2-PQ-2025-09 1.2
TLS13-1-2-Res-2021-06 1.2
TLS13-1-2-Res-PQ-2025-09 1.2
TLS13-1-2-Ext2-2021-06 1.2 rsa
TLS13-1-2-Ext2-PQ-2025-09 1.2 rsa
TLS13-1-2-Ext1-2021-06 1.2 rsa
TLS13-1-2-Ext1-PQ-2025-09 1.2 rsa
TLS13-1-1-2021-06 1.1 rsa
TLS13-1-0-2021-06 1.0 rsa
TLS13-1-0-PQ-2025-09 1.0 rsa
TLS-1-2-Ext-2018-06 1.2 rsa
TLS-1-2-2017-01 1.2 rsa
TLS-1-1-2017-01 1.1 rsa
2016-08 1.0 rsa
2015-05 1.0 rsa
TLS13-1-3-FIPS-2023-04 1.3
TLS13-1-3-FIPS-PQ-2025-09 1.3
TLS13-1-2-FIPS-2023-04 1.2
TLS13-1-2-FIPS-PQ-2025-09 1.2
TLS13-1-2-Res-FIPS-2023-04 1.2
TLS13-1-2-Res-FIPS-PQ-2025-09 1.2
TLS13-1-2-Ext2-FIPS-2023-04 1.2 rsa
TLS13-1-2-Ext2-FIPS-PQ-2025-09 1.2 rsa
TLS13-1-2-Ext1-FIPS-2023-04 1.2 rsa
TLS13-1-2-Ext1-FIPS-PQ-2025-09 1.2 rsa
TLS13-1-2-Ext0-FIPS-2023-04 1.2
TLS13-1-2-Ext0-FIPS-PQ-2025-09 1.2
TLS13-1-1-FIPS-2023-04 1.1 rsa
TLS13-1-0-FIPS-2023-04 1.0 rsa
TLS13-1-0-FIPS-PQ-2025-09 1.0 rsa
TLS13-1-3-RFC9151-FIPS-2023-07 1.3
TLS13-1-2-RFC9151-FIPS-2023-07 1.2
TLS13-1-2-Ext0-RFC9151-FIPS-2023-07 1.2 rsa
TLS13-1-2-RFC9151-INTEROP1-FIPS-2023-07 1.2
TLS13-1-2-RFC9151-INTEROP2-FIPS-2023-07 1.2
TLS13-1-2-RFC9151-INTEROP3-FIPS-2023-07 1.2
TLS13-1-2-RFC9151-INTEROP4-FIPS-2023-07 1.2 rsa
FS-1-2-Res-2020-10 1.2
FS-1-2-Res-2019-08 1.2
FS-1-2-2019-08 1.2
FS-1-1-2019-08 1.1
FS-2018-06 1.0
`
  .trim()
  .split("\n")
  .map((row) => row.split(" "))
  .map(([name, lowest, rsa]) => ({
    name: `ELBSecurityPolicy-${name}`,
    strong: Number(lowest) >= 1.2,
    forwardSecret: rsa === undefined,
  }));

describe("facts: TLS policies of listeners", () => {
  for (const { name, strong } of AWS) {
    it(`${name} ${strong ? "begins at TLS 1.2 or 1.3" : "has TLS 1.0 or 1.1"}`, () => {
      assert.equal(LISTENER_TLS.pattern.test(name), strong);
    });
  }

  it("offer what AWS has: with TLS 1.3, with and without FIPS and post-quantum exchange, and forward secrecy alone", () => {
    const offered = AWS.filter(
      ({ name, strong, forwardSecret }) =>
        strong &&
        forwardSecret &&
        name.includes("TLS13") &&
        // These need a certificate that crm:edge does not request, or have AES-CBC with SHA-1.
        !/RFC9151|Ext0/.test(name),
    );
    assert.deepEqual([...LISTENER_TLS.modern].sort(), offered.map(({ name }) => name).sort());
  });

  it("take the names that aws/s2n-tls has for policies of 2026-07, which the pages do not list yet", () => {
    const name = "ELBSecurityPolicy-TLS13-1-2-CNSA2-INTEROP2-FIPS-PQ-2026-07";
    assert.ok(LISTENER_TLS.pattern.test(name));
  });

  it("take no name that only looks like one", () => {
    for (const name of ["ELBSecurityPolicy-TLS13-1-2", "x-ELBSecurityPolicy-TLS13-1-2-2021-06"]) {
      assert.equal(LISTENER_TLS.pattern.test(name), false, name);
    }
  });
});

/** The values of SecurityPolicy in AWS's model of API Gateway's API, botocore's of 2026-08-07. */
const API_GATEWAY = [
  "TLS_1_0",
  "TLS_1_2",
  "SecurityPolicy_TLS13_1_3_2025_09",
  "SecurityPolicy_TLS13_1_3_FIPS_2025_09",
  "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
  "SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09",
  "SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09",
  "SecurityPolicy_TLS13_1_2_PQ_2025_09",
  "SecurityPolicy_TLS13_1_2_2021_06",
  "SecurityPolicy_TLS13_2025_EDGE",
  "SecurityPolicy_TLS12_PFS_2025_EDGE",
  "SecurityPolicy_TLS12_2018_EDGE",
];

/** The values of securityPolicyName in the text of the provider's Server, 7.48, after TransferSecurityPolicy-. */
const TRANSFER =
  "2018-11 2020-06 2022-03 2023-05 2024-01 2025-03 FIPS-2020-06 FIPS-2023-05 FIPS-2024-01 FIPS-2024-05 FIPS-2025-03 " +
  "PQ-SSH-Experimental-2023-04 PQ-SSH-FIPS-Experimental-2023-04 Restricted-2018-11 Restricted-2020-06 Restricted-2024-06 " +
  "SshAuditCompliant-2025-02 AS2Restricted-2025-07";

describe("facts: TLS policies of API domains and file transfer", () => {
  it("of all that API Gateway has, TLS_1_0 alone begins before TLS 1.2", () => {
    const old = API_GATEWAY.filter((name) => !API_DOMAIN_TLS.pattern.test(name));
    assert.deepEqual(old, ["TLS_1_0"]);
    const invented = API_DOMAIN_TLS.recommended.filter((name) => !API_GATEWAY.includes(name));
    assert.deepEqual(invented, []);
  });

  it("the month of each transfer policy is read, and four are AWS's latest", () => {
    const months = TRANSFER.split(" ").map(
      (name) => TRANSFER_POLICY.pattern.exec(`TransferSecurityPolicy-${name}`)?.[1],
    );
    assert.ok(!months.includes(undefined));
    const latest = TRANSFER.split(" ").filter(
      (_, index) => months[index]! >= TRANSFER_POLICY.latest,
    );
    assert.deepEqual(latest, [
      "2025-03",
      "FIPS-2025-03",
      "SshAuditCompliant-2025-02",
      "AS2Restricted-2025-07",
    ]);
  });
});
