import * as grpc from "@grpc/grpc-js";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engine from "@pulumi/pulumi/proto/engine_pb";
import type * as Provider from "@pulumi/pulumi/proto/provider_pb";
import type { CallResponse } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type Diagnostic, type PropertyBag, UNKNOWN } from "../../../analysis/plan/model";
import { bagFromWire, scalarText, toStruct } from "../../../analysis/plan/values";
import { Callbacks } from "./callbacks";
import type { DataSources } from "./data-sources";
import type { Frames } from "./frames";
import type { Gaps } from "./gaps";
import type { StackIdentity } from "./host-protocol";
import type { Monitor, Registered } from "./monitor";
import {
  fromReadRequest,
  fromRegisterRequest,
  positionOf,
  toRegisterRequest,
} from "./registration";

const features = proto.ResourceMonitorFeature;

/** What the SDK may use: everything that has a meaning for resources that do not exist yet. */
const supportedFeatures: Record<string, proto.ResourceMonitorFeature> = {
  secrets: features.RESOURCE_MONITOR_FEATURE_SECRETS,
  resourceReferences: features.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
  outputValues: features.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
  aliasSpecs: features.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
  deletedWith: features.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
  replaceWith: features.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
  transforms: features.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
  invokeTransforms: features.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
  parameterization: features.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
  resourceHooks: features.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
  errorHooks: features.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
  invokeDependsOn: features.RESOURCE_MONITOR_FEATURE_INVOKE_DEPENDS_ON,
};

/** What the services report to. */
export interface ServiceOptions extends StackIdentity {
  frames: Frames;
  monitor: Monitor;
  data: DataSources;
  gaps: Gaps;
  onLog: (diagnostic: Diagnostic) => void;
  /** Called when the program has come to its end; the program's process waits for it. */
  onComplete: () => Promise<void>;
}

/** Serves Pulumi's ResourceMonitor and Engine; returns their address. */
export function serve(options: ServiceOptions): Promise<string> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  server.addService(ResourceMonitorService, monitorService(options, new Callbacks()));
  server.addService(EngineService, engineService(options));
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(`127.0.0.1:${port}`);
    });
  });
}

/** A unary method from a function that may throw: gRPC gets the message and nothing of our stack. */
function method<Request, Response>(
  handle: (request: Request) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    // Called from a promise: what `handle` throws at once is handled like what it rejects with.
    Promise.resolve(call.request)
      .then(handle)
      .then(
        (response) => callback(null, response),
        (error: unknown) => {
          const details = error instanceof Error ? error.message : String(error);
          callback({ code: grpc.status.UNKNOWN, details });
        },
      );
  };
}

function unsupported(what: string): grpc.handleUnaryCall<unknown, unknown> {
  return method(() => {
    throw new Error(`the offline preview does not support ${what}`);
  });
}

function monitorService(
  options: ServiceOptions,
  callbacks: Callbacks,
): grpc.UntypedServiceImplementation {
  const { monitor } = options;
  const parentOf = (urn: string): string | undefined => monitor.find(urn)?.parent;
  monitor.transformChild = async (child) => {
    if (!callbacks.hasTransforms) return child;
    const request = toRegisterRequest(child);
    await callbacks.transform(request, parentOf);
    return fromRegisterRequest(options, request);
  };
  return {
    getDeploymentInfo: method(() => deploymentInfo(options)),
    supportsFeature: method((request: proto.SupportsFeatureRequest) => {
      const response = new proto.SupportsFeatureResponse();
      response.setHassupport(Object.hasOwn(supportedFeatures, request.getId()));
      return response;
    }),
    registerResource: method(async (request: proto.RegisterResourceRequest) => {
      await callbacks.transform(request, parentOf);
      const resource = fromRegisterRequest(options, request);
      const position = positionOf(request);
      const source = position && options.frames.own(position);
      if (source !== undefined) resource.source = source;
      callbacks.remember(resource.urn, request);
      await callbacks.runHooks("beforeCreate", resource);
      const providers = Object.fromEntries(request.getProvidersMap().entries());
      const registered = await monitor.register(resource, providers);
      await callbacks.runHooks("afterCreate", resource);
      return registerResponse(registered);
    }),
    registerResourceOutputs: method((request: proto.RegisterResourceOutputsRequest) => {
      monitor.registerOutputs(request.getUrn(), bagFromWire(request.getOutputs()?.toJavaScript()));
      return new Empty();
    }),
    readResource: method(async (request: proto.ReadResourceRequest) => {
      const { urn, outputs } = await monitor.register(fromReadRequest(options, request));
      const response = new proto.ReadResourceResponse();
      response.setUrn(urn);
      response.setId(request.getId());
      response.setProperties(toStruct(readOutputs(options, request, outputs)));
      return response;
    }),
    invoke: method((request: proto.ResourceInvokeRequest) => invoke(options, request)),
    call: method((request: proto.ResourceCallRequest) => call(options, request)),
    existsResource: unsupported("looking whether a resource exists"),
    registerStackTransform: method((callback: Callback) => {
      callbacks.addStackTransform(callback);
      return new Empty();
    }),
    // What such a transform changes are a call's arguments and provider: no answer from here depends on either beyond them.
    registerStackInvokeTransform: method(() => new Empty()),
    registerResourceHook: method((request: proto.RegisterResourceHookRequest) => {
      callbacks.addHook(request);
      return new Empty();
    }),
    // Error hooks run when a resource's creation fails: nothing is created here.
    registerErrorHook: method(() => new Empty()),
    registerPackage: method((request: proto.RegisterPackageRequest) => {
      const response = new proto.RegisterPackageResponse();
      response.setRef(`${request.getName()}@${request.getVersion()}`);
      return response;
    }),
    signalAndWaitForShutdown: method(async () => {
      await options.onComplete();
      return new Empty();
    }),
  };
}

