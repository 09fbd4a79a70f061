// Viewer request, runtime cloudfront-js-2.0. Tells the firewall of the load balancer who asks: behind CloudFront
// everybody connects from CloudFront, and X-Forwarded-For begins with what the viewer wrote into it.

// Origin of the application, such as https://app.example.com; filled in by components/edge/cloudfront-functions.ts.
const APP_ORIGIN = "";

function handler(event) {
  const request = event.request;
  const headers = request.headers;
  // The application's preflight is answered here: one that nobody answers behind the edge is a network error in the
  // browser, whatever the answer to the request itself would say. Other origins' are the services' business.
  const method = headers["access-control-request-method"];
  const origin = headers["origin"];
  if (request.method === "OPTIONS" && method && origin && origin.value === APP_ORIGIN) {
    const wanted = headers["access-control-request-headers"];
    const answer = {
      "access-control-allow-origin": { value: APP_ORIGIN },
      "access-control-allow-credentials": { value: "true" },
      "access-control-allow-methods": { value: "GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE" },
      "access-control-max-age": { value: "600" },
      vary: { value: "Origin" },
    };
    if (wanted) {
      answer["access-control-allow-headers"] = { value: wanted.value };
    }
    return { statusCode: 204, statusDescription: "No Content", headers: answer };
  }
  headers["x-viewer-address"] = { value: event.viewer.ip };
  return request;
}
