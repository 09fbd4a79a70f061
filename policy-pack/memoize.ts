/**
 * Pulumi's policy server turns a resource's properties from protocol messages into objects once for every
 * rule. With many rules that is nearly all the time a pack takes, so here it happens once for every message.
 */
interface Deserializer {
  deserializeProperties: (message: object, proxySecrets: boolean) => unknown;
}

/** Makes the policy server remember the properties of the messages it has seen. */
export function memoizeProperties(): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the module has no types and is patched in place
  const deserializer = require("@pulumi/policy/deserialize") as Deserializer;
  const original = deserializer.deserializeProperties;
  const seen = new WeakMap<object, unknown>();
  deserializer.deserializeProperties = (message, proxySecrets) => {
    if (proxySecrets) {
      // Remediation changes what it is given.
      return original(message, proxySecrets);
    }
    if (!seen.has(message)) {
      seen.set(message, original(message, proxySecrets));
    }
    return seen.get(message);
  };
}
