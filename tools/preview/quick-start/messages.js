"use strict";
/**
 * Messages of Pulumi's protocols, where the program brings another version of them than this tool: they pass between
 * the two as they are (local-grpc.js), so each side must find the fields that it reads. A field that a version does
 * not have is absent, as over the wire.
 */

const isMessage = (value) => typeof value === "function" && "deserializeBinary" in value;

/** Gives the messages of a module the fields that another version of it has: empty ones. */
function complete(messages, others) {
  for (const [name, message] of Object.entries(messages)) {
    const other = others[name];
    if (!isMessage(message) || !isMessage(other) || message === other) continue;
    for (const field of Object.getOwnPropertyNames(other.prototype)) {
      if (field in message.prototype) continue;
      message.prototype[field] = (...values) => new other()[field](...values);
    }
    // Messages within the message.
    complete(message, other);
  }
}

/** Gives each of two versions of a module the fields of the other. */
function agree(one, other) {
  complete(one, other);
  complete(other, one);
}

module.exports = { agree };
