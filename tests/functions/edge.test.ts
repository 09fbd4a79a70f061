import assert from "node:assert/strict";

import { edgeFunctionCode } from "../../components/shared/cloudfront-functions";
import { runEdgeFunction } from "../support/edge";

/** A viewer request as CloudFront hands it to a function. */
function viewerRequest(uri: string, headers: Record<string, { value: string }> = {}) {
  return { request: { method: "GET", uri, querystring: {}, headers, cookies: {} } };
}

describe("functions/edge/single-page-app", () => {
  const paths: [string, string][] = [
    ["/", "/index.html"],
    ["/deals/42", "/index.html"],
    ["/deals/42/", "/index.html"],
    ["/settings/v1.2/profile", "/index.html"],
    ["/index.html", "/index.html"],
    ["/favicon.ico", "/favicon.ico"],
    ["/static/x.js", "/static/x.js"],
    ["/manifest.webmanifest", "/manifest.webmanifest"],
  ];
  for (const [from, to] of paths) {
    it(`asks for ${to} when the viewer asks for ${from}`, () => {
      assert.equal(runEdgeFunction("single-page-app", viewerRequest(from)).uri, to);
    });
  }

  it("leaves the rest of the request as it is", () => {
    const event = viewerRequest("/deals/42", { accept: { value: "text/html" } });
    assert.deepEqual(runEdgeFunction("single-page-app", event), {
      ...event.request,
      uri: "/index.html",
    });
  });
});

describe("functions/edge/maintenance", () => {
  it("answers people with a page", () => {
    const accept = { value: "text/html,application/xhtml+xml,*/*;q=0.8" };
    const answer = runEdgeFunction("maintenance", viewerRequest("/", { accept }));
    assert.equal(answer.statusCode, 503);
    assert.equal(answer.headers["content-type"].value, "text/html; charset=utf-8");
    assert.match(answer.body.data, /<h1>We will be back soon<\/h1>/);
  });

  for (const headers of [{}, { accept: { value: "application/json" } }] as Record<
    string,
    { value: string }
  >[]) {
    it(`answers programs with JSON (${JSON.stringify(headers)})`, () => {
      const answer = runEdgeFunction("maintenance", viewerRequest("/api/v1/x", headers));
      assert.equal(answer.statusCode, 503);
      assert.equal(answer.headers["content-type"].value, "application/json");
      assert.equal(JSON.parse(answer.body.data).error, "service_unavailable");
    });
  }

  it("says when to try again, and that nobody may keep the answer", () => {
    const { headers } = runEdgeFunction("maintenance", viewerRequest("/"));
    assert.equal(headers["retry-after"].value, "120");
    assert.equal(headers["cache-control"].value, "no-store");
  });
});

describe("the code of edge functions", () => {
  it("stays below CloudFront's limit and uses nothing that its runtime lacks", () => {
    for (const name of ["single-page-app", "maintenance"] as const) {
      const code = edgeFunctionCode(name);
      assert.ok(Buffer.byteLength(code) < 10_240);
      assert.doesNotMatch(code, /\brequire\(|\bimport\b|\bprocess\.|\bfetch\(/);
    }
  });
});
