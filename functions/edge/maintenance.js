// Viewer request, runtime cloudfront-js-2.0. Answers every request while no region serves the platform: a page
// for people, JSON for programs. The edge answers by itself, so no region has to be up for it.
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>CRM: back soon</title>
    <style>
      body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 20vh auto; padding: 0 1.5rem; }
    </style>
  </head>
  <body>
    <h1>We will be back soon</h1>
    <p>The CRM is not available at the moment. Your data is safe. Please try again in a few minutes.</p>
  </body>
</html>
`;

const MESSAGE = JSON.stringify({
  error: "service_unavailable",
  message: "The CRM is not available at the moment. Please try again in a few minutes.",
});

function handler(event) {
  const accept = event.request.headers.accept;
  const wantsPage = accept !== undefined && accept.value.includes("text/html");
  return {
    statusCode: 503,
    statusDescription: "Service Unavailable",
    headers: {
      "content-type": { value: wantsPage ? "text/html; charset=utf-8" : "application/json" },
      "cache-control": { value: "no-store" },
      "retry-after": { value: "120" },
    },
    body: { encoding: "text", data: wantsPage ? PAGE : MESSAGE },
  };
}
