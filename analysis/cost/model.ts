/** What an estimate is made of and what it says; plain data, without Pulumi. */
import table from "../../facts/prices.json";
import type { PlannedResource } from "../plan/model";

/** The regions that the price table knows: those of its rows. */
export const PRICED_REGIONS: readonly string[] = [
  ...new Set(Object.values(table.prices).flatMap(({ usd }) => Object.keys(usd))),
].sort();

/** One price of `facts/prices.json`. */
export interface Price {
  /** USD for one unit, by region, on demand. */
  readonly usd: Readonly<Record<string, number>>;
  readonly unit: string;
  /** AWS's page that sets it. */
  readonly source: string;
  /** By region, a second public page on which the figure was read. */
  readonly seen: Readonly<Record<string, string>>;
  /** Regions whose figure no second page confirms: every region is here or in `seen`. @default none */
  readonly unconfirmed?: readonly string[];
  /** Day as of which it holds, YYYY-MM-DD. */
  readonly asOf: string;
}

export interface PriceTable {
  /** Day of the table, YYYY-MM-DD. */
  readonly asOf: string;
  readonly currency: string;
  readonly prices: Readonly<Record<string, Price>>;
}

/** One assumption of `analysis/cost/usage.json`. */
export interface Assumption {
  readonly value: number;
  /** Values of single stacks. */
  readonly stacks?: Readonly<Record<string, number>>;
  /** Regular expression for the names of the buckets that hold as much. */
  readonly buckets?: string;
  /** Its meaning. */
  readonly why: string;
}

export interface UsageTable {
  readonly assumptions: Readonly<Record<string, Assumption>>;
}

/** A part of a resource's price. */
export interface CostLine {
  /** URN of the resource. */
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Outermost component that holds the resource. */
  readonly component: string;
  /** What is paid for. */
  readonly item: string;
  readonly quantity: number;
  /** Id in the price table. */
  readonly price: string;
  readonly unitUsd: number;
  readonly monthlyUsd: number;
}

/** Resources of a type that have no price here. */
export interface NotEstimated {
  readonly type: string;
  readonly count: number;
  /** Why there is none. */
  readonly reason: string;
}

export interface CostEstimate {
  readonly monthlyUsd: number;
  /** By the outermost component, as the preview counts resources. */
  readonly byComponent: Readonly<Record<string, number>>;
  readonly lines: readonly CostLine[];
  readonly notEstimated: readonly NotEstimated[];
  /** Day of the price table. */
  readonly pricesOf: string;
  /** The stack's own monthly budget, where it has one. */
  readonly budgetUsd?: number;
  /** The region of what names none, where neither a setting nor Pulumi's own provider names the stack's. */
  readonly assumedRegion?: string;
}

/** What an estimator knows. */
export interface Scope {
  readonly resource: PlannedResource;
  readonly region: string;
  /** The value of an assumption for the stack. */
  readonly usage: (id: string) => number;
  /** What a bucket of this name holds, in GB: by the first assumption that is about it. */
  readonly bucketGB: (name: string) => number;
  /** All resources of a type. */
  readonly ofType: (type: string) => readonly PlannedResource[];
  readonly byUrn: (urn: string) => PlannedResource | undefined;
}

/** A quantity at a price of the table; `share` lowers the price, as Spot does. */
export interface Charge {
  readonly item: string;
  readonly quantity: number;
  readonly price: string;
  /** Another price of the table that the price is multiplied with. @default 1 */
  readonly times?: string;
}

/** A part of a resource without a price, and why; its other parts have one. */
export interface Unpriced {
  readonly reason: string;
}

/** What a resource costs, part by part; a text says why nothing of it is known. */
export type Estimator = (scope: Scope) => readonly (Charge | Unpriced)[] | string;

/** What an estimate leaves out of one resource. */
export interface Gap {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly reason: string;
}
