import assert from "node:assert/strict";

import type {
  PolicyResource,
  PolicyResourceOptions,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { runtime } from "@pulumi/pulumi";

import { type Rule, UNDECIDED } from "../../policy-pack/define";
import { forgetExemptions } from "../../policy-pack/exemptions";

/** Marker for a text that is not known before the first update. */
export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Marker for an unknown boolean; the engine itself sends the marker for texts for every unknown. */
export const UNKNOWN_FLAG = "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7";
/** Marker for an unknown list. */
export const UNKNOWN_LIST = "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2";

/** A resource to judge, with what matters about it. */
export interface Sample {
  type: string;
  /** @default "subject"; in a stack, the type's last word and the place in the list */
  name?: string;
  props?: Record<string, unknown>;
  opts?: Partial<PolicyResourceOptions>;
  /** The provider's inputs: texts, structures as JSON. */
  provider?: Record<string, unknown>;
  /** Names of the resources of the stack that a property's value is made of, by property. */
  references?: Record<string, readonly string[]>;
}

/** Settings of the rule and of the run. */
export interface Circumstances {
  /** The rule's configuration; the defaults are the rule's own. */
  config?: object;
  /** Name of the stack. @default production */
  stack?: string;
}

/** What a rule said. */
export interface Answer {
  violations: string[];
  undecided: string[];
  exempt: string[];
}

/** Judges one resource by a rule for single resources. */
export function judge(rule: Rule, sample: Sample & Circumstances): Answer {
  const policy = rule.policy as ResourceValidationPolicy;
  const validate = policy.validateResource;
  assert.ok(typeof validate === "function", `${rule.info.id} is no rule about single resources`);
  return answerOf(sample, (report) => {
    const args = { ...shellOf(sample, "subject"), ...commonOf(sample.config) };
    return validate(args as unknown as ResourceValidationArgs, report);
  });
}

/** Judges a stack by a stack rule, or resource by resource by a rule for single resources. */
export function judgeStack(
  rule: Rule,
  samples: readonly Sample[],
  circumstances: Circumstances = {},
): Answer {
  if (rule.kind === "resource") {
    const answers = samples.map((sample) => judge(rule, { ...sample, ...circumstances }));
    return {
      violations: answers.flatMap(({ violations }) => violations),
      undecided: answers.flatMap(({ undecided }) => undecided),
      exempt: answers.flatMap(({ exempt }) => exempt),
    };
  }
  const validate = (rule.policy as StackValidationPolicy).validateStack;
  return answerOf(circumstances, (report) => {
    const resources = stackOf(samples);
    const args = { resources, ...commonOf(circumstances.config) };
    return validate(args as unknown as Parameters<typeof validate>[0], report);
  });
}

/** The resources as the server hands them to stack rules, with references as property dependencies. */
export function stackOf(samples: readonly Sample[]): PolicyResource[] {
  const resources = samples.map((sample, index) => ({ sample, resource: unlinked(sample, index) }));
  for (const { sample, resource } of resources) {
    for (const [property, names] of Object.entries(sample.references ?? {})) {
      resource.propertyDependencies[property] = names.flatMap((name) => {
        const found = resources.filter((other) => other.resource.name === name);
        assert.ok(
          found.length > 0,
          `${sample.name ?? sample.type} refers to ${name}: no such name`,
        );
        return found.map((other) => other.resource);
      });
    }
    resource.dependencies = [...new Set(Object.values(resource.propertyDependencies).flat())];
  }
  return resources.map(({ resource }) => resource);
}

function unlinked(sample: Sample, index: number): PolicyResource {
  const word = sample.type.split(":").at(-1)!.toLowerCase();
  return { ...shellOf(sample, `${word}-${index}`), dependencies: [], propertyDependencies: {} };
}

/** What the server tells a rule of a resource by itself; see @pulumi/policy, server.js. */
function shellOf(sample: Sample, defaultName: string) {
  const name = sample.name ?? defaultName;
  return {
    type: sample.type,
    name,
    urn: `urn:pulumi:production::sample::${sample.type}::${name}`,
    props: guarded(sample.props ?? {}),
    opts: {
      protect: false,
      ignoreChanges: [],
      aliases: [],
      customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
      additionalSecretOutputs: [],
      ...sample.opts,
    },
    ...(sample.provider && {
      provider: {
        type: "pulumi:providers:aws",
        name: "default",
        urn: "urn:pulumi:production::sample::pulumi:providers:aws::default",
        props: guarded(sample.provider),
      },
    }),
    ...isType,
  };
}

/** Rules go by type tokens and ask neither of these. */
export const isType = { isType: (): boolean => false, asType: (): undefined => undefined };

/** What the server hands over with whatever a rule judges. */
export function commonOf(config: object = {}) {
  return {
    getConfig: () => structuredClone(config),
    stackTags: new Map<string, string>(),
    notApplicable: () => assert.fail("rules of this pack answer by themselves"),
  };
}

/** Properties behind the server's proxy, which throws where an unknown value is touched. */
export function guarded(properties: Record<string, unknown>): Record<string, unknown> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- its declarations are empty
  const { unknownCheckingProxy } = require("@pulumi/policy/proxy") as {
    unknownCheckingProxy: (properties: object) => Record<string, unknown>;
  };
  return unknownCheckingProxy(structuredClone(properties));
}

