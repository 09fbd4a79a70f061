import assert from "node:assert/strict";

import { z } from "zod";

import { ruleNames } from "../../facts/firewall-groups";
import { SECTIONS, unusedSecrets } from "../../schema";
import { queueWord, word } from "../../schema/common";
import { DIGEST } from "../support/compute";
import { problems, validated } from "../support/stack-files";

type Sections = Record<string, any>; // any: the cases reach into every section

/** Settings that give a name to something: no other setting has to know it. */
const GIVEN = [
  "naming.alarmNames.<name>",
  "services.<name>",
  "services.<name>.containerName",
  "services.<name>.secrets.<name>.parameter",
  "services.<name>.environment.<name>",
  "services.<name>.secrets.<name>",
  "services.<name>.secrets.<name>.secret", // crm:secrets is no section: config.ts reads it
  "services.<name>.tasks.<name>",
  "storage.buckets.<name>",
  "storage.adopted.<name>",
  "storage.buckets.<name>.component", // the value of a tag
  "edge.zone.delegations.<name>",
  "edge.headers.contentSecurityPolicy.<name>",
  "eventing.queues.<name>",
  "eventing.queues.<name>.component",
  "eventing.queues.<name>.deadLetter.name",
  "eventing.topics.<name>",
  "eventing.topics.<name>.component",
  "eventing.topics.<name>.subscriptions[].filterPolicy.<name>",
  "eventing.functions.<name>",
  "eventing.functions.<name>.component",
  "eventing.functions.<name>.environment.<name>",
  "observability.customMetrics.<name>",
  "observability.customMetrics.<name>.event",
  "observability.customMetrics.<name>.dimensions.<name>",
  "observability.alarms.<name>",
  "observability.alarms.<name>.metrics.<name>",
  "observability.alarms.<name>.metrics.<name>.dimensions.<name>",
  "observability.tracing.samplingRules.<name>",
];

type Case = readonly [change: (sections: Sections) => void, at: string, meant: string];

const link = (owner: (sections: Sections) => Sections, kind: string, name: string, at: string) =>
  [
    (sections: Sections) => (owner(sections)["links"] = [{ [kind]: name, access: ACCESS[kind] }]),
    `${at}.links[0].${kind}`,
  ] as const;

const ACCESS: Record<string, string> = {
  bucket: "read",
  queue: "send",
  topic: "publish",
  service: "call",
};

const core = ({ services }: Sections) => services.core as Sections;
const reports = ({ eventing }: Sections) => eventing.functions["report-generator"] as Sections;
const REPORTS = "eventing.functions.report-generator";

/** Of every other setting that is a name: a value with a letter wrong, where the error is, and what it suggests. */
const REFERENCES: Readonly<Record<string, Case>> = {
  "naming.bucketNames.<name>": [
    ({ naming }) => (naming.bucketNames = { "user-uplods": "crm-files" }),
    "naming.bucketNames.user-uplods",
    "user-uploads",
  ],
  "naming.queueNames.<name>": [
    ({ naming }) => (naming.queueNames = { "social-procesing": "social" }),
    "naming.queueNames.social-procesing",
    "social-processing",
  ],
  "naming.logGroupNames.<name>": [
    ({ naming }) => (naming.logGroupNames = { "report-generater": "/aws/lambda/reports" }),
    "naming.logGroupNames.report-generater",
    "report-generator",
  ],
  "database.users.<name>": [
    ({ database }) =>
      Object.assign(database, { task: { architecture: "X86_64", image: DIGEST }, users: { crore: { access: "read" } } }), // prettier-ignore
    "database.users.crore",
    "core",
  ],
  "services.<name>.links[].service": [
    ...link(core, "service", "analitics", "services.core"),
    "analytics",
  ],
  "database.urls.<name>": [
    ({ database }) => (database.urls = { ...database.urls, crore: "primary" }),
    "database.urls.crore",
    "core",
  ],
  "cache.urls[]": [({ cache }) => cache.urls.push("crore"), "cache.urls[1]", "core"],
  "services.<name>.links[].bucket": [...link(core, "bucket", "bakups", "services.core"), "backups"],
  "services.<name>.links[].queue": [
    ...link(core, "queue", "email-notification", "services.core"),
    "email-notifications",
  ],
  "services.<name>.links[].topic": [
    ...link(core, "topic", "alert-notification", "services.core"),
    "alert-notifications",
  ],
  "services.<name>.scaling.backlog.queue": [
    ({ services }) =>
      (services.core.scaling.backlog = { queue: "notification-procesor", messagesPerTask: 5 }),
    "services.core.scaling.backlog.queue",
    "notification-processor",
  ],
  "edge.assetsBucket": [
    ({ edge }) => (edge.assetsBucket = "frontend-asets"),
    "edge.assetsBucket",
    "frontend-assets",
  ],
  "eventing.topics.<name>.subscriptions[].queue": [
    ({ eventing }) =>
      (eventing.topics["system-notifications"].subscriptions[1].queue = "notification-procesor"),
    "eventing.topics.system-notifications.subscriptions[1].queue",
    "notification-processor",
  ],
  "eventing.functions.<name>.links[].bucket": [
    ...link(reports, "bucket", "bakups", REPORTS),
    "backups",
  ],
  "eventing.functions.<name>.links[].queue": [
    ...link(reports, "queue", "email-notification", REPORTS),
    "email-notifications",
  ],
  "eventing.functions.<name>.links[].topic": [
    ...link(reports, "topic", "alert-notification", REPORTS),
    "alert-notifications",
  ],
  "eventing.functions.<name>.triggers.queue.queue": [
    ({ eventing }) =>
      (eventing.functions["social-data-processor"].triggers.queue.queue = "social-procesing"),
    "eventing.functions.social-data-processor.triggers.queue.queue",
    "social-processing",
  ],
  "eventing.functions.<name>.triggers.objectCreated.bucket": [
    ({ eventing }) =>
      (eventing.functions["report-generator"].triggers.objectCreated.bucket = "report-request"),
    `${REPORTS}.triggers.objectCreated.bucket`,
    "report-requests",
  ],
  "observability.messaging.queueAgeMinutesByQueue.<name>": [
    ({ observability }) =>
      (observability.messaging = { queueAgeMinutesByQueue: { "social-procesing": 5 } }),
    "observability.messaging.queueAgeMinutesByQueue.social-procesing",
    "social-processing",
  ],
  "observability.tracing.samplingRules.<name>.service": [
    ({ observability }) => (observability.tracing.samplingRules.opportunities.service = "crore"),
    "observability.tracing.samplingRules.opportunities.service",
    "core",
  ],
  "recovery.plan.buckets[]": [
    ({ recovery }) => (recovery.plan.buckets = ["user-uplods"]),
    "recovery.plan.buckets[0]",
    "user-uploads",
  ],
  "recovery.configuration.bucket": [
    ({ recovery }) => (recovery.configuration.bucket = "bakups"),
    "recovery.configuration.bucket",
    "backups",
  ],
};

