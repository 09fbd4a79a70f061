/** Connection URLs in the form of the clients; the caller keeps the result secret. */

export interface PostgresUrlArgs {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** `require`, `verify-ca` or `verify-full`. */
  readonly sslMode: string;
  /** File with the certificate authorities, where the client is. @default none: the client's own */
  readonly sslRootCertificate?: string;
}

/** A libpq URL. Source: PostgreSQL Documentation, "Connection URIs" and "SSL Support". */
export function postgresUrl(args: PostgresUrlArgs): string {
  const login = `${encodeURIComponent(args.user)}:${encodeURIComponent(args.password)}`;
  const options = new URLSearchParams({ sslmode: args.sslMode });
  if (args.sslRootCertificate !== undefined) {
    options.set("sslrootcert", args.sslRootCertificate);
  }
  const database = encodeURIComponent(args.database);
  return `postgresql://${login}@${args.host}:${args.port}/${database}?${options.toString()}`;
}

export interface RedisUrlArgs {
  readonly host: string;
  readonly port: number;
  /** Whether the connection is encrypted: `rediss`. */
  readonly tls: boolean;
  /** @default none */
  readonly token?: string;
}

/** A Redis URL; the token belongs to the default user, which has no name here. */
export function redisUrl({ host, port, tls, token }: RedisUrlArgs): string {
  const login = token === undefined ? "" : `:${encodeURIComponent(token)}@`;
  return `${tls ? "rediss" : "redis"}://${login}${host}:${port}`;
}
