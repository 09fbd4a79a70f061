import { type PlannedResource, type PropertyBag, UNKNOWN } from "../../../analysis/plan/model";
import { isSecret, reveal } from "../../../analysis/plan/values";
import { entryOf } from "../../../facts/entry-of";
import { USUAL_REGION } from "../../../facts/regions";
import { type Answer, answerFor } from "../data/answers";
import type * as Aws from "../data/aws";
import { ResultNames } from "../data/result-names";
import type { StackConfig } from "./config";
import type { Gaps } from "./gaps";

/** A call of a data source. */
export interface DataCall {
  token: string;
  args: PropertyBag;
  /** The provider that the call names, or inherits. */
  provider: PlannedResource | undefined;
  /** True unless it is certain that no argument is secret. */
  mayBeSecret: boolean;
}

/** The result of a call; `known` is false where all of it is unknown. */
export interface DataResult {
  known: boolean;
  values: PropertyBag;
}

/** Results of data sources without a cloud. */
export class DataSources {
  private readonly names: ResultNames;
  private readonly used = new Set<Answer>();
  /** What stands for texts that AWS chooses, in a second evaluation. */
  assigned: string | undefined;

  constructor(
    projectRoot: string,
    private readonly config: StackConfig,
    private readonly answers: readonly Answer[],
    private readonly gaps: Gaps,
    private readonly environment: NodeJS.ProcessEnv = process.env,
  ) {
    this.names = new ResultNames(projectRoot);
  }

  /** Whether the user gave an answer for a call. */
  given(token: string, args: PropertyBag): PropertyBag | undefined {
    const answer = answerFor(this.answers, token, args);
    if (answer) this.used.add(answer);
    return answer?.result;
  }

  /** Tells which of the user's answers no call of the program has asked for. */
  nameUnused(): void {
    const calls = this.answers.filter((one) => !this.used.has(one)).map(({ call }) => call);
    if (calls.length === 0) return;
    this.gaps.leftOut(`answers without a call that fits (see call and with): ${calls.join(", ")}`);
  }

  /** Returns a call's result: from the user's answers, from its arguments, or with unknown values. */
  ask(call: DataCall): DataResult {
    const { token, args } = call;
    const given = this.given(token, args);
    if (given) return { known: true, values: { ...this.unknown(token), ...args, ...given } };
    const compute = token.startsWith("aws:") ? entryOf(pure(), token) : undefined;
    if (compute) {
      const values = compute(args, this.around(call.provider));
      // Unknown fields that callers rarely use, such as the ids of zones, need no warning.
      if (values.id === UNKNOWN) this.missing(call, values);
      return { known: true, values };
    }
    const values = this.unknown(token);
    this.missing(call, values);
    return { known: false, values };
  }

  /** The region of a provider, or of the stack. */
  regionOf(provider: PlannedResource | undefined): string {
    const { AWS_REGION, AWS_DEFAULT_REGION } = this.environment;
    const settings = [
      provider && reveal(provider.inputs.region),
      this.config.values["aws:region"],
      ...[AWS_REGION, AWS_DEFAULT_REGION],
    ];
    const region = settings.find(
      (value): value is string => typeof value === "string" && value !== "" && value !== UNKNOWN,
    );
    if (region !== undefined) return region;
    this.gaps.assume(
      `the region is ${USUAL_REGION}; pulumi config set aws:region REGION names yours`,
    );
    return USUAL_REGION;
  }

  /** The account of a provider, or of the stack, if a setting names one. */
  accountOf(provider: PlannedResource | undefined): string | undefined {
    const ids = listOf(provider?.inputs.allowedAccountIds);
    const configured = listOf(this.config.values["aws:allowedAccountIds"]);
    const [account, ...more] = ids.length ? ids : configured;
    return more.length ? undefined : account;
  }

  private around(provider: PlannedResource | undefined): Aws.Surroundings {
    return {
      region: () => this.regionOf(provider),
      account: this.accountOf(provider),
      assigned: this.assigned,
      defaultTags: tagsOf(provider?.inputs.defaultTags ?? this.config.values["aws:defaultTags"]),
      assume: (what) => this.gaps.assume(what),
    };
  }

  private unknown(token: string): PropertyBag {
    return Object.fromEntries(this.names.of(token).map((name) => [name, UNKNOWN]));
  }

  private missing({ token, args, mayBeSecret }: DataCall, values: PropertyBag): void {
    const names = Object.keys(values).filter(
      (name) => values[name] === UNKNOWN && name !== "id" && !Object.hasOwn(args, name),
    );
    const shown = Object.entries(args).filter(([, value]) => !isSecret(value));
    const lines = [`  - call: ${token}`];
    // An argument may be secret or derived from a secret: its value must not be shown.
    if (shown.length && !mayBeSecret) {
      lines.push(`    with: ${JSON.stringify(Object.fromEntries(shown))}`);
    }
    // Identifiers are what programs take first.
    const isId = (name: string) => /(^arn|Arn|Id)$/.test(name);
    const sorted = [...names.filter(isId), ...names.filter((name) => !isId(name))];
    const fields = ["id", ...sorted].slice(0, MOST_FIELDS);
    lines.push(`    result: { ${fields.map((field) => `${field}: ...`).join(", ")} }`);
    this.gaps.answer(token, lines.join("\n"));
  }
}

/** Names of results that the warning lists; a file of answers may hold all. */
const MOST_FIELDS = 6;

function pure(): typeof Aws.PURE {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded where a program asks
  return (require("../data/aws") as typeof Aws).PURE;
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function listOf(value: unknown): string[] {
  const list = parsed(reveal(value));
  return Array.isArray(list) ? list.map(String).filter((id) => /^\d{12}$/.test(id)) : [];
}

function tagsOf(value: unknown): unknown {
  const tags = parsed(reveal(value));
  return typeof tags === "object" && tags !== null ? (tags as PropertyBag).tags : undefined;
}
