/**
 * `npm run image-check -- IMAGE --service NAME`: judges an image by docs/image-contract.md. It is looked at, started as the planned task
 * definition has it, asked as ECS, the load balancer and the deployment gate ask, and told to end.
 */
import * as path from "node:path";

import { entryOf } from "../facts/entry-of";
import { shownValue } from "../facts/problem-text";
import { commandLineOf, wrongUsage } from "../tools/commands/options";
import { readNamed } from "../tools/named-file";
import { imageContracts, type ImageContract } from "./image-contract";
import { dockerOf, REAL, type Machine } from "./image-machine";
import { wrongAuthorities } from "./image-surroundings";

const ROOT = path.join(__dirname, "..");

const USAGE = `Usage: npm run image-check -- IMAGE --service NAME [options]

Checks an image against docs/image-contract.md. Docker starts it as ECS would: user, read-only root, /tmp, variables, memory,
and, unless Docker emulates the processor, the CPU that the collector leaves. A stand-in for the collector counts the traces.

      --service NAME    the service whose image it is
      --stack NAME      the stack whose settings apply (default: production)
      --env-file FILE   secrets, one NAME=VALUE a line; without it the data stores are unreachable and readiness is not checked
      --ca-file FILE    the image's file with RDS's certificate authorities, if no variable names it (PGSSLROOTCERT, NODE_EXTRA_CA_CERTS, SSL_CERT_FILE)
  -C, --cwd DIR         where the stack's file is (default: the project)

Exit code: 0 the image meets the contract; 1 it does not; 2 wrong usage, or no Docker.`;

/** Stands for a secret; a store of that address is away. */
const STAND_INS: Readonly<Record<string, string>> = {
  DB_URL: "postgresql://user:password@127.0.0.1:1/nothing?sslmode=verify-full",
  REDIS_URL: "rediss://:nothing@127.0.0.1:1",
};

/** One requirement of the contract: what is wrong, what could not be checked or is up to the image, or nothing. */
export interface Finding {
  readonly demand: string;
  readonly wrong?: string;
  readonly note?: string;
}

/** What is asked of an image beside its contract. */
export interface Asked {
  /** Secrets of stores that are there. */
  readonly envFile?: string | undefined;
  /** Where the image has RDS's authorities. */
  readonly caFile?: string | undefined;
}

/** What `docker image inspect` says, as far as it counts. */
interface Inspected {
  readonly Os: string;
  readonly Architecture: string;
  readonly Config: {
    readonly Env?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly Entrypoint?: readonly string[] | null;
  };
}

/** What an image shows before it is started. */
function looked(image: Inspected, { platform, secrets }: ImageContract): Finding[] {
  const { Env, Cmd, Entrypoint } = image.Config;
  const built = `${image.Os}/${image.Architecture}`;
  const names = (Env ?? []).map((line) => line.split("=")[0]!);
  const held = names.filter((name) => Object.hasOwn(secrets, name));
  const words = [...(Entrypoint ?? []), ...(Cmd ?? [])];
  // CMD as a line of text is run by /bin/sh, which forwards no signals.
  const isLine = /^\/bin\/(ba)?sh$/.test(words[0] ?? "") && words[1] === "-c" && !/^\s*exec\s/.test(words[2] ?? "");
  return [
    finding(`is built for ${platform}`, built === platform, `expected ${platform}, got ${built}`),
    finding("holds no secret", held.length === 0, `expected no value of a secret, got ${held.join(", ")}`),
    finding("starts a program, not a shell's line", words.length > 0 && !isLine, `expected CMD as a list of words, got ${words.join(" ") || "nothing"}`),
  ];
} // prettier-ignore

function finding(demand: string, holds: boolean, wrong: string): Finding {
  return holds ? { demand } : { demand, wrong };
}

/** Where an OpenTelemetry SDK sends to; the collector of a task listens beside the container. */
const ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";

/** This machine, for a container: Docker Desktop's name, which Docker Engine sets by --add-host. */
const HOST = "host.docker.internal";

