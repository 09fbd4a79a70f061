/** Secrets in what is shown: settings in all that a program gives away, its own secrets in what a pack says. */
import { type PolicyVerdict, SIGNATURE, UNKNOWN } from "../../../analysis/plan/model";
import { isSecret, REDACTED, secret } from "../../../analysis/plan/values";
import type { StackConfig } from "./config";
import type { Report } from "./host-protocol";

/** Pulumi's CLI hides secrets from this length on: shorter ones would hide half of a message. */
const SHORTEST_SECRET = 3;

/** What stands for values that are not shown: no secret is hidden inside of them. */
const MARKERS: ReadonlySet<string> = new Set([UNKNOWN, REDACTED]);

/** A text without the secrets that are hidden. */
type Hide = (text: string) => string;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** Hides texts, as they stand and as JSON writes them; undefined where there is nothing to hide. */
function hideOf(texts: readonly string[]): Hide | undefined {
  const secrets = texts
    .flatMap((text) => text.split("\n"))
    .filter((text) => text.length >= SHORTEST_SECRET && !MARKERS.has(text))
    .flatMap((text) => {
      const quoted = JSON.stringify(text).slice(1, -1);
      return [text, quoted, JSON.stringify(quoted).slice(1, -1)];
    });
  if (secrets.length === 0) return undefined;
  // The longest first: one may be a part of another, or of a marker.
  const all = [...new Set([...secrets, ...MARKERS])].sort((one, two) => two.length - one.length);
  const pattern = new RegExp(all.map(escaped).join("|"), "g");
  return (text) => text.replace(pattern, (found) => (MARKERS.has(found) ? found : REDACTED));
}

const NOTHING: Hide = (text) => text;

/** A function that hides secret settings in what the program prints, as Pulumi's CLI does. */
export function secretFilter(config: StackConfig): Hide {
  return hideOf(secretSettings(config)) ?? NOTHING;
}

const secretSettings = ({ values, secretKeys }: StackConfig): string[] =>
  secretKeys.map((key) => values[key] ?? "");

/**
 * A report as it may be shown: a secret setting that the program has read as a plain text is marked as secret in
 * inputs and outputs, as Pulumi's engine hides it in its events, and a pack's messages hold no secret of the plan.
 *
 * @param hide the filter of the stack's secret settings
 */
export function withoutSecrets<Shown extends Report>(
  report: Shown,
  config: StackConfig,
  hide = secretFilter(config),
): Shown {
  const { resources, outputs, policies, judged } = report;
  const texts = textsOfSecrets([outputs, ...resources.map((one) => [one.inputs, one.outputs])]);
  // Together, as either may be a part of the other.
  const inPacks = hideOf([...secretSettings(config), ...texts]) ?? NOTHING;
  const shown = { ...report };
  if (hide !== NOTHING) {
    shown.outputs = hidden(outputs, hide) as typeof outputs;
    shown.resources = resources.map((one) => ({
      ...one,
      inputs: hidden(one.inputs, hide) as typeof one.inputs,
      ...(one.outputs && { outputs: hidden(one.outputs, hide) as typeof one.outputs }),
    }));
  }
  // The id of what is only read is a plain text to the engine, whatever the program made it of.
  shown.resources = shown.resources.map((one) =>
    one.id === undefined ? one : { ...one, id: inPacks(one.id) },
  );
  if (policies) shown.policies = verdictWithout(policies, inPacks);
  if (judged) shown.judged = verdictWithout(judged, inPacks);
  return shown;
}

function verdictWithout(verdict: PolicyVerdict, hide: Hide): PolicyVerdict {
  const clean = <Said extends { message: string }>(all: readonly Said[]): Said[] =>
    all.map((one) => ({ ...one, message: hide(one.message) }));
  const { violations, undecided } = verdict;
  return { ...verdict, violations: clean(violations), undecided: clean(undecided) };
}

/**
 * A value with its keys hidden and its texts marked as secret where they hold one: checks read them, nothing prints them.
 */
function hidden(value: unknown, hide: Hide): unknown {
  if (typeof value === "string") return hide(value) === value ? value : secret(value);
  if (typeof value !== "object" || value === null || isSecret(value)) return value;
  if (Array.isArray(value)) return value.map((item) => hidden(item, hide));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) =>
      key === SIGNATURE ? [key, item] : [hide(key), hidden(item, hide)],
    ),
  );
}

function textsOfSecrets(value: unknown, inSecret = false): string[] {
  if (typeof value === "string") return inSecret ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  if (isSecret(value)) return textsOfSecrets(value.value, true);
  return Object.values(value).flatMap((item) => textsOfSecrets(item, inSecret));
}
