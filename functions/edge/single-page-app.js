// Viewer request, runtime cloudfront-js-2.0. The application's router knows paths that are no files: whatever
// has no extension in its last part is the application itself.
function handler(event) {
  const request = event.request;
  const last = request.uri.slice(request.uri.lastIndexOf("/") + 1);
  if (!last.includes(".")) {
    request.uri = "/index.html";
  }
  return request;
}
