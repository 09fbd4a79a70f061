/** What a request takes, until it is measured: general values here, a program's own in its folder, measured ones win. */
import { RESERVED_MEMORY } from "../../facts/cache-engines";
import { entryOf } from "../../facts/entry-of";
import { POOL } from "../../facts/pools";
import { expectedText, unknownKeyText } from "../../facts/problem-text";
import type { QuotaName } from "../../facts/service-quotas";
import { isRecord } from "../properties";
import table from "./assumptions.json";
import { rangeOf, type Figure, type Range } from "./figures";

/** One value. */
export interface Assumed {
  readonly value: number | Range;
  /** What it stands for, or how it was found. */
  readonly why: string;
  /** Day on which it was written, YYYY-MM-DD. */
  readonly asOf: string;
}

type Values = Readonly<Record<string, Assumed>>;

/** Quotas that a load takes from, by their names in facts/service-quotas.ts. */
const QUOTAS = [
  "fargateVcpus",
  "fargateSpotVcpus",
  "lambdaConcurrency",
] as const satisfies readonly QuotaName[];

export type QuotaOfLoad = (typeof QUOTAS)[number];

/** A program's own assumptions, or measured ones. */
export interface OwnAssumptions {
  readonly general?: Values;
  /** By the service's name in the program, such as `crm-core`. */
  readonly services?: Readonly<Record<string, Values>>;
  /** By the physical name of the queue. */
  readonly queues?: Readonly<Record<string, Values>>;
  /** Quotas that the account was given, of those that a load takes from. */
  readonly quotas?: Values;
  /**
   * Settings by the kind of limit that they move, or by `KIND.WHICH`: `replica` of a database, `own` for a database's own
   * max_connections, `small` for storage that gp3 does not stripe, `worker` for a queue of a service. `{service}` stands for
   * the service's name.
   */
  readonly settings?: Readonly<Record<string, string>>;
  /** The same by the stack's name, for what is true of that stack alone. */
  readonly stacks?: Readonly<Record<string, Omit<OwnAssumptions, "stacks">>>;
}

/** Assumptions, with the place in their file. */
export interface Placed {
  /** What keys begin with, such as `stacks.staging.`. */
  readonly at: string;
  readonly own: OwnAssumptions;
}

/** What a program's assumptions say of one of its stacks: the stack's own first. */
export function ofStack(own: OwnAssumptions, stack: string): Placed[] {
  return [
    { at: `stacks.${stack}.`, own: entryOf(own.stacks ?? {}, stack) ?? {} },
    { at: "", own },
  ];
}

interface Layer extends Placed {
  readonly from: "assumption" | "measurement";
}

type Section = "general" | "services" | "queues" | "quotas";
type Rows = Readonly<Record<Section, Readonly<Record<string, Partial<Assumed>>>>>;

const ROWS = table as unknown as Rows;

/** The rows of assumptions.json; two have the value that the schema and the pack reckon pools with, one AWS's default. */
const GENERAL: Rows = {
  ...ROWS,
  general: {
    ...ROWS.general,
    cacheReserved: { ...ROWS.general["cacheReserved"], value: RESERVED_MEMORY.percent / 100 },
    spareConnections: { ...ROWS.general["spareConnections"], value: POOL.spare },
  },
  services: { ...ROWS.services, pool: { ...ROWS.services["pool"], value: POOL.usual } },
};

/** Day of the general assumptions. */
export const GENERAL_AS_OF = GENERAL.services["share"]!.asOf!;

/** Ids that a section may have. */
export function idsOf(section: "general" | "services" | "queues"): readonly string[] {
  return Object.keys(GENERAL[section]);
}

const UNITS: Readonly<Record<string, string>> = {
  cpuMs: "ms",
  waitMs: "ms",
  queryCpuMs: "ms",
  queryHeldMs: "ms",
  callSeconds: "s",
  seconds: "s",
  coldStartSeconds: "s",
  eventSeconds: "s",
  ioKiB: "KiB",
  payloadKB: "kB",
  cacheMiBPerRequestRate: "MiB",
};

/** Looks assumptions up: what was measured, else the program's own, else the general ones. */
export class Assumptions {
  private readonly layers: readonly Layer[];

  /** @param own the program's, the first that has a value wins */
  public constructor(own: readonly Placed[] = [], measured: OwnAssumptions = {}) {
    this.layers = [
      { from: "measurement", at: "", own: measured },
      ...own.map((one) => ({ from: "assumption", ...one }) as const),
    ];
  }

  public general(id: string): Figure {
    return this.figure("general", id, ({ general }) => general);
  }

  /** Undefined where no share is assumed for the service. */
  public share(service: string): Figure | undefined {
    const pick = ({ services }: OwnAssumptions) => entryOf(services ?? {}, service);
    return this.own("services", "share", pick, service);
  }

  public service(service: string, id: string): Figure {
    const pick = ({ services }: OwnAssumptions) => entryOf(services ?? {}, service);
    return this.figure("services", id, pick, service);
  }

  public queue(queue: string, id: string): Figure {
    const pick = ({ queues }: OwnAssumptions) => entryOf(queues ?? {}, queue);
    return this.figure("queues", id, pick, queue);
  }

  public quota(name: QuotaOfLoad): Figure | undefined {
    return this.own("quotas", name, ({ quotas }) => quotas);
  }

