"use strict";
/**
 * Makes Pulumi's Node.js SDK quicker where what it does is for nobody here. The program sees no difference.
 *
 *  - It loads packages at start that it uses in rare cases only: the TypeScript compiler and npm's dependency
 *    resolver, to turn a function of the program into the code of a Lambda function, an AWS client, to look
 *    at a cloud, and all that tracing takes. They are loaded when something of theirs is really used: more than half of the
 *    program's start-up time, and of its memory.
 *  - It sends debug messages to the engine, one after the other and several for each resource, which the
 *    engine throws away.
 *  - It notes a stack trace for each promise, for a debugging mode.
 *  - Its runner maps every stack trace to the TypeScript sources. The preview maps those that it shows
 *    (frames.ts).
 */
const Module = require("node:module");
const path = require("node:path");

const deferred = new Set(["typescript", "@npmcli/arborist", "@aws-sdk/client-ecs"]);

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

/** Functions of the SDK that are replaced: the end of the request that loads their module, and their name. */
const replacements = {
  "/log": { name: "debug", replace: () => () => Promise.resolve() },
  "/debuggable": {
    name: "debuggablePromise",
    replace: (original, { debugPromiseLeaks }) =>
      debugPromiseLeaks ? original : (promise, context) => withoutStack(original, promise, context),
  },
};

function withoutStack(original, promise, context) {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return original(promise, context);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** Installs all of it for the SDKs that this process loads from now on. */
function install() {
  const load = Module._load;
  const changed = new WeakSet();
  Module._load = function (request, parent, isMain) {
    if (!parent?.filename?.includes(sdks)) return load.call(this, request, parent, isMain);
    if (request === "source-map-support/register") return {};
    const later = () => load.call(Module, request, parent, isMain);
    if (deferred.has(request)) return standIn(later);
    if (deferredMembers.has(request)) return standInForMembers(later);
    const loaded = load.call(this, request, parent, isMain);
    const change = replacements[request.slice(request.lastIndexOf("/"))];
    // Modules that load each other get to see one that is not complete.
    if (change && typeof loaded[change.name] === "function" && !changed.has(loaded)) {
      changed.add(loaded);
      loaded[change.name] = change.replace(loaded[change.name], loaded);
    }
    return loaded;
  };
}

module.exports = { install, standIn, standInForMembers };
