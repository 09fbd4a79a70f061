import * as grpc from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { type Callback, CallbackInvokeRequest } from "@pulumi/pulumi/proto/callback_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type PlannedResource, UNKNOWN } from "../../../analysis/plan/model";
import { applyOptions, optionsOf } from "./transform-options";

/** A hook that the program has registered. */
interface Hook {
  callback: Callback;
  onDryRun: boolean;
  ignoreErrors: boolean;
}

/**
 * Functions of the program that the engine calls back while resources are registered: transforms, which
 * change a registration, and resource hooks, of which a preview runs those that ask for it (`onDryRun`).
 */
export class Callbacks {
  private readonly clients = new Map<string, CallbacksClient>();
  private readonly stackTransforms: Callback[] = [];
  private readonly transformsByUrn = new Map<string, Callback[]>();
  private readonly hooks = new Map<string, Hook>();

  /** Adds a transform for every resource that is registered from now on. */
  addStackTransform(callback: Callback): void {
    this.stackTransforms.push(callback);
  }

  /** Adds a hook, which resources bind by its name. */
  addHook(request: proto.RegisterResourceHookRequest): void {
    const callback = request.getCallback();
    if (!callback) throw new Error(`the resource hook ${request.getName()} has no function`);
    this.hooks.set(request.getName(), {
      callback,
      onDryRun: request.getOnDryRun(),
      ignoreErrors: request.getIgnoreErrors(),
    });
  }

  /** True if any transform could apply to the children of a resource. */
  get hasTransforms(): boolean {
    return this.stackTransforms.length > 0 || this.transformsByUrn.size > 0;
  }

  /** Remembers a resource's own transforms: they apply to its children as well. */
  remember(urn: string, request: proto.RegisterResourceRequest): void {
    const transforms = request.getTransformsList();
    if (transforms.length) this.transformsByUrn.set(urn, transforms);
  }

  /**
   * Changes a registration as the transforms say: its own, then its parents' from the inside out, then the
   * stack's.
   *
   * @param parentOf URN of a resource's parent
   */
  async transform(
    request: proto.RegisterResourceRequest,
    parentOf: (urn: string) => string | undefined,
  ): Promise<void> {
    const transforms = [...request.getTransformsList()];
    let parent: string | undefined = request.getParent() || undefined;
    for (; parent; parent = parentOf(parent)) {
      transforms.push(...(this.transformsByUrn.get(parent) ?? []));
    }
    for (const callback of [...transforms, ...this.stackTransforms]) {
      await this.applyTransform(callback, request);
    }
  }

  /** Runs the hooks that a resource binds for a moment (`beforeCreate`), if they ask to run in previews. */
  async runHooks(when: "beforeCreate" | "afterCreate", resource: PlannedResource): Promise<void> {
    for (const name of resource.hooks[when] ?? []) {
      const hook = this.hooks.get(name);
      if (!hook) throw new Error(`${resource.urn} binds the unknown resource hook ${name}`);
      if (hook.onDryRun) await this.runHook(name, hook, when, resource);
    }
  }

  /** Ends the connections to the program. */
  close(): void {
    for (const client of this.clients.values()) client.close();
    this.clients.clear();
  }

  private async applyTransform(
    callback: Callback,
    request: proto.RegisterResourceRequest,
  ): Promise<void> {
    const question = new proto.TransformRequest();
    question.setType(request.getType());
    question.setName(request.getName());
    question.setCustom(request.getCustom());
    question.setParent(request.getParent());
    question.setProperties(request.getObject());
    question.setOptions(optionsOf(request));
    const bytes = await this.call(callback, question.serializeBinary());
    const answer = proto.TransformResponse.deserializeBinary(bytes);
    request.setObject(answer.getProperties());
    const options = answer.getOptions();
    if (options) applyOptions(request, options);
  }

  private async runHook(
    name: string,
    hook: Hook,
    when: "beforeCreate" | "afterCreate",
    resource: PlannedResource,
  ): Promise<void> {
    const question = new proto.ResourceHookRequest();
    question.setUrn(resource.urn);
    question.setId(when === "afterCreate" && resource.custom ? UNKNOWN : "");
    question.setName(resource.name);
    question.setType(resource.type);
    const inputs = Struct.fromJavaScript(
      resource.inputs as Parameters<typeof Struct.fromJavaScript>[0],
    );
    question.setNewInputs(inputs);
    if (when === "afterCreate") question.setNewOutputs(inputs);
    const bytes = await this.call(hook.callback, question.serializeBinary());
    const error = proto.ResourceHookResponse.deserializeBinary(bytes).getError();
    if (error && !hook.ignoreErrors) throw new Error(`resource hook ${name} failed: ${error}`);
  }

  private call(callback: Callback, request: Uint8Array): Promise<Uint8Array> {
    const target = callback.getTarget();
    let client = this.clients.get(target);
    if (!client) {
      client = new CallbacksClient(target, grpc.credentials.createInsecure());
      this.clients.set(target, client);
    }
    const question = new CallbackInvokeRequest();
    question.setToken(callback.getToken());
    question.setRequest(request);
    return new Promise((resolve, reject) => {
      client.invoke(question, (error, response) => {
        if (error) reject(new Error(error.details));
        else resolve(response.getResponse_asU8());
      });
    });
  }
}
