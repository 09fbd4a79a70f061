import assert from "node:assert/strict";

import { edgeFunctionCode } from "../../components/edge/cloudfront-functions";
import { APP_ORIGIN, runEdgeFunction } from "../support/edge";

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
    ["/companies/example.com", "/index.html"],
    ["/contacts/jane.doe@example.com", "/index.html"],
    ["/releases/v1.2.js/notes", "/index.html"],
    ["/logo.SVG", "/logo.SVG"],
    ["/maintenance/unavailable.json", "/maintenance/unavailable.json"],
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

describe("functions/edge/viewer-address", () => {
  it("writes the viewer's address, ignoring the viewer's own header", () => {
    const event = {
      ...viewerRequest("/api/v1/x", { "x-viewer-address": { value: "198.51.100.7" } }),
      viewer: { ip: "2001:db8::1" },
    };
    assert.deepEqual(runEdgeFunction("viewer-address", event), {
      ...event.request,
      headers: { "x-viewer-address": { value: "2001:db8::1" } },
    });
  });
});

describe("preflights", () => {
  const preflight = (origin: string, method = "OPTIONS") => {
    const { request } = viewerRequest("/v1/contacts", {
      origin: { value: origin },
      "access-control-request-method": { value: "PUT" },
      "access-control-request-headers": { value: "authorization,content-type" },
    });
    return runEdgeFunction("viewer-address", {
      request: { ...request, method },
      viewer: { ip: "192.0.2.1" },
    });
  };

  it("of the application are answered, also while no task answers", () => {
    const { statusCode, headers } = preflight(APP_ORIGIN);
    // Fetch Standard, "CORS-preflight fetch": an ok status, the origin itself, the method, each header.
    assert.equal(statusCode, 204);
    assert.equal(headers["access-control-allow-origin"].value, APP_ORIGIN);
    assert.equal(headers["access-control-allow-credentials"].value, "true");
    assert.match(headers["access-control-allow-methods"].value, /\bPUT\b/);
    assert.equal(headers["access-control-allow-headers"].value, "authorization,content-type");
  });

  it("of others, and requests that are none, go to the services", () => {
    assert.equal(preflight("https://evil.example").uri, "/v1/contacts");
    assert.equal(preflight(APP_ORIGIN, "PUT").uri, "/v1/contacts");
  });
});

describe("the code of edge functions", () => {
  it("stays below CloudFront's limit and uses nothing that its runtime lacks", () => {
    for (const name of ["single-page-app", "viewer-address"] as const) {
      const code = edgeFunctionCode(name, { appOrigin: APP_ORIGIN });
      assert.ok(Buffer.byteLength(code) < 10_240);
      assert.doesNotMatch(code, /\brequire\(|\bimport\b|\bprocess\.|\bfetch\(/);
    }
  });
});
