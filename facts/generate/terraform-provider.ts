/** A Terraform provider's own plan of a change: the provider is started and asked as Terraform asks it. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";

import { field, fields, pack, unpack, type Value } from "./terraform-wire";

/** A type as Terraform's schema writes it: `"string"`, `["list", "string"]`, `["object", {...}]`. */
export type AttributeType = string | [string, AttributeType | Record<string, AttributeType>];

/** One argument or attribute. */
export interface Attribute {
  type?: AttributeType;
  nested_type?: { attributes: Record<string, Attribute>; nesting_mode: string };
  required?: boolean;
  optional?: boolean;
  computed?: boolean;
}

/** A resource's arguments and blocks. */
export interface Block {
  attributes?: Record<string, Attribute>;
  block_types?: Record<string, NestedBlock>;
}

/** A block inside of a block. */
export interface NestedBlock {
  block: Block;
  nesting_mode: "single" | "list" | "set" | "map" | "group";
  min_items?: number;
  max_items?: number;
}

/** What the provider answers about a change. */
export interface Answer {
  /** Paths that make it replace the resource; without `id`, which the old plugin SDK adds to them. */
  replaces: string[];
  planned: Value;
  errors: string[];
}

const COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/**
 * No request reaches AWS: the provider has invalid keys, skips what would need them, and finds no server where it
 * looks for the services (some resources ask AWS while they plan).
 */
const UNREACHABLE = "http://127.0.0.1:9";
const CONFIGURATION: Record<string, Value> = {
  max_retries: 1,
  region: "us-east-1",
  access_key: "none",
  secret_key: "none",
  skip_credentials_validation: true,
  skip_requesting_account_id: true,
  skip_metadata_api_check: "true",
  skip_region_validation: true,
};

/** The provider of a directory of plugins as `terraform init -plugin-dir` takes it. */
export class Provider {
  readonly schemas: Record<string, { block: Block; version: number }>;
  readonly version: string;
  private readonly configuration: Block;

  constructor(
    private readonly binary: string,
    pluginDirectory: string,
  ) {
    this.version = /_v([\d.]+)/.exec(path.basename(binary))?.[1] ?? "unknown";
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "provider-schema-"));
    const aws = { source: "hashicorp/aws", version: this.version };
    fs.writeFileSync(
      path.join(folder, "main.tf.json"),
      JSON.stringify({ terraform: { required_providers: { aws } } }),
    );
    const env = { ...process.env, CHECKPOINT_DISABLE: "1" };
    execFileSync("terraform", ["init", `-plugin-dir=${pluginDirectory}`], { cwd: folder, env });
    const output = execFileSync("terraform", ["providers", "schema", "-json"], {
      cwd: folder,
      env,
      maxBuffer: 2 ** 28,
    });
    fs.rmSync(folder, { recursive: true });
    const { provider_schemas } = JSON.parse(output.toString()) as {
      provider_schemas: Record<
        string,
        { provider: { block: Block }; resource_schemas: Provider["schemas"] }
      >;
    };
    const [own] = Object.values(provider_schemas);
    this.schemas = own!.resource_schemas;
    this.configuration = own!.provider.block;
  }

  /** A process of the provider, ready to be asked. */
  async open(): Promise<Session> {
    const services = this.configuration.block_types!["endpoints"]!.block.attributes!;
    const endpoints = Object.fromEntries(Object.keys(services).map((name) => [name, UNREACHABLE]));
    const config = { ...nullsOf(this.configuration), ...CONFIGURATION, endpoints: [endpoints] };
    const session = new Session(this.binary, config);
    await session.start();
    return session;
  }
}

/** One running process of a provider. */
export class Session {
  private process?: ChildProcess;
  private client?: grpc.Client;

  constructor(
    private readonly binary: string,
    private readonly configuration: Value,
  ) {}

