import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { Arns } from "../../platform/arns";
import type { Names } from "../../platform/names";
import type { Tags } from "../../platform/tags";
import type { ServiceConfig } from "../../schema/services";
import type { NamedKey } from "../function";

/** Letters and digits of a generated secret: 64 carry 380 bits. */
const GENERATED_LENGTH = 64;

export interface ServiceSecretsArgs {
  /** Service, by its key in the stack file. */
  readonly service: string;
  /** Variable -> where its value comes from. */
  readonly secrets: ServiceConfig["secrets"];
  /** Variable -> ARN of a parameter that an extension makes. @default none */
  readonly addedArns?: Readonly<Record<string, string>>;
  /** The values that the stack has set in `crm:secrets`, by name. */
  readonly values: Readonly<Record<string, pulumi.Input<string>>>;
  /** Versions of what database and cache write, by variable; others' are left aside. @default none */
  readonly versions?: Readonly<Record<string, number>>;
  /** Key of the parameters. */
  readonly secretsKey: NamedKey;
  readonly names: Names;
  readonly arns: Arns;
  readonly tags: Tags;
}

/**
 * The secrets of one service. It generates what belongs to the stack and stores what `crm:secrets` holds;
 * database and cache write theirs themselves. A service is given parameters by ARN, never values.
 */
export class ServiceSecrets extends pulumi.ComponentResource {
  /** Variable -> ARN of the parameter, built from names. */
  public readonly parameterArns: Readonly<Record<string, string>>;
  /** Variable -> version; raising one restarts the tasks. */
  public readonly versions: Readonly<Record<string, number>>;
  /** The parameters made here: a task starts after them. */
  public readonly parameters: readonly pulumi.Resource[];

  public constructor(
    name: string,
    args: ServiceSecretsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("crm:aws:ServiceSecrets", name, {}, opts);

    reportUnset(this, args);
    // A secret that may stay unset is no variable until it is set.
    const given = Object.entries(args.secrets).filter(
      ([, secret]) => secret.source !== "config" || secret.required || isSet(args, secret),
    );
    this.parameterArns = {
      ...Object.fromEntries(
        given.map(([variable, { parameter }]) => [
          variable,
          args.arns.parameter(path(args, parameter)),
        ]),
      ),
      ...args.addedArns,
    };
    this.versions = {
      ...Object.fromEntries(
        given
          .filter(([, { source }]) => source === "generated" || source === "config")
          .map(([variable, { version }]) => [variable, version]),
      ),
      ...Object.fromEntries(
        Object.entries(args.versions ?? {}).filter(([variable]) =>
          Object.hasOwn(this.parameterArns, variable),
        ),
      ),
    };
    this.parameters = given.flatMap(([, secret]) => {
      if (secret.source === "generated") {
        return [this.store(name, args, secret, this.generate(name, secret))];
      }
      return secret.source === "config"
        ? [this.store(name, args, secret, configured(args, secret))]
        : [];
    });
    this.registerOutputs({});
  }

  private generate(name: string, secret: Secret): pulumi.Output<string> {
    const password = new random.RandomPassword(
      `${name}-${secret.parameter}`,
      {
        length: GENERATED_LENGTH,
        special: false,
        keepers: { version: String(secret.version) },
      },
      { parent: this },
    );
    return pulumi.secret(password.result);
  }

  private store(
    name: string,
    args: ServiceSecretsArgs,
    secret: Secret,
    value: pulumi.Output<string>,
  ): aws.ssm.Parameter {
    return new aws.ssm.Parameter(
      `${name}-${secret.parameter}`,
      {
        name: path(args, secret.parameter),
        description: `${secret.parameter} of the ${args.service} service`,
        type: "SecureString",
        keyId: args.secretsKey.arn,
        value,
        tags: args.tags,
      },
      { parent: this },
    );
  }
}

type Secret = ServiceConfig["secrets"][string];

function path(args: ServiceSecretsArgs, parameter: string): string {
  return args.names.parameter(args.service, parameter);
}

/** Name of a secret's value in `crm:secrets`. */
function valueName(secret: Secret): string {
  return secret.secret ?? secret.parameter;
}

function isSet(args: ServiceSecretsArgs, secret: Secret): boolean {
  return args.values[valueName(secret)] !== undefined;
}

/** The value that the stack has set; in a preview of a stack that has not set it, an unknown one. */
function configured(args: ServiceSecretsArgs, secret: Secret): pulumi.Output<string> {
  return pulumi.secret(args.values[valueName(secret)] ?? (pulumi.unknown as string));
}

/**
 * A preview names each value that is not set, and how to set it. A deployment that needs one is refused
 * before anything of it exists: no placeholder is ever stored, no task is started that cannot run.
 */
function reportUnset(resource: pulumi.Resource, args: ServiceSecretsArgs): void {
  const unset = Object.entries(args.secrets).filter(
    ([, secret]) => secret.source === "config" && !isSet(args, secret),
  );
  const missing: string[] = [];
  for (const [variable, secret] of unset) {
    const name = valueName(secret);
    const message =
      `crm:secrets.${name} is not set: ${variable} of the ${args.service} service. Set it with ` +
      `\`pulumi config set --path crm:secrets.${name} --secret\`; ` +
      (secret.required
        ? "a deployment is refused until then."
        : "until then the service starts without the variable.");
    if (secret.required && !pulumi.runtime.isDryRun()) {
      missing.push(message);
    } else {
      void pulumi.log.warn(message, resource);
    }
  }
  if (missing.length > 0) {
    throw new pulumi.RunError(missing.join("\n"));
  }
}