/** Every setting of the schema that is a name of the stack file's own: keys of maps, and words. */
function names(schema: unknown, key: string): string[] {
  let inner = schema;
  while (
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodPrefault
  ) {
    inner = inner.def.innerType;
  }
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape).flatMap(([name, child]) => names(child, `${key}.${name}`));
  }
  if (inner instanceof z.ZodRecord) {
    return [`${key}.<name>`, ...names(inner.valueType, `${key}.<name>`)];
  }
  if (inner instanceof z.ZodArray) return names(inner.element, `${key}[]`);
  return inner instanceof z.ZodString && WORDS.includes(refusal(inner)) ? [key] : [];
}

const refusal = (schema: z.ZodType) => schema.safeParse("no word").error?.issues[0]?.message;
const WORDS = [word(), queueWord()].map(refusal);

describe("Names that settings refer to", () => {
  const all = Object.entries(SECTIONS).flatMap(([name, { schema }]) => names(schema, name));

  it("are known, each of them", () => {
    assert.deepEqual([...new Set(all)].sort(), [...GIVEN, ...Object.keys(REFERENCES)].sort());
  });

  for (const [setting, [change, at, meant]] of Object.entries(REFERENCES)) {
    it(`exist: ${setting}`, () => {
      const found = problems("staging", change).filter((text) => text.startsWith(`crm:${at}: `));
      assert.equal(found.length, 1, JSON.stringify(problems("staging", change)));
      assert.match(found[0]!, new RegExp(` Did you mean ${meant}\\?$`));
    });
  }

  it("are found beside another error in their section, or in the services'", () => {
    const found = (change: (sections: Sections) => void) =>
      problems("staging", (sections: Sections) => {
        sections["database"].urls.crore = "primary";
        sections["cache"].urls.push("crore");
        change(sections);
      });
    const unknown = ["database.urls.crore", "cache.urls[1]"];
    const changes: readonly [(sections: Sections) => void, string][] = [
      [({ services }) => (services.auth.cpu = "x"), "services.auth.cpu"],
      [({ database }) => (database.port = "x"), "database.port"],
      [({ cache }) => (cache.port = "x"), "cache.port"],
    ];
    for (const [change, wrong] of changes) {
      const keys = found(change).map((text) => text.split(": ")[0]!.replace("crm:", ""));
      assert.deepEqual(keys.sort(), [wrong, ...unknown].sort());
    }
    const twice = problems("staging", ({ database }) => (database.urls["Crore!"] = "primary"));
    assert.equal(twice.length, 1, twice.join("\n"));
    for (const services of [5, null, [], { auth: null }]) {
      const others = problems("staging", (sections: Sections) => {
        Object.assign(sections, { services, database: { urls: 5 }, cache: { urls: [5] } });
      });
      assert.ok(others.length > 0);
    }
  });

  // A section that is wrong hides no name: neither one in it, nor one in another that refers to it.
  const FAULTS: Readonly<Record<string, (sections: Sections) => void>> = {
    "services.auth.cpu": ({ services }) => (services.auth.cpu = "x"),
    "storage.protect": ({ storage }) => (storage.protect = "x"),
    "eventing.protect": ({ eventing }) => (eventing.protect = "x"),
    "database.port": ({ database }) => (database.port = "x"),
    "cache.port": ({ cache }) => (cache.port = "x"),
    "edge.domain": ({ edge }) => (edge.domain = 5),
    "recovery.protect": ({ recovery }) => (recovery.protect = "x"),
    "naming.bucketSuffix": ({ naming }) => (naming.bucketSuffix = 5),
    "observability.runbooks": ({ observability }) => (observability.runbooks = 5),
  };
  for (const [wrong, spoil] of Object.entries(FAULTS)) {
    it(`are found beside ${wrong}, which is wrong`, () => {
      for (const [setting, [change, at, meant]] of Object.entries(REFERENCES)) {
        const all = problems("staging", (sections: Sections) => {
          change(sections);
          spoil(sections);
        });
        const [found, ...others] = all.filter((text) => text.startsWith(`crm:${at}: `));
        assert.ok(found?.endsWith(` Did you mean ${meant}?`), `${setting}: ${all.join("\n")}`);
        assert.deepEqual(others, []);
        assert.ok(
          all.some((text) => text.startsWith(`crm:${wrong}: `)),
          all.join("\n"),
        );
      }
    });
  }

  it("have no other error where they exist, beside one in any section", () => {
    for (const [wrong, spoil] of Object.entries(FAULTS)) {
      for (const stack of ["production", "staging", "recovery"]) {
        const keys = problems(stack, spoil).map((text) => text.split(": ")[0]);
        assert.deepEqual(keys, [`crm:${wrong}`], stack);
      }
    }
  });

  it("are services in whose repository a function's image is", () => {
    const [found] = problems("staging", ({ eventing }: Sections) => {
      const fn = eventing.functions["report-generator"];
      for (const key of ["runtime", "handler", "artifact"]) delete fn[key];
      fn.image = `crore@${DIGEST}`;
    });
    assert.match(found!, / Did you mean core@sha256:[0-9a-f]{64}\?$/);
  });

  it("are no services that a function calls: that is no setting", () => {
    const found = problems("staging", ({ eventing }: Sections) => {
      eventing.functions["report-generator"].links = [{ service: "core", access: "call" }];
    });
    assert.ok(found.some((text) => text.startsWith(`crm:${REPORTS}.links[0].service: `)));
  });

  it("are judged of each service beside one that is wrong", () => {
    const found = problems("staging", ({ services }: Sections) => {
      services.core.cpu = "x";
      services.auth.links = [{ service: "auth", access: "call" }];
      services.social.desiredCount = 99;
    });
    assert.deepEqual(
      found.map((text) => text.split(": ")[0]),
      [
        "crm:services.core.cpu",
        "crm:services.social.desiredCount",
        "crm:services.auth.cpu",
        "crm:services.auth.links[0].service",
      ],
    );
  });

  it("are those of secrets that services read", () => {
    const found = (names: string[]) =>
      unusedSecrets(validated("production"), names).map(({ message }) => message);
    assert.deepEqual(found(["twitter-api-key", "linkedin-api-key", "origin-header"]), []);
    assert.deepEqual(found(["twiter-api-key"]), [
      'crm:secrets.twiter-api-key: expected a value that a service\'s secrets name, got "twiter-api-key". Did you mean twitter-api-key?',
    ]);
    const extended = validated("production", (sections: Sections) => {
      sections["extensions"] = ["./extensions/own.ts"];
    });
    assert.deepEqual(unusedSecrets(extended, ["own"]), []);
  });

  it("are no names of a firewall's rules that its group does not have", () => {
    const found = (rules: string[]) =>
      problems("staging", ({ edge }: Sections) => {
        edge.firewall.groups[2].countedRules = rules;
      });
    assert.deepEqual(found([...ruleNames("AWSManagedRulesSQLiRuleSet")]), []);
    const [far, near] = found(["NoSuchRule", "SQLi_BODI"]);
    const at = "crm:edge.firewall.groups[2].countedRules";
    assert.match(
      far!,
      /countedRules\[0\]: expected one of the rules of AWSManagedRulesSQLiRuleSet: /,
    );
    assert.ok(near!.startsWith(`${at}[1]: `) && near!.endsWith(" Did you mean SQLi_BODY?"), near);
  });

  it("are no names of rule groups that AWS does not offer", () => {
    const [message] = problems("staging", ({ edge }: Sections) => {
      edge.firewall.groups[1].name = "AWSManagedRulesKnownBadInputRuleSet";
    });
    assert.match(
      message!,
      /groups\[1\]\.name: .* Did you mean AWSManagedRulesKnownBadInputsRuleSet\?$/,
    );
  });
});