  /** The program's own setting by its key: the kind of limit that it moves, and which of it where there are several. */
  public setting(kind: string, service = ""): string | undefined {
    const setting = this.layers
      .map(({ own }) => entryOf(own.settings ?? {}, kind))
      .find((one) => one !== undefined);
    return setting?.replaceAll("{service}", service);
  }

  private own(
    section: Section,
    id: string,
    pick: (own: OwnAssumptions) => Values | undefined,
    of?: string,
  ): Figure | undefined {
    for (const layer of this.layers) {
      const assumed = entryOf(pick(layer.own) ?? {}, id);
      if (assumed !== undefined) return this.made(section, id, assumed, layer, of);
    }
    return undefined;
  }

  private figure(
    section: Section,
    id: string,
    pick: (own: OwnAssumptions) => Values | undefined,
    of?: string,
  ): Figure {
    const own = this.own(section, id, pick, of);
    const general = entryOf(GENERAL[section], id);
    if (own === undefined && general?.value === undefined) {
      throw new Error(`analysis/capacity/assumptions.json has no ${section}.${id}.`);
    }
    const layer = { from: "assumption", at: "" } as const;
    return own ?? this.made(section, id, general as Assumed, layer, of && "any");
  }

  private made(
    section: Section,
    id: string,
    { value, why, asOf }: Assumed,
    { from, at }: Omit<Layer, "own">,
    of?: string,
  ): Figure {
    const key = at + [section, ...(of === undefined ? [] : [of]), id].join(".");
    return {
      name: id,
      value: rangeOf(value),
      unit: entryOf(UNITS, id) ?? "",
      origin: { from, key, why, asOf },
    };
  }
}

/**
 * What is wrong with a program's own assumptions: `KEY: expected WHAT, got VALUE`.
 *
 * @param known names of the program's stacks; default: any name is accepted
 * @param at where in the file they are, with a dot at the end
 */
export function problemsOf(document: unknown, known: readonly string[] = [], at = ""): string[] {
  if (!isRecord(document)) return [expectedText(at.slice(0, -1) || "the file", "an object", document)]; // prettier-ignore
  const { stacks = {}, ...own } = document;
  const problems: string[] = [];
  const report = below(at, problems);
  sectionsIn(own, [...SECTIONS, "stacks"], report);
  if (!isRecord(stacks)) report("stacks", "an object", stacks);
  for (const [stack, given] of Object.entries(isRecord(stacks) ? stacks : {})) {
    const key = `stacks.${stack}`;
    if (known.length > 0 && !known.includes(stack)) report.unknown("stacks.", stack, known);
    if (isRecord(given)) sectionsIn(given, SECTIONS, below(`${at}${key}.`, problems));
    else report(key, "an object", given);
  }
  return problems;
}

const SECTIONS = ["general", "services", "queues", "quotas", "settings"];

type Bag = Record<string, unknown>;
interface Report {
  (key: string, expected: string, got: unknown): void;
  readonly unknown: (path: string, name: string, known: readonly string[]) => void;
}

/** Reports what is wrong with keys below a place of the file. */
function below(at: string, problems: string[]): Report {
  const report = (key: string, expected: string, got: unknown) =>
    void problems.push(expectedText(at + key, expected, got));
  const unknown: Report["unknown"] = (path, name, known) =>
    void problems.push(unknownKeyText(at + path + name, name, known, at + path));
  return Object.assign(report, { unknown });
}

function sectionsIn(document: Bag, sections: readonly string[], report: Report): void {
  for (const [section, given] of Object.entries(document)) {
    if (!SECTIONS.includes(section)) {
      report.unknown("", section, sections);
    } else if (!isRecord(given)) {
      report(section, "an object", given);
    } else if (section === "general" || section === "quotas") {
      valuesIn(given, section, section === "general" ? idsOf("general") : QUOTAS, report);
    } else if (section === "settings") {
      for (const [kind, text] of Object.entries(given)) {
        if (typeof text !== "string") report(`settings.${kind}`, "the name of a setting", text);
      }
    } else {
      const ids = idsOf(section as "services" | "queues");
      for (const [name, values] of Object.entries(given)) {
        if (isRecord(values)) valuesIn(values, `${section}.${name}`, ids, report);
        else report(`${section}.${name}`, "an object", values);
      }
    }
  }
}

function valuesIn(values: Bag, where: string, ids: readonly string[], report: Report): void {
  for (const [id, given] of Object.entries(values)) {
    const key = `${where}.${id}`;
    if (!ids.includes(id)) {
      report.unknown(`${where}.`, id, ids);
    } else if (!isRecord(given)) {
      report(key, "an object with value, why and asOf", given);
    } else {
      const { value, why, asOf, ...rest } = given;
      if (!isValue(value)) report(`${key}.value`, "a number, or the least and the most", value);
      if (typeof why !== "string" || why.length < 4) report(`${key}.why`, "a reason", why);
      if (!isDay(asOf)) report(`${key}.asOf`, "a day, YYYY-MM-DD", asOf);
      Object.keys(rest).forEach((name) =>
        report.unknown(`${key}.`, name, ["value", "why", "asOf"]),
      );
    }
  }
}

function isValue(value: unknown): value is number | Range {
  const isNumber = (one: unknown) => typeof one === "number" && Number.isFinite(one) && one >= 0;
  return Array.isArray(value)
    ? value.length === 2 && value.every(isNumber) && Number(value[0]) <= Number(value[1])
    : isNumber(value);
}

/** A day, written YYYY-MM-DD. */
export function isDay(text: unknown): text is string {
  return (
    typeof text === "string" && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
  );
}