/** Arguments that start an image as a task starts its container. */
export function runArguments(
  image: string,
  contract: ImageContract,
  envFile: string | undefined,
  { cpus, collector }: { readonly cpus?: string; readonly collector?: number } = {},
): string[] {
  const { platform, user, readOnlyRoot, init, writable, memoryMiB, port, environment, secrets } =
    contract;
  const secret = (name: string) => `${name}=${entryOf(STAND_INS, name) ?? "made-up"}`;
  const traced = collector !== undefined && { [ENDPOINT]: `http://${HOST}:${collector}` };
  const variables = [
    ...Object.entries({ ...environment, ...traced }).map(([name, value]) => `${name}=${value}`),
    ...(envFile === undefined ? Object.keys(secrets).map(secret) : []),
  ];
  return [
    ...["run", "--detach", "--platform", platform, "--user", user],
    ...(readOnlyRoot ? ["--read-only"] : []),
    ...(init ? ["--init"] : []),
    ...writable.flatMap((one) => [
      ...["--tmpfs", `${one.path}:${[...one.options, `size=${one.sizeMiB}m`].join(",")}`],
    ]),
    ...(cpus === undefined ? [] : ["--cpus", cpus]),
    ...(collector === undefined ? [] : ["--add-host", `${HOST}:host-gateway`]),
    ...["--memory", `${memoryMiB}m`, "--publish", `127.0.0.1::${port}`],
    ...(envFile === undefined ? [] : ["--env-file", envFile]),
    ...variables.flatMap((variable) => ["--env", variable]),
    image,
  ];
}

/** Checks an image against all requirements. @throws if Docker cannot be reached or has no such image */
export async function judged(
  image: string,
  contract: ImageContract,
  { envFile, caFile }: Asked,
  machine: Machine,
): Promise<Finding[]> {
  const docker = dockerOf(machine);
  const [inspected] = JSON.parse(docker("image", "inspect", image)) as [Inspected];
  const processor = docker("version", "--format", "{{.Server.Arch}}").trim();
  const isEmulated = `linux/${processor}` !== contract.platform;
  const cpus = (contract.cpu / 1024).toFixed(3);
  const isTraced = Object.hasOwn(contract.environment, ENDPOINT);
  const collector = isTraced ? await machine.collect() : undefined;
  const started = machine.docker(
    runArguments(image, contract, envFile, {
      ...(!isEmulated && { cpus }),
      ...(collector && { collector: collector.port }),
    }),
  );
  const id = started.stdout.trim();
  const found = looked(inspected, contract);
  const demand = `does all of it with ${cpus} of a CPU`;
  if (isEmulated) found.push({ demand, note: `not asked: Docker runs on ${processor}` });
  try {
    if (started.status !== 0) {
      return [...found, { demand: "starts", wrong: started.stderr.trim() }];
    }
    if (Object.hasOwn(contract.secrets, "DB_URL")) {
      found.push(trusted(id, inspected, contract, caFile, machine));
    }
    found.push(...(await asked(id, contract, envFile !== undefined, machine)));
    if (collector) {
      const isQuiet = collector.batches() === 0;
      const note = "none came: X-Ray will not show it. An OpenTelemetry SDK sends them without a setting of its own";
      found.push({ demand: "sends traces to the collector", ...(isQuiet && { note }) });
    }
    return found;
  } finally {
    collector?.close();
    if (id !== "") machine.docker(["rm", "--force", "--volumes", id]);
  }
} // prettier-ignore

/** Whether a container has the authorities of its database. */
function trusted(
  id: string,
  { Config }: Inspected,
  contract: ImageContract,
  caFile: string | undefined,
  machine: Machine,
): Finding {
  const own = (Config.Env ?? []).map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]);
  const read = (file: string) => {
    // As a tar archive, in which the file is text.
    const { status, stdout, stderr } = machine.docker(["cp", "--follow-link", `${id}:${file}`, "-"]);
    return status === 0 ? { text: stdout } : { error: stderr.trim() };
  };
  const variables = { ...Object.fromEntries(own), ...contract.environment };
  const wrong = wrongAuthorities(contract, variables, read, caFile);
  return { demand: "trusts the database's authorities", ...(wrong !== undefined && { wrong }) };
} // prettier-ignore

