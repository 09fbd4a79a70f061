/**
 * What a change in place does to those who use the resource: AWS's own words, setting by setting (interruptions.json). What
 * no page says is not known, and never guessed from another setting.
 */
import type { Fact } from "./fact";
import table from "./interruptions.json";
import { plainPath } from "./type-names";

export type Effect = "none" | "deployment" | "failover" | "restart" | "downtime" | "unknown";

/** What users notice of one change. */
export interface Interruption {
  readonly effect: Effect;
  /** `window`: in the maintenance window of the resource, because nothing asks for it at once. */
  readonly when?: "now" | "window";
  /** In a few words. */
  readonly says: string;
  /** The page; absent where it follows from what the type is, or is not known. */
  readonly source?: string;
}

/** A row of the table. */
export interface InterruptionRow extends Fact {
  readonly token: string;
  readonly properties: readonly string[];
  readonly effect: Exclude<Effect, "unknown">;
  /** `asked`: now where the resource's `applyImmediately` is true, else in its window. */
  readonly when: "now" | "asked";
  /** Inputs with which alone it applies. */
  readonly where?: Readonly<Record<string, unknown>>;
  /** Applies only from or to 0. */
  readonly zero?: true;
  readonly says: string;
}

type Page = keyof typeof table.pages;

/** Every row, with its page. */
export const INTERRUPTION_ROWS: readonly InterruptionRow[] = table.rows.map(
  ({ page, ...row }) => ({ ...row, ...table.pages[page as Page] }) as unknown as InterruptionRow,
);

const OBSERVERS: ReadonlySet<string> = new Set(table.observers);

/** One changed property of a resource that stays. */
export interface Changed {
  readonly token: string;
  /** As in `Difference.property`. */
  readonly property: string;
  readonly old?: unknown;
  readonly new?: unknown;
  /** The resource's inputs after the change. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What users notice when a property changes in place. */
export function interruptionOf({ token, property, old, new: now, inputs }: Changed): Interruption {
  const own = plainPath(property);
  const [outer = own] = own.split(".");
  if (outer === "tags" || outer === "tagsAll" || outer === "description") {
    return { effect: "none", when: "now", says: "a label, which no request reads" };
  }
  if (OBSERVERS.has(token)) {
    return { effect: "none", when: "now", says: "it observes, and nothing passes through it" };
  }
  if (outer === "applyImmediately" || outer === "skipFinalSnapshot") {
    return { effect: "none", when: "now", says: "it says how others are applied" };
  }
  const zero = [old, now].some((value) => Number(value ?? 0) === 0);
  const row = INTERRUPTION_ROWS.find(
    (one) =>
      one.token === token &&
      one.properties.some((name) => name === "*" || name === own || name === outer) &&
      Object.entries(one.where ?? {}).every(([name, value]) => inputs[name] === value) &&
      (one.zero !== true || zero),
  );
  if (row === undefined) return { effect: "unknown", says: "no page of AWS was found that says" };
  const atOnce = row.when === "now" || inputs["applyImmediately"] === true;
  return {
    ...{ effect: row.effect, when: atOnce ? "now" : "window" },
    ...{ says: row.says, source: row.source },
  };
}
