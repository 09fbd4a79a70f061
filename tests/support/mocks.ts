/**
 * Runs components under Pulumi's mocks and records every registration, with what `newResource` alone
 * hides: parent, protect, ignored changes, aliases, hooks and which inputs are secret.
 */
import * as pulumi from "@pulumi/pulumi";

/** One registered resource. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly parent: string;
  readonly custom: boolean;
  /** Inputs with secrets unwrapped; `secretInputs` names the secret ones. */
  readonly inputs: Record<string, any>; // any: tests reach into every type's inputs
  readonly secretInputs: readonly string[];
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly retainOnDelete: boolean;
  readonly aliases: readonly string[];
  readonly hooks: Readonly<Record<string, readonly string[]>>;
  readonly customTimeouts: { create: string; update: string; delete: string };
  /** Provider reference, `urn::id`, empty for the default provider. */
  readonly provider: string;
}

/** What a run of the program registered. */
export class Recording {
  public constructor(
    public readonly all: readonly Registration[],
    /** Resource outputs recorded by `registerOutputs`, by URN. */
    public readonly outputs: ReadonlyMap<string, Record<string, unknown>>,
    /** Messages of `pulumi.log`, by severity. */
    public readonly logs: readonly { severity: string; message: string }[],
  ) {}

  /** All resources of a type, such as `aws:rds/instance:Instance`. */
  public ofType(type: string): Registration[] {
    return this.all.filter((resource) => resource.type === type);
  }

  /** The one resource of this type and name; an error lists the candidates. */
  public get(type: string, name: string): Registration {
    const found = this.all.filter((r) => r.type === type && r.name === name);
    if (found.length !== 1) {
      const names = this.ofType(type).map((r) => r.name);
      throw new Error(
        `${found.length} resources ${type} named ${name}; there are: ${names.join(", ")}`,
      );
    }
    return found[0]!;
  }

  /** The one resource of this type; an error lists the candidates. */
  public only(type: string): Registration {
    const found = this.ofType(type);
    if (found.length !== 1) {
      throw new Error(
        `${found.length} resources of type ${type}: ${found.map((r) => r.name).join(", ")}`,
      );
    }
    return found[0]!;
  }
}

export interface RecordOptions {
  /** As in a first preview: computed outputs stay unknown. @default false */
  readonly preview?: boolean;
  /** Extra outputs for a resource, on top of id and arn. @default none */
  readonly outputs?: (args: pulumi.runtime.MockResourceArgs) => Record<string, unknown> | undefined;
  /** @default "crm" */
  readonly project?: string;
  /** @default "test" */
  readonly stack?: string;
}

const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";

/** Runs `program` under mocks and returns all that it registered, once every registration is through. */
export async function record(
  program: () => unknown,
  options: RecordOptions = {},
): Promise<Recording> {
  const registrations: Registration[] = [];
  const outputs = new Map<string, Record<string, unknown>>();
  const logs: { severity: string; message: string }[] = [];

  await pulumi.runtime.setMocks(
    {
      newResource: (args) => ({
        id: args.id || `${args.name}-id`,
        state: options.preview
          ? echoed(args)
          : { ...computed(args), ...echoed(args), ...options.outputs?.(args) },
      }),
      call: (args) => {
        throw new Error(`The program called ${args.token}; a preview makes no call to AWS.`);
      },
    },
    options.project ?? "crm",
    options.stack ?? "test",
    options.preview ?? false,
  );
  watch(registrations, outputs, logs);

  await pulumi.runtime.runInPulumiStack(async () => {
    await program();
  });
  await pulumi.runtime.disconnect();
  return new Recording(registrations, outputs, logs);
}

/** A resource gives its inputs back; awsx's components do not: `natGateways` goes in as a strategy and comes out as a list. */
function echoed(args: pulumi.runtime.MockResourceArgs): Record<string, unknown> {
  return args.type.startsWith("awsx:") ? {} : args.inputs;
}