/** What a container answers while it runs, and how it ends. */
async function asked(
  id: string,
  contract: ImageContract,
  hasStores: boolean,
  machine: Machine,
): Promise<Finding[]> {
  const docker = dockerOf(machine);
  const well = await health(id, contract, machine);
  if (well.wrong !== undefined) {
    const { stdout, stderr } = machine.docker(["logs", "--tail", "20", id]);
    return [well, { demand: "its log", wrong: `${stdout}${stderr}`.trim() || "nothing" }];
  }
  const { port, targetHealth, checks, gateSeconds } = contract;
  const address = `http://${docker("port", id, `${port}`).split("\n")[0]!.trim()}`;
  const { path: healthPath, matcher, timeoutSeconds } = targetHealth;
  const balancer = { path: healthPath, status: matcher, waits: timeoutSeconds };
  const found = [well, await answer(address, balancer, machine)];
  for (const check of hasStores ? checks : []) {
    found.push(await answer(address, { ...check, status: `${check.status}`, waits: gateSeconds }, machine));
  }
  const { stdout, stderr } = machine.docker(["logs", "--tail", "1", id]);
  found.push(
    finding("writes its log to standard output", `${stdout}${stderr}` !== "", "expected a line, got none"),
  );
  return [...found, ...(await end(id, address, contract, machine))];
} // prettier-ignore

/**
 * What a container does after SIGTERM: it takes requests for the target group's deregistration delay, as a task on Spot may get them, and
 * ends.
 */
async function end(
  id: string,
  address: string,
  { targetHealth: { path: where, matcher, timeoutSeconds }, acceptSeconds, stopSeconds }: ImageContract,
  machine: Machine,
): Promise<Finding[]> {
  const killed = machine.docker(["kill", "--signal", "SIGTERM", id]);
  if (killed.status !== 0) return [{ demand: "runs until SIGTERM", wrong: killed.stderr.trim() }];
  const told = machine.now();
  const since = () => (machine.now() - told) / 1000;
  const demand = `takes requests for ${acceptSeconds} s after SIGTERM, with connection: close`;
  let taken: Finding = { demand };
  // Not until the last second: the answer to a request then may come too late.
  while (taken.wrong === undefined && since() < acceptSeconds - 1) {
    const at = `${Math.round(since())} s after SIGTERM`;
    const { wrong } = await answer(address, { path: where, status: matcher, waits: timeoutSeconds, isLast: true }, machine);
    if (wrong !== undefined) taken = { demand, wrong: `${at}: ${wrong}` };
    await machine.sleep(1000);
  }
  const waited = machine.docker(["wait", id], Math.max(1000, (stopSeconds - since()) * 1000));
  const code = waited.status === 0 ? waited.stdout.trim() : "none";
  const ended = `expected exit code 0 within ${stopSeconds} s of SIGTERM, got ${code}`;
  return [taken, finding("ends on SIGTERM", code === "0", ended)];
} // prettier-ignore

/** Whether the container's own check passes in the time that ECS gives it. */
async function health(
  id: string,
  { health: { command, interval, retries, startPeriod, timeout } }: ImageContract,
  machine: Machine,
): Promise<Finding> {
  const [form, ...words] = command;
  const asking = form === "CMD-SHELL" ? ["/bin/sh", "-c", words[0]!] : words;
  const demand = `passes its own check: ${asking.at(-1)}`;
  const until = machine.now() + (startPeriod + interval * retries) * 1000;
  for (;;) {
    const { status, stdout, stderr } = machine.docker(["exec", id, ...asking], timeout * 1000);
    if (status === 0) return { demand };
    if (machine.now() >= until) {
      const got = `${status ?? "none"}: ${`${stderr}${stdout}`.trim()}`;
      return { demand, wrong: `expected exit code 0 within ${timeout} s, got ${got}` };
    }
    const state = machine.docker(["inspect", "--format", "{{.State.Running}}", id]);
    if (state.stdout.trim() !== "true") return { demand, wrong: "it ended at its start" };
    await machine.sleep(1000);
  }
}