  async start(): Promise<void> {
    const child = spawn(this.binary, [], {
      env: { ...process.env, TF_PLUGIN_MAGIC_COOKIE: COOKIE, PLUGIN_PROTOCOL_VERSIONS: "5" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    this.process = child;
    const line = await new Promise<string>((resolve, reject) => {
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes("\n")) resolve(text.trim());
      });
      child.on("exit", (code) => reject(new Error(`The provider ended with ${code}.`)));
    });
    const address = line.split("|")[3]!;
    this.client = new grpc.Client(`unix:${address}`, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
    });
    const request = Buffer.concat([field(1, "1.11.0"), field(2, dynamic(this.configuration))]);
    const answer = await this.call("Configure", request);
    const errors = diagnostics(answer, 1);
    if (errors.length) throw new Error(`The provider refuses its configuration: ${errors[0]}`);
  }

  stop(): void {
    this.client?.close();
    this.process?.kill();
  }

  /** The provider's plan for a resource whose state is `prior` and whose arguments become `config`. */
  async plan(type: string, prior: Value, proposed: Value, config: Value): Promise<Answer> {
    const request = Buffer.concat([
      field(1, type),
      field(2, dynamic(prior)),
      field(3, dynamic(proposed)),
      field(4, dynamic(config)),
    ]);
    let answer: Buffer;
    try {
      answer = await this.call("PlanResourceChange", request);
    } catch (error) {
      // Values that AWS would never send make the provider crash now and then: an answer like any other.
      if ((error as grpc.ServiceError).code !== grpc.status.UNAVAILABLE) throw error;
      this.stop();
      await this.start();
      return { planned: null, replaces: [], errors: ["the provider crashed"] };
    }
    let planned: Value = null;
    const replaces: string[] = [];
    for (const { number, bytes } of fields(answer)) {
      if (number === 1) planned = undynamic(bytes!);
      if (number === 2) replaces.push(pathOf(bytes!));
    }
    return {
      planned,
      errors: diagnostics(answer, 4),
      replaces: [...new Set(replaces)].filter((one) => one !== "id"),
    };
  }

  private call(method: string, request: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.client!.makeUnaryRequest<Buffer, Buffer>(
        `/tfplugin5.Provider/${method}`,
        (one) => one,
        (one) => one,
        request,
        { deadline: Date.now() + 300_000 },
        (error, answer) => (error ? reject(error) : resolve(answer!)),
      );
    });
  }
}

function dynamic(value: Value): Buffer {
  return field(1, pack(value));
}

function undynamic(message: Buffer): Value {
  for (const { number, bytes } of fields(message)) {
    if (number === 1) return unpack(bytes!);
    if (number === 2) return JSON.parse(bytes!.toString()) as Value;
  }
  return null;
}

/** `rule[0].name` -> `rule.name`: which element it is does not matter here. */
function pathOf(message: Buffer): string {
  const names: string[] = [];
  for (const step of fields(message)) {
    for (const { number, bytes } of fields(step.bytes!)) {
      if (number === 1) names.push(bytes!.toString());
    }
  }
  return names.join(".");
}

function diagnostics(message: Buffer, at: number): string[] {
  const errors: string[] = [];
  for (const { number, bytes } of fields(message)) {
    if (number !== at) continue;
    const parts = fields(bytes!);
    const text = (n: number) => parts.find((p) => p.number === n)?.bytes?.toString() ?? "";
    if (parts.find((p) => p.number === 1)?.value === 1) errors.push(`${text(2)}: ${text(3)}`);
  }
  return errors;
}

/** A block in which nothing is set: Terraform sends lists and sets of blocks as empty, all else as null. */
export function nullsOf(block: Block): Record<string, Value> {
  const value: Record<string, Value> = {};
  for (const name of Object.keys(block.attributes ?? {})) value[name] = null;
  for (const [name, { nesting_mode }] of Object.entries(block.block_types ?? {})) {
    value[name] = nesting_mode === "list" || nesting_mode === "set" ? [] : null;
  }
  return value;
}
