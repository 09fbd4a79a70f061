// Viewer request, runtime cloudfront-js-2.0. The application's router knows paths that are no files, such as
// /companies/example.com: whatever does not end like a file of the application is the application itself.
const FILE =
  /\.(avif|css|gif|html|ico|jpe?g|js|json|map|mjs|mp4|pdf|png|svg|txt|wasm|webm|webmanifest|webp|woff2?|xml)$/i;

function handler(event) {
  const request = event.request;
  if (!FILE.test(request.uri)) {
    request.uri = "/index.html";
  }
  return request;
}