function deploymentInfo({ project, stack }: StackIdentity): proto.DeploymentInfo {
  const info = new proto.DeploymentInfo();
  info.setProject(project);
  info.setStack(stack);
  info.setDryrun(true);
  info.setSupportedfeaturesList(Object.values(supportedFeatures));
  return info;
}

function registerResponse(registered: Registered): proto.RegisterResourceResponse {
  const response = new proto.RegisterResourceResponse();
  response.setUrn(registered.urn);
  if (registered.id !== undefined) response.setId(registered.id);
  response.setObject(toStruct(registered.outputs));
  for (const [property, urns] of Object.entries(registered.outputDependencies)) {
    const dependencies = new proto.RegisterResourceResponse.PropertyDependencies();
    dependencies.setUrnsList(urns);
    response.getPropertydependenciesMap().set(property, dependencies);
  }
  return response;
}

/** Where the quick start notes that an argument is secret, which the protocol does not carry: see quick-start/sdk.js. */
const SECRET_ARGUMENTS = Symbol.for("crm-preview:secret-arguments");

/** Answers a data-source call, with unknown values if the result is not known. */
function invoke(
  { monitor, data }: ServiceOptions,
  request: proto.ResourceInvokeRequest,
): proto.ResourceInvokeResponse {
  const token = request.getTok();
  const args: Record<PropertyKey, unknown> = request.getArgs()?.toJavaScript() ?? {};
  const response = new proto.ResourceInvokeResponse();
  if (token === "pulumi:pulumi:getResource") {
    response.setReturn(toStruct(registered(monitor, scalarText(args.urn))));
    return response;
  }
  const { known, values } = data.ask({
    token,
    args: bagFromWire(args),
    provider: monitor.providerAt(request.getProvider()),
    mayBeSecret: args[SECRET_ARGUMENTS] !== false,
  });
  response.setReturn(toStruct(values));
  // SDKs before about 3.250 do not support a result that is unknown as a whole: they get its fields.
  if (!known) response.setUnknown(true);
  return response;
}

/** What Pulumi's own look-up says of a resource of the program. */
function registered(monitor: Monitor, urn: string): PropertyBag {
  const resource = monitor.find(urn);
  if (!resource) throw new Error(`no resource is registered as ${urn}`);
  const { id = "", ...assigned } = monitor.assignedOf(resource);
  return {
    urn: resource.urn,
    id,
    state: { ...assigned, ...(resource.outputs ?? resource.inputs) },
  };
}

/** Calls a method of a component, which a provider plugin would answer. */
function call({ data, gaps }: ServiceOptions, request: proto.ResourceCallRequest): CallResponse {
  const token = request.getTok();
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded where a program calls a method
  const provider = require("@pulumi/pulumi/proto/provider_pb") as typeof Provider;
  const response = new provider.CallResponse();
  const given = data.given(token, bagFromWire(request.getArgs()?.toJavaScript()));
  if (!given) gaps.answer(token, `  - call: ${token}\n    result: { ...: ... }`);
  response.setReturn(toStruct(given ?? { result: UNKNOWN }));
  return response;
}

/** A program's view of an existing resource: its arguments, and the user's answers. */
function readOutputs(
  { data, gaps }: ServiceOptions,
  request: proto.ReadResourceRequest,
  outputs: PropertyBag,
): PropertyBag {
  const type = request.getType();
  const given = data.given(type, { id: request.getId(), ...outputs });
  if (type !== STACK_REFERENCE) return { ...outputs, ...given };
  if (given) return { ...outputs, outputs: given, secretOutputNames: [] };
  const name = scalarText(outputs.name);
  gaps.answer(
    type,
    `  - call: ${type}\n    with: ${JSON.stringify({ name })}\n    result: { ...: ... }`,
  );
  return { ...outputs, outputs: UNKNOWN };
}

const STACK_REFERENCE = "pulumi:pulumi:StackReference";

function engineService({ onLog }: ServiceOptions): grpc.UntypedServiceImplementation {
  let root = "";
  return {
    log: method((request: engine.LogRequest) => {
      const diagnostic = toDiagnostic(request);
      if (diagnostic) onLog(diagnostic);
      return new Empty();
    }),
    getRootResource: method(() => {
      const response = new engine.GetRootResourceResponse();
      response.setUrn(root);
      return response;
    }),
    setRootResource: method((request: engine.SetRootResourceRequest) => {
      root = request.getUrn();
      return new engine.SetRootResourceResponse();
    }),
    startDebugging: unsupported("a debugger"),
    // The SDK asks for a version of the CLI; what the program needs of it is what the SDK itself brings.
    requirePulumiVersion: method(() => new engine.RequirePulumiVersionResponse()),
  };
}

function toDiagnostic(request: engine.LogRequest): Diagnostic | undefined {
  const severities: Partial<Record<engine.LogSeverity, Diagnostic["severity"]>> = {
    [engine.LogSeverity.INFO]: "info",
    [engine.LogSeverity.WARNING]: "warning",
    [engine.LogSeverity.ERROR]: "error",
  };
  const severity = severities[request.getSeverity()];
  if (!severity || request.getEphemeral()) return undefined;
  const urn = request.getUrn();
  return { severity, message: request.getMessage().trimEnd(), ...(urn && { urn }) };
}
