"use strict";
/**
 * What a program gets where it waits for a value that nobody knows here (`await aws.ec2.getAmi(...)`): Pulumi's own
 * stand-in for an unknown value has no properties, and a program that reads one would go on with `undefined`. This one
 * is unknown in all its parts, may be handed on and worked into texts, and refuses what the program has to know it for.
 */

/** Pulumi's marker: a text that holds it is unknown as a whole. */
const MARKER = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What gives a part of the value, or another one that follows from it. */
const FOLLOWING = new Set([
  ...["at", "concat", "filter", "find", "flat", "join", "pop", "reverse", "shift", "slice", "sort"],
  ...["padEnd", "padStart", "repeat", "replace", "replaceAll", "split", "substring", "substr"],
  ...["toLowerCase", "toUpperCase", "trim", "trimEnd", "trimStart", "toFixed"],
]);
/** What the program decides by. */
const DECIDING = new Set([
  ...["entries", "every", "flatMap", "forEach", "keys", "map", "reduce", "some", "values"],
  ...["endsWith", "includes", "indexOf", "lastIndexOf", "localeCompare", "match", "search"],
  ...["startsWith", "test"],
]);

/** @param {string} source what would know the value, such as a data source's token */
function unknownOf(source) {
  const refuse = (what) => {
    throw new Error(
      `the program ${what} of ${source}, which has no answer in this preview: give one with --answers FILE`,
    );
  };
  const decides = (name) => () => refuse(`decides by ${name}()`);
  const text = () => MARKER;
  const symbols = {
    [Symbol.toPrimitive]: text,
    [Symbol.iterator]: () => refuse("goes through the items"),
    [Symbol.for("nodejs.util.inspect.custom")]: () => "<unknown>",
  };
  const unknown = new Proxy(
    { __pulumiUnknown: true },
    {
      get(target, key) {
        if (typeof key === "symbol") return symbols[key];
        if (key === "length") return refuse("counts the items");
        if (key.startsWith("__")) return target[key];
        if (["toString", "valueOf", "toJSON"].includes(key)) return text;
        if (["then", "constructor"].includes(key)) return undefined;
        if (FOLLOWING.has(key)) return () => unknown;
        return DECIDING.has(key) ? decides(key) : unknown;
      },
    },
  );
  return unknown;
}

const isUnknown = (value) => value?.__pulumiUnknown === true;

/** A result with each unknown part in the form above. */
function known(value, source) {
  if (isUnknown(value)) return unknownOf(source);
  if (Array.isArray(value)) return value.map((item) => known(item, source));
  if (typeof value !== "object" || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, known(item, source)]));
}

/** The SDK's functions for data sources and methods. */
function answerUnknown(invokes, beside) {
  const { invoke, invokeSingle, call } = invokes;
  invokes.invoke = (token, ...rest) =>
    invoke(token, ...rest).then((result) =>
      // A result without anything is how the SDK says that all of it is unknown.
      result && !isUnknown(result) && !Object.keys(result).length
        ? unknownOf(token)
        : known(result, token),
    );
  if (invokeSingle) {
    invokes.invokeSingle = (token, ...rest) =>
      invokeSingle(token, ...rest).then((result) => result ?? unknownOf(token));
  }
  invokes.call = (token, ...rest) => {
    const { Output } = beside("../output");
    const made = call(token, ...rest);
    const result = made
      .promise(true)
      .then((value) => (isUnknown(value?.result) ? unknownOf(token) : value));
    return new Output(made.resources(), result, made.isKnown, made.isSecret, made.allResources());
  };
}

/** `getOutputValue` and its like of a stack reference: they wait for the value. */
function referUnknown({ StackReference }) {
  const { readOutputValue } = StackReference.prototype;
  if (!readOutputValue) return;
  StackReference.prototype.readOutputValue = async function (caller, name, required) {
    if (await this.outputs.isKnown) return readOutputValue.call(this, caller, name, required);
    return [unknownOf(`output ${name} of another stack`), false];
  };
}

/** Where the preview looks whether a data source's arguments hold a secret, which the protocol does not carry. */
const SECRET_ARGUMENTS = Symbol.for("crm-preview:secret-arguments");

function markSecrets(rpc) {
  const { unwrapSecretValues } = rpc;
  rpc.unwrapSecretValues = (value) => {
    const [plain, secret] = unwrapSecretValues(value);
    if (typeof plain === "object" && plain !== null) {
      Object.defineProperty(plain, SECRET_ARGUMENTS, { value: secret });
    }
    return [plain, secret];
  };
}

module.exports = { answerUnknown, markSecrets, referUnknown, unknownOf };
