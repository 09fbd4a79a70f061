/** A certificate of the load balancer that exists: `crm:cluster.loadBalancer.certificateArn`. */
import assert from "node:assert/strict";

import { edgeConfig, planEdge } from "../support/edge";

const CERTIFICATE = "aws:acm/certificate:Certificate";
const RECORD = "aws:route53/record:Record";

describe("CrmDns with a certificate that exists", () => {
  it("takes a load balancer's certificate that exists, and proves the other's hosts only", async () => {
    const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/one";
    let given: unknown;
    const other = await planEdge(edgeConfig(), {
      certificateArn,
      made: ({ dns }) => dns!.loadBalancerCertificateArn.apply((arn) => (given = arn)),
    });
    assert.equal(given, certificateArn);
    assert.equal(other.only(CERTIFICATE).name, "crm-dns-viewer");
    const proofs = other.ofType(RECORD).filter(({ inputs }) => inputs["type"] === "CNAME");
    assert.deepEqual(
      proofs.map(({ name }) => name),
      ["app", "api"].map((label) => `crm-dns-validation-${label}.crm-consulting.com`),
    );
  });

  it("takes the distributions' certificate that exists, and proves the other's hosts only", async () => {
    const viewer = "arn:aws:acm:us-east-1:123456789012:certificate/two";
    const plan = await planEdge(edgeConfig({ distribution: { certificateArn: viewer } }));
    assert.equal(plan.only(CERTIFICATE).name, "crm-dns-load-balancer");
    const shown = plan
      .ofType("aws:cloudfront/distribution:Distribution")
      .map(({ inputs }) => inputs["viewerCertificate"].acmCertificateArn);
    assert.deepEqual(shown, [viewer, viewer]);
    const proofs = plan.ofType(RECORD).filter(({ inputs }) => inputs["type"] === "CNAME");
    assert.deepEqual(
      proofs.map(({ name }) => name),
      ["origin", "origin-primary"].map((label) => `crm-dns-validation-${label}.crm-consulting.com`),
    );
  });

  // ACM's FAQ, "How does ACM construct CNAME records?": name and value follow from host and account, so another certificate may need
  // the record; ACM User Guide, "Renewal for domains validated by DNS": it renews while the record is in place.
  it("shares its proofs with other certificates in a zone that exists, and in no other", async () => {
    const proofs = async (zone?: object) => {
      const plan = await planEdge(edgeConfig(zone));
      const records = plan.ofType(RECORD).filter(({ inputs }) => inputs["type"] === "CNAME");
      assert.equal(records.length, 4);
      return records.map((one) => [one.inputs["allowOverwrite"], one.retainOnDelete]);
    };
    const shared = await proofs({ zone: { id: "Z0123456789ABCDEFGHIJ" } });
    assert.deepEqual(shared, Array(4).fill([true, true]));
    // A zone with records that stay could not be deleted.
    assert.deepEqual(await proofs(), Array(4).fill([undefined, false]));
  });
});
