import assert from "node:assert/strict";

import { describeService } from "../../components/service/service-summary";

describe("A service in one line", () => {
  it("says image, size, counts, route and strategy", () => {
    const summary = {
      image: "bootstrap",
      cpu: 256,
      memoryMiB: 512,
      desiredCount: 2,
      minCapacity: 2,
      maxCapacity: 10,
      priority: 100,
      paths: ["/auth/*", "/api/auth/*"],
      strategy: "blue-green" as const,
    };
    assert.equal(
      describeService(summary),
      "bootstrap image, 256 CPU, 512 MiB, 2 tasks (2 to 10), /auth/* /api/auth/* (rule 100), blue-green",
    );
    assert.match(
      describeService({ ...summary, image: "crm-auth@sha256:0" }),
      /^crm-auth@sha256:0, /,
    );
  });
});
