/** Whether all that services and functions read has its value in the other region, too. */
import { decided, type Missing } from "./missing";
import { records, text, value, type RecoveryResource, type RecoveryStack } from "./resources";

const PARAMETER = "aws:ssm/parameter:Parameter";
const SECRET = "aws:secretsmanager/secret:Secret";

/** Properties of a parameter that hold its value. */
const VALUES = ["value", "insecureValue", "valueWo"];

/** AWS's own parameters are in all regions. */
const PUBLIC = /^\/aws\/service\//;

/** Something that is read: a parameter by its name, a secret by its ARN. */
interface Read {
  readonly kind: "parameter" | "secret";
  readonly name: string;
}

/**
 * What is read and not made by the program, which makes it again in the region with a value out of the stack file or
 * a generated one, nor copied there; and what the program makes with a value that is set by hand.
 */
export function missingParameters(stack: RecoveryStack, region: string): Missing[] {
  const readers = [
    ...stack.ofType("aws:ecs/taskDefinition:TaskDefinition").map(readByTask),
    ...stack.ofType("aws:lambda/function:Function").map(readByFunction),
  ];
  return [
    ...readers.flatMap(({ urn, reads, undecided }) => [
      ...undecided.map((property) => ({ urn, undecided: property })),
      ...reads.flatMap((read) =>
        decided(stack, () =>
          isThere(stack, read, region)
            ? []
            : [
                {
                  urn,
                  message: `it reads ${read.name}, which the stack neither makes nor copies: ${region} has no value of it.`,
                },
              ],
        ),
      ),
    ]),
    ...stack
      .ofType(PARAMETER)
      .filter(({ ignoreChanges }) => ignoreChanges.some((property) => VALUES.includes(property)))
      .map(({ urn }) => ({
        urn,
        message: `its value is set by hand: ${region} gets another one; let the stack write it.`,
      })),
  ];
}

interface Reads {
  readonly urn: string;
  readonly reads: readonly Read[];
  /** Properties that are not known. */
  readonly undecided: readonly string[];
}

function readByTask(definition: RecoveryResource): Reads {
  const { urn } = definition;
  const containers = parsed(text(definition, "containerDefinitions"));
  if (containers === undefined) {
    return { urn, reads: [], undecided: ["containerDefinitions"] };
  }
  const reads = records(containers).flatMap((container) => {
    const logging = container["logConfiguration"] as Record<string, unknown> | undefined;
    return [...records(container["secrets"]), ...records(logging?.["secretOptions"])].map(
      ({ valueFrom }) => readOf(String(valueFrom)) ?? parameter(String(valueFrom)),
    );
  });
  return { urn, reads, undecided: [] };
}

/** What a text of JSON says; nothing for one that is not known or cannot be read. */
function parsed(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Variables that hold the ARN of a parameter or secret, and those that say that they hold a parameter's name. */
function readByFunction(fn: RecoveryResource): Reads {
  const { urn } = fn;
  const environment = value(fn, "environment") as { variables?: unknown } | undefined;
  const variables = (environment?.variables ?? {}) as Record<string, unknown>;
  const reads = Object.entries(variables).flatMap(([variable, given]) => {
    if (typeof given !== "string") {
      return [];
    }
    const read = readOf(given);
    return read !== undefined ? [read] : /_PARAMETER$/.test(variable) ? [parameter(given)] : [];
  });
  return { urn, reads, undecided: [] };
}

/** What an ARN names; the name of a secret may be followed by the six letters that AWS adds, and by a key. */
function readOf(arn: string): Read | undefined {
  const [scheme, , service, , , ...rest] = arn.split(":");
  if (scheme !== "arn") {
    return undefined;
  }
  if (service === "ssm" && rest[0]?.startsWith("parameter/")) {
    return parameter(rest[0].slice("parameter".length));
  }
  return service === "secretsmanager" ? { kind: "secret", name: rest[1] ?? arn } : undefined;
}

function parameter(name: string): Read {
  return { kind: "parameter", name };
}

function isThere(stack: RecoveryStack, { kind, name }: Read, region: string): boolean {
  if (kind === "parameter") {
    return (
      PUBLIC.test(name) ||
      stack.ofType(PARAMETER).some((one) => {
        const made = text(one, "name");
        // A name of one word stands in an ARN after a slash that it does not have.
        return made === name || `/${made}` === name;
      })
    );
  }
  return stack.ofType(SECRET).some((secret) => {
    const made = text(secret, "name");
    return made !== undefined && (name === made || name.slice(0, -7) === made)
      ? isCopied(secret, region) || isWritten(stack, secret)
      : false;
  });
}

function isCopied(secret: RecoveryResource, region: string): boolean {
  return records(value(secret, "replicas")).some((replica) => replica["region"] === region);
}

/** Whether the program writes the secret's value, and so does in the other region. */
function isWritten(stack: RecoveryStack, secret: RecoveryResource): boolean {
  return stack
    .ofType("aws:secretsmanager/secretVersion:SecretVersion")
    .filter(({ ignoreChanges }) => !ignoreChanges.includes("secretString"))
    .some((version) => stack.madeOf(version, "secretId", SECRET).includes(secret));
}