/** Computed outputs that the components build on; AWS would fill them in. */
function computed(args: pulumi.runtime.MockResourceArgs): Record<string, unknown> {
  const service = args.type.split(":")[1]?.split("/")[0] ?? "aws";
  const arn = `arn:aws:${service}:us-east-1:123456789012:${args.name}`;
  const byType: Record<string, Record<string, unknown>> = {
    "awsx:ec2:Vpc": {
      vpcId: `${args.name}-vpc`,
      publicSubnetIds: ["public-1", "public-2", "public-3"],
      privateSubnetIds: ["private-1", "private-2", "private-3"],
      isolatedSubnetIds: ["isolated-1", "isolated-2", "isolated-3"],
      natGateways: [],
      eips: [],
    },
    "random:index/randomPassword:RandomPassword": { result: `${args.name}-result` },
    "random:index/randomId:RandomId": { hex: "0123abcd" },
    "aws:kms/key:Key": { keyId: `${args.name}-key-id` },
    "aws:rds/instance:Instance": {
      address: `${args.name}.db.example`,
      endpoint: `${args.name}.db.example:5432`,
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
      configurationEndpointAddress: `${args.name}.cache.example`,
      primaryEndpointAddress: `${args.name}.cache.example`,
    },
    "aws:lb/loadBalancer:LoadBalancer": {
      dnsName: `${args.name}.elb.example`,
      zoneId: "Z35SXDOTRQ7X7K",
      arnSuffix: `app/${args.name}/0123456789abcdef`,
    },
    "aws:lb/targetGroup:TargetGroup": { arnSuffix: `targetgroup/${args.name}/0123456789abcdef` },
    "aws:ecr/repository:Repository": {
      repositoryUrl: `123456789012.dkr.ecr.us-east-1.amazonaws.com/${args.name}`,
    },
    "aws:acm/certificate:Certificate": {
      domainValidationOptions: [
        args.inputs["domainName"],
        ...(args.inputs["subjectAlternativeNames"] ?? []),
      ].map((domainName) => ({
        domainName,
        resourceRecordName: `_validation.${domainName}`,
        resourceRecordType: "CNAME",
        resourceRecordValue: "_value.example",
      })),
    },
    "aws:route53/zone:Zone": { zoneId: `${args.name}-zone-id`, nameServers: ["ns-1.example"] },
    "aws:cloudfront/distribution:Distribution": {
      domainName: `${args.name}.cloudfront.example`,
      hostedZoneId: "Z2FDTNDATAQYW2",
    },
    "aws:lambda/function:Function": { version: "1", qualifiedArn: `${arn}:1` },
    "aws:sqs/queue:Queue": { url: `https://sqs.example/${args.name}` },
  };
  return { arn, name: args.name, ...byType[args.type] };
}

/** Wraps the mock monitor: it is the only place that sees a registration's options. */
function watch(
  registrations: Registration[],
  outputs: Map<string, Record<string, unknown>>,
  logs: { severity: string; message: string }[],
): void {
  // any: the monitor and engine of the mocks have no public types
  const monitor = pulumi.runtime.getMonitor() as any;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request: any, callback: any) => {
    register(request, (error: unknown, response: any) => {
      if (!error) {
        registrations.push(registration(request, response.getUrn()));
      }
      callback(error, response);
    });
  };
  const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResourceOutputs = (request: any, callback: any) => {
    outputs.set(request.getUrn(), request.getOutputs().toJavaScript());
    registerOutputs(request, callback);
  };
  // The mock monitor of this SDK has no hooks; what a component asks for is recorded above.
  monitor.registerResourceHook ??= (
    _request: unknown,
    callback: (e: unknown, r: unknown) => void,
  ) => callback(undefined, {});
  const engine = pulumi.runtime.getEngine() as any;
  const log = engine?.log?.bind(engine);
  if (log) {
    engine.log = (request: any, callback: any) => {
      const severity = ["debug", "info", "warning", "error"][request.getSeverity()] ?? "info";
      logs.push({ severity, message: request.getMessage() });
      callback(undefined, {});
    };
  }
}

function registration(request: any, urn: string): Registration {
  const inputs: Record<string, unknown> = {};
  const secretInputs: string[] = [];
  for (const [key, value] of Object.entries(request.getObject()?.toJavaScript() ?? {})) {
    if (containsSecret(value)) {
      secretInputs.push(key);
    }
    inputs[key] = unwrapped(value);
  }
  const propertyDependencies: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((dependencies: any, key: string) => {
    propertyDependencies[key] = dependencies.getUrnsList();
  });
  const timeouts = request.getCustomtimeouts();
  const hooks = request.getHooks?.();
  return {
    type: request.getType(),
    name: request.getName(),
    urn,
    parent: request.getParent(),
    custom: request.getCustom(),
    inputs,
    secretInputs,
    dependencies: request.getDependenciesList(),
    propertyDependencies,
    protect: request.getProtect() ?? false,
    ignoreChanges: request.getIgnorechangesList(),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    retainOnDelete: request.getRetainondelete?.() ?? false,
    aliases: request
      .getAliasesList()
      .map((alias: any) => alias.getUrn() || alias.getSpec()?.getName()),
    hooks: hooks ? hooks.toObject() : {},
    customTimeouts: {
      create: timeouts?.getCreate() ?? "",
      update: timeouts?.getUpdate() ?? "",
      delete: timeouts?.getDelete() ?? "",
    },
    provider: request.getProvider(),
  };
}

function isSecret(value: unknown): value is { value: unknown } {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as Record<string, unknown>)[SIGNATURE_KEY] === SECRET_SIGNATURE
  );
}

function containsSecret(value: unknown): boolean {
  if (isSecret(value)) {
    return true;
  }
  return typeof value === "object" && value !== null && Object.values(value).some(containsSecret);
}

function unwrapped(value: unknown): unknown {
  if (isSecret(value)) {
    return unwrapped(value.value);
  }
  if (Array.isArray(value)) {
    return value.map(unwrapped);
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, unwrapped(v)]));
  }
  return value;
}

/** A hook as a resource's options take it. Mocks serve no callbacks, which a hook registers itself with: this one says that it has. */
export function boundHook(name: string): pulumi.ResourceHook {
  return Object.assign(Object.create(pulumi.ResourceHook.prototype) as pulumi.ResourceHook, {
    __pulumiResourceHook: true,
    name,
    __registered: Promise.resolve(),
  });
}
