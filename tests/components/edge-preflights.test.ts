import assert from "node:assert/strict";

import { APP_ORIGIN, edgeConfig, planEdge, runEdgeFunction } from "../support/edge";
import type { Recording } from "../support/mocks";
import { matched, type ViewerRequest } from "../support/web-acl";

const aclRules = (plan: Recording, name: string) =>
  plan.get("aws:wafv2/webAcl:WebAcl", name).inputs["rules"] as Record<string, any>[];

/** Whether the function behind the firewall answers a request instead of passing it on. */
function answersByItself({ uri, method, headers }: ViewerRequest): boolean {
  const values = Object.entries(headers ?? {}).map(([name, value]) => [name, { value }]);
  const answer = runEdgeFunction("viewer-address", {
    request: { uri, method, querystring: {}, headers: Object.fromEntries(values), cookies: {} },
    viewer: { ip: "192.0.2.1" },
  });
  return answer.statusCode === 204;
}

describe("CrmFirewall: preflights", () => {
  // Refused, a preflight is a network error, whatever headers the 403 of the request itself has.
  it("lets exactly the preflights through that the distributions answer by themselves", async () => {
    const other = await planEdge(edgeConfig({ distribution: { allowedCountries: ["US"] } }));
    const [rule] = aclRules(other, "crm-firewall-edge");
    assert.deepEqual(rule!["action"], { allow: {} });
    for (const method of ["OPTIONS", "GET", "POST"]) {
      for (const origin of [APP_ORIGIN, "https://evil.example", undefined]) {
        for (const wanted of ["PUT", undefined]) {
          const headers = {
            ...(origin !== undefined && { origin }),
            ...(wanted !== undefined && { "access-control-request-method": wanted }),
          };
          const request = { uri: "/v1/contacts", method, headers };
          const answered = answersByItself(request);
          assert.equal(matched(rule!["statement"], request), answered, JSON.stringify(request));
        }
      }
    }
    // They end at the edge: the load balancer's firewall sees none of them.
    const behind = aclRules(other, "crm-firewall-load-balancer");
    assert.equal(
      behind.some(({ action }) => action?.allow !== undefined),
      false,
    );
  });
});