/** A question to a container. */
interface Asking {
  readonly path: string;
  /** As the load balancer's matcher: 200, 200-299, 200,204. */
  readonly status: string;
  /** Seconds at most. */
  readonly waits: number;
  readonly contains?: string;
  readonly maxSeconds?: number;
  /** Whether the connection is to be closed with the answer. */
  readonly isLast?: true;
}

async function answer(address: string, check: Asking, machine: Machine): Promise<Finding> {
  const { path: where, status, waits, contains, maxSeconds, isLast } = check;
  const demand = `GET ${where}: ${status}`;
  const started = machine.now();
  try {
    const got = await machine.get(`${address}${where}`, waits * 1000);
    const seconds = (machine.now() - started) / 1000;
    const ranges = status.split(",").map((part) => part.split("-").map(Number));
    const isRight = ranges.some(
      ([first, last = first]) => got.status >= first! && got.status <= last!,
    );
    if (!isRight) return { demand, wrong: `expected ${status}, got ${got.status}` };
    if (contains !== undefined && !got.body.includes(contains)) {
      return { demand, wrong: `expected ${contains} in the body, got ${got.body.slice(0, 200)}` };
    }
    if (isLast && got.connection?.toLowerCase() !== "close") {
      return { demand, wrong: `expected connection: close, got ${got.connection ?? "nothing"}` };
    }
    return maxSeconds !== undefined && seconds > maxSeconds
      ? { demand, wrong: `expected at most ${maxSeconds} s, got ${seconds.toFixed(2)}` }
      : { demand };
  } catch (error) {
    const { name, message } = error as Error;
    const isLate = name === "TimeoutError";
    return { demand, wrong: isLate ? `expected an answer within ${waits} s, got none` : message };
  }
}

const OPTIONS = {
  service: { type: "string" },
  stack: { type: "string", short: "s", default: "production" },
  "env-file": { type: "string" },
  "ca-file": { type: "string" },
  cwd: { type: "string", short: "C", default: ROOT },
} as const;

/** The command; returns its exit code. */
export async function main(
  args: readonly string[],
  machine: Machine = REAL,
  planned = imageContracts,
): Promise<number> {
  const given = commandLineOf(args, USAGE, {
    options: OPTIONS,
    required: ["service"],
    named: ["IMAGE"],
  });
  if (typeof given === "number") return given;
  const { service, stack, cwd, "env-file": envFile, "ca-file": caFile } = given.values;
  const [image] = given.named as [string];
  if (envFile !== undefined) {
    try {
      readNamed(envFile, "secrets, one NAME=VALUE a line");
    } catch (error) {
      return wrongUsage(`--env-file: ${(error as Error).message}`, USAGE);
    }
  }
  const version = machine.docker(["version", "--format", "{{.Server.Version}}"]);
  if (version.status !== 0) {
    console.error(`docker: expected a running Docker, got ${version.stderr.trim()}`);
    return 2;
  }
  const contracts = await planned(stack, cwd);
  const contract = contracts.find((one) => one.service === service);
  if (contract === undefined) {
    const names = contracts.map((one) => one.service).join(", ");
    console.error(`--service: expected one of ${names}, got ${shownValue(service)}`);
    return 2;
  }
  const findings = await judged(image, contract, { envFile, caFile }, machine);
  for (const { demand, wrong, note } of findings) {
    const sign = wrong !== undefined ? "WRONG " : note !== undefined ? "note  " : "ok    ";
    machine.print(
      [`${sign} ${demand}`, wrong ?? note].flatMap((one) => one ?? []).join("\n       "),
    );
  }
  const wrong = findings.filter((one) => one.wrong !== undefined).length;
  const unasked = envFile === undefined ? "; readiness was not asked for without --env-file" : "";
  machine.print(
    wrong === 0
      ? `${image} satisfies what ${stack} asks of ${service}${unasked}`
      : `${image} misses ${wrong} of ${findings.length}`,
  );
  return wrong === 0 ? 0 : 1;
}
