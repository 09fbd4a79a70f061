"use strict";
/**
 * Stands for `@grpc/grpc-js` in the process of a preview, where both ends of every call are: the SDKs make
 * the same clients and servers of the same protocols, and a call hands the message over instead of sending it.
 * Nothing is encoded, no port is opened, and gRPC itself is not loaded.
 */
const { Status: status } = require("@grpc/grpc-js/build/src/constants");
const { StatusBuilder } = require("@grpc/grpc-js/build/src/status-builder");

/** Servers by the address that they were given. */
const servers = new Map();
let lastPort = 0;

class Server {
  constructor() {
    this.methods = {};
    // The SDK lets its server for callbacks not keep the process alive; here nothing does.
    this.http2Servers = new Map();
  }

  addService(_, implementation) {
    for (const name of Object.keys(implementation)) {
      this.methods[name] = implementation[name].bind(implementation);
    }
  }

  bindAsync(_, __, callback) {
    const port = ++lastPort;
    this.address = `127.0.0.1:${port}`;
    servers.set(this.address, this);
    callback(null, port);
  }

  start() {}

  forceShutdown() {
    servers.delete(this.address);
  }

  tryShutdown(callback) {
    this.forceShutdown();
    callback();
  }
}

/** An error as a client of gRPC gets it. */
function serviceError({ code = status.UNKNOWN, details, message, metadata }) {
  const text = details ?? message ?? "Unknown Error";
  const error = new Error(`${code} ${status[code]}: ${text}`);
  return Object.assign(error, { code, details: text, metadata });
}

function call(address, name, request, callback) {
  const handler = servers.get(address)?.methods[name];
  if (!handler) {
    const code = servers.has(address) ? status.UNIMPLEMENTED : status.UNAVAILABLE;
    return callback(serviceError({ code, details: `nothing serves ${name} on ${address}` }));
  }
  handler({ request }, (error, response) =>
    error ? callback(serviceError(error)) : callback(null, response),
  );
}

function makeGenericClientConstructor(methods, serviceName) {
  class Client {
    constructor(address) {
      this.address = address;
    }

    close() {}
  }
  Client.service = methods;
  Client.serviceName = serviceName;
  for (const name of Object.keys(methods)) {
    // Metadata and options may stand between the request and the callback.
    Client.prototype[name] = function (request, ...rest) {
      // A call never answers before it returns.
      queueMicrotask(() => call(this.address, name, request, rest[rest.length - 1]));
      return { cancel() {} };
    };
  }
  return Client;
}

const insecure = { createInsecure: () => ({}) };

const local = {
  __esModule: true,
  Server,
  ServerCredentials: insecure,
  StatusBuilder,
  credentials: insecure,
  makeGenericClientConstructor,
  status,
};

/** What is rarely used comes from the real package. */
module.exports = new Proxy(local, {
  get: (target, key) => (key in target ? target[key] : require("@grpc/grpc-js")[key]),
});
