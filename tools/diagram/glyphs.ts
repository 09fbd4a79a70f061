/** Small signs for what a node is: strokes on a square of 16 pixels. Our own drawings, no vendor's icons. */
import type { Kind } from "./model";

const BUCKET =
  "M3 4.5h10l-1.4 8.2a1.5 1.5 0 0 1-1.5 1.3H5.9a1.5 1.5 0 0 1-1.5-1.3zM2.5 4.5C2.5 2 13.5 2 13.5 4.5";
const CYLINDER =
  "M3 4c0-2.6 10-2.6 10 0v8c0 2.6-10 2.6-10 0zM3 4c0 2.6 10 2.6 10 0M3 8c0 2.6 10 2.6 10 0";

/** Path data of each kind's sign. */
export const GLYPHS: Readonly<Record<Kind, string>> = {
  users: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14.5c0-6 11-6 11 0",
  zone: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM1.5 8h13M8 1.5c-4 3.5-4 9.5 0 13M8 1.5c4 3.5 4 9.5 0 13",
  distribution:
    "M8 8m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M8 6V1.5M8 10v4.5M6 8H1.5M10 8h4.5M6.6 6.6 3.4 3.4M9.4 9.4l3.2 3.2M9.4 6.6l3.2-3.2M6.6 9.4l-3.2 3.2",
  "load-balancer":
    "M2 8h4M6 8l6-5M6 8h6M6 8l6 5M10.5 1.8 13 2.2l-.6 2.4M11.5 6.5 13.5 8l-2 1.5M12.4 11.4l.6 2.4-2.5.4",
  service: "M8 1.5 14 5v6.2L8 14.5 2 11.2V5zM2 5l6 3.3L14 5M8 8.3v6.2",
  function: "M3.5 2h2.2l5.6 12h1.7M7.2 6.2 3.2 14",
  database: CYLINDER,
  cache: "M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z",
  bucket: BUCKET,
  registry: "M2 3h5v4.5H2zM9 3h5v4.5H9zM2 9.5h5V14H2zM9 9.5h5V14H9z",
  vault:
    "M2 2.5h12v10H2zM4 12.5v2M12 12.5v2M8 10a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 5v1.2M8 8.8V10",
  "backup-copy": "M3 8a5.2 5.2 0 1 0 1.6-3.7M4.2 1.5v3h3M8 5v3.4l2.2 1.4",
  queue: "M1.5 4.5h13v7h-13zM5 4.5v7M8 4.5v7M11 4.5v7",
  topic:
    "M4.5 8m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M8.5 5c1.6 1.6 1.6 4.4 0 6M11 2.8c3 2.8 3 7.6 0 10.4",
  schedule: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.2V8l2.8 1.8",
  rule: "M2 2.5h12L9.8 8v5.5L6.2 12V8z",
  alarms: "M8 2c-5 0-3 6-5.2 9h10.4C11 8 13 2 8 2zM6.5 13.2a1.6 1.6 0 0 0 3 0",
  log: "M3.5 1.5h6.5l3 3v10h-9.5zM6 6.5h4.5M6 9h4.5M6 11.5h3",
  recipient: "M1.5 3.5h13v9h-13zM1.5 4l6.5 5 6.5-5",
};
