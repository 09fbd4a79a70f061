/** Rules as rows of tables: what several types have in common, each with the controls that require it of that type. */
import type { Node } from "../analysis/graph";
import { isRecord, items, known, read, UNKNOWN } from "../analysis/properties";
import {
  type Controls,
  expect,
  type ResourceRule,
  resourceRule,
  type Rule,
  type RuleInfo,
  stackRule,
} from "./define";

/** The controls of all of these, each once. */
export function united(all: readonly Controls[]): Controls {
  const ids = (catalogue: keyof Controls) => [
    ...new Set(all.flatMap((controls) => controls[catalogue] ?? [])),
  ];
  const catalogues = ["securityHub", "cis", "cdkNag", "checkov", "trivy"] as const;
  return Object.fromEntries(
    catalogues
      .map((catalogue) => [catalogue, ids(catalogue)] as const)
      .filter(([, list]) => list.length > 0),
  );
}

/** What a rule judges of each type: the property, and the controls that require it. */
type Of = Readonly<Record<string, readonly [property: string, controls: Controls]>>;

type Typed = Omit<ResourceRule, "check" | "types" | "controls"> & { readonly of: Of };

const infoOf = ({ of, ...info }: Typed) => ({
  ...info,
  types: Object.keys(of),
  controls: united(Object.values(of).map(([, controls]) => controls)),
});

/** A rule that requires a value of a property. */
export function typedRule(
  rule: Typed & {
    readonly accepts: (value: unknown) => boolean;
    /** Completes the sentence, for example `set it to true`. */
    readonly fix: string;
    /** Controls that this value does not break. @default none */
    readonly satisfies?: (value: unknown) => readonly string[];
  },
): Rule {
  const { accepts, fix, satisfies, ...typed } = rule;
  return resourceRule({
    ...infoOf(typed),
    check(subject, report) {
      const [property, controls] = rule.of[subject.type]!;
      const breaks = (value: unknown) => without(controls, satisfies?.(value) ?? []);
      expect(subject, report, property, accepts, fix, breaks);
    },
  });
}

function without(controls: Controls, satisfied: readonly string[]): Controls {
  const entries = Object.entries(controls) as [keyof Controls, readonly string[]][];
  return Object.fromEntries(
    entries.map(([catalogue, ids]) => [catalogue, ids.filter((id) => !satisfied.includes(id))]),
  );
}

/** A rule that requires items of a list of texts. */
export function listRule(
  rule: Typed & {
    readonly wanted: readonly string[];
    /** Controls to which a list suffices that lacks some of them. @default none */
    readonly satisfies?: (given: readonly unknown[]) => readonly string[];
  },
): Rule {
  const { wanted, satisfies, ...typed } = rule;
  return resourceRule({
    ...infoOf(typed),
    check(subject, report) {
      const [property, controls] = rule.of[subject.type]!;
      const given = items(read(subject.properties, property));
      const absent = given === UNKNOWN ? wanted : wanted.filter((item) => !given.includes(item));
      if (absent.length === 0) {
        return;
      }
      if (given === UNKNOWN || given.includes(UNKNOWN)) {
        report.undecided(property);
      } else {
        report.violation(
          `${property} lacks ${absent.join(", ")}; add what is missing.`,
          without(controls, satisfies?.(given) ?? []),
        );
      }
    },
  });
}

/** A parameter that a group sets. */
export interface Parameter {
  readonly name: string;
  readonly accepts: (value: string) => boolean;
  /** Whether a group that does not set it is right: what AWS does by default. */
  readonly byDefault: boolean;
  /** Names of the inputs of a parameter. @default name and value */
  readonly inputs?: readonly [name: string, value: string];
}

/** Whether a list of parameters sets one as it should be; UNKNOWN where that is not known yet. */
export function parameterHolds(list: unknown, parameter: Parameter): boolean | typeof UNKNOWN {
  const [nameInput, valueInput] = parameter.inputs ?? ["name", "value"];
  const given = items(list);
  if (given === UNKNOWN) {
    return UNKNOWN;
  }
  const names = given.map((one) => (isRecord(one) ? known(one[nameInput]) : UNKNOWN));
  const index = names.findIndex(
    (name) => typeof name === "string" && name.toLowerCase() === parameter.name,
  );
  const found = given[index];
  if (!isRecord(found)) {
    return names.includes(UNKNOWN) ? UNKNOWN : parameter.byDefault;
  }
  const value = known(found[valueInput]);
  return value === UNKNOWN ? UNKNOWN : parameter.accepts(String(value).toLowerCase());
}

/** A rule about a parameter of the groups that the program declares. */
export function parameterRule(
  rule: Typed & { readonly parameter: Parameter; readonly fix: string },
): Rule {
  const { parameter, fix, ...typed } = rule;
  return resourceRule({
    ...infoOf(typed),
    check(subject, report) {
      const [property, controls] = rule.of[subject.type]!;
      const holds = parameterHolds(read(subject.properties, property), parameter);
      if (holds === UNKNOWN) {
        report.undecided(property);
      } else if (!holds) {
        report.violation(
          `${property} does not set ${parameter.name} as it should be; ${fix}.`,
          controls,
        );
      }
    },
  });
}

/** A rule that requires a resource of another type that refers to the first, such as a file system's backups. */
export function companionRule(
  rule: RuleInfo<object> & {
    readonly of: string;
    /** Types of the companion, each with the property that refers, and when it counts. */
    readonly by: readonly {
      readonly type: string;
      readonly property: string;
      readonly accepts?: (companion: Node) => boolean | typeof UNKNOWN;
    }[];
    readonly fix: string;
    /** How many companions it needs. @default 1 */
    readonly least?: number;
  },
): Rule {
  const { of, by, fix, least = 1, ...info } = rule;
  return stackRule({
    ...info,
    check(graph, reportOn) {
      for (const node of graph.ofType(of)) {
        const report = reportOn(node);
        const answers = by.flatMap(({ type, property, accepts }) => {
          const found = graph.referring(node, type, property);
          const vague = graph.unplaced(type, property, node.type).length > 0;
          return [
            ...found.map((companion) => accepts?.(companion) ?? true),
            ...(found.length < least && vague ? [UNKNOWN] : []),
          ];
        });
        if (answers.filter((answer) => answer === true).length >= least) {
          continue;
        }
        if (answers.includes(UNKNOWN)) {
          report.undecided(`${by[0]!.property} of a ${by[0]!.type.split(":").at(-1)!}`);
        } else {
          report.violation(fix);
        }
      }
    },
  });
}
