import assert from "node:assert/strict";

import { parse } from "yaml";

import { changed, exampleText } from "../../operations/example";
import { problems } from "../support/stack-files";

const { config } = parse(exampleText("no-nat")) as { config: Record<string, unknown> };

/** Problems of the example's settings with a change. */
const found = (change: (sections: Record<string, any>) => void) =>
  problems("staging", (sections) => {
    for (const [key, changes] of Object.entries(config)) {
      const name = key.slice("crm:".length);
      sections[name] = structuredClone(changed(sections[name], changes));
    }
    change(sections);
  });

describe("a network without NAT gateways", () => {
  it("is accepted with the endpoints that its settings need", () => {
    assert.deepEqual(
      found(() => {}),
      [],
    );
  });

  const cases: [string, (sections: Record<string, any>) => void, RegExp][] = [
    [
      "images without S3",
      ({ network }) => (network.s3GatewayEndpoint = false),
      /s3GatewayEndpoint: expected true without NAT gateways/,
    ],
    [
      "what every task needs, left out",
      ({ network }) => (network.interfaceEndpoints = ["ssm", "sqs"]),
      /interfaceEndpoints: expected ecr\.api, ecr\.dkr, logs, monitoring too, without NAT/,
    ],
    [
      "the bootstrap image",
      ({ services }) => delete services.auth.image,
      /services\.auth\.image: expected an image in ECR of the region without NAT gateways/,
    ],
    [
      "an image of a public registry",
      ({ services }) => (services.auth.image = "docker.io/library/nginx:1.27"),
      /services\.auth\.image: expected an image in ECR/,
    ],
    [
      "an image in another region's ECR",
      ({ services }) =>
        (services.auth.image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/auth:1"),
      /services\.auth\.image: expected an image in ECR of the region/,
    ],
    [
      "commands in containers without their endpoint",
      ({ services }) => (services.core.exec = true),
      /interfaceEndpoints: expected ssmmessages, kms too/,
    ],
    [
      "a topic without its endpoint",
      ({ services }) => services.core.links.push({ topic: "notifications", access: "publish" }),
      /interfaceEndpoints: expected sns too/,
    ],
  ];
  for (const [what, change, message] of cases) {
    it(`refuses ${what}`, () => {
      const all = found(change);
      assert.equal(all.length, 1, all.join("\n"));
      assert.match(all[0]!, message);
    });
  }

  it("refuses the collector of a public registry, and wants its endpoint", () => {
    const all = found(({ services }) => (services.auth.tracing = true));
    assert.ok(all.some((one) => /services\.auth\.tracing: expected false/.test(one)));
    assert.ok(all.some((one) => /interfaceEndpoints: expected xray too/.test(one)));
  });

  it("asks nothing of a network with gateways", () => {
    const all = found(({ network, services }) => {
      network.natGateways = "single";
      network.interfaceEndpoints = [];
      delete services.auth.image;
    });
    assert.deepEqual(all, []);
  });
});
