"use strict";
/**
 * Speeds up Pulumi's Node.js SDK by omitting work that the preview does not need. The program sees no difference.
 *
 *  - It loads packages at start that it uses in rare cases only: the TypeScript compiler and npm's dependency
 *    resolver, to turn a function of the program into the code of a Lambda function, and all that tracing takes. They are loaded when something of theirs is really used: more than half of the
 *    program's start-up time, and of its memory.
 *  - To turn functions into code it also listens to V8's debugger from the start, which slows down all code that is
 *    compiled. Here it listens when a function is really turned into code.
 *  - It writes down where each resource is made as the whole stack of calls; the nearest ones are enough.
 *  - It sends debug messages to the engine, one after the other and several for each resource, which the
 *    engine throws away.
 *  - It notes a stack trace for each promise, for a debugging mode.
 *  - The library of schemas that the program's settings are checked with loads its messages in forty languages.
 *  - Its runner maps every stack trace to the TypeScript sources. The preview maps those that it shows
 *    (frames.ts).
 *  - It talks gRPC to itself: client and server are in one process here (local-grpc.js), and properties pass
 *    between them as they are, without becoming protocol messages.
 */
const Module = require("node:module");
const { createRequire } = Module;
const path = require("node:path");
const { fileURLToPath } = require("node:url");

const { agree } = require("./messages");
const { readEncrypted } = require("./settings");
const unknown = require("./unknown");

const deferred = new Set([
  "typescript",
  // Takes TypeScript from the program, or else the SDK's own copy of an old version.
  "typescript-shim",
  "@npmcli/arborist",
  // Parts of the SDKs: Pulumi's automation API, and the old components of @pulumi/awsx.
  "./automation",
  "./classic",
]);

/** Whether a package is loaded when something of it is used; what has tried to load one by then needs the answer. */
const isDeferred = (request, from) =>
  deferred.has(request.replace(/^[./]+(?=typescript-shim$)/, "")) &&
  !from.endsWith(`${path.sep}typescript-shim.js`);

/** Packages for tracing, of which the SDK takes functions and classes at start: these stand in one by one. */
const deferredMembers = new Set([
  "@opentelemetry/exporter-zipkin",
  "@opentelemetry/instrumentation",
  "@opentelemetry/instrumentation-grpc",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-trace-base",
  "@opentelemetry/sdk-trace-node",
]);
const sdks = `${path.sep}node_modules${path.sep}@pulumi${path.sep}`;
const own = path.dirname(__dirname) + path.sep;
const localGrpc = path.join(__dirname, "local-grpc.js");
/** Modules with the messages of Pulumi's protocols; the name may be the file's. */
const PROTOCOL = /\/proto\/(\w+_pb)(\.js)?$/;

/** Stands for a package until something of it is used. */
function standIn(load) {
  let loaded;
  const real = () => (loaded ??= load());
  return new Proxy(function () {}, {
    get: (_, key) => {
      // What `import * as` and `import x` ask first: answering makes them take this object as it is.
      if (key === "__esModule") return true;
      return key === "default" && !("default" in real()) ? real() : real()[key];
    },
    set: (_, key, value) => Reflect.set(real(), key, value),
    has: (_, key) => key in real(),
    ownKeys: () => Reflect.ownKeys(real()),
    getOwnPropertyDescriptor: (_, key) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(real(), key);
      return descriptor && { ...descriptor, configurable: true };
    },
    getPrototypeOf: () => Reflect.getPrototypeOf(real()),
    apply: (_, self, args) => Reflect.apply(real(), self, args),
    construct: (_, args) => Reflect.construct(real(), args),
  });
}

/** Stands for a package of functions and classes, each of which is loaded when it is called. */
function standInForMembers(load) {
  return new Proxy({}, { get: (_, key) => standIn(() => load()[key]) });
}

/** What is changed of a module of the SDK, by the end of the request that loads it. */
const changes = {
  "/log": { needs: "debug", change: (log) => (log.debug = () => Promise.resolve()) },
  "/config": { needs: "Config", change: readEncrypted },
  "/debuggable": { needs: "debuggablePromise", change: countPromises },
  "/v8Hooks": { needs: "getScriptUrl", change: listenLate },
  "/resource": { needs: "Resource", change: nearestCalls },
  "/struct_pb": { needs: "Struct", change: keepPlainValues },
  "/invoke": { needs: "invoke", change: unknown.answerUnknown },
  "/rpc": { needs: "unwrapSecretValues", change: unknown.markSecrets },
  "/stackReference": { needs: "StackReference", change: unknown.referUnknown },
  "/struct_pb.js": { needs: "Struct", change: keepPlainValues },
};

/**
 * The SDK's own function notes where each promise comes from, too; only the first one goes through it, which starts
 * the watch for promises that never end.
 */
function countPromises(debuggable, beside) {
  const { debuggablePromise, debugPromiseLeaks } = debuggable;
  if (debugPromiseLeaks) return;
  let state;
  debuggable.debuggablePromise = (promise, context) => {
    if (!state) {
      state = beside("./state");
      return debuggablePromise(promise, context);
    }
    const { leakCandidates } = state.getStore();
    leakCandidates.add(promise);
    return promise.then(
      (value) => {
        leakCandidates.delete(promise);
        return value;
      },
      (error) => {
        leakCandidates.delete(promise);
        throw Object.assign(error, { promise: Object.assign(promise, { _debugCtx: context }) });
      },
    );
  };
}

