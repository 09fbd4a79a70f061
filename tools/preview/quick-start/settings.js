"use strict";
/**
 * An encrypted setting, of which the program has Pulumi's marker for an unknown text: `parseFloat` makes a number of it,
 * and no limit or pattern fits it. Here it is an unknown value of any type, and refuses what the program decides by.
 */
const { MARKER, refusalOf, unknownOf } = require("./unknown");

/** Where the preview notes the settings that a program reads as plain values. */
const ENCRYPTED = Symbol.for("crm-preview:encrypted");

/** The SDK's class for settings. What reads a secret gives no `use`, the function to call in its place. */
function readEncrypted({ Config }) {
  const { getImpl, getBooleanImpl, getNumberImpl, getObjectImpl } = Config.prototype;
  if (!getImpl) return;
  const isEncrypted = (config, key) => getImpl.call(config, key) === MARKER;
  const lack = (name) => `which is encrypted: give a value with -c ${name}=VALUE`;
  const unknown = (config, key) => {
    const name = config.fullKey(key);
    return unknownOf(name, {}, "", lack(name));
  };
  const note = (config, key, use) => use && globalThis[ENCRYPTED]?.(config.fullKey(key));
  Object.assign(Config.prototype, {
    getImpl(key, opts, use, insteadOf) {
      if (!isEncrypted(this, key)) return getImpl.call(this, key, opts, use, insteadOf);
      note(this, key, use);
      return MARKER;
    },
    getNumberImpl(key, opts, use, insteadOf) {
      if (!isEncrypted(this, key)) return getNumberImpl.call(this, key, opts, use, insteadOf);
      note(this, key, use);
      return unknown(this, key);
    },
    getObjectImpl(key, use, insteadOf) {
      if (!isEncrypted(this, key)) return getObjectImpl.call(this, key, use, insteadOf);
      note(this, key, use);
      return unknown(this, key);
    },
    getBooleanImpl(key, use, insteadOf) {
      if (!isEncrypted(this, key)) return getBooleanImpl.call(this, key, use, insteadOf);
      const name = this.fullKey(key);
      // Any object is true to an `if`.
      if (use) throw refusalOf("asks for a boolean", name, lack(name));
      return unknown(this, key);
    },
  });
}

module.exports = { readEncrypted };
