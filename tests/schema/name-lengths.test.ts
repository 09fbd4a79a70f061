import assert from "node:assert/strict";

import { ChangedStack } from "../support/changed-stack";
import { problems } from "../support/stack-files";

type Sections = Record<string, any>; // any: the cases reach into every section

/** Where the stack file chooses a name, what else the entry needs, and how long the name may be in production. */
const CHOSEN: readonly (readonly [
  key: string,
  most: number,
  add: (sections: Sections, name: string) => void,
])[] = [
  [
    "eventing.queues.NAME",
    80 - "crm-dlq-".length,
    ({ eventing }, name) => (eventing.queues[name] = { visibilityTimeoutSeconds: 30 }),
  ],
  [
    "eventing.queues.long.deadLetter.name",
    80 - "crm-".length,
    ({ eventing }, name) =>
      (eventing.queues["long"] = { visibilityTimeoutSeconds: 30, deadLetter: { name } }),
  ],
  [
    "eventing.topics.NAME",
    80 - "crm-dlq-".length,
    ({ eventing }, name) => (eventing.topics[name] = {}),
  ],
  [
    "eventing.functions.NAME",
    64 - "crm--function".length,
    ({ eventing }, name) => {
      const { ...copied } = eventing.functions["analytics-aggregator"];
      eventing.functions[name] = copied;
    },
  ],
  [
    "storage.buckets.NAME",
    64 - "crm--replication".length,
    ({ storage }, name) =>
      (storage.buckets[name] = { replication: { bucketName: "crm-long-copies" } }),
  ],
  [
    "services.core.secrets.LONG.parameter",
    956 - "/crm/core/".length,
    ({ services }, parameter) => (services.core.secrets.LONG = { parameter, source: "generated" }),
  ],
  [
    "observability.tracing.samplingRules.NAME",
    32 - "crm-".length,
    ({ observability }, name) =>
      (observability.tracing = {
        samplingRules: { [name]: { serviceName: "*", fixedTarget: 1, rate: 1, priority: 9 } },
      }),
  ],
];

describe("Names that the stack file chooses", () => {
  for (const [key, most, add] of CHOSEN) {
    it(`are refused before anything is planned: ${key}`, () => {
      const found = (length: number) => {
        const name = "n".repeat(length);
        return problems("production", (sections) => add(sections, name)).map((text) =>
          text.replaceAll(name, "NAME"),
        );
      };
      assert.deepEqual(found(most), []);
      const [message, ...others] = found(most + 1);
      assert.deepEqual(others, []);
      assert.match(
        message!,
        new RegExp(
          `^crm:${key.replaceAll(".", "\\.")}: expected a name of at most ${most} characters, as AWS accepts \\d+ for the .*NAME.*, got "NAME"$`,
        ),
      );
    });
  }

  it("are planned where they are as long as may be", async () => {
    const stack = new ChangedStack();
    try {
      const said = await stack.preview((config) => {
        const sections = Object.fromEntries(
          Object.entries(config).map(([key, value]) => [key.replace("crm:", ""), value]),
        );
        CHOSEN.forEach(([, most, add], index) => {
          add(sections, "abcdefgh".charAt(index).repeat(most));
        });
        Object.assign(
          config,
          Object.fromEntries(
            Object.entries(sections).map(([key, value]) => [
              key.startsWith("aws:") ? key : `crm:${key}`,
              value as unknown,
            ]),
          ),
        );
      });
      assert.doesNotMatch(said, /^refused/);
    } finally {
      stack.remove();
    }
  });

  it("leave room for the qualifier", () => {
    const [message] = problems("staging", ({ naming, services }: Sections) => {
      naming.qualifier = "sixteenletters16";
      services.core.tasks = {
        "twenty-characters-ab": { command: ["x"], schedule: { expression: "rate(1 day)" } },
      };
      services["fourteen-chars"] = {
        ...services.social,
        route: { priority: 400, paths: ["/x"] },
        port: 3005,
        tasks: services.core.tasks,
      };
    });
    assert.match(
      message!,
      /^crm:services\.fourteen-chars\.tasks\.twenty-characters-ab: expected a name of at most \d+ characters, as AWS accepts 64 for the role crm-sixteenletters16-fourteen-chars-twenty-characters-ab-schedule, /,
    );
  });
});
