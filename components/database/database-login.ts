import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { Tags } from "../../platform/tags";

/** Letters and digits of the password: 40 carry 238 bits, and none needs escaping in a URL. */
const PASSWORD_LENGTH = 40;

/** The owner's password: a new one for each version. */
export function createPassword(
  name: string,
  version: number,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const password = new random.RandomPassword(
    name,
    { length: PASSWORD_LENGTH, special: false, keepers: { version: String(version) } },
    opts,
  );
  return pulumi.secret(password.result);
}

export interface MasterSecretArgs {
  readonly secretName: string;
  /** Identifier of the instance. */
  readonly identifier: string;
  /** Host name of the instance. */
  readonly address: pulumi.Input<string>;
  readonly port: number;
  readonly databaseName: string;
  readonly masterUsername: string;
  readonly password: pulumi.Output<string>;
  /** Whether Pulumi refuses to delete it. */
  readonly protect: boolean;
  /** Days in which the deleted secret can be restored, 7 to 30. */
  readonly secretRecoveryDays: number;
  /** Key that encrypts it. */
  readonly secretsKey: { readonly arn: pulumi.Input<string> };
  /** Region, and key there, of a copy. @default none */
  readonly copiesKey?: CopiesKey;
  readonly tags: Tags;
}

/** Where copies of secrets go; Secrets Manager keeps them up to date. */
export interface CopiesKey {
  readonly region: string;
  readonly arn: pulumi.Input<string>;
}

/**
 * The owner's login, for administrators and tools, in the form that AWS's own rotation functions read.
 * Services read their URLs instead.
 *
 * @returns the secret's ARN
 */
export function createMasterSecret(
  name: string,
  args: MasterSecretArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const secret = new aws.secretsmanager.Secret(
    name,
    {
      name: args.secretName,
      description: "Login of the CRM database's owner",
      kmsKeyId: args.secretsKey.arn,
      recoveryWindowInDays: args.secretRecoveryDays,
      replicas: args.copiesKey && [{ region: args.copiesKey.region, kmsKeyId: args.copiesKey.arn }],
      tags: args.tags,
    },
    { ...opts, protect: args.protect },
  );
  const login = pulumi.all([args.password, args.address]).apply(([password, host]) =>
    JSON.stringify({
      engine: "postgres",
      host,
      port: args.port,
      dbname: args.databaseName,
      username: args.masterUsername,
      password,
      dbInstanceIdentifier: args.identifier,
    }),
  );
  new aws.secretsmanager.SecretVersion(
    name,
    { secretId: secret.id, secretString: pulumi.secret(login) },
    opts,
  );
  return secret.arn;
}
