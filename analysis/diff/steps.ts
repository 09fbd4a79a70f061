/** The steps of a real preview as the same changes that two plans give: `pulumi preview --json`. */
import { interruptionOf } from "../../facts/interruption";
import { placesOf } from "../plan/regions";
import { parseUrn } from "../plan/urn";
import { isUnknown } from "../plan/values";
import { contested, type Sides, withRefusal } from "./contested";
import { appliesTo, expiredBy, expiredIn } from "./expirations";
import { meaningOfDeletion, meaningOfReplacement } from "./meaning";
import type { Manner, Operation, PropertyChange, ResourceChange } from "./model";
import { takenBy } from "./one-alone";
import { refusalOf } from "./refused";
import { differencesOf } from "./values";

/** One step. Source: Pulumi CLI, pkg/display/json.go, and its operations in pkg/resource/deploy/step.go. */
export interface PreviewStep {
  /** `same`, `update`, `replace`, `delete` and so on. */
  readonly op: string;
  readonly urn: string;
  readonly replaceReasons?: readonly string[] | null;
  readonly detailedDiff?: Readonly<Record<string, { readonly kind?: string }>> | null;
  readonly oldState?: StepState;
  readonly newState?: StepState;
}

interface StepState {
  readonly type?: string;
  /** False for a component. */
  readonly custom?: boolean;
  readonly external?: boolean;
  readonly id?: string;
  /** Reference to its provider: `<urn>::<id>`. */
  readonly provider?: string;
  readonly retainOnDelete?: boolean;
  readonly protect?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>> | null;
}

const DELETIONS = new Set(["delete", "delete-replaced"]);
const REPLACEMENTS = new Set([
  "replace",
  "create-replacement",
  "delete-replaced",
  "import-replacement",
]);

/** The changes of a preview, resource by resource; what stays the same is left out. */
export function changesOfSteps(steps: readonly PreviewStep[]): ResourceChange[] {
  const byUrn = new Map<string, PreviewStep[]>();
  for (const step of steps) byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
  const ops = new Map([...byUrn].map(([urn, own]) => [urn, operationOf(own)]));
  const placeOf = placesOf(
    steps.map(({ urn, oldState, newState }) => ({
      ...{ urn, type: parseUrn(urn).type },
      inputs: { ...(newState ?? oldState)?.inputs },
    })),
  );
  const refused = contested([...byUrn].map(([urn, own]) => sidesOfSteps(urn, own, placeOf)));
  return [...byUrn]
    .flatMap(([urn, own]) => changeOf(urn, own, ops, placeOf) ?? [])
    .map((change) => withRefusal(change, refused));
}

function sidesOfSteps(
  urn: string,
  steps: readonly PreviewStep[],
  placeOf: ReturnType<typeof placesOf>,
): Sides {
  const { type, name } = parseUrn(urn);
  const before = steps.find(({ oldState }) => oldState !== undefined)?.oldState;
  const after = steps.find(({ newState }) => newState !== undefined)?.newState;
  const [old, now] = [before?.inputs, after?.inputs];
  const { inputs, provider } = after ?? before ?? {};
  const known = (value: unknown) =>
    typeof value === "string" && !isUnknown(value) ? value : undefined;
  return {
    ...{ urn, name, type },
    place: placeOf({ ...(inputs && { inputs }), ...(provider !== undefined && { provider }) }),
    ...(before?.retainOnDelete && { kept: true }),
    ...(steps.some(({ op }) => op === "import") && { imported: true }),
    ...(old && { old }),
    ...(now && { now }),
    within: (property) => [known(old?.[property]), known(now?.[property])],
  };
}

