/**
 * What a change in place does to those who use the resource: AWS's own words, setting by setting (interruptions.json), and
 * where no guide of the service says more, what the CloudFormation User Guide says an update disrupts
 * (update-behaviors.json). What no page says is not known, and never guessed from another setting.
 */
import { entryOf } from "./entry-of";
import { type Fact, guide } from "./fact";
import table from "./interruptions.json";
import { readTable } from "./read-table";
import { replacement } from "./replacement";
import { plainPath } from "./type-names";

/** `interruption`: AWS says that there is some, and not how long. */
export type Effect =
  "none" | "deployment" | "failover" | "restart" | "interruption" | "downtime" | "unknown";

/** What users notice of one change. */
export interface Interruption {
  readonly effect: Effect;
  /** `window`: in the maintenance window of the resource, because nothing asks for it at once. */
  readonly when?: "now" | "window";
  /** In a few words; absent where the page says no more than the effect. */
  readonly says?: string;
  /** It follows from what the property or the resource is, so that a short text need not say why. */
  readonly obvious?: true;
  /** The page; absent where it follows from what the type is, or is not known. */
  readonly source?: string;
}

/** A row of the table. */
export interface InterruptionRow extends Fact {
  readonly token: string;
  readonly properties: readonly string[];
  /** `unknown`: the service's page does not say, and CloudFormation's is of another change. */
  readonly effect: Effect;
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
export function interruptionOf(changed: Changed): Interruption {
  const { token, property, old, new: now, inputs } = changed;
  const own = plainPath(property);
  const [outer = own] = own.split(".");
  const none = quietOf(token, outer);
  if (none !== undefined) {
    const published = updateBehavior(token, own);
    const source = none.source ?? (published?.effect === "none" ? published.source : undefined);
    return {
      effect: "none",
      when: "now",
      obvious: true,
      ...none,
      ...(source !== undefined && { source }),
    };
  }
  const zero = [old, now].some((value) => Number(value ?? 0) === 0);
  const row = INTERRUPTION_ROWS.find(
    (one) =>
      one.token === token &&
      one.properties.some((name) => name === "*" || name === own || name === outer) &&
      Object.entries(one.where ?? {}).every(([name, value]) => inputs[name] === value) &&
      (one.zero !== true || zero),
  );
  if (row === undefined) return updateBehavior(token, own) ?? NOT_KNOWN;
  const atOnce = row.when === "now" || inputs["applyImmediately"] === true;
  return {
    ...{ effect: row.effect, when: atOnce ? "now" : "window" },
    ...{ says: row.says, source: row.source },
  };
}

/** What interrupts no request because of what it is. */
function quietOf(
  token: string,
  property: string,
): Pick<Interruption, "says" | "source"> | undefined {
  if (property === "tags" || property === "tagsAll" || property === "description") {
    return { says: "a label, which no request reads" };
  }
  if (OBSERVERS.has(token)) return { says: "it observes, and nothing passes through it" };
  if (property === "applyImmediately") return { says: "it says how others are applied" };
  if (property !== "region") return undefined;
  const { source } = replacement(token, property);
  return {
    says: "in place only between no region and the provider's own, which is the same",
    source,
  };
}

const NOT_KNOWN: Interruption = { effect: "unknown", says: "no page of AWS was found that says" };

/** What the CloudFormation User Guide says an update of each property requires; written by generate/update-behaviors.ts. */
interface Behaviors {
  readonly source: { readonly repository: string; readonly commit: string; readonly date: string };
  readonly types: Readonly<Record<string, BehaviorRow>>;
}

interface BehaviorRow {
  readonly page: string;
  /** Properties that change without disrupting the resource, and all that is in them but what `some` names. */
  readonly none: readonly string[];
  /** Properties that change with some interruption. */
  readonly some: readonly string[];
  /** Inside of a property of `none`, what AWS's own type is replaced for: of a change in place the page says nothing. */
  readonly replaced?: readonly string[];
}

let behaviors: Behaviors | undefined;

/** The whole table, read when it is first asked. */
export function updateBehaviors(): Behaviors {
  behaviors ??= readTable<Behaviors>("update-behaviors.json");
  return behaviors;
}

function updateBehavior(token: string, property: string): Interruption | undefined {
  const { source: of, types } = updateBehaviors();
  const row = entryOf(types, token);
  if (row === undefined) return undefined;
  const [, repository = ""] = of.repository.split("/");
  const source = guide(repository, of.commit, row.page);
  for (const at of outwards(property)) {
    if (row.replaced?.includes(at)) return undefined;
    if (row.some.includes(at)) return { effect: "interruption", when: "now", source };
    if (row.none.includes(at)) return { effect: "none", when: "now", source };
  }
  return undefined;
}

/** `a.b.c`, `a.b`, `a`. */
function outwards(property: string): string[] {
  const parts = property.split(".");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("."));
}
