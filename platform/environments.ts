/**
 * Environment variables of functions and tasks: a stack file's own, and those that the platform adds. Components plan these, and
 * the schema counts them: AWS's limits are for all of them together.
 */
import { POOL } from "../facts/pools";

type Variables = Readonly<Record<string, string>>;

/** Port on which the collector of a task passes requests for sampling rules on to X-Ray. */
export const SAMPLING_PORT = 2000;

/** Port on which the collector receives OTLP over HTTP, inside the task only. */
export const OTLP_PORT = 4318;

/** What a function gets beside its own variables. */
interface FunctionAdditions {
  readonly links: Variables;
  /** Its parameter with a database's URL, and the version of the URL. @default it reads none */
  readonly database?: { readonly parameter: string; readonly version: string } | undefined;
}

export function functionEnvironment(own: Variables, { links, database }: FunctionAdditions) {
  return {
    ...own,
    ...links,
    ...(database !== undefined && {
      DATABASE_URL_PARAMETER: database.parameter,
      DATABASE_URL_VERSION: database.version,
    }),
  };
}

/** What a service's container gets beside its own variables. */
interface TaskAdditions {
  readonly links: Variables;
  /** Name that its traces carry, such as `crm-auth-service`. @default none are sent */
  readonly tracedAs?: string | undefined;
  /** Connections to the database that it may open. @default it opens none */
  readonly databasePool?: number | undefined;
  /** Port on which it listens. @default none */
  readonly port?: number | undefined;
}

export function taskEnvironment(
  own: Variables,
  { links, tracedAs, databasePool, port }: TaskAdditions,
) {
  return {
    ...(tracedAs !== undefined && tracingEnvironment(tracedAs)),
    ...links,
    ...own,
    ...(databasePool !== undefined && { [POOL.variable]: String(databasePool) }),
    ...(port !== undefined && { PORT: String(port) }),
  };
}

/** Where a container's OpenTelemetry SDK sends traces, and which it records. */
export function tracingEnvironment(serviceName: string): Record<string, string> {
  return {
    OTEL_SERVICE_NAME: serviceName,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://localhost:${OTLP_PORT}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    OTEL_PROPAGATORS: "xray,tracecontext",
    // Asks for the sampling rules; an SDK that does not know it records every request.
    OTEL_TRACES_SAMPLER: "xray",
    OTEL_TRACES_SAMPLER_ARG: `endpoint=http://localhost:${SAMPLING_PORT},polling_interval=300`,
    OTEL_METRICS_EXPORTER: "none",
    OTEL_LOGS_EXPORTER: "none",
  };
}