/** Connects to V8's debugger when it is asked something, and learns then of the scripts that are there. */
function listenLate(hooks) {
  const urls = new Map();
  let session;
  const connect = () =>
    (session ??= new Promise((resolve, reject) => {
      const { Session } = require("node:inspector");
      const connected = new Session();
      connected.connect();
      connected.addListener("Debugger.scriptParsed", ({ params }) => {
        urls.set(params.scriptId, params.url);
      });
      connected.post("Debugger.enable", (error) => (error ? reject(error) : resolve(connected)));
    }));
  hooks.isInitializedAsync = () => Promise.resolve();
  hooks.getSessionAsync = connect;
  hooks.getScriptUrl = (id) => urls.get(id);
}

/** Between the place where a resource is made and the SDK's base class stand a few constructors. */
const NEAREST = 12;

/** ES modules go by their addresses. */
const pathOf = (file) => (file.startsWith("file:") ? fileURLToPath(file) : file);

function nearestCalls({ Resource }) {
  Resource.callsites = () => {
    const { stackTraceLimit, prepareStackTrace } = Error;
    try {
      Error.stackTraceLimit = NEAREST;
      Error.prepareStackTrace = (_, calls) => calls;
      const trace = {};
      Error.captureStackTrace(trace);
      return trace.stack.map((call) => {
        const file = call.getFileName();
        return file && !file.startsWith("node:")
          ? { file: pathOf(file), line: call.getLineNumber(), column: call.getColumnNumber() }
          : {};
      });
    } finally {
      Object.assign(Error, { stackTraceLimit, prepareStackTrace });
    }
  };
}

/** A Struct that was made from an object gives that object back; its fields are made when they are asked for. */
function keepPlainValues({ Struct }) {
  const { fromJavaScript } = Struct;
  const { getFieldsMap, toJavaScript } = Struct.prototype;
  const plain = new WeakMap();
  Struct.fromJavaScript = (value) => {
    const struct = new Struct();
    plain.set(struct, value);
    return struct;
  };
  Struct.prototype.toJavaScript = function () {
    return plain.get(this) ?? toJavaScript.call(this);
  };
  Struct.prototype.getFieldsMap = function (noLazyCreate) {
    const value = plain.get(this);
    if (value) {
      plain.delete(this);
      const fields = getFieldsMap.call(this);
      fromJavaScript(value)
        .getFieldsMap()
        .forEach((field, name) => fields.set(name, field));
    }
    return getFieldsMap.call(this, noLazyCreate);
  };
}

/** Modules of messages that have been compared with this tool's. */
const compared = new WeakSet();

/** See messages.js. */
function agreeWithOwn(messages, name) {
  if (compared.has(messages)) return;
  compared.add(messages);
  try {
    agree(messages, require(`@pulumi/pulumi/proto/${name}`));
  } catch (error) {
    // A protocol that this tool does not know, and does not speak.
    if (error.code !== "MODULE_NOT_FOUND") throw error;
  }
}

/** Directories of the policy packs: they may serve their protocol with gRPC as it comes. */
const packs = [];

/** Lets a policy pack talk to this process without gRPC. */
const isPack = (directory) => void packs.push(directory + path.sep);

/**
 * Installs all of it for the SDKs and the parts of the preview that this process loads from now on.
 *
 * @param {{ again?: boolean }} options whether it is a second evaluation: see effects.js
 */
function install({ again = false } = {}) {
  if (again) {
    const effects = require("./effects");
    effects.install();
    changes["/output"] = { needs: "Output", change: effects.watchCallbacks };
  }
  unknown.parseUnknown();
  unknown.numberUnknown();
  const load = Module._load;
  const changed = new WeakSet();
  Module._load = function (request, parent, isMain) {
    const from = parent?.filename;
    if (request === "../locales/index.cjs")
      return standIn(() => load.call(Module, request, parent));
    const mine =
      (from?.startsWith(own) && from !== localGrpc) ||
      (request === "@grpc/grpc-js" && packs.some((directory) => from?.startsWith(directory)));
    if (!mine && !from?.includes(sdks)) return load.call(this, request, parent, isMain);
    if (request === "@grpc/grpc-js") return load.call(this, localGrpc, parent, isMain);
    if (request === "source-map-support/register") return {};
    const later = () => load.call(Module, request, parent, isMain);
    if (isDeferred(request, from)) return standIn(later);
    if (deferredMembers.has(request)) return standInForMembers(later);
    const loaded = load.call(this, request, parent, isMain);
    const protocol = !mine && PROTOCOL.exec(request)?.[1];
    if (protocol && !protocol.includes("grpc")) agreeWithOwn(loaded, protocol);
    const { needs, change } = changes[request.slice(request.lastIndexOf("/"))] ?? {};
    // Modules that load each other get to see one that is not complete.
    if (change && needs in loaded && !changed.has(loaded)) {
      changed.add(loaded);
      change(loaded, createRequire(Module._resolveFilename(request, parent)));
    }
    return loaded;
  };
}

module.exports = { install, isPack, standIn, standInForMembers };
