// Viewer request, runtime cloudfront-js-2.0. Tells the firewall of the load balancer who asks: behind CloudFront
// everybody connects from CloudFront, and X-Forwarded-For begins with what the viewer wrote into it.
function handler(event) {
  const request = event.request;
  request.headers["x-viewer-address"] = { value: event.viewer.ip };
  return request;
}
