"use strict";
/**
 * What a program gets where it waits for a value that is not known offline (`await aws.ec2.getAmi(...)`): Pulumi's own
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

/**
 * Lists that a program may iterate although their items are not known, and the assumed number of items: AWS
 * gives the default VPC, of which programs ask it most, a subnet in each zone.
 * https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
 */
const LISTS = { "aws:ec2/getSubnets:getSubnets": { ids: 3 } };

/** Where the preview notes what it assumes. */
const ASSUME = Symbol.for("crm-preview:assume");

/** The parts of a data source's result that are lists of a length. */
function listsOf(token, asked) {
  const lists = Object.entries(LISTS[token] ?? {}).map(([name, count]) => {
    globalThis[ASSUME]?.(`${name} of ${token} are ${count}, which are unknown`);
    return [name, Array.from({ length: count }, () => unknownOf(token, {}, asked))];
  });
  return Object.fromEntries(lists);
}

const NO_ANSWER = "which has no answer in this preview: give one with --answers FILE";

const refusalOf = (what, source, lack) => new Error(`the program ${what} of ${source}, ${lack}`);

/**
 * @param {string} source what would know the value, such as a data source's token
 * @param {object} [parts] parts of it that are no such value themselves
 * @param {string} [asked] stack of the call that asked for it
 * @param {string} [lack] why the value is not known, and what gives one
 */
function unknownOf(source, parts = {}, asked = "", lack = NO_ANSWER) {
  const refuse = (what) => {
    const error = refusalOf(what, source, lack);
    // What goes through the items may be a library; who has asked is the program.
    error.stack += asked;
    throw error;
  };
  const decides = (name) => () => refuse(`decides by ${name}()`);
  const text = () => MARKER;
  const symbols = {
    [Symbol.toPrimitive]: (hint) => (hint === "number" ? refuse("asks for a number") : MARKER),
    [Symbol.iterator]: () => refuse("goes through the items"),
    [Symbol.for("nodejs.util.inspect.custom")]: () => "<unknown>",
  };
  const unknown = new Proxy(
    // Enumerable: a copy ({ ...tags, Name }) has to stay unknown, for some of it is.
    { __pulumiUnknown: true },
    {
      get(target, key) {
        if (typeof key === "symbol") return symbols[key];
        if (Object.hasOwn(parts, key)) return parts[key];
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
function known(value, source, asked) {
  if (isUnknown(value)) return unknownOf(source, {}, asked);
  if (Array.isArray(value)) return value.map((item) => known(item, source, asked));
  if (typeof value !== "object" || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, known(item, source, asked)]),
  );
}

function answered(result, token, asked) {
  if (typeof result !== "object" || result === null) return result;
  // A result without anything is how the SDK says that all of it is unknown.
  if (!Object.keys(result).length) return unknownOf(token, listsOf(token, asked), asked);
  const value = known(result, token, asked);
  const open = Object.keys(LISTS[token] ?? {}).some((name) => isUnknown(result[name]));
  return open ? { ...value, ...listsOf(token, asked) } : value;
}

/** The frames of the call that is under way. */
function callStack() {
  const { stack } = new Error();
  return stack.slice(stack.indexOf("\n"));
}

/** The SDK's functions for data sources and methods. */
function answerUnknown(invokes, beside) {
  const { invoke, invokeSingle, call } = invokes;
  invokes.invoke = (token, ...rest) => {
    const asked = callStack();
    return invoke(token, ...rest).then((result) => answered(result, token, asked));
  };
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

/** What follows from a text that holds the marker, of which nothing says where it comes from. */
const ofUnknownText = () =>
  unknownOf("a text", {}, "", `${NO_ANSWER}, of an encrypted setting with -c KEY=VALUE`);

const holdsUnknown = (value) => typeof value === "string" && value.includes(MARKER);

/** `JSON.parse` of an unknown text is an unknown value. */
function parseUnknown() {
  const { parse } = JSON;
  JSON.parse = (text, reviver) => {
    if (isUnknown(text)) return text;
    try {
      return parse(text, reviver);
    } catch (error) {
      if (holdsUnknown(text)) return ofUnknownText();
      throw error;
    }
  };
}

/** A number of an unknown text is unknown: JavaScript makes 4 of the marker, or NaN. */
function numberUnknown() {
  const apply = (target, self, args) => {
    if (holdsUnknown(args[0])) return ofUnknownText();
    return isUnknown(args[0]) ? args[0] : Reflect.apply(target, self, args);
  };
  for (const name of ["parseFloat", "parseInt"]) {
    globalThis[name] = Number[name] = new Proxy(globalThis[name], { apply });
  }
  globalThis.Number = Number.prototype.constructor = new Proxy(Number, { apply });
}

module.exports = {
  ...{ MARKER, answerUnknown, markSecrets, numberUnknown, parseUnknown, referUnknown, refusalOf },
  unknownOf,
};