// The SDK's own means for tests; its declarations leave it out.
const { _setStack: setStack } = runtime as unknown as {
  _setStack: (stack: string) => void;
};

type Finding = string | { message: string; urn?: string; enforcementLevel?: string };

/** Collects what is reported during a run, as an answer; exemptions are forgotten before it. */
export function answerOf(
  { stack = "production" }: Circumstances,
  run: (report: (finding: Finding) => void) => unknown,
): Answer {
  const answer: Answer = { violations: [], undecided: [], exempt: [] };
  const before = runtime.getStack();
  setStack(stack);
  forgetExemptions();
  try {
    const result = run((finding) => {
      assert.ok(typeof finding === "object" && finding.urn, "a finding names its resource");
      const { message, enforcementLevel } = finding;
      if (enforcementLevel !== "advisory") {
        answer.violations.push(message);
      } else if (message.startsWith(UNDECIDED)) {
        answer.undecided.push(message);
      } else {
        assert.match(message, /^exempt: /);
        answer.exempt.push(message);
      }
    });
    assert.ok(!(result instanceof Promise), "rules answer at once");
  } finally {
    setStack(before);
  }
  return answer;
}

/** What is judged in a row: one resource, or the resources of a stack. */
type Subject = (Sample | { resources: readonly Sample[] }) & Circumstances;

/** A row of a rule's table; the text says what is special about it. */
export type Row = Subject &
  (
    | { compliant: string }
    | { violating: string; says: RegExp }
    /** The rule says that it cannot decide, or with `passes`, that the unknown does not matter to it. */
    | { unknown: string; passes?: true; says?: RegExp }
    /** Resources that the rule is not about: it says nothing. */
    | { otherType: string }
  );

const KINDS = ["compliant", "violating", "unknown", "otherType"] as const;

/** The tables read so far, by the rule's id. */
export const ruleTables = new Map<string, { readonly rule: Rule; readonly rows: readonly Row[] }>();

/** One test for each row; fails when a rule lacks a kind of row. `config` is that of rows without one of their own. */
export function ruleTable(rule: Rule, given: readonly Row[], config?: object): void {
  const rows = config === undefined ? given : given.map((row) => ({ config, ...row }));
  ruleTables.set(rule.info.id, { rule, rows });
  describe(rule.info.id, () => {
    it("has a row of each kind", () => {
      assert.deepEqual(
        KINDS.filter((kind) => !rows.some((row) => Object.hasOwn(row, kind))),
        [],
      );
    });
    for (const row of rows) {
      const kind = KINDS.find((candidate) => Object.hasOwn(row, candidate))!;
      it(`${kind}: ${(row as unknown as Record<string, string>)[kind]}`, () => {
        check(rule, row);
      });
    }
  });
}

/** Fails when the rule says something else than its row. */
export function check(rule: Rule, row: Row): void {
  const resources = "resources" in row ? row.resources : [row];
  const answer = judgeStack(rule, resources, { config: row.config, stack: row.stack });
  if ("violating" in row) {
    assert.ok(answer.violations.length > 0, "no violation");
    assert.match(answer.violations.join("\n"), row.says);
  } else if ("unknown" in row && row.passes !== true) {
    assert.deepEqual(answer.violations, []);
    assert.ok(answer.undecided.length > 0, "it is not said to be undecided");
    assert.match(answer.undecided.join("\n"), row.says ?? /./);
  } else {
    assert.deepEqual(answer, { violations: [], undecided: [], exempt: [] });
  }
  if (rule.kind === "resource" && resources.every(({ type }) => !rule.concerns(type))) {
    assert.ok("otherType" in row, "the rule is not about this type");
  } else if (rule.kind === "resource") {
    assert.ok(!("otherType" in row), "the rule is about this type");
  }
}

/** Whether a text is XML whose elements are closed in order, with nothing that has to be escaped. */
export function wellFormed(xml: string): boolean {
  const open: string[] = [];
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>/, "");
  const rest = body.replace(
    /<(\/?)([a-z-]+)((?: [a-z]+="[^"<>&]*(?:&(?:amp|lt|gt|quot);[^"<>&]*)*")*)(\/?)>/g,
    (_, closing: string, name: string, _attributes: string, empty: string) => {
      if (closing) {
        assert.equal(open.pop(), name);
      } else if (!empty) {
        open.push(name);
      }
      return "";
    },
  );
  return open.length === 0 && !/[<>]|&(?!(amp|lt|gt|quot);)|[^\t\n\r\x20-\uFFFD]/.test(rest);
}
