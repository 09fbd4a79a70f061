/** What is removed from a stack file takes its resources along, or the settings that name it are named. */
import assert from "node:assert/strict";

import { objections, planWith } from "../../operations/example";
import { packConfigFile, problems, STACKS_PROJECT, stackFile } from "../support/stack-files";

type Group = Record<string, any>; // any: the cases reach into every section

/** What the pack finds afterwards, by what was removed: about.json says that the bucket's objects are worked on. */
const FOUND: Readonly<Record<string, readonly string[]>> = {
  "eventing.functions.report-generator": [
    "s3-event-notifications: no BucketNotification has it as its bucket; add one.",
  ],
  // Declared as required: a path that is there no longer is to be taken out of the pack's configuration as well.
  "storage.buckets.user-uploads": [
    "access-paths: allowed declares a path from ^crm-core$ to ^crm-storage-user-uploads$, but nothing that is called has a name like ^crm-storage-user-uploads$; correct the pattern, or remove the entry or make it optional.",
  ],
};

/** Settings by name, and whether one of them can go: the platform itself needs the others. */
const REMOVABLE: readonly (readonly [section: string, key: string | undefined, needed: RegExp])[] =
  [
    ["services", undefined, /^core$/],
    ["eventing", "queues", /^$/],
    ["eventing", "functions", /^$/],
    ["storage", "buckets", /^(frontend-assets|backups)$/],
  ];

const named = (section: string, key?: string) => {
  const settings = stackFile("staging")[`crm:${section}`] as Group;
  return Object.keys(key === undefined ? settings : (settings[key] as Group));
};

/** Takes out what an error names: the entry of a list, or the group that consists of the name. */
function withoutDependant(sections: Group, message: string): void {
  const key = /^crm:(\S+): /.exec(message)![1]!;
  const path = key
    .replace(/(?<=[\].a-z-])\.(queue|bucket|topic|service)$/, "")
    .split(/[.[\]]+/)
    .filter(Boolean);
  const last = path.pop()!;
  const parent = path.reduce<Group>((inner, part) => inner[part] as Group, sections);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
}

/** Staging without something and without what depends on it; each error on the way names what is gone. */
function without(section: string, key: string | undefined, name: string): Group {
  const steps: string[] = [];
  const change = (sections: Group) => {
    const settings = sections[section] as Group;
    delete (key === undefined ? settings : (settings[key] as Group))[name];
    steps.forEach((step) => withoutDependant(sections, step));
  };
  for (;;) {
    const [message] = problems("staging", change);
    if (message === undefined) break;
    assert.ok(message.includes(`got "${name}"`), message);
    steps.push(message);
    assert.ok(steps.length < 10, steps.join("\n"));
  }
  const config = structuredClone(stackFile("staging"));
  change(
    Object.fromEntries(
      Object.entries(config).map(([full, value]) => [full.replace("crm:", ""), value]),
    ),
  );
  return config;
}

describe("what is removed from staging", () => {
  for (const [section, key, needed] of REMOVABLE) {
    for (const name of named(section, key)) {
      const what = [section, key, name].filter(Boolean).join(".");
      if (needed.test(name)) {
        it(`is needed, and the error names what needs it: ${what}`, () => {
          const found = problems("staging", (sections: Group) => {
            const settings = sections[section] as Group;
            delete (key === undefined ? settings : (settings[key] as Group))[name];
          });
          // The service that answers the health check takes that along.
          const others = found.filter(
            (message) => !message.startsWith("crm:edge.healthCheck.path:"),
          );
          assert.ok(
            others.length > 0 && others.every((message) => message.includes(`got "${name}"`)),
          );
        });
        continue;
      }
      it(`takes along what is its own, and names the rest: ${what}`, async () => {
        const config = without(section, key, name);
        // Only what differs from the file: null takes a setting away.
        const changes = Object.fromEntries(
          Object.entries(stackFile("staging")).map(([full]) => [full, config[full] ?? null]),
        );
        const plan = await planWith(
          { config: replaced(stackFile("staging"), changes) },
          { stack: "staging", cwd: STACKS_PROJECT, packConfig: packConfigFile("staging") },
        );
        assert.deepEqual(objections(plan), FOUND[what] ?? []);
        const left = plan.resources.filter(({ urn }) =>
          urn.split("::").at(-1)!.endsWith(`-${name}`),
        );
        assert.deepEqual(
          left.map(({ urn }) => urn),
          [],
        );
      });
    }
  }
});

/** Changes that make the first settings the second: what is not there any more is null. */
function replaced(before: unknown, after: unknown): unknown {
  const isGroup = (one: unknown): one is Group =>
    typeof one === "object" && one !== null && !Array.isArray(one);
  if (!isGroup(before) || !isGroup(after)) return after;
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return {
    ...Object.fromEntries(gone.map((key) => [key, null])),
    ...Object.fromEntries(
      Object.entries(after).map(([key, value]) => [key, replaced(before[key], value)]),
    ),
  };
}
