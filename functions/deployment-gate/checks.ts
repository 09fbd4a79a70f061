/** Asks a new version of a service, through the load balancer's test listener, whether it works. */
import * as http from "node:http";
import * as https from "node:https";

import { call, SERVICE_HEADER } from "./grpc";

/** One question and the right answer to it. */
export interface Check {
  readonly path: string;
  /** Status codes of a right answer: `200`, `200,204` or `200-299`. */
  readonly status: string;
  /** Text that the answer must hold. */
  readonly contains?: string;
  /** Longest time that the answer may take; the gate waits for `requestTimeoutSeconds` all the same, to say what came. */
  readonly maxSeconds?: number;
}

/** Where the service is and what makes it good. */
export interface GateDetails {
  /** Service under test; the test listener routes by it. */
  readonly service: string;
  /** DNS name of the load balancer in front of the test listener. */
  readonly endpoint: string;
  /** Port of the test listener. */
  readonly port: number;
  /** Name on the certificate, which is also the host that is asked for. */
  readonly host: string;
  /** Whether the test listener speaks HTTP: the load balancer has no certificate. @default false */
  readonly plain?: boolean;
  /** Whether the paths are methods of gRPC, and the statuses gRPC's. @default false */
  readonly grpc?: boolean;
  readonly checks: readonly Check[];
  /** Rounds in a row that must pass. */
  readonly passes: number;
  readonly totalSeconds: number;
  readonly requestTimeoutSeconds: number;
  readonly retryDelaySeconds: number;
  /** Time by which all must be done, in milliseconds since 1970; set by the first of several invocations. */
  readonly deadline?: number;
}

/**
 * What a hook says instead where a service waits without tasks. It stays rather than go: an update that leaves hooks out takes none
 * away, and the one that was kept would check a version without tasks. Source: docs/decisions.md, "A hook is never taken away".
 */
export const NOBODY_TO_ASK = { tasks: 0 } as const;

export { SERVICE_HEADER };

/** Longest part of an answer that is checked, in bytes. */
const LONGEST_ANSWER = 256 * 1024;

/** How it went: passed, or what was wrong in the last round that failed. */
export type Outcome = { readonly passed: true } | { readonly passed: false; readonly why: string };

/** What a run needs of the world around it. */
export interface Surroundings {
  /** Certificate authority besides those that Node.js trusts. */
  readonly ca?: string;
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
}

/** Rounds of all checks until enough have passed in a row, or the time `until` is over. */
export async function runChecks(
  details: GateDetails,
  until: number,
  surroundings: Surroundings,
): Promise<Outcome> {
  let passed = 0;
  for (let round = 1; ; round++) {
    const problem = await firstProblem(details, until, surroundings);
    if (problem === undefined) {
      passed++;
      surroundings.log({ round, passed, of: details.passes });
      if (passed >= details.passes) {
        return { passed: true };
      }
    } else {
      passed = 0;
      surroundings.log({ round, problem });
    }
    const pause = details.retryDelaySeconds * 1000;
    // A round that could not wait for an answer in full would hide the reason of the one before.
    if (Date.now() + pause + details.requestTimeoutSeconds * 1000 > until) {
      return {
        passed: false,
        why: problem ?? `only ${passed} of ${details.passes} rounds in a row passed in time`,
      };
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function firstProblem(
  details: GateDetails,
  until: number,
  surroundings: Surroundings,
): Promise<string | undefined> {
  for (const check of details.checks) {
    const left = Math.min(details.requestTimeoutSeconds * 1000, until - Date.now());
    const problem =
      left <= 0 ? "time is up" : await problemWith(details, check, left, surroundings.ca);
    if (problem !== undefined) {
      return `${details.grpc === true ? "call" : "GET"} ${check.path}: ${problem}`;
    }
  }
  return undefined;
}

/** What is wrong with the answer; undefined when nothing is. */
async function problemWith(
  details: GateDetails,
  check: Check,
  timeoutMs: number,
  ca: string | undefined,
): Promise<string | undefined> {
  try {
    const started = performance.now();
    const ask = details.grpc === true ? call : get;
    const answer = await ask(details, check.path, timeoutMs, ca);
    const seconds = (performance.now() - started) / 1000;
    if (!accepted(check.status, answer.status)) {
      return `status: expected ${check.status}, got ${answer.status}`;
    }
    if (check.contains !== undefined && !answer.body.includes(check.contains)) {
      return `the answer does not hold ${JSON.stringify(check.contains)}`;
    }
    if (check.maxSeconds !== undefined && seconds > check.maxSeconds) {
      return `time: expected at most ${check.maxSeconds} s, got ${seconds.toFixed(2)}`;
    }
    return undefined;
  } catch (error) {
    if (error instanceof Error && ["AbortError", "TimeoutError"].includes(error.name)) {
      return `no answer in ${timeoutMs / 1000} s`;
    }
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether a status is among those that `codes` lists. */
function accepted(codes: string, status: number): boolean {
  return codes.split(",").some((part) => {
    const [first, last = first] = part.split("-").map(Number);
    return status >= first! && status <= last!;
  });
}

function get(
  details: GateDetails,
  path: string,
  timeoutMs: number,
  ca: string | undefined,
): Promise<{ status: number; body: string }> {
  const options: https.RequestOptions = {
    host: details.endpoint,
    port: details.port,
    // The load balancer has the certificate of the service's name, whatever its own DNS name is.
    servername: details.host,
    path,
    headers: {
      host: details.host,
      "user-agent": "crm-deployment-gate",
      [SERVICE_HEADER]: details.service,
    },
    // A connection of its own for each request: a kept one could stay on the old version's target.
    agent: false,
    ca,
    signal: AbortSignal.timeout(timeoutMs),
  };
  return new Promise((resolve, reject) => {
    const { request } = details.plain === true ? http : https;
    const outgoing = request(options, (incoming) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size <= LONGEST_ANSWER) {
          chunks.push(chunk);
        }
      });
      incoming.on("error", reject);
      incoming.on("end", () =>
        resolve({
          status: incoming.statusCode ?? 0,
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}