/** `ops` has what is done to every resource; undefined for what stays. */
function changeOf(
  urn: string,
  steps: readonly PreviewStep[],
  ops: ReadonlyMap<string, Operation | undefined>,
  placeOf: ReturnType<typeof placesOf>,
): ResourceChange | undefined {
  const op = ops.get(urn);
  if (op === undefined) return undefined;
  const { type: own, name } = parseUrn(urn);
  const old = steps.find(({ oldState }) => oldState !== undefined)?.oldState;
  const now = steps.find(({ newState }) => newState !== undefined)?.newState;
  const type = old?.type ?? own;
  const custom = (now ?? old)?.custom ?? true;
  const base = { urn, type, name, component: "", custom, op, certain: true, ignored: [] };
  const properties = propertiesOf(type, op, steps, old?.inputs, now?.inputs);
  const needs = now?.propertyDependencies ?? {};
  const loss = expiredIn(
    { type, op, old: { ...old?.inputs }, now: { ...now?.inputs }, needs, properties },
    (one) => isNew(ops, one),
  );
  if (op !== "replace" && op !== "delete") {
    const refusal = op === "update" ? refusalOf(type, old?.inputs, now?.inputs) : undefined;
    const fresh = op === "create" && appliesTo(needs, (one) => !isNew(ops, one));
    const rules = fresh ? expiredBy(type, undefined, { ...now?.inputs }) : loss;
    return {
      ...{ ...base, properties },
      ...(refusal !== undefined && { refusal }),
      ...(rules && { loss: rules }),
    };
  }
  const kept = steps.some(({ oldState }) => oldState?.retainOnDelete);
  const goes = { type, kept, ...(old?.inputs && { inputs: old.inputs }) };
  const external = steps.some(({ oldState }) => oldState?.external);
  const order = mannerOf(steps);
  const elsewhere = old && now && placeOf(old) !== placeOf(now);
  const beside = op === "replace" && order.order === "create-first" && !elsewhere;
  const taken = beside ? takenBy(type, { ...old?.inputs }, { ...now?.inputs }) : undefined;
  const manner = op === "replace" ? (taken ?? order) : undefined;
  const present = [...ops].flatMap(([one, done]) => (done === "delete" ? [] : [one]));
  return {
    ...{ ...base, properties },
    ...(loss && { loss }),
    ...(manner && { manner }),
    ...(!external &&
      (manner
        ? meaningOfReplacement(goes, manner, properties)
        : meaningOfDeletion(goes, urn, present))),
    ...(old?.protect && { protected: true as const }),
  };
}

function isNew(ops: ReadonlyMap<string, Operation | undefined>, urn: string): boolean {
  const op = ops.get(urn);
  return op === "create" || op === "replace";
}

function operationOf(steps: readonly PreviewStep[]): Operation | undefined {
  // What the program only read stays in AWS: another one is created, or it is no longer read.
  if (steps.some(({ op }) => op === "discard-replaced")) return "create";
  if (steps.some(({ op }) => op === "discard")) return "discard";
  if (steps.some(readsAnother)) return "read";
  if (steps.some(({ op }) => REPLACEMENTS.has(op))) return "replace";
  if (steps.some(({ op }) => DELETIONS.has(op))) return "delete";
  if (steps.some(({ op }) => op === "update")) return "update";
  return steps.some(({ op }) => op === "create" || op === "import") ? "create" : undefined;
}

/** Every preview has a step for all that is read. */
function readsAnother({ op, oldState, newState }: PreviewStep): boolean {
  return op === "read" && newState !== undefined && oldState?.id !== newState.id;
}

/** The engine lists a deletion before the creation where it comes first. */
function mannerOf(steps: readonly PreviewStep[]): Manner {
  const at = (op: string) => steps.findIndex((step) => step.op === op);
  const [deletion, creation] = [at("delete-replaced"), at("create-replacement")];
  if (creation < 0) return { order: "unknown", why: "the preview does not show it" };
  return deletion >= 0 && deletion < creation
    ? { order: "delete-first", why: "Pulumi's own order" }
    : { order: "create-first", why: "Pulumi's own order" };
}

function propertiesOf(
  token: string,
  op: Operation,
  steps: readonly PreviewStep[],
  old: Readonly<Record<string, unknown>> = {},
  now: Readonly<Record<string, unknown>> = {},
): PropertyChange[] {
  if (op !== "update" && op !== "replace") return [];
  const replacing = new Set(
    steps.flatMap(({ replaceReasons, detailedDiff }) => [
      ...(replaceReasons ?? []),
      ...Object.entries(detailedDiff ?? {}).flatMap(([property, { kind }]) =>
        kind?.endsWith("-replace") ? [property] : [],
      ),
    ]),
  );
  const named = new Set([
    ...replacing,
    ...steps.flatMap(({ detailedDiff }) => Object.keys(detailedDiff ?? {})),
  ]);
  const outer = (property: string) => property.split(/[.[]/)[0]!;
  const differences = differencesOf({ ...old }, { ...now }).filter(
    ({ property }) => !property.startsWith("__"),
  );
  const rest = [...named].filter(
    (property) => !differences.some((one) => outer(one.property) === outer(property)),
  );
  const all = [
    ...differences,
    ...rest.map((property) => ({ path: property, property, kind: "changed" as const })),
  ];
  return all.map((difference) => {
    const replaces = [...replacing].some((one) => outer(one) === outer(difference.property));
    const interruption = interruptionOf({ token, ...difference, inputs: now });
    return {
      ...difference,
      ...{ verdict: replaces ? "replaces" : "in-place", source: "the preview", certain: true },
      ...(op === "update" && { interruption }),
    };
  });
}
