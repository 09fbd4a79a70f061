import assert from "node:assert/strict";

import { consoleLinks } from "../../platform/console-links";

describe("console links", () => {
  const links = consoleLinks({
    region: "us-east-1",
    clusterName: "crm-production",
    services: { auth: { serviceName: "crm-auth-service", logGroupName: "/ecs/crm-auth-service" } },
    dashboardName: "crm-production-overview",
  });

  it("lead to the stack's region, cluster and dashboard", () => {
    const console = "https://us-east-1.console.aws.amazon.com";
    assert.equal(
      links.dashboard,
      `${console}/cloudwatch/home?region=us-east-1#dashboards/dashboard/crm-production-overview`,
    );
    assert.equal(
      links.cluster,
      `${console}/ecs/v2/clusters/crm-production/services?region=us-east-1`,
    );
  });

  it("name a log group as the console encodes it", () => {
    assert.match(links.services["auth"]!.logs, /log-group\/\$252Fecs\$252Fcrm-auth-service$/);
  });
});
